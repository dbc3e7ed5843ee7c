import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { hashPassword } from '../../server/identity/passwordHash.ts';
import { SimulatedAgent } from '../simulators/agent.ts';
import { SimulatedCustomer } from '../simulators/customer.ts';
import { type CustomerMode, createTokenMode, GATEWAY_MODE, type Headers } from '../support/customerModes.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';
import { type Front, openTunnel, TEST_TLS } from '../support/tlsFront.ts';

const PASSWORD_HASH = hashPassword('secret');
const ADMIN = basic('olga');
const KATE = basic('kate');

function basic(user: string): Headers {
  return { authorization: `Basic ${Buffer.from(`${user}:secret`).toString('base64')}` };
}

describe('a delayed chat over TLS, with a listener for customers and one for the others', () => {
  let folder: string;
  let orsay: TestOrsay;
  let fronts: Front[];
  let customers: string;
  let others: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-secured-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function begin(mode: CustomerMode): Promise<void> {
    orsay = await startOrsay({
      change: (config) => {
        config.security = mode.security;
        config.users = {
          olga: { role: 'administrator', passwordHash: PASSWORD_HASH },
          kate: { role: 'agent', agentId: 'KSippola', passwordHash: PASSWORD_HASH },
        };
        // The fronts have ports of their own.
        config.http.hosts = ['127.0.0.1'];
      },
      listeners: [
        { address: '127.0.0.1', port: 0, audiences: ['customer'], tls: TEST_TLS },
        {
          address: '127.0.0.1',
          port: 0,
          audiences: ['agent', 'platform', 'administrator'],
          tls: TEST_TLS,
        },
      ],
    });
    const [first, second] = orsay.urls;
    fronts = [await mode.openFront(first!), await openTunnel(second!)];
    [customers, others] = fronts.map(({ base }) => base) as [string, string];
  }

  async function end(): Promise<void> {
    for (const front of fronts) await front.close();
    await orsay.close();
  }

  const statusOf = async (url: string, headers: Headers): Promise<number> =>
    (await fetch(url, { headers })).status;

  for (const name of ['gateway', 'token'] as const) {
    it(`goes from the callback to the end in mode ${name}, and another customer sees none of it`, async () => {
      const created = Date.UTC(2026, 0, 5, 9, 0, 0);
      const mode = name === 'gateway' ? GATEWAY_MODE : await createTokenMode(folder, created);
      await begin(mode);
      const bond = new SimulatedCustomer(customers, 'jbond', mode.headersOf('jbond'));
      const admin = new SimulatedAgent(others, 'KSippola', ADMIN);
      const agent = new SimulatedAgent(others, 'KSippola', KATE);
      try {
        await admin.put('notReady', { nickname: 'Kristi Sippola' });
        await agent.listen();
        await agent.change({ state: 'ready' });
        await bond.listen();
        await bond.create('chat-delay', {
          _customer_number: '4082652649',
          _device_notification_id: 'jbond',
          _device_os: 'comet',
        });
        const id = bond.serviceId;
        await bond.nextPush('service.agentavailable');
        await bond.request('connect');
        await bond.request('ixn/chat', { firstName: 'James', subject: 'billing', notify_by: 'comet' });
        const { interactionId } = await agent.nextEvent('offered');
        await agent.post(interactionId!, 'accept');
        await agent.post(interactionId!, 'message', { text: 'Hello' });
        const said = await bond.nextPush(`service.chat.refresh.${id}`, (push) =>
          JSON.stringify(push.message).includes('Message.Text'),
        );
        expect(said.message).to.include({ chatIxnState: 'TRANSCRIPT' });

        const storage = `${customers}/genesys/1/service/${id}/storage`;
        expect(await statusOf(storage, mode.headersOf('jbond'))).to.equal(200);
        expect(await statusOf(storage, mode.headersOf('drno'))).to.equal(404);
        expect(await statusOf(storage, { gms_user: 'jbond' })).to.be.oneOf([401, 403]);
        expect(await statusOf(`${customers}/scxml/session/x/query`, mode.headersOf('jbond'))).to.equal(404);
        expect(await statusOf(`${customers}/agent/1/agents`, ADMIN)).to.be.oneOf([403, 404]);
        expect(await statusOf(`${others}/agent/1/agents`, {})).to.equal(401);

        await bond.request('ixn/chat/disconnect');
        await agent.nextEvent('ended');
        await orsay.durable.idle();
        const [callback] = (await bond.get('/genesys/1/service/callback?_customer_number=4082652649')) as {
          readonly [field: string]: unknown;
        }[];
        expect(callback).to.include({
          _id: id,
          _callback_state: 'COMPLETED',
          _callback_reason: 'AGENT_CONNECTED',
        });
        const spy = new SimulatedCustomer(customers, 'drno', mode.headersOf('drno'));
        expect(await spy.get('/genesys/1/service/callback?_customer_number=4082652649')).to.deep.equal([]);
      } finally {
        await bond.close();
        agent.close();
        await end();
      }
    });
  }
});
