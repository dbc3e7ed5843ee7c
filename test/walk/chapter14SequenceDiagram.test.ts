import { expect } from 'chai';
import { SimulatedAgent } from '../simulators/agent.ts';
import { SimulatedCustomer } from '../simulators/customer.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';

/** The arrows between the customer's application, GMS, ORS and URS; ids are those of this server. */
describe('chapter 14, the sequence diagram of Chat Delayed', () => {
  let orsay: TestOrsay;
  let customer: SimulatedCustomer;
  let agent: SimulatedAgent;

  beforeEach(async () => {
    orsay = await startOrsay({ hasOwnUrl: true });
    customer = new SimulatedCustomer(orsay.base, 'jbond');
    agent = new SimulatedAgent(orsay.base, 'KSippola');
    await customer.listen();
    await agent.put('notReady');
    await agent.listen();
  });
  afterEach(async () => {
    await customer.close();
    agent.close();
    await orsay.close();
  });

  async function postJson(path: string, body: object): Promise<Record<string, unknown>> {
    const reply = await fetch(`${orsay.base}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', gms_user: 'jbond' },
      body: JSON.stringify(body),
    });
    expect(reply.status, path).to.equal(200);
    return (await reply.json()) as Record<string, unknown>;
  }

  it('goes from the JSON create to the agent and to the end of the chat', async () => {
    const created = await postJson('/genesys/1/service/callback/chat-delay', {
      userId: 'jamesbond',
      _customer_number: '96760887',
      // The diagram leaves out where the announcement goes.
      _device_os: 'comet',
      _device_notification_id: 'jbond',
      appdataname: { language: 'French', longitude: '2.4544' },
    });
    const id = String(created._id);
    customer.serviceId = id;
    expect(created).to.deep.equal({
      _dialog_id: '0',
      _action: 'ConfirmationDialog',
      _text: 'We will notify you when agent is available',
      _ok_title: 'Ok',
      _id: id,
    });
    const available = await customer.nextPush(`service.agentavailable.${id}`);
    expect(available.message).to.deep.equal({
      _id: id,
      _action: 'get-dialog-user-confirmation-provide_code-false',
    });
    const lvq = await customer.get('/urs/call/max/lvq?name=VQ_Waiting_for_agent');
    expect(lvq).to.include({ calls: 1, hit: 0 }).and.to.include.keys('time', 'wt', 'pos', 'wpos');

    expect(await postJson(`/genesys/1/service/${id}/connect`, {})).to.deep.equal({
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
    const chat = await postJson(`/genesys/1/service/${id}/ixn/chat`, {
      notify_by: 'comet',
      firstName: 'James',
      lastName: 'Bond',
      subject: 'New gadget',
      email: 'j.b@gmail.com',
    });
    expect(chat).to.include({ _id: id, comet_channel: '/_genesys' });
    const find = async (): Promise<Record<string, string>> => {
      const query = '/genesys/1/service/callback/chat-delay?_customer_number=96760887';
      return ((await customer.get(query)) as Record<string, string>[])[0]!;
    };
    expect(await customer.get(`/genesys/1/storage/${(await find())._data_id}`)).to.deep.equal({
      userId: 'jamesbond',
      appdataname: { language: 'French', longitude: '2.4544' },
    });

    await agent.put('ready', { nickname: 'KSippola', place: 'SIP_Server_Place1' });
    const { interactionId } = await agent.nextEvent('offered');
    await agent.post(interactionId!, 'accept');
    const joined = await customer.nextPush(`service.chat.refresh.${id}`);
    expect(joined.message.transcriptToShow).to.deep.equal([
      ['Notice.Joined', 'KSippola', 'has joined the session', '0', 'AGENT'],
    ]);
    expect(await customer.request('ixn/chat/disconnect')).to.include({ chatIxnState: 'DISCONNECTED' });
    await agent.nextEvent('ended');
    await orsay.durable.idle();
    expect(await find()).to.include({
      _callback_state: 'COMPLETED',
      _callback_reason: 'AGENT_CONNECTED',
    });
  });
});
