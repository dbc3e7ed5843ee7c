import { expect } from 'chai';
import type { ChatAgent } from '../../../strategies/chat/chatNotices.ts';
import { type ChatRecord, type Party, PartyType } from '../../../strategies/chat/index.ts';
import type { AgentId } from '../../../strategies/ids/index.ts';
import { CustomPushServer } from '../../simulators/customPushServer.ts';
import { connectCometd } from '../../support/cometdClient.ts';
import { asId } from '../../support/ids.ts';
import { openPushServer, type PushServer } from '../../support/pushServer.ts';

const URL_OF_SERVICE = '/genesys/2/chat/support';
const DEVICE = { push_notification_deviceid: 'd1', push_notification_type: 'fcm' };
const LOCALIZATION = `<messages>
  <message id="chat.Message.title">
    <locale language="en"><entry key="text">$party wrote</entry></locale>
    <locale language="de"><entry key="text">$party schreibt</entry></locale>
  </message>
</messages>`;

interface Aps {
  readonly alert?: { readonly title?: string; readonly body?: string };
}

describe('the pushes of Chat V2', () => {
  let custom: CustomPushServer;
  let server: PushServer;

  async function open(
    more: Parameters<typeof openPushServer>[0] & { readonly options?: Record<string, string> } = {},
  ): Promise<void> {
    server = await openPushServer({
      ...more,
      services: { support: { _type: 'chat', ...more.options } },
      push: more.push ?? { 'customhttp.url': custom.url },
    });
  }

  beforeEach(async () => {
    custom = new CustomPushServer();
    await custom.listen();
  });
  afterEach(async () => {
    await server.close();
    await custom.close();
  });

  async function start(userData: Readonly<Record<string, string>>): Promise<ChatRecord> {
    const fields = Object.entries(userData).map(([name, value]) => [`userData[${name}]`, value]);
    const { status, json } = await server.send('POST', URL_OF_SERVICE, {
      form: { nickname: 'Ann', ...(Object.fromEntries(fields) as Record<string, string>) },
    });
    expect(status, JSON.stringify(json)).to.equal(200);
    return server.orsay.chats.byKey((json as { readonly secureKey: string }).secureKey)!;
  }

  const kate: ChatAgent & Party = { type: PartyType.AGENT, nickname: 'Kate', agentId: asId<AgentId>('kate') };

  async function everything(chat: ChatRecord): Promise<void> {
    const { chats, notices, durable } = server.orsay;
    await durable.commit(notices.agentJoinedBatch(chat.id, kate));
    await chats.post(chat.id, { party: kate, text: '100%s sure' });
    await chats.pushUrl(chat.id, { party: kate, url: 'https://example.com' });
    const userData = { 'file-id': 'F', 'file-name': 'a.txt', 'file-size': '1' };
    await durable.commit(
      notices.fileEntryBatch(chat.id, { type: 'Notice.FileUploaded', party: kate, userData }),
    );
    await chats.startTyping(chat.id, { party: kate });
    await chats.post(chat.id, { party: { type: PartyType.CLIENT, nickname: 'Ann' }, text: 'mine' });
    await durable.commit(notices.agentLeftBatch(chat.id, kate));
    await server.advance(0);
  }

  it('have the documented titles and bodies, on Android and on iOS', async () => {
    await open();
    const shown = [
      ['Chat participants changed', 'Kate joined chat'],
      ['Kate sent new message', '100%s sure'],
      ['Kate suggests Web page', 'https://example.com'],
      ['Kate suggests to download file', 'Open app for more info'],
      ['Chat participants changed', 'Kate left chat'],
    ];
    const android = await start(DEVICE);
    await everything(android);
    expect(server.fcm.messages.map(({ notification }) => Object.values(notification!))).to.deep.equal(shown);
    expect(server.fcm.messages.every(({ token }) => token === 'd1')).to.equal(true);
    expect(JSON.parse(server.fcm.messages[1]!.data.message)).to.deep.equal({
      type: 'Message',
      chatId: android.id,
      index: 3,
      service: 'support',
    });
    await everything(await start({ ...DEVICE, push_notification_type: 'apple' }));
    const alerts = server.apns.notifications.map(({ payload }) => (payload.aps as Aps).alert);
    expect(alerts.map((alert) => [alert?.title, alert?.body])).to.deep.equal(shown);
  });

  it('take titles and bodies of the provider and its events, and of the language', async () => {
    await open({
      localization: LOCALIZATION,
      push: { provider: { Bank: {}, 'Bank.event.ParticipantJoined': { 'fcm.title': '%s is here' } } },
    });
    await everything(
      await start({ ...DEVICE, push_notification_provider: 'Bank', push_notification_language: 'de_DE' }),
    );
    expect(server.fcm.messages.slice(0, 2).map(({ notification }) => notification)).to.deep.equal([
      { title: 'Kate is here', body: 'Kate joined chat' },
      { title: 'Kate schreibt', body: '100%s sure' },
    ]);
    server.fcm.messages.length = 0;
    await everything(await start(DEVICE));
    expect(server.fcm.messages[1]?.notification?.title).to.equal('Kate wrote');
  });

  it('reach a server of the operator, with the entry if it is asked for', async () => {
    await open({ options: { push_notification_include_payload: 'true' } });
    const node = {
      GCTI_Chat_PushSubscribe: 'true',
      GCTI_GMS_NodeGroup: 'nodes',
      GCTI_GMS_PushDeviceId: 'node-1',
      GCTI_GMS_PushDeviceType: 'customhttp',
    };
    await everything(await start({ ...node, GCTI_GMS_PushIncludePayload: 'false' }));
    expect(custom.pushes.map(({ deviceId, message }) => [deviceId, message])).to.deep.equal([
      ['node-1', 'Kate joined chat'],
      ['node-1', '100%s sure'],
      ['node-1', 'https://example.com'],
      ['node-1', 'Open app for more info'],
      ['node-1', 'Kate left chat'],
    ]);
    custom.pushes.length = 0;
    const chat = await start({ ...node, GCTI_GMS_NotifyRequestor: 'true' });
    await everything(chat);
    const bodies = custom.pushes.map(({ message }) => JSON.parse(message) as Record<string, unknown>);
    expect(bodies.map(({ messages }) => (messages as { text?: string }[])[0]?.text)).to.include('mine');
    expect(bodies[1]).to.deep.equal({
      messages: [
        {
          from: { nickname: 'Kate', participantId: 2, type: 'Agent' },
          index: 3,
          text: '100%s sure',
          type: 'Message',
          utcTime: server.clock.now(),
        },
      ],
      chatEnded: false,
      statusCode: 0,
      userId: chat.userId,
      chatId: chat.id,
      nextPosition: 4,
      channel: '/service/chatV2/support',
    });
    expect(JSON.stringify(bodies)).to.not.include(chat.secureKey);
  });

  it('come to the device that a customer names last, and not to subscribers', async () => {
    await open();
    const everybody = { type: 'fcm', deviceId: 'spy' };
    await server.subscribe({ subscriberId: 'spy', notificationDetails: everybody, filter: '*' });
    const chat = await start({ key: 'value' });
    await everything(chat);
    expect(server.fcm.messages).to.deep.equal([]);
    await server.orsay.chats.setPushTarget(chat.id, { type: 'fcm', deviceId: 'd2', isDebug: false });
    await everything(chat);
    expect(new Set(server.fcm.messages.map(({ token }) => token))).to.deep.equal(new Set(['d2']));
  });

  it('end for a device that is gone, with its subscriptions, and the customer may name another', async () => {
    await open({ options: { _client_timeout: '5' } });
    const device = { type: 'fcm', deviceId: 'd1' };
    const subscribed = await server.subscribe({
      subscriberId: 's',
      notificationDetails: device,
      filter: 'x',
    });
    const { id } = subscribed.json as { readonly id: string };
    const other = await server.subscribe({
      subscriberId: 's',
      notificationDetails: { ...device, deviceId: 'd2' },
      filter: 'x',
    });
    const chat = await start(DEVICE);
    server.fcm.ofDevice.set('d1', { kind: 'fault', status: 404, code: 'UNREGISTERED' });
    await everything(chat);
    expect(server.orsay.chats.get(chat.id)).to.not.have.any.keys('pushTo', 'pushedSince');
    const has = (one: string) => server.orsay.notifications.has(asId(one), () => true);
    expect([id, (other.json as { readonly id: string }).id].map(has)).to.deep.equal([false, true]);
    expect(
      server.lines.find(({ message }) => message === 'The device of a chat is gone.')?.fields,
    ).to.include({
      interactionId: chat.id,
      type: 'fcm',
    });
    await server.orsay.chats.setPushTarget(chat.id, { type: 'fcm', deviceId: 'd2', isDebug: false });
    await everything(chat);
    expect(server.fcm.messages.map(({ token }) => token)).to.deep.equal(Array(5).fill('d2'));
    expect(server.orsay.chats.deviceGoneBatch(chat.id, device)).to.deep.equal({});
  });

  it('are sent again to a server whose client asked for it, and else once', async () => {
    await open();
    const node = {
      GCTI_Chat_PushSubscribe: 'true',
      GCTI_GMS_NodeGroup: 'nodes',
      GCTI_GMS_PushDeviceId: 'node-1',
      GCTI_GMS_PushDeviceType: 'customhttp',
    };
    const join = ({ id }: ChatRecord) =>
      server.orsay.durable.commit(server.orsay.notices.agentJoinedBatch(id, kate));
    const failing = { kind: 'status', status: 503 } as const;
    custom.next = [failing];
    await join(await start(node));
    await server.advance(60_000);
    expect(custom.pushes).to.have.length(0);
    custom.next = [failing, failing];
    await join(await start({ ...node, GCTI_GMS_PushResend: 'true' }));
    await server.advance(0);
    await server.advance(29_000);
    expect(custom.pushes).to.have.length(0);
    await server.advance(1_000);
    expect(custom.pushes.map(({ message }) => message)).to.deep.equal(['Kate joined chat']);
  });

  it('are refused with wrong user data, and logged when the server has no such connection', async () => {
    await open({ push: {} });
    for (const [fields, expected] of [
      [{ push_notification_type: 'fcm' }, 'push_notification_deviceid'],
      [{ push_notification_deviceid: 'x' }, 'push_notification_type'],
      [{ ...DEVICE, push_notification_type: 'fax' }, 'fcm, gcm, android, ios, customhttp'],
      [{ ...DEVICE, push_notification_language: '../x' }, 'push_notification_language'],
      [{ ...DEVICE, push_notification_provider: 'a b' }, 'push_notification_provider'],
      [{ GCTI_Chat_PushSubscribe: 'true' }, 'GCTI_GMS_NodeGroup'],
    ] as const) {
      const form = Object.entries(fields).map(([name, value]) => [`userData[${name}]`, value]);
      const reply = await server.send('POST', URL_OF_SERVICE, {
        form: { nickname: 'Ann', ...(Object.fromEntries(form) as Record<string, string>) },
      });
      expect(reply.status, expected).to.equal(400);
      expect(reply.text).to.include(expected);
    }
    const chat = await start({ ...DEVICE, push_notification_type: 'customhttp' });
    const line = server.lines.find(({ message }) => message.startsWith('The device of a chat'));
    expect(line?.fields.reason).to.include("'customhttp' is not enabled");
    await everything(chat);
    expect(custom.pushes).to.deep.equal([]);
  });

  it('keep a customer in the chat who makes no request, for pushTimeout', async () => {
    await open({ chat: { pushTimeout: 15 }, options: { _client_timeout: '5' } });
    const pushed = await start(DEVICE);
    const polling = await start({});
    await server.advance(10_000);
    expect(server.orsay.chats.get(polling.id)?.status.kind).to.equal('ended');
    expect(server.orsay.chats.get(pushed.id)?.status).to.deep.equal({ kind: 'open' });
    await server.advance(14_000);
    expect(server.orsay.chats.get(pushed.id)?.status).to.include({ kind: 'ended', by: 'timeout' });
  });

  it('come to a customer who listens over CometD, unless the service says otherwise', async () => {
    for (const toActiveClient of ['true', 'false']) {
      await open({ options: { push_notification_to_active_client: toActiveClient } });
      const { url } = await server.orsay.listen(0, '127.0.0.1');
      const client = await connectCometd(`${url}/genesys/cometd`, 'ann');
      const replies: { readonly secureKey: string }[] = [];
      const got = new Promise<void>((resolve) => {
        client.cometd.addListener('/service/chatV2/support', (message) => {
          replies.push(message.data as { readonly secureKey: string });
          resolve();
        });
      });
      client.cometd.publish('/service/chatV2/support', {
        operation: 'requestChat',
        nickname: 'Ann',
        userData: DEVICE,
      });
      await got;
      const chat = server.orsay.chats.byKey(replies[0]!.secureKey)!;
      await everything(chat);
      expect(server.fcm.messages.length, toActiveClient).to.equal(toActiveClient === 'true' ? 5 : 0);
      await client.disconnect();
      server.fcm.messages.length = 0;
      await everything(chat);
      expect(server.fcm.messages, 'after the disconnection').to.have.length(5);
      if (toActiveClient === 'true') await server.close();
    }
  });
});
