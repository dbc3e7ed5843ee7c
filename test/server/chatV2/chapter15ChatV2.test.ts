import { expect } from 'chai';
import type { AgentId, InteractionId } from '../../../strategies/ids/index.ts';
import {
  CHANNEL,
  type ChatV2Client,
  type ChatV2Reply,
  type ChatV2World,
  createChatV2World,
  SERVICE,
  serviceOf,
} from '../../support/chatV2World.ts';
import { asId } from '../../support/ids.ts';

const AGENT = { nickname: 'a1001', agentId: asId<AgentId>('a1001') };
const JOAN = { operation: 'requestChat', firstName: 'Joan', lastName: 'Smith', subject: 'Savings Account' };

/** gms-api 7.5 over CometD. */
describe('chapter 15, Chat V2 over CometD', () => {
  let world: ChatV2World;
  let client: ChatV2Client;
  let chat: ChatV2Reply;

  beforeEach(async () => {
    world = createChatV2World();
    client = await world.client();
    chat = (await client.ask({ ...JOAN, userData: { key1: 'value1', key2: 2 } }))[0]!;
  });
  afterEach(() => world.stop());

  const ask = (operation: string, fields: object = {}, by = client) =>
    by.ask({ operation, secureKey: chat.secureKey, ...fields });
  const agentJoins = () => world.durable.commit(world.notices.agentJoinedBatch(asId(chat.chatId), AGENT));
  const agentSays = (text: string) =>
    world.chats.post(asId(chat.chatId), { party: { type: 'AGENT', ...AGENT }, text });
  const rows = (replies: readonly ChatV2Reply[]) =>
    replies.map(({ messages, nextPosition }) => [
      ...messages.map(({ index, type, text }) => [index, type, text ?? ''].join(' ').trim()),
      nextPosition,
    ]);

  it('answers requestChat as documented', async () => {
    const record = world.chats.get(asId(chat.chatId))!;
    expect(chat).to.deep.equal({
      statusCode: 0,
      alias: '0',
      userId: record.userId,
      secureKey: record.secureKey,
      messages: [
        {
          from: { nickname: 'Joan Smith', participantId: 1, type: 'Client' },
          index: 1,
          type: 'ParticipantJoined',
          utcTime: world.clock.now(),
        },
      ],
      chatEnded: false,
      chatId: record.id,
      nextPosition: 2,
    });
    expect(world.interactions.created[0]!.userData).to.include({ key1: 'value1', key2: '2' });
  });

  it('acknowledges a publish without data, and before its reply comes nothing', async () => {
    const other = await world.client();
    const acknowledged = await other.publish(JOAN);
    expect(acknowledged).to.deep.equal({ channel: CHANNEL, id: '9', successful: true });
    const first = (await other.poll())[0]!;
    expect(first.messages.map(({ type }) => type)).to.deep.equal(['ParticipantJoined']);
  });

  it('replies to an operation with its own entry, and tells of others with one each', async () => {
    await agentJoins();
    await agentSays('hello');
    const said = await ask('sendMessage', { message: 'Hello, ...', messageType: 'text' });
    expect(rows(said)).to.deep.equal([
      ['2 ParticipantJoined', 3],
      ['3 Message hello', 4],
      ['4 Message Hello, ...', 5],
    ]);
    const { secureKey, userId, chatId } = chat;
    expect(said[1]).to.deep.equal({
      messages: [
        {
          from: { nickname: 'a1001', participantId: 2, type: 'Agent' },
          index: 3,
          text: 'hello',
          type: 'Message',
          utcTime: world.clock.now(),
        },
      ],
      chatEnded: false,
      statusCode: 0,
      alias: '0',
      secureKey,
      userId,
      chatId,
      nextPosition: 4,
      monitored: false,
      channel: CHANNEL,
    });
    expect(said[2]).to.deep.equal({
      messages: [
        {
          from: { nickname: 'Joan Smith', participantId: 1, type: 'Client' },
          index: 4,
          text: 'Hello, ...',
          messageType: 'text',
          type: 'Message',
          utcTime: world.clock.now(),
        },
      ],
      chatEnded: false,
      statusCode: 0,
      alias: '0',
      secureKey,
      userId,
      chatId,
      nextPosition: 5,
    });
  });

  it('performs every operation of the page', async () => {
    const replies = [
      await ask('startTyping', { message: 'hello, I ha' }),
      await ask('stopTyping', { message: 'hello, I have a question' }),
      await ask('pushUrl', { pushUrl: 'http://www.example.com' }),
      await ask('updateNickname', { nickname: 'MyNewNickname' }),
      await ask('customNotice', { message: 'ORDER UPDATE', eventAttributes: { a: 1 } }),
      await ask('readReceipt', { transcriptPosition: '5' }),
      await ask('updateData', { userData: { key3: 'value3', key4: 'value4' } }),
    ];
    expect(replies.map(rows)).to.deep.equal([
      [['2 TypingStarted hello, I ha', 3]],
      [['3 TypingStopped hello, I have a question', 4]],
      [['4 PushUrl http://www.example.com', 5]],
      [['5 NicknameUpdated MyNewNickname', 6]],
      [['6 CustomNotice ORDER UPDATE', 7]],
      [[7]],
      [[7]],
    ]);
    expect(replies[3]![0]!.messages[0]!.from.nickname).to.equal('MyNewNickname');
    const data = world.durable.get('fake.interaction.data', chat.chatId);
    expect(data).to.deep.equal({ key3: 'value3', key4: 'value4' });
    const { secureKey: _key, userId: _user, ...ended } = { ...chat, messages: [], chatEnded: true };
    expect(await ask('disconnect')).to.deep.equal([{ ...ended, nextPosition: 8 }]);
    expect(await client.poll()).to.deep.equal([]);
    const late = (await ask('sendMessage', { message: 'x' }))[0]!;
    expect([late.chatEnded, late.statusCode, late.errors?.[0]?.code]).to.deep.equal([true, 2, 249]);
  });

  it('goes on from a position in a new session, and for the same session with another client', async () => {
    await client.disconnect();
    await agentJoins();
    await agentSays('are you there?');
    const back = await world.client();
    const ids = { chatId: 'deprecated', userId: 'deprecated', alias: '0' };
    const replies = await ask('requestNotifications', { ...ids, transcriptPosition: '2' }, back);
    expect(rows(replies)).to.deep.equal([['2 ParticipantJoined', '3 Message are you there?', 4]]);
    await agentSays('hello?');
    expect(rows(await back.poll())).to.deep.equal([['4 Message hello?', 5]]);
    const all = await world.client();
    for (const position of [undefined, 0, 1]) {
      const [reply] = await ask('requestNotifications', { transcriptPosition: position }, all);
      expect(reply!.messages.map(({ index }) => index)).to.deep.equal([1, 2, 3, 4]);
    }
    const [newest] = await ask('refresh', { transcriptPosition: -1 }, all);
    expect(newest!.messages.map(({ index }) => index)).to.deep.equal([4]);
    await agentSays('both of you');
    expect([rows(await all.poll()), rows(await back.poll())]).to.deep.equal([
      [['5 Message both of you', 6]],
      [['5 Message both of you', 6]],
    ]);
  });

  it('sends the rest of a long transcript one by one, as fast as the client takes it', async () => {
    for (let count = 0; count < 700; count += 1) await agentSays(`m${count}`);
    const back = await world.client({ ack: true });
    const seen: number[] = [];
    await back.publish({ operation: 'requestNotifications', secureKey: chat.secureKey });
    for (let batch = 0; seen.length < 701 && batch < 50; batch += 1) {
      const replies = await back.poll();
      expect(replies.length).to.be.lessThan(60);
      seen.push(...replies.flatMap(({ messages }) => messages.map(({ index }) => index)));
    }
    expect(seen).to.deep.equal(Array.from({ length: 701 }, (_, at) => at + 1));
  });

  it('says the end with the last entry only', async () => {
    await agentJoins();
    await agentSays('Bye');
    await world.interactions.ends(asId(chat.chatId), 'agent');
    const replies = await client.poll();
    expect(replies.map(({ messages, chatEnded }) => [messages[0]!.type, chatEnded])).to.deep.equal([
      ['ParticipantJoined', false],
      ['Message', false],
      ['ParticipantLeft', true],
    ]);
    expect(replies[2]).to.not.have.any.keys('secureKey', 'userId');
    expect(replies[2]!.messages[0]).to.deep.include({
      eventAttributes: { GCTI_SYSTEM: { 'quit-reason-code': '4' } },
    });
    expect(world.listeners.isListening(asId(chat.chatId))).to.equal(false);
  });

  it('says in notifications that a supervisor watches, who is not seen', async () => {
    const SUE = { nickname: 'Sue', type: 'SUPERVISOR', visibility: 'VIP' } as const;
    await world.durable.commit(world.notices.agentJoinedBatch(asId(chat.chatId), SUE));
    await agentJoins();
    const [joined] = await client.poll();
    expect([joined!.messages[0]!.index, joined!.monitored]).to.deep.equal([3, true]);
  });

  it('takes credentials in both forms, and no others', async () => {
    world.services.set('bank', serviceOf('bank', { hasCredentials: true }));
    world.passwords.add('Basic dXNlcjE6cGFzczE=');
    const channel = '/service/chatV2/bank';
    const open = async (auth: unknown): Promise<unknown[]> => {
      const one = await world.client();
      await one.publish({ ...JOAN, auth }, channel);
      return (await one.poll()).map(({ statusCode, errors }) => [statusCode, errors?.[0]?.code]);
    };
    expect(await open({ username: 'user1', password: 'pass1' })).to.deep.equal([[0, undefined]]);
    expect(await open({ encoded: 'dXNlcjE6cGFzczE=' })).to.deep.equal([[0, undefined]]);
    for (const auth of [undefined, 'x', { username: 'user1' }, { encoded: 'eDp5' }]) {
      expect(await open(auth)).to.deep.equal([[2, 401]]);
    }
  });

  it('answers a request with an empty or unknown key by a fault, after the reply to requestChat', async () => {
    const other = await world.client();
    await Promise.all([
      other.publish(JOAN),
      other.publish({ operation: 'sendMessage', message: 'too early', secureKey: '' }),
    ]);
    const replies = await other.poll();
    expect(replies.map(({ statusCode, chatEnded }) => [statusCode, chatEnded])).to.deep.equal([
      [0, false],
      [2, false],
    ]);
    const [unknown] = await other.ask({ operation: 'refresh', secureKey: 'none' });
    expect([unknown!.statusCode, unknown!.chatEnded, unknown!.errors?.[0]?.code]).to.deep.equal([
      2,
      true,
      8201,
    ]);
    for (const data of [{}, { operation: 'none' }, 'text', [1], null, { operation: 'requestChat' }]) {
      const [reply] = await other.ask(data);
      expect([data, reply!.statusCode]).to.deep.equal([data, 2]);
    }
  });

  it('bounds the requests of one client that wait, and the depth of their data', async () => {
    const acknowledged = await Promise.all(
      Array.from({ length: 150 }, () => client.publish({ operation: 'refresh', secureKey: chat.secureKey })),
    );
    expect(acknowledged.every(({ successful }) => successful === true)).to.equal(true);
    const codes = (await client.poll()).map(({ statusCode }) => statusCode);
    expect(codes).to.have.length(150);
    expect(new Set(codes)).to.include(0);
    let deep: unknown = 1;
    for (let level = 0; level < 200; level += 1) deep = { a: deep };
    const [reply] = await client.ask({ operation: 'requestChat', nickname: 'J', userData: { deep } });
    expect([reply!.statusCode, reply!.errors?.[0]?.code]).to.deep.equal([2, 400]);
  });

  it('forgets the listener whose client is gone, and the chat of a customer who left', async () => {
    const id = asId<InteractionId>(chat.chatId);
    expect(world.listeners.isListening(id)).to.equal(true);
    await client.disconnect();
    expect(world.listeners.isListening(id)).to.equal(false);
  });

  it('lets clients subscribe to the channel of a service that exists, and to no other', async () => {
    const subscribe = async (subscription: string) =>
      (await client.send({ channel: '/meta/subscribe', subscription }))[0]!;
    expect(await subscribe(CHANNEL)).to.include({ successful: true });
    expect(await subscribe('/service/chatV2/unknown')).to.include({ successful: false });
    world.services.delete(SERVICE);
    expect(await subscribe(CHANNEL)).to.include({ successful: false });
    const refused = await world.client();
    const [reply] = await refused.ask(JOAN);
    expect([reply!.statusCode, reply!.errors?.[0]?.code]).to.deep.equal([2, 404]);
  });
});
