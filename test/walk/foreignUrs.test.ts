import { expect } from 'chai';
import { SimulatedAgent } from '../simulators/agent.ts';
import { SimulatedCustomer } from '../simulators/customer.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';
import { createSimulatedClock } from '../support/simulatedClock.ts';

const NUMBER = '4082652649';
const VQ = 'VQ_Waiting_for_agent';

/** One server runs the sessions and chats, and the other is their URS: an outside one, found by its URL. */
describe('a delayed chat whose URS is another server', () => {
  let sessions: TestOrsay;
  let urs: TestOrsay;
  let customer: SimulatedCustomer;
  let clock: ReturnType<typeof createSimulatedClock>;

  beforeEach(async () => {
    clock = createSimulatedClock();
    urs = await startOrsay({ clock, hasOwnUrl: true });
  });

  afterEach(async () => {
    await sessions.close();
    await urs.close();
  });

  async function start(options: Record<string, string> = {}): Promise<void> {
    sessions = await startOrsay({
      clock,
      hasOwnUrl: true,
      options: { _urs_server_url: urs.base, ...options },
      // The customer of these tests asks for nothing while they wait.
      change: ({ chat }) => Object.assign(chat, { clientTimeout: 0 }),
    });
    customer = new SimulatedCustomer(sessions.base, 'jbond');
  }

  /** A task of one server may wait for the other one. */
  async function settle(): Promise<void> {
    for (let round = 0; round < 3; round += 1) {
      await sessions.durable.idle();
      await urs.durable.idle();
    }
  }

  const advance = (ms: number): Promise<void> => clock.advance(ms, settle);

  async function put(server: TestOrsay, state: 'ready' | 'notReady' | 'loggedOut'): Promise<void> {
    await new SimulatedAgent(server.base, 'KSippola').put(state, { nickname: 'Kristi Sippola' });
    await settle();
  }

  async function waiting(server: TestOrsay): Promise<unknown> {
    const reply = await fetch(`${server.base}/urs/call/max/lvq?name=${VQ}`);
    return ((await reply.json()) as { calls: unknown }).calls;
  }

  async function callback(): Promise<{ readonly [field: string]: unknown }> {
    const path = `/genesys/1/service/callback/chat-delay?_customer_number=${NUMBER}`;
    const [record] = (await customer.get(path)) as [{ readonly [field: string]: unknown }];
    return record;
  }

  async function begin(): Promise<void> {
    await customer.create('chat-delay', { _customer_number: NUMBER });
    await settle();
  }

  async function openChat(): Promise<string> {
    expect((await customer.request('connect'))._action).to.equal('StartChat');
    const { chatSessionId } = await customer.request('ixn/chat', { firstName: 'James', subject: 'None' });
    await settle();
    return String(chatSessionId);
  }

  it('waits and is routed there, and reaches its agent here', async () => {
    await start();
    await put(sessions, 'ready');
    await begin();
    expect([await waiting(sessions), await waiting(urs)]).to.deep.equal([0, 1]);
    const { _position } = await customer.request('check-queue-position');
    expect(_position).to.equal(1);
    await put(urs, 'ready');
    await advance(30_000);
    const chatId = await openChat();
    const agent = new SimulatedAgent(sessions.base, 'KSippola');
    expect((await agent.interactions()).map(({ state }) => state)).to.deep.equal(['offered']);
    await agent.post(chatId, 'accept');
    await settle();
    expect(await callback()).to.include({ _callback_state: 'PROCESSING' });
    expect([await waiting(sessions), await waiting(urs)]).to.deep.equal([0, 0]);
    const calls = (await (await fetch(`${urs.base}/urs/call/max/lvq?name=${VQ}`)).json()) as object;
    expect(calls, 'the other server counts the distributed call').to.include({ hit: 1 });
    await customer.request('ixn/chat/disconnect');
    await settle();
    expect(await callback()).to.include({
      _callback_state: 'COMPLETED',
      _callback_reason: 'AGENT_CONNECTED',
    });
    expect(urs.routing.list()[0]).to.include({ state: 'routed', agentId: 'KSippola' });
    await advance(24 * 3_600_000 + 1);
    expect(urs.routing.list(), 'it does not know that the session has ended').to.deep.equal([]);
  });

  it('leaves the queue of the other server when the customer cancels', async () => {
    await start();
    await begin();
    expect(await waiting(urs)).to.equal(1);
    await customer.request('cancel');
    await advance(3_000);
    expect(urs.routing.list()).to.deep.equal([]);
  });

  it('gets another agent when the chat cannot go to the one whom the other server chose', async () => {
    await start();
    await begin();
    await put(urs, 'ready');
    await advance(30_000);
    const chatId = await openChat();
    // Here nobody of that name is logged in, so that the redirect fails and the call waits again.
    await put(sessions, 'ready');
    await advance(30_000);
    const agent = new SimulatedAgent(sessions.base, 'KSippola');
    expect(
      (await agent.interactions()).map(({ interactionId, state }) => ({ interactionId, state })),
    ).to.deep.equal([{ interactionId: chatId, state: 'offered' }]);
  });

  it('goes to _urs_sec_server_url when the other server cannot be reached', async () => {
    const second = await startOrsay({ clock, hasOwnUrl: true });
    try {
      await start({ _urs_server_url: 'http://127.0.0.1:9', _urs_sec_server_url: second.base });
      await put(sessions, 'ready');
      await put(second, 'ready');
      const created = customer.create('chat-delay', { _customer_number: NUMBER });
      while ((await sessions.sessions.list()).length === 0) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      await sessions.advance(5_000);
      await created;
      expect([await waiting(urs), await waiting(second)]).to.deep.equal([0, 1]);
      await openChat();
      await second.durable.idle();
      await settle();
      const agent = new SimulatedAgent(sessions.base, 'KSippola');
      expect((await agent.interactions()).map(({ state }) => state)).to.deep.equal(['offered']);
    } finally {
      await second.close();
    }
  });
});
