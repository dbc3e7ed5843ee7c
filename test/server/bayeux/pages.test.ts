import { expect } from 'chai';
import { startOrsay, type TestOrsay } from '../../support/orsay.ts';
import { Page } from '../../support/page.ts';

const TRANSPORTS = ['long-polling', 'websocket', 'callback-polling'] as const;

for (const version of ['3', '9'] as const) {
  for (const transport of TRANSPORTS) {
    describe(`a page with version ${version} of the CometD client over ${transport}`, () => {
      let orsay: TestOrsay;
      let page: Page;

      beforeEach(async () => {
        orsay = await startOrsay();
        page = new Page(orsay.base, { version, hasScripts: true });
      });
      afterEach(async () => {
        page.close();
        await orsay.close();
      });

      /** Runs the client of the page, which names its user in ext. Resolves with its clientId. */
      function join(): Promise<unknown> {
        return page.run(`
          window.received = JSON.parse(sessionStorage.getItem('received') ?? '[]');
          window.cometd = new CometD();
          for (const type of ${JSON.stringify(TRANSPORTS)}) {
            if (type !== '${transport}') cometd.unregisterTransport(type);
          }
          cometd.registerExtension('ack', new AckExtension());
          cometd.registerExtension('reload', new ReloadExtension());
          cometd.configure({ url: '${orsay.base}/genesys/cometd', logLevel: 'error', backoffIncrement: 50 });
          new Promise((resolve) => {
            const hear = ({ data }) => {
              received.push(data.message);
              window.heard?.();
            };
            cometd.handshake({ ext: { gms_user: 'anna' } }, (reply) => {
              if (!reply.successful) return resolve(reply.error);
              cometd.batch(() => cometd.subscribe('/_genesys', hear, () => resolve(cometd.getClientId())));
            });
          })`);
      }

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

      const deliver = (number: number) =>
        orsay.bayeux.comet.deliver('anna', { id: String(number), message: number, tag: 't' });

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
    });
  }
}
