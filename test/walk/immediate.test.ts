import { expect } from 'chai';
import { SimulatedAgent } from '../simulators/agent.ts';
import { SimulatedCustomer } from '../simulators/customer.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';

const NUMBER = { _customer_number: '4082652649' };

describe('an immediate chat', () => {
  let orsay: TestOrsay;
  let customer: SimulatedCustomer;
  let agent: SimulatedAgent;

  beforeEach(async () => {
    orsay = await startOrsay({ hasOwnUrl: true });
    customer = new SimulatedCustomer(orsay.base, 'jbond');
    agent = new SimulatedAgent(orsay.base, 'KSippola');
  });

  afterEach(() => orsay.close());

  async function recordOf(): Promise<unknown> {
    const [record] = (await customer.get(
      `/genesys/1/service/callback/chat-immediate?_customer_number=${NUMBER._customer_number}`,
    )) as [unknown];
    return record;
  }

  function openChat(): Promise<{ readonly [field: string]: unknown }> {
    return customer.request('ixn/chat', { firstName: 'James', subject: 'New gadget' });
  }

  it('is in the reply to create, and goes to an agent who is ready', async () => {
    await agent.put('ready', { nickname: 'Kristi Sippola' });
    const created = await customer.create('chat-immediate', { ...NUMBER, language: 'French' });
    const id = customer.serviceId;
    expect(created).to.deep.equal({
      _dialog_id: '1',
      _action: 'StartChat',
      _label: 'Start Chat',
      _start_chat_url: `${orsay.base}/genesys/1/service/${id}/ixn/chat`,
      _comet_url: `${orsay.base}/genesys/cometd`,
      _user_header: 'jbond',
      _id_to_jump_before: 'exit://',
      _chat_parameters: { subject: 'None' },
      _id: id,
    });
    expect(await recordOf()).to.include({ _callback_state: 'QUEUED' });

    const { chatSessionId } = (await openChat()) as { chatSessionId: string };
    await orsay.durable.idle();
    expect((await agent.interactions()).map(({ state, serviceId }) => ({ state, serviceId }))).to.deep.equal([
      { state: 'offered', serviceId: id },
    ]);
    await agent.post(chatSessionId, 'accept');
    await agent.post(chatSessionId, 'message', { text: 'hello customer' });
    await orsay.durable.idle();
    expect(await recordOf()).to.include({ _callback_state: 'PROCESSING' });
    expect(
      (await customer.request('ixn/chat/refresh', { transcriptPosition: '1' })).transcriptToShow,
    ).to.deep.equal([
      ['Notice.Joined', 'Kristi Sippola', 'has joined the session', '0', 'AGENT'],
      ['Message.Text', 'Kristi Sippola', 'hello customer', '0', 'AGENT'],
    ]);
    await customer.request('ixn/chat/disconnect');
    await orsay.durable.idle();
    expect(await recordOf()).to.include({
      _callback_state: 'COMPLETED',
      _callback_reason: 'AGENT_CONNECTED',
    });
  });

  it('waits with the customer in it until an agent is ready', async () => {
    await customer.create('chat-immediate', NUMBER);
    const { chatSessionId } = (await openChat()) as { chatSessionId: string };
    await orsay.advance(30_000);
    expect(await customer.request('check-queue-position')).to.include({ _position: 1, _total_waiting: 1 });
    expect(await recordOf()).to.include({ _callback_state: 'ROUTING' });
    await agent.put('ready', { nickname: 'Kristi Sippola' });
    await orsay.durable.idle();
    expect((await agent.interactions()).map(({ state }) => state)).to.deep.equal(['offered']);
    await agent.post(chatSessionId, 'accept');
    await orsay.durable.idle();
    expect(await recordOf()).to.include({ _callback_state: 'PROCESSING' });
  });

  it('has nothing to snooze, and ends when the customer cancels', async () => {
    await customer.create('chat-immediate', NUMBER);
    expect((await customer.request('connect'))._action).to.equal('StartChat');
    expect((await customer.request('get-dialog-start-chat'))._action).to.equal('StartChat');
    const refused = await customer.request('snooze').catch((error: Error) => error.message);
    expect(refused).to.contain('409').and.to.contain('the customer has already said that they are ready');
    await customer.request('cancel');
    await orsay.durable.idle();
    expect(await recordOf()).to.include({ _callback_state: 'COMPLETED', _callback_reason: 'CANCELLED' });
    expect(orsay.routing.list()).to.deep.equal([]);
  });

  it('ends as FAIL_TARGET_NOT_FOUND when no agent takes it in _urs_queued_ttl', async () => {
    await orsay.close();
    orsay = await startOrsay({
      change: (config) => {
        config.services['chat-immediate'] = {
          ...config.services['chat-immediate'],
          _type: 'ors',
          _urs_queued_ttl: '20',
        };
      },
    });
    customer = new SimulatedCustomer(orsay.base, 'jbond');
    await customer.create('chat-immediate', NUMBER);
    await openChat();
    await orsay.advance(21_000);
    expect(await recordOf()).to.include({
      _callback_state: 'COMPLETED',
      _callback_reason: 'FAIL_TARGET_NOT_FOUND',
    });
    expect(await customer.request('ixn/chat/refresh')).to.include({ chatIxnState: 'DISCONNECTED' });
  });

  it('works behind a gateway that takes away the path of server.baseUrl', async () => {
    await orsay.close();
    orsay = await startOrsay({
      change: ({ server }) => Object.assign(server, { baseUrl: 'https://example.com/orsay' }),
    });
    customer = new SimulatedCustomer(orsay.base, 'jbond');
    agent = new SimulatedAgent(orsay.base, 'KSippola');
    await agent.put('ready', {});
    const created = await customer.create('chat-immediate', NUMBER);
    expect(created._start_chat_url).to.equal(
      `https://example.com/orsay/genesys/1/service/${customer.serviceId}/ixn/chat`,
    );
    const { chatSessionId } = (await openChat()) as { chatSessionId: string };
    await orsay.durable.idle();
    await agent.post(chatSessionId, 'accept');
    await orsay.durable.idle();
    expect(await recordOf()).to.include({ _callback_state: 'PROCESSING' });
  });

  it('is routed by strategies with the names of the installation', async () => {
    await orsay.close();
    orsay = await startOrsay({
      change: (config) => {
        config.routing.strategies = { MyWait: 'WaitForTarget', MyDelay: 'SetRouteDelay' };
        Object.assign(config.services['chat-immediate']!, {
          _urs_prioritization_strategy: 'MyWait',
          _urs_strategy_update_sub_routine: 'MyDelay',
        });
      },
    });
    customer = new SimulatedCustomer(orsay.base, 'jbond');
    agent = new SimulatedAgent(orsay.base, 'KSippola');
    await agent.put('ready', {});
    await customer.create('chat-immediate', NUMBER);
    const { chatSessionId } = (await openChat()) as { chatSessionId: string };
    await orsay.durable.idle();
    await agent.post(chatSessionId, 'accept');
    await orsay.durable.idle();
    expect(await recordOf()).to.include({ _callback_state: 'PROCESSING' });
  });
});
