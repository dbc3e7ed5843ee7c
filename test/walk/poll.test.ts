import { expect } from 'chai';
import { SimulatedAgent } from '../simulators/agent.ts';
import { SimulatedCustomer } from '../simulators/customer.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';

describe('a delayed chat of a client that polls', () => {
  let orsay: TestOrsay;
  let customer: SimulatedCustomer;
  let agent: SimulatedAgent;

  beforeEach(async () => {
    orsay = await startOrsay({ hasOwnUrl: true });
    customer = new SimulatedCustomer(orsay.base, 'jbond');
    agent = new SimulatedAgent(orsay.base, 'KSippola');
    await agent.put('ready', { nickname: 'Kristi Sippola' });
  });

  afterEach(() => orsay.close());

  it('reads its position, connects, chats by refresh, reads notifications, and ends', async () => {
    const created = await customer.create('chat-delay', {
      _customer_number: '4082652649',
      language: 'French',
    });
    const id = customer.serviceId;
    expect(created).to.deep.equal({
      _dialog_id: '0',
      _action: 'ConfirmationDialog',
      _text: 'We will notify you when agent is available',
      _ok_title: 'Ok',
      _id: id,
    });
    const place = {
      _position: 1,
      _eta: 'n/a',
      _total_waiting: 1,
      _agent_ready_threshold_passed: true,
      _agent_ready_threshold_passed_reason: 'eta n/a',
    };
    expect(await customer.request('check-queue-position')).to.deep.equal(place);
    expect(await customer.get(`/genesys/1/service/${id}/check-queue-position`)).to.deep.equal(place);
    expect(await customer.get(`/genesys/1/service/${id}/storage`)).to.deep.equal({ language: 'French' });

    const menu = await customer.request('get-dialog-user-confirmation-provide_code-false');
    expect(menu).to.include({
      _dialog_id: '0',
      _action: 'DisplayMenu',
      _label: 'Agent is available right now',
    });
    expect((await customer.request('connect'))._start_chat_url).to.equal(
      `${orsay.base}/genesys/1/service/${id}/ixn/chat`,
    );

    const chat = await customer.request('ixn/chat', {
      firstName: 'James',
      subject: 'New gadget',
      email: 'j.b@gmail.com',
    });
    const chatSessionId = String(chat.chatSessionId);
    expect(chat).to.deep.equal({
      chatIxnState: 'CONNECTED',
      chatSessionId,
      transcriptPosition: '1',
      chatServiceMessage: 'Chat service is available',
    });
    await orsay.durable.idle();

    const [offer] = await agent.interactions();
    expect(offer).to.deep.include({ interactionId: chatSessionId, serviceId: id, state: 'offered' });
    await agent.post(chatSessionId, 'accept');
    await orsay.advance(4000);
    await agent.post(chatSessionId, 'message', { text: 'hello customer' });
    const startedAt = '2026-01-05T09:00:00Z';
    expect(
      await customer.request('ixn/chat/refresh', { transcriptPosition: '1', message: 'hello agent' }),
    ).to.deep.equal({
      chatIxnState: 'TRANSCRIPT',
      chatSessionId,
      transcriptPosition: '4',
      chatServiceMessage: 'Chat service is available',
      startedAt,
      transcriptToShow: [
        ['Notice.Joined', 'Kristi Sippola', 'has joined the session', '0', 'AGENT'],
        ['Message.Text', 'Kristi Sippola', 'hello customer', '4', 'AGENT'],
        ['Message.Text', 'James', 'hello agent', '4', 'CLIENT'],
      ],
    });

    expect(
      await customer.request('internal-notification', {
        _display_message: 'Look',
        _application_message: 'X',
      }),
    ).to.deep.equal({ message: 'Notification Sent' });
    const waiting = [{ _internal_message: 'X', _id: id, _display_message: 'Look' }];
    expect(await customer.request('retrieve-notifications')).to.deep.equal(waiting);
    expect(await customer.request('retrieve-notifications')).to.deep.equal([]);

    expect((await customer.request('ixn/chat/disconnect')).chatIxnState).to.equal('DISCONNECTED');
    await orsay.durable.idle();
    expect((await agent.interactions()).map(({ state }) => state)).to.deep.equal(['ended']);
    const [record] = (await customer.get(
      '/genesys/1/service/callback/chat-delay?_customer_number=4082652649',
    )) as [{ [field: string]: unknown }];
    expect(record).to.include({ _id: id, _callback_state: 'COMPLETED', _callback_reason: 'AGENT_CONNECTED' });
  });
});
