import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { type CometdClient, connectCometd, type NodeTransport } from '../../support/cometdClient.ts';
import { startOrsay, type TestOrsay } from '../../support/orsay.ts';
import { hasProxy, samplesOf, startProxy, type TestProxy } from '../../support/proxy.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';
import { createTestIds } from '../../support/testIds.ts';

for (const name of ['nginx', 'haproxy'] as const) {
  describe(`the samples of docs/guides/proxies.md for ${name}`, () => {
    const opened: { close(): Promise<unknown> }[] = [];
    const clients: CometdClient[] = [];
    const trust = process.env.NODE_TLS_REJECT_UNAUTHORIZED;

    before(function () {
      if (!hasProxy(name)) {
        console.log(`        skipped: this machine has no ${name}`);
        this.skip();
      }
      // The client of these tests cannot be told which certificate to trust.
      process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    });
    after(() => {
      if (trust === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = trust;
    });
    afterEach(async () => {
      await Promise.all(clients.splice(0).map((client) => client.disconnect()));
      for (const one of opened.splice(0).reverse()) await one.close();
    });

    const sharing = { store: new MemoryStore(), ids: createTestIds(), clock: createSimulatedClock() };

    async function start(options: object = {}): Promise<TestOrsay> {
      const orsay = await startOrsay({
        change(config) {
          config.http.hosts = ['127.0.0.1'];
        },
        ...options,
      });
      opened.push(orsay);
      return orsay;
    }

    async function front(sample: string, orsays: readonly TestOrsay[]): Promise<TestProxy> {
      const proxy = await startProxy(
        name,
        sample,
        orsays.map(({ port }) => port),
      );
      opened.push(proxy);
      return proxy;
    }

    async function join(proxy: TestProxy, user: string, transport: NodeTransport): Promise<CometdClient> {
      const url = `${proxy.url}/genesys/cometd`;
      const client = await connectCometd(url, user, { ack: true, transports: [transport] });
      clients.push(client);
      return client;
    }

    const notice = (number: number) => ({ id: String(number), tag: 't', message: { number } });

    for (const transport of ['long-polling', 'websocket'] as const) {
      it(`pass ${transport} through TLS, also when the server behind restarts`, async () => {
        const user = `anna-${transport}`;
        let orsay = await start(sharing);
        const proxy = await front(samplesOf(name)[0]!, [orsay]);
        const client = await join(proxy, user, transport);
        await orsay.bayeux.comet.deliver(user, notice(1));
        await client.receivedCount(1);
        expect(orsay.bayeux.counts().sockets).to.equal(transport === 'websocket' ? 1 : 0);
        const subscribed = client.next('/meta/subscribe');
        opened.splice(opened.indexOf(orsay), 1);
        await orsay.close();
        orsay = await start({ ...sharing, port: orsay.port });
        await orsay.bayeux.comet.deliver(user, notice(2));
        await subscribed;
        await orsay.bayeux.comet.deliver(user, notice(3));
        expect(await client.receivedCount(3)).to.deep.equal([1, 2, 3].map(notice));
      });
    }

    it('keep a client at one of two servers', async () => {
      const orsays = [await start(), await start()];
      const [whole = '', sticky = ''] = samplesOf(name);
      const sample =
        name === 'nginx'
          ? whole.replace(/^upstream orsay \{.*?^\}\n/ms, sticky)
          : whole.replace(/^backend orsay\n.*/ms, sticky);
      const proxy = await front(sample, orsays);
      if (name === 'haproxy') await keepsCookie(proxy);
      else await keepsAddress(proxy);

      /** The client of these tests keeps no cookies. */
      async function keepsCookie({ url }: TestProxy): Promise<void> {
        const headers: Record<string, string> = { gms_user: 'anna', 'content-type': 'application/json' };
        const handshake = await ask(url, headers, { channel: '/meta/handshake' });
        headers.cookie = handshake.cookies.map((cookie) => cookie.split(';')[0]).join('; ');
        expect(headers.cookie).to.include('ORSAY=orsay');
        for (let requests = 0; requests < 6; requests += 1) {
          const message = {
            channel: '/meta/connect',
            clientId: handshake.reply.clientId,
            advice: { timeout: 0 },
          };
          expect((await ask(url, headers, message)).reply.successful).to.equal(true);
        }
      }

      async function keepsAddress(proxyOfTest: TestProxy): Promise<void> {
        const client = await join(proxyOfTest, 'anna', 'long-polling');
        const [at] = orsays.filter((orsay) => orsay.bayeux.counts().clients === 1);
        for (const number of [1, 2, 3]) await at!.bayeux.comet.deliver('anna', notice(number));
        expect(await client.receivedCount(3)).to.deep.equal([1, 2, 3].map(notice));
      }
    });
  });
}

async function ask(
  url: string,
  headers: Record<string, string>,
  message: object,
): Promise<{ readonly cookies: readonly string[]; readonly reply: Record<string, unknown> }> {
  const { request } = await import('node:https');
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers, rejectUnauthorized: false };
    const sent = request(`${url}/genesys/cometd`, options, async (response) => {
      let text = '';
      for await (const chunk of response) text += String(chunk);
      const [reply] = JSON.parse(text) as [Record<string, unknown>];
      resolve({ cookies: response.headers['set-cookie'] ?? [], reply });
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(message));
  });
}
