import { expect } from 'chai';
import { Wire } from '../../support/cuts/wire.ts';
import { startOrsay, type TestOrsay } from '../../support/orsay.ts';
import { Page } from '../../support/page.ts';

const TRANSPORTS = ['long-polling', 'websocket', 'callback-polling'] as const;

for (const version of ['3', '9'] as const) {
  for (const transport of TRANSPORTS) {
    describe(`a page with version ${version} of the CometD client over ${transport}`, () => {
      let orsay: TestOrsay;
      let wire: Wire;
      let page: Page;

      beforeEach(async () => {
        orsay = await startOrsay({ change: ({ http }) => Object.assign(http, { hosts: ['127.0.0.1'] }) });
        wire = await Wire.open(() => orsay.base);
        page = new Page(wire.url, { version, hasScripts: true });
      });
      afterEach(async () => {
        page.close();
        await wire.close();
        await orsay.close();
      });

      /** Runs the client of the page, which names its user in ext. Resolves with its clientId. */
      function join(): Promise<unknown> {
        return page.run(`
          ${client()}
          new Promise((resolve) => {
            const hear = ({ data }) => {
              received.push(data.message);
              window.heard?.();
            };
            const shake = () => cometd.handshake({ ext: { gms_user: 'anna' } }, (reply) => {
              // The client gives up a session that it stored before its first connect.
              if (!reply.successful && reply.ext?.reload) return setTimeout(shake);
              if (!reply.successful) return resolve(reply.error);
              cometd.batch(() => cometd.subscribe('/_genesys', hear, () => resolve(cometd.getClientId())));
            });
            shake();
          })`);
      }

      /** Runs the client of the page until it has the reply to its handshake. Resolves with its clientId. */
      function shakeHands(): Promise<unknown> {
        return page.run(`
          ${client()}
          new Promise((resolve) => {
            cometd.handshake({ ext: { gms_user: 'anna' } }, ({ clientId }) => {
              cometd.reload();
              resolve(clientId);
            });
          })`);
      }

      /** The client of the page, configured. */
      const client = () => `
          window.received = JSON.parse(sessionStorage.getItem('received') ?? '[]');
          window.cometd = new CometD();
          for (const type of ${JSON.stringify(TRANSPORTS)}) {
            if (type !== '${transport}') cometd.unregisterTransport(type);
          }
          cometd.registerExtension('ack', new AckExtension());
          cometd.registerExtension('reload', new ReloadExtension());
          cometd.configure({ url: '${wire.url}/genesys/cometd', logLevel: 'error', backoffIncrement: 50 });`;

      /** Resolves with what the page has received, when it is that much. */
      async function received(count: number): Promise<unknown> {
        return JSON.parse(
          String(
            await page.run(`new Promise((resolve) => {
              window.heard = () => { if (received.length >= ${count}) resolve(JSON.stringify(received)); };
              heard();
            })`),
          ),
        );
      }

      async function held(): Promise<void> {
        while (orsay.bayeux.counts().held !== 1) await new Promise((resolve) => setImmediate(resolve));
      }

      const deliver = (message: number | string) =>
        orsay.bayeux.comet.deliver('anna', { id: String(message), message, tag: 't' });

      it('gets notices, and comes back under its client id when it is loaded again', async () => {
        const clientId = await join();
        expect(clientId).to.match(/^[0-9a-f]{32}$/);
        await deliver(1);
        await deliver(2);
        expect(await received(2)).to.deep.equal([1, 2]);
        await held();
        await page.run(`sessionStorage.setItem('received', JSON.stringify(received)); cometd.reload(); null`);
        page.reload();
        await deliver(3);
        expect(await join()).to.equal(clientId);
        await deliver(4);
        expect(await received(4)).to.deep.equal([1, 2, 3, 4]);
        expect(orsay.bayeux.counts().clients).to.equal(1);
      });

      it('gets the notices of a reply again whose body was cut', async () => {
        await join();
        await deliver(1);
        await received(1);
        await held();
        wire.cutAfter(1_000);
        await deliver('long'.repeat(1_000));
        await deliver(2);
        expect(await received(3)).to.deep.equal([1, 'long'.repeat(1_000), 2]);
      });

      it('makes a new handshake when it was loaded again before its first connect', async () => {
        const first = await shakeHands();
        page.reload();
        const second = await join();
        expect(second)
          .to.match(/^[0-9a-f]{32}$/)
          .and.not.equal(first);
        await deliver(1);
        expect(await received(1)).to.deep.equal([1]);
      });
    });
  }
}
