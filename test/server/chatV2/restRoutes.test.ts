import { expect } from 'chai';
import { clientOf } from '../../../strategies/chat/chatRecord.ts';
import type { AgentId } from '../../../strategies/ids/index.ts';
import {
  type ChatV2Reply,
  type ChatV2World,
  createChatV2World,
  serviceOf,
} from '../../support/chatV2World.ts';
import { asId } from '../../support/ids.ts';

const AGENT = { nickname: 'a1001', agentId: asId<AgentId>('a1001') };

/** gms-api 7.5 over REST. */
describe('Chat V2 over REST', () => {
  let world: ChatV2World;
  let chat: ChatV2Reply;

  beforeEach(async () => {
    world = createChatV2World();
    chat = (await world.post('', { firstName: 'Joan', lastName: 'Smith', subject: 'Savings Account' })).body;
  });
  afterEach(() => world.stop());

  const call = (operation: string, fields: Record<string, string> = {}) =>
    world.post(`/${chat.chatId}/${operation}`, { secureKey: chat.secureKey, ...fields });
  const types = (reply: ChatV2Reply) => reply.messages.map(({ type }) => type);
  const indexes = (reply: ChatV2Reply) => reply.messages.map(({ index }) => index);
  const agentJoins = () => world.durable.commit(world.notices.agentJoinedBatch(asId(chat.chatId), AGENT));
  const agentSays = (text: string) =>
    world.chats.post(asId(chat.chatId), { party: { type: 'AGENT', ...AGENT }, text });

  it('opens a chat whose first entry is the customer who joined', async () => {
    const record = world.chats.get(asId(chat.chatId))!;
    expect(chat).to.deep.equal({
      messages: [
        {
          from: { nickname: 'Joan Smith', participantId: 1, type: 'Client' },
          index: 1,
          type: 'ParticipantJoined',
          utcTime: world.clock.now(),
        },
      ],
      chatEnded: false,
      statusCode: 0,
      alias: '0',
      secureKey: record.secureKey,
      userId: record.userId,
      chatId: record.id,
      nextPosition: 2,
    });
    expect(chat.chatId).to.match(/^[0-9A-Z]{16}$/);
    expect(world.interactions.created[0]).to.deep.equal({
      id: chat.chatId,
      media: 'chat',
      userData: { fldnFirstName: 'Joan', fldnLastName: 'Smith', Subject: 'Savings Account' },
      queue: 'queue of default',
    });
  });

  it('attaches user data as text, but no names of the server', async () => {
    const body =
      '&nickname=JohnDoe&chatId=&alias=&secureKey=&userId=&text=&emailAddress=jdoe%40example.com' +
      '&userData%5Bkey1%5D=value1&userData[GCTI_LanguageCode]=en&userData["quoted"]=q&userData[_id]=forged' +
      '&userData[_genesys_source]=web&endpoint=Environment:vip';
    const reply = await world.post('/', body);
    expect([reply.status, reply.body.statusCode]).to.deep.equal([200, 0]);
    const { userData, queue } = world.interactions.created[1]!;
    expect(queue).to.equal('queue of Environment:vip');
    expect(userData).to.deep.equal({
      key1: 'value1',
      GCTI_LanguageCode: 'en',
      quoted: 'q',
      _genesys_source: 'web',
      fldnEmailAddress: 'jdoe@example.com',
      Subject: '',
    });
    for (const [name, value] of [
      ['emailAddress', 'jdoe@example.com'],
      ['key1', 'value1'],
    ] as const) {
      expect(await world.chats.ofCustomer({ name, value })).to.have.length(1);
    }
  });

  it('reads multipart and JSON bodies too', async () => {
    const boundary = 'x1';
    const part = `--${boundary}\r\nContent-Disposition: form-data; name="nickname"\r\n\r\nAnn\r\n--${boundary}--\r\n`;
    const type = { 'content-type': `multipart/form-data; boundary=${boundary}` };
    expect((await world.post('', part, type)).body.messages[0]!.from.nickname).to.equal('Ann');
    const json = JSON.stringify({ nickname: 'Ann', userData: { n: 5, o: { a: 1 } } });
    await world.post('', json, { 'content-type': 'application/json' });
    expect(world.interactions.created[2]!.userData).to.include({ n: '5', o: '{"a":1}' });
  });

  it('shows the transcript of a send only with a position, and the own entry with it', async () => {
    const without = await call('send', { message: 'Hello, ...', messageType: 'text' });
    expect(without.body).to.deep.include({ messages: [], chatEnded: false, nextPosition: 3 });
    const reply = await call('send', { message: 'again', transcriptPosition: '1' });
    expect(types(reply.body)).to.deep.equal(['ParticipantJoined', 'Message', 'Message']);
    expect(reply.body.messages[1]).to.deep.equal({
      from: { nickname: 'Joan Smith', participantId: 1, type: 'Client' },
      index: 2,
      text: 'Hello, ...',
      messageType: 'text',
      type: 'Message',
      utcTime: world.clock.now(),
    });
  });

  it('refreshes from a position: none, 0, -1, or an index', async () => {
    await call('send', { message: 'one' });
    await agentJoins();
    const shown = async (position?: string) =>
      indexes((await call('refresh', position === undefined ? {} : { transcriptPosition: position })).body);
    expect(await shown()).to.deep.equal([1, 2, 3]);
    expect(await shown('0')).to.deep.equal([]);
    expect(await shown('1')).to.deep.equal([1, 2, 3]);
    expect(await shown('3')).to.deep.equal([3]);
    expect(await shown('4')).to.deep.equal([]);
    expect(await shown('-1')).to.deep.equal([3]);
    expect((await call('refresh', { transcriptPosition: '-2' })).status).to.equal(400);
  });

  it('shows what the parties do, by the documented names of types', async () => {
    await agentJoins();
    await agentSays('hello');
    await call('startTyping', { message: 'hello, I ha' });
    await call('startTyping');
    await call('stopTyping', { message: 'hello, I have a question' });
    await call('pushUrl', { pushUrl: 'http://www.example.com' });
    await call('customNotice', { message: 'ORDER UPDATE', eventAttributes: '{"purpose":"x"}' });
    await call('customNotice');
    await call('updateNickname', { nickname: 'MyNewNickname' });
    const reply = await call('refresh', { transcriptPosition: '2' });
    const facts = reply.body.messages.map(({ type, from, text }) => [from.type, from.nickname, type, text]);
    expect(facts).to.deep.equal([
      ['Agent', 'a1001', 'ParticipantJoined', undefined],
      ['Agent', 'a1001', 'Message', 'hello'],
      ['Client', 'Joan Smith', 'TypingStarted', 'hello, I ha'],
      ['Client', 'Joan Smith', 'TypingStarted', undefined],
      ['Client', 'Joan Smith', 'TypingStopped', 'hello, I have a question'],
      ['Client', 'Joan Smith', 'PushUrl', 'http://www.example.com'],
      ['Client', 'Joan Smith', 'CustomNotice', 'ORDER UPDATE'],
      ['Client', 'Joan Smith', 'CustomNotice', undefined],
      ['Client', 'MyNewNickname', 'NicknameUpdated', 'MyNewNickname'],
    ]);
    expect(reply.body.messages[6]).to.deep.include({ eventAttributes: { purpose: 'x' } });
  });

  it('shows an alert of inactivity by the server itself, with the next step', async () => {
    const userData = { 'next-idle-timer-type': 'CLOSE', 'next-idle-timer-secs': '45' };
    const party = { type: 'SYSTEM', nickname: 'System' } as const;
    const entry = { type: 'Notice.IdleAlert', party, text: 'Are you there?', userData } as const;
    await world.durable.commit(world.notices.entryBatch(asId(chat.chatId), entry).batch);
    const reply = await call('refresh', { transcriptPosition: '2' });
    expect(reply.body.messages).to.deep.equal([
      {
        from: { nickname: 'System', participantId: 2, type: 'System' },
        index: 2,
        text: 'Are you there?',
        type: 'IdleAlert',
        utcTime: world.clock.now(),
        userData,
      },
    ]);
  });

  it('counts the seconds until the end of a chat that got an alert of inactivity', async () => {
    const { changes } = world.notices;
    const record = changes.current(asId(chat.chatId))!;
    const now = world.clock.now();
    await world.durable.commit(
      changes.replace({ ...record, idle: { since: now, alerts: 1, alarmAt: now + 45_000 } }),
    );
    await world.clock.advance(5_500, () => world.durable.idle());
    expect((await call('refresh')).body).to.include({ idleTimerExpire: 40 });
    const client = await world.client();
    const [notified] = await client.ask({ operation: 'requestNotifications', secureKey: chat.secureKey });
    expect(notified).to.include({ idleTimerExpire: 40 });
    await world.durable.commit(
      changes.replace({ ...record, idle: { since: now, alerts: 0, alarmAt: now + 45_000 } }),
    );
    expect((await call('refresh')).body).to.not.have.property('idleTimerExpire');
  });

  it('changes the user data of the interaction as text', async () => {
    const reply = await call('updateData', { 'userData[key3]': 'value3', 'userData[_id]': 'forged' });
    expect(reply.body).to.deep.include({ messages: [], statusCode: 0 });
    const data = world.durable.get('fake.interaction.data', chat.chatId);
    expect(data).to.deep.equal({ key3: 'value3' });
  });

  it('tells the agent of typing by refresh once, and of the entries that were read', async () => {
    const party = { type: 'CLIENT', nickname: 'Joan Smith' };
    for (const message of ['hel', 'hel', 'hello', '']) {
      await call('refresh', { message, transcriptPosition: '1' });
    }
    await agentJoins();
    await call('readReceipt', { transcriptPosition: '2' });
    await call('readReceipt', { transcriptPosition: '3' });
    expect(world.events.map(([, event]) => event)).to.deep.equal([
      { type: 'typing', party, started: true, preview: 'hel' },
      { type: 'typing', party, started: true, preview: 'hello' },
      { type: 'typing', party, started: false },
      { type: 'read', party, position: 2 },
    ]);
    const reply = await call('refresh');
    expect(types(reply.body)).to.deep.equal(['ParticipantJoined', 'ParticipantJoined']);
  });

  it('finds the chat by its secure key alone, whatever deprecated ids say', async () => {
    const { secureKey } = chat;
    for (const fields of [
      { userId: 'deprecated', alias: '0' },
      { userId: '', alias: '' },
      { userId: chat.userId, alias: '117' },
    ] as Record<string, string>[]) {
      expect((await call('refresh', fields)).body.statusCode).to.equal(0);
    }
    const deprecated = await world.post('/deprecated/refresh', { secureKey });
    expect(deprecated.body).to.include({ statusCode: 0, chatId: chat.chatId });
  });

  it('answers an unknown key, and the key of another chat, alike, and ends no chat', async () => {
    const other = (await world.post('', { nickname: 'Eve' })).body;
    const replies = [
      await call('refresh', { secureKey: 'none' }),
      await call('refresh', { secureKey: other.secureKey }),
      await call('refresh', { userId: 'another' }),
    ];
    for (const reply of replies) {
      expect(reply.status).to.equal(200);
      const { errors, ...rest } = reply.body;
      expect(rest).to.deep.equal({
        messages: [],
        chatEnded: true,
        statusCode: 2,
        alias: '0',
        chatId: chat.chatId,
      });
      expect(errors!.map(({ code }) => code)).to.deep.equal([8201]);
    }
    expect((await call('refresh')).body.chatEnded).to.equal(false);
    const missing = await call('refresh', { secureKey: '' });
    expect([missing.status, missing.body.chatEnded]).to.deep.equal([400, false]);
  });

  it('ends, and then answers for a day: refresh with the end, a message with code 249', async () => {
    await agentJoins();
    const { secureKey: _key, userId: _user, ...ended } = { ...chat, messages: [], chatEnded: true };
    const reply = await call('disconnect');
    expect(reply.body).to.deep.equal({ ...ended, nextPosition: 4 });
    expect((await call('disconnect')).body).to.deep.equal({ ...ended, nextPosition: 4 });
    await world.clock.advance(23 * 3_600_000, () => world.durable.idle());
    const late = await call('refresh', { transcriptPosition: '3' });
    expect([late.status, late.body.chatEnded, types(late.body)]).to.deep.equal([
      200,
      true,
      ['ParticipantLeft'],
    ]);
    const refused = await call('send', { message: 'hello?' });
    const { errors, ...rest } = refused.body;
    expect([refused.status, rest]).to.deep.equal([
      200,
      { messages: [], chatEnded: true, statusCode: 2, alias: '0', chatId: chat.chatId },
    ]);
    expect(errors).to.deep.equal([{ code: 249, advice: `Chat '${chat.chatId}' has ended.` }]);
  });

  it('hides the consultation of agents, and says that a supervisor watches', async () => {
    const SUE = { nickname: 'Sue', type: 'SUPERVISOR', visibility: 'VIP' } as const;
    await world.durable.commit(world.notices.agentJoinedBatch(asId(chat.chatId), SUE));
    await agentJoins();
    const reply = await call('refresh');
    expect([indexes(reply.body), reply.body.monitored]).to.deep.equal([[1, 3], true]);
  });

  it('refuses bad input with 400 and the documented codes', async () => {
    const cases: readonly (readonly [Record<string, string>, number])[] = [
      [{}, 161],
      [{ nickname: '', firstName: '', lastName: '' }, 161],
      [{ lastName: 'Smith' }, 102],
      [{ firstName: 'Joan' }, 103],
      [{ nickname: 'J', emailAddress: 'nobody' }, 364],
      [{ nickname: 'J', eventAttributes: '', subject: 'x'.repeat(1_025) }, 400],
      [{ nickname: 'J', 'userData[a]': 'x'.repeat(65_536) }, 400],
    ];
    for (const [fields, code] of cases) {
      const reply = await world.post('', fields);
      expect([reply.status, reply.body.errors?.[0]?.code]).to.deep.equal([400, code]);
      expect(reply.body).to.deep.include({ messages: [], chatEnded: false, statusCode: 2, chatId: '' });
    }
    const tooLong = await call('send', { message: 'x'.repeat(8_193) });
    expect([tooLong.status, tooLong.body.errors?.[0]?.code]).to.deep.equal([400, 204]);
    expect((await call('send')).status).to.equal(400);
    expect((await call('readReceipt', { transcriptPosition: '0' })).status).to.equal(400);
    expect((await call('send', { message: 'x', eventAttributes: '[1]' })).status).to.equal(400);
    expect((await call('refresh', { message: 'x'.repeat(20_000) })).status).to.equal(200);
  });

  it('refuses a chat service or an endpoint that is not configured', async () => {
    const unknown = await world.post('/genesys/2/chat/unknown', { nickname: 'J' });
    expect([unknown.status, unknown.body.errors?.[0]?.code]).to.deep.equal([404, 404]);
    const endpoint = await world.post('', { nickname: 'J', endpoint: 'none' });
    expect([endpoint.status, endpoint.body.errors?.[0]?.code]).to.deep.equal([200, 240]);
  });

  it('asks for the credentials of the service when a chat begins', async () => {
    world.services.set('bank', serviceOf('bank', { hasCredentials: true }));
    world.passwords.add('Basic dXNlcjE6cGFzczE=');
    const open = (headers = {}) => world.post('/genesys/2/chat/bank', { nickname: 'J' }, headers);
    const refused = await open({ authorization: 'Basic eDp5' });
    expect([refused.status, refused.body.errors?.[0]?.code]).to.deep.equal([401, 401]);
    expect((await open()).status).to.equal(401);
    const opened = await open({ authorization: 'Basic dXNlcjE6cGFzczE=' });
    expect(opened.status).to.equal(200);
    const { chatId, secureKey } = opened.body;
    expect((await world.post(`/genesys/2/chat/bank/${chatId}/refresh`, { secureKey })).status).to.equal(200);
  });

  it('asks a client to wait whose address opens too many chats', async () => {
    world.wait.ms = 1_500;
    const reply = await world.post('', { nickname: 'J' });
    expect([reply.status, reply.headers['retry-after']]).to.deep.equal([200, '2']);
    expect(reply.body).to.deep.include({ statusCode: 1, chatEnded: false });
    expect(reply.body.errors?.[0]?.code).to.equal(503);
    expect(world.interactions.created).to.have.length(1);
  });

  it('posts a first text, and repeats nothing under one Idempotency-Key', async () => {
    const fields = { nickname: 'J', text: 'I need help' };
    const first = await world.post('', fields, { 'idempotency-key': 'k1' });
    const again = await world.post('', fields, { 'idempotency-key': 'k1' });
    expect(first.body).to.deep.equal(again.body);
    expect(first.body.messages.map(({ text }) => text)).to.deep.equal([undefined, 'I need help']);
  });

  it('keeps a chat whose service left the configuration', async () => {
    world.services.clear();
    expect((await call('send', { message: 'still there' })).body.statusCode).to.equal(0);
    expect(clientOf(world.chats.get(asId(chat.chatId))!).nickname).to.equal('Joan Smith');
  });
});
