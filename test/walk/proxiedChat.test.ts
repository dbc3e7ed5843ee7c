import { expect } from 'chai';
import { MemoryStore } from '../../engine/durable/memory/memoryStore.ts';
import { SimulatedAgent } from '../simulators/agent.ts';
import { SimulatedCustomer } from '../simulators/customer.ts';
import { type CometdClient, connectCometd } from '../support/cometdClient.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';
import { hasProxy, samplesOf, startProxy, type TestProxy } from '../support/proxy.ts';
import { createSimulatedClock } from '../support/simulatedClock.ts';
import { createTestIds } from '../support/testIds.ts';

/** The push of a Chat V1 entry, as far as the test reads it. */
interface Push {
  readonly message: { readonly transcriptToShow?: readonly (readonly string[])[] };
}

for (const name of ['nginx', 'haproxy'] as const) {
  describe(`the chat of the README behind ${name} with TLS, for a customer on a WebSocket`, () => {
    const sharing = { store: new MemoryStore(), ids: createTestIds(), clock: createSimulatedClock() };
    const trust = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    let orsay: TestOrsay;
    let proxy: TestProxy;
    let client: CometdClient | undefined;

    before(async function () {
      if (!hasProxy(name)) {
        console.log(`        skipped: this machine has no ${name}`);
        this.skip();
      }
      // The clients of this test cannot be told which certificate to trust.
      process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
      await start();
      proxy = await startProxy(name, samplesOf(name)[0]!, [orsay.port]);
    });

    after(async () => {
      await client?.disconnect();
      await proxy?.close();
      await orsay?.close();
      if (trust === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = trust;
    });

    async function start(port = 0): Promise<void> {
      orsay = await startOrsay({
        ...sharing,
        port,
        change(config) {
          config.http.hosts = ['127.0.0.1'];
        },
      });
    }

    it('goes on over a restart of the server, and each entry is pushed once and in order', async () => {
      const url = `${proxy.url}/genesys/cometd`;
      client = await connectCometd(url, 'jbond', { ack: true, transports: ['websocket'] });
      expect(orsay.bayeux.counts().sockets).to.equal(1);
      // Desktops of agents are inside, and do not pass the proxy.
      const agent = new SimulatedAgent(orsay.base, 'KSippola');
      await agent.put('ready');
      const customer = new SimulatedCustomer(proxy.url, 'jbond');
      await customer.create('chat-delay', { _customer_number: '4082652649', usr_reason: 'billing question' });
      expect(await customer.request('check-queue-position')).to.include({ _position: 1 });
      expect(await customer.request('connect')).to.include({ _action: 'StartChat' });
      const opened = await customer.request('ixn/chat', {
        firstName: 'James',
        subject: 'billing',
        notify_by: 'comet',
      });
      expect(opened).to.include({ chatIxnState: 'CONNECTED' });
      await orsay.durable.idle();
      const { interactionId } = (await agent.interactions())[0]!;
      await agent.post(interactionId, 'accept');
      await agent.post(interactionId, 'message', { text: 'Hello' });
      await client.receivedCount(2);

      const back = client.next('/meta/subscribe');
      await orsay.close();
      await start(orsay.port);
      await agent.post(interactionId, 'message', { text: 'Still here' });
      await back;
      await customer.request('ixn/chat/refresh', { transcriptPosition: '1', message: 'Hello agent' });
      const entries = ((await client.receivedCount(4)) as readonly Push[]).flatMap(
        ({ message }) => message.transcriptToShow ?? [],
      );
      expect(entries.map(([, nickname, text]) => [nickname, text])).to.deep.equal([
        ['KSippola', 'has joined the session'],
        ['KSippola', 'Hello'],
        ['KSippola', 'Still here'],
        ['James', 'Hello agent'],
      ]);
      expect(await customer.request('ixn/chat/disconnect')).to.include({ chatIxnState: 'DISCONNECTED' });
    });

    it('is all that a customer reaches', async () => {
      for (const path of ['/agent/1/agents', '/genesys/1/admin/templates', '/scxml/session', '/']) {
        const { status } = await fetch(`${proxy.url}${path}`);
        expect([path, status]).to.deep.equal([path, 404]);
      }
    });
  });
}
