import { expect } from 'chai';
import { initialConfig } from '../../../server/process/config.ts';
import { openPushServer, type PushServer } from '../../support/pushServer.ts';

interface Announcement {
  readonly _id: string;
  readonly _action: string;
}

describe('chapter 11, Callback push for Android and iOS', () => {
  let server: PushServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  async function open(options: Parameters<typeof openPushServer>[0] = {}): Promise<PushServer> {
    server = await openPushServer(options);
    const json = { state: 'ready', groups: ['Billing'], media: ['chat'], nickname: 'Kristi' };
    const ready = await server.send('PUT', '/agent/1/agents/KSippola', { json });
    expect(ready.status, ready.text).to.equal(200);
    return server;
  }

  const create = ({ send }: PushServer, type: string, more: Record<string, string> = {}) =>
    send('POST', '/genesys/1/service/callback/chat-delay', {
      form: {
        _customer_number: '4082652649',
        _device_os: type,
        _device_notification_id: 'token-1',
        _urs_virtual_queue: 'VQ',
        ...more,
      },
    });

  async function announcedTo({ fcm, apns, orsay, advance }: PushServer, type: string): Promise<string> {
    await orsay.durable.idle();
    for (let second = 0; second < 60 && fcm.messages.length + apns.notifications.length === 0; second += 1) {
      await advance(1_000);
    }
    return type === 'ios' ? apns.notifications[0]!.payload.message : fcm.messages[0]!.data.message;
  }

  for (const type of ['android', 'gcm', 'fcm', 'ios']) {
    it(`announces the agent to a device of type ${type}, whose app posts the action that it got`, async () => {
      const orsay = await open();
      const created = await create(orsay, type);
      expect(created.status, created.text).to.equal(200);
      const { _id } = created.json as Announcement;
      const announcement = JSON.parse(await announcedTo(orsay, type)) as Announcement;
      expect(announcement).to.deep.equal({
        _id,
        _action: 'get-dialog-user-confirmation-provide_code-false',
      });
      const { _id: id, _action: action } = announcement;
      const dialog = await orsay.send('POST', `/genesys/1/service/${id}/${action}`);
      expect(dialog.json).to.include({ _dialog_id: '0', _label: 'Agent is available right now' });
    });
  }

  it('shows the text of the announcement on iOS, and what the provider has configured on Android', async () => {
    const provider = {
      'SalesAppl.event.service.agentavailable': { 'fcm.title': 'Sales', 'fcm.body': 'An agent is ready' },
    };
    const orsay = await open({ push: { provider } });
    await create(orsay, 'ios');
    await announcedTo(orsay, 'ios');
    expect(orsay.apns.notifications[0]?.payload.aps).to.deep.equal({
      alert: { title: '', body: 'Agent is available. Waiting for your confirmation.' },
    });
    await server!.close();
    const services = {
      'chat-delay': { ...initialConfig().services['chat-delay']!, _provider_name: 'SalesAppl' },
    };
    const android = await open({ push: { provider }, services });
    await create(android, 'fcm');
    await announcedTo(android, 'fcm');
    expect(android.fcm.messages[0]?.notification).to.deep.equal({
      title: 'Sales',
      body: 'An agent is ready',
    });
  });

  it('uses the debug connection with _use_debug_push_certificate', async () => {
    const debug = { 'debug.fcm.serviceAccountFile': 'fcm.json', 'debug.fcm.url': 'http://127.0.0.1:1' };
    const chatDelay = initialConfig().services['chat-delay']!;
    const services = { 'chat-delay': { ...chatDelay, _use_debug_push_certificate: 'true' } };
    const orsay = await open({ push: debug, services });
    await create(orsay, 'fcm');
    for (let second = 0; second < 30; second += 1) await orsay.advance(1_000);
    expect(orsay.fcm.messages).to.deep.equal([]);
    expect(orsay.lines.some(({ fields }) => String(fields.reasons).includes('127.0.0.1:1'))).to.equal(true);
  });

  it('sends a message of the agent to the device', async () => {
    const orsay = await open();
    const { _id } = (await create(orsay, 'fcm')).json as Announcement;
    await announcedTo(orsay, 'fcm');
    const form = { _display_message: 'Look', _application_message: 'X' };
    const sent = await orsay.send('POST', `/genesys/1/service/${_id}/internal-notification`, { form });
    expect(sent.json).to.deep.equal({ message: 'Notification Sent' });
    await orsay.orsay.durable.idle();
    expect(JSON.parse(orsay.fcm.messages.at(-1)!.data.message)).to.deep.equal({
      _internal_message: 'X',
      _id,
      _display_message: 'Look',
    });
  });

  /** A chat of anna, whose phone gets the pushes while she has no CometD connection. */
  async function chatOfAnna(orsay: PushServer) {
    const { send, subscribe } = orsay;
    const { _id } = (await create(orsay, 'fcm')).json as Announcement;
    await announcedTo(orsay, 'fcm');
    await send('POST', `/genesys/1/service/${_id}/connect`);
    const headers = { gms_user: 'anna' };
    const subscription = {
      subscriberId: 'anna',
      notificationDetails: { type: 'fcm', deviceId: 'token-1' },
      filter: `service.away.${_id}`,
    };
    const { id } = (await subscribe(subscription, headers)).json as { readonly id: string };
    const form = { subject: 'test', firstName: 'Anna', notify_by: 'comet', subscriptionID: id };
    const chat = await send('POST', `/genesys/1/service/${_id}/ixn/chat`, { form, headers });
    expect(chat.status, chat.text).to.equal(200);
    return async (path: string, fields: Record<string, string> = {}) => {
      const said = await send('POST', `/genesys/1/service/${_id}/ixn/chat/${path}`, {
        form: fields,
        headers,
      });
      expect(said.status, said.text).to.equal(200);
      await orsay.orsay.durable.idle();
    };
  }

  it('sends the changes of a chat to the device of subscriptionID while no CometD client is connected', async () => {
    const orsay = await open();
    const says = await chatOfAnna(orsay);
    await says('send', { message: 'Hello.' });
    const { token, data } = orsay.fcm.messages.at(-1)!;
    expect(token).to.equal('token-1');
    expect(JSON.parse(data.message)).to.deep.include({
      chatIxnState: 'TRANSCRIPT',
      transcriptToShow: [['Message.Text', 'Anna', 'Hello.', '0', 'CLIENT']],
    });
  });

  it('sends no event to it that _filtering_chat_events names', async () => {
    const chatDelay = initialConfig().services['chat-delay']!;
    const services = { 'chat-delay': { ...chatDelay, _filtering_chat_events: 'Notice.TypingStarted' } };
    const orsay = await open({ services });
    const says = await chatOfAnna(orsay);
    await orsay.orsay.durable.idle();
    const before = orsay.fcm.messages.length;
    await says('startTyping');
    expect(orsay.fcm.messages).to.have.length(before);
    await says('stopTyping');
    expect(JSON.parse(orsay.fcm.messages[before]!.data.message)).to.deep.include({
      transcriptToShow: [['Notice.TypingStopped', 'Anna', 'stopped typing', '0', 'CLIENT']],
    });
  });

  it('refuses a device type without a connection, and a bogus one, when the callback is created', async () => {
    const orsay = await open({ push: { pushEnabled: 'comet,fcm' } });
    for (const type of ['ios', 'gcm', 'bogus']) {
      const refused = await create(orsay, type);
      expect([refused.status, (refused.json as { readonly message: string }).message]).to.deep.equal([
        400,
        `Expected _device_os to be comet, fcm or absent, got '${type}': this installation has no provider for it.`,
      ]);
    }
    expect((await create(orsay, 'fcm')).status).to.equal(200);
  });
});
