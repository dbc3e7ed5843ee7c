import { expect } from 'chai';
import { startOrsay, type TestOptions, type TestOrsay } from '../support/orsay.ts';

const NUMBER = '4082652649';
const MINUTE = 60_000;

type Fields = Record<string, string>;
interface Answer {
  readonly status: number;
  readonly body: { readonly [field: string]: unknown };
}

describe('a delayed chat with another end', () => {
  let orsay: TestOrsay;
  let id: string;

  afterEach(() => orsay.close());

  async function begin(options: TestOptions = {}): Promise<Answer> {
    orsay = await startOrsay(options);
    const answer = await post('/genesys/1/service/callback/chat-delay', { _customer_number: NUMBER });
    id = String(answer.body._id);
    await settle();
    return answer;
  }

  const settle = (): Promise<void> => orsay.durable.idle();

  async function call(method: string, path: string, body?: string, type?: string): Promise<Answer> {
    const response = await fetch(`${orsay.base}${path}`, {
      method,
      headers: { gms_user: 'jbond', ...(type && { 'content-type': type }) },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Answer['body']) };
  }

  async function post(path: string, fields: Fields = {}): Promise<Answer> {
    return call('POST', path, new URLSearchParams(fields).toString(), 'application/x-www-form-urlencoded');
  }

  const request = (name: string, fields: Fields = {}): Promise<Answer> =>
    post(`/genesys/1/service/${id}/${name}`, fields);

  async function agent(name: string, state: string, group = 'Billing'): Promise<void> {
    const body = JSON.stringify({ state, groups: [group], media: ['chat'] });
    expect((await call('PUT', `/agent/1/agents/${name}`, body, 'application/json')).status).to.equal(200);
    await settle();
  }

  async function offersOf(name: string): Promise<{ interactionId: string; state: string }[]> {
    const { body } = await call('GET', `/agent/1/agents/${name}/interactions`);
    return body as unknown as { interactionId: string; state: string }[];
  }

  /** Connects, opens the chat, and waits until all tasks are done. */
  async function openChat(): Promise<void> {
    expect((await request('connect')).body._action).to.equal('StartChat');
    expect((await request('ixn/chat', { firstName: 'James', subject: 'None' })).status).to.equal(200);
    await settle();
  }

  async function callback(): Promise<{ state: unknown; reason: unknown }> {
    const { body } = await call('GET', `/genesys/1/service/callback/chat-delay?_customer_number=${NUMBER}`);
    const record = (body as unknown as Fields[]).find((found) => found._id === id)!;
    return { state: record._callback_state, reason: record._callback_reason };
  }

  async function expectCompleted(reason: string): Promise<void> {
    await settle();
    expect(await callback()).to.deep.equal({ state: 'COMPLETED', reason });
    expect((await request('check-queue-position')).status, 'its session is gone').to.equal(404);
    const { body } = await call('GET', '/urs/call/max/lvq?name=VQ_Waiting_for_agent');
    expect(body.calls, 'nothing of it waits in the virtual queue').to.equal(0);
  }

  it('no agent: the customer waits in the chat until _urs_queued_ttl is over', async () => {
    await begin({
      options: { _urs_queued_ttl: '600' },
      change: (config) => Object.assign(config.chat, { clientTimeout: 0 }),
    });
    await openChat();
    expect((await callback()).state).to.equal('ROUTING');
    await orsay.advance(9 * MINUTE);
    expect((await callback()).state).to.equal('ROUTING');
    await orsay.advance(2 * MINUTE);
    await expectCompleted('FAIL_TARGET_NOT_FOUND');
    const chat = await request('ixn/chat/refresh');
    expect(chat.body.chatIxnState).to.equal('DISCONNECTED');
  });

  it('the customer never confirms', async () => {
    await begin({ options: { _on_user_confirm_timeout: 'FAIL', _announce_without_agent: 'true' } });
    // Three announcements of 30 s, 30 s apart.
    await orsay.advance(149_000);
    expect((await callback()).state).to.equal('QUEUED');
    await orsay.advance(2000);
    await expectCompleted('FAIL_USER_NO_CONFIRM');
  });

  it('nobody is told of an agent before one is logged in', async () => {
    await begin({ options: { _on_user_confirm_timeout: 'FAIL' } });
    const { body } = await request('check-queue-position');
    expect(body._agent_ready_threshold_passed_reason).to.equal('eta n/a');
    await orsay.advance(10 * MINUTE);
    expect((await request('ixn/chat')).status, 'no agent was announced').to.equal(503);
    await agent('another', 'ready', 'Sales');
    await orsay.advance(MINUTE);
    expect((await request('ixn/chat')).status, 'their agents serve another group').to.equal(503);
    await agent('KSippola', 'notReady');
    await orsay.advance(MINUTE);
    expect((await request('ixn/chat', { firstName: 'James', subject: 'None' })).status).to.equal(200);
  });

  it('the customer never confirms, and the service waits for them with CONNECT-ANYWAY', async () => {
    await begin();
    await orsay.advance(10 * MINUTE);
    expect((await callback()).state).to.equal('QUEUED');
    await agent('KSippola', 'ready');
    await openChat();
    expect((await offersOf('KSippola')).map(({ state }) => state)).to.deep.equal(['offered']);
  });

  it('snoozes twice, then connects', async () => {
    await begin();
    for (const _ of [1, 2]) {
      const snoozed = await request('snooze');
      expect(snoozed).to.deep.include({ status: 200 });
      expect(snoozed.body._action).to.equal('ConfirmationDialog');
      await orsay.advance(5 * MINUTE + 1000);
    }
    await agent('KSippola', 'ready');
    await openChat();
    const [offer] = await offersOf('KSippola');
    expect((await post(`/agent/1/interactions/${offer!.interactionId}/accept`)).status).to.equal(200);
    await settle();
    expect(await callback()).to.include({ state: 'PROCESSING' });
    await request('ixn/chat/disconnect');
    await expectCompleted('AGENT_CONNECTED');
  });

  describe('cancelled', () => {
    const stages: { readonly [stage: string]: () => Promise<void> } = {
      'while it waits in the queue': async () => {},
      'while the customer is asked': () => orsay.advance(10_000),
      'while it snoozes': async () => void (await request('snooze')),
      'after connect': async () => void (await request('connect')),
      'with the chat open': openChat,
      'while an agent is offered the chat': async () => {
        await agent('KSippola', 'ready');
        await openChat();
        expect(await offersOf('KSippola')).to.have.length(1);
      },
    };
    for (const [stage, reach] of Object.entries(stages)) {
      it(`by the customer ${stage}`, async () => {
        await begin();
        await reach();
        expect((await request('cancel')).status).to.equal(200);
        await expectCompleted('CANCELLED');
      });

      it(`by DELETE ${stage}`, async () => {
        await begin();
        await reach();
        const path = `/genesys/1/service/callback/chat-delay/${id}`;
        expect((await call('DELETE', path)).status).to.equal(200);
        await expectCompleted('CANCELLED');
        expect(await call('DELETE', path)).to.deep.include({ status: 400 });
      });
    }
  });

  it('the customer closes the chat before an agent has it', async () => {
    await begin();
    await openChat();
    expect((await request('ixn/chat/disconnect')).body.chatIxnState).to.equal('DISCONNECTED');
    await expectCompleted('FAIL_INTERACTION_DELETED');
  });

  it('an agent rejects: the next one is offered the chat', async () => {
    await begin();
    await agent('first', 'ready');
    await orsay.advance(1000);
    await agent('second', 'ready');
    await openChat();
    const [offer] = await offersOf('first');
    expect((await post(`/agent/1/interactions/${offer!.interactionId}/reject`)).status).to.equal(200);
    await settle();
    expect((await offersOf('second')).map(({ state }) => state)).to.deep.equal(['offered']);
    await post(`/agent/1/interactions/${offer!.interactionId}/accept`);
    await settle();
    expect((await callback()).state).to.equal('PROCESSING');
  });

  it('an agent does not answer in _agent_reserve_timeout: the next one is offered the chat', async () => {
    await begin();
    await agent('first', 'ready');
    await orsay.advance(1000);
    await agent('second', 'ready');
    await openChat();
    expect(await offersOf('second')).to.deep.equal([]);
    await orsay.advance(31_000);
    expect((await offersOf('second')).map(({ state }) => state)).to.deep.equal(['offered']);
    const { body } = await call('GET', '/agent/1/agents/first');
    expect(body.state).to.equal('notReady');
  });

  it('no agent takes it in _max_transfer_to_agent_attempts', async () => {
    await begin({ options: { _max_transfer_to_agent_attempts: '2' } });
    await agent('first', 'ready');
    await agent('second', 'ready');
    await openChat();
    for (const _ of [1, 2]) {
      const offers = [...(await offersOf('first')), ...(await offersOf('second'))];
      const open = offers.find(({ state }) => state === 'offered')!;
      await post(`/agent/1/interactions/${open.interactionId}/reject`);
      await settle();
    }
    await expectCompleted('FAIL_AGENT_CONNECT');
  });

  it('URS cannot be reached: the create request fails, and the callback is COMPLETED', async () => {
    orsay = await startOrsay({ options: { _urs_server_url: 'http://127.0.0.1:9' } });
    const answering = post('/genesys/1/service/callback/chat-delay', { _customer_number: NUMBER });
    while ((await orsay.sessions.list()).length === 0) await nextTurn();
    // Three attempts, two seconds apart.
    await orsay.advance(5000);
    const answer = await answering;
    expect(answer.status).to.equal(503);
    const { body } = await call('GET', `/genesys/1/service/callback/chat-delay?_customer_number=${NUMBER}`);
    const [record] = body as unknown as Fields[];
    expect(record).to.include({ _callback_state: 'COMPLETED', _callback_reason: 'FAIL_QUEUEING' });
  });

  it('_ttl is over', async () => {
    await begin({ options: { _ttl: '1200', _urs_queued_ttl: '14400' } });
    await orsay.advance(19 * MINUTE);
    expect((await callback()).state).to.equal('QUEUED');
    await orsay.advance(2 * MINUTE);
    await expectCompleted('FAIL_TIMEOUT_TTL');
  });
});

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
