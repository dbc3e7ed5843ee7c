import { expect } from 'chai';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import type { InteractionId } from '../../../strategies/ids/index.ts';
import { PollingClient, rowsOf, sendForm, strictly } from '../../support/chatClients.ts';
import type { ChatV2Reply } from '../../support/chatV2World.ts';
import { createFileChatServer, type FileChatServer, NTF } from '../../support/fileChat.ts';
import { asId } from '../../support/ids.ts';
import type { TestReply } from '../../support/testServer.ts';

const BASE = '/genesys/2/chat/customer-support';
const CHANNEL = '/service/chatV2/customer-support';
const BANK = '/service/chatV2/bank';

/**
 * The requests of public clients of Chat V2, in their order and with our own values: how each spells its
 * parameters, and what it needs from the replies.
 */
describe('a public client of Chat V2', () => {
  let server: FileChatServer;

  beforeEach(() => {
    server = createFileChatServer({
      config: (initial) => ({
        ...initial,
        services: {
          ...initial.services,
          bank: { _type: 'chat', _auth_user: 'app', _auth_password_hash: hashPassword('pw') },
        },
        chat: { ...initial.chat, files: { ...initial.chat.files, 'upload-need-agent': false } },
        http: { ...initial.http, origins: ['https://shop.example'] },
      }),
    });
  });
  afterEach(() => server.orsay.close());

  /** The body of a reply that every client can read. */
  function bodyOf(reply: TestReply, status = 200): ChatV2Reply {
    expect([reply.status, reply.text.slice(0, 200)]).to.deep.equal([status, reply.text.slice(0, 200)]);
    return strictly(reply.json);
  }
  const post = async (url: string, body: string, headers = {}) =>
    bodyOf(await sendForm(server, url, body, headers));
  const idOf = ({ chatId }: ChatV2Reply) => asId<InteractionId>(chatId);
  const agentJoins = (chat: ChatV2Reply) => server.agentJoins(idOf(chat));
  const agentSays = (chat: ChatV2Reply, text: string) =>
    server.orsay.chats.post(idOf(chat), { party: { type: 'AGENT', nickname: 'a1001' }, text });

  it('like the web widgets over REST polls with a preview, and comes back after a reload', async () => {
    const person = 'nickname=&firstName=Ann&lastName=Lee&emailAddress=ann%40example.com&subject=Bill&text=';
    const data = '&userData%5BGCTI_LanguageCode%5D=en&userData%5B_genesys_source%5D=web';
    const chat = await post(`${BASE}/`, `${person}${data}&chatId=&alias=&secureKey=&userId=`);
    const keys = `&alias=${chat.alias}&secureKey=${chat.secureKey}&userId=${chat.userId}`;
    const limits = await server.multipart(`${BASE}/${chat.chatId}/file/limits`, [
      { field: 'alias', content: chat.alias },
      { field: 'userId', content: chat.userId },
      { field: 'secureKey', content: chat.secureKey },
    ]);
    expect(bodyOf(limits).messages[0]).to.deep.include({ type: 'Notice', text: 'file-client-cfg-get' });

    const seen: string[] = [];
    let next = 1;
    const take = (reply: ChatV2Reply): void => {
      const fresh = reply.messages.filter(({ index }) => index >= next);
      seen.push(...rowsOf(fresh));
      next = Math.max(next, ...reply.messages.map(({ index }) => index + 1));
    };
    const poll = async (typed: string): Promise<ChatV2Reply> =>
      post(`${BASE}/${chat.chatId}/refresh`, `message=${typed}&transcriptPosition=${next}${keys}`);
    take(await poll(''));
    await agentJoins(chat);
    take(await poll('hel'));
    take(await post(`${BASE}/${chat.chatId}/startTyping`, `message=hello&transcriptPosition=${next}${keys}`));
    take(
      await post(
        `${BASE}/${chat.chatId}/send`,
        `message=hello+there&messageType=text&transcriptPosition=${next}${keys}`,
      ),
    );
    await agentSays(chat, 'Hi Ann');
    take(await poll(''));
    const transcript = [
      '1 ParticipantJoined',
      '2 ParticipantJoined',
      '3 TypingStarted hello',
      '4 Message hello there',
      '5 Message Hi Ann',
    ];
    expect(seen).to.deep.equal(transcript);

    const restored = await post(`${BASE}/${chat.chatId}/refresh`, `transcriptPosition=1${keys}`);
    expect([restored.chatEnded, rowsOf(restored.messages)]).to.deep.equal([false, transcript]);
    await server.advance(50_000);
    const late = await post(`${BASE}/${chat.chatId}/refresh`, `transcriptPosition=1${keys}`);
    expect(late.chatEnded).to.equal(true);
    expect((await post(`${BASE}/${chat.chatId}/disconnect`, keys)).chatEnded).to.equal(true);
  });

  it('like the web widgets on another site gets its preflight answered, with the header apikey', async () => {
    const origin = 'https://shop.example';
    const asked = await server.send('OPTIONS', `${BASE}/`, {
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'apikey, authorization, content-type',
      },
    });
    expect(asked.headers).to.include({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'apikey, authorization, content-type',
    });
    const reply = await sendForm(server, `${BASE}/`, 'nickname=Ann', { origin, apikey: 'k1' });
    expect(reply.headers['access-control-allow-origin']).to.equal(origin);
    bodyOf(reply);
  });

  it('like the web widgets over CometD takes the first message as the reply, and pages through the past', async () => {
    const widget = new PollingClient(server);
    await widget.open(['websocket', 'long-polling']);
    const person = {
      nickname: '',
      firstName: 'Ann',
      lastName: 'Lee',
      emailAddress: '',
      subject: '',
      text: '',
    };
    const none = { chatId: '', alias: '', secureKey: '', userId: '' };
    const userData = { GCTI_LanguageCode: 'en', _genesys_browser: 'Firefox', GCTI_Chat_AsyncMode: 'true' };
    const request = { operation: 'requestChat', ...none, ...person, userData };
    const chat = (await widget.ask(CHANNEL, request))[0]!;
    expect([chat.statusCode, rowsOf(chat.messages)]).to.deep.equal([0, ['1 ParticipantJoined']]);
    for (let count = 2; count <= 40; count += 1) await agentSays(chat, `m${count}`);
    const { chatId, secureKey, userId, alias } = chat;
    const keys = { chatId, secureKey, userId, alias };

    const reloaded = new PollingClient(server);
    await reloaded.open();
    const [newest] = await reloaded.ask(CHANNEL, { operation: 'refresh', transcriptPosition: -1, ...keys });
    expect([newest!.chatEnded, rowsOf(newest!.messages)]).to.deep.equal([false, ['40 Message m40']]);
    const from = newest!.messages[0]!.index - 20;
    const [back] = await reloaded.ask(CHANNEL, {
      operation: 'requestNotifications',
      transcriptPosition: from,
      ...keys,
    });
    expect([back!.chatEnded, back!.messages.length, back!.messages[0]!.index]).to.deep.equal([false, 21, 20]);
    const [older] = await reloaded.ask(CHANNEL, { operation: 'refresh', transcriptPosition: 1, ...keys });
    expect(older!.messages[0]!.index).to.equal(1);
    await agentSays(chat, 'new');
    expect((await reloaded.poll()).map(({ messages }) => rowsOf(messages))).to.deep.equal([
      ['41 Message new'],
    ]);
  });

  it('like the iOS library subscribes first, sends auth with each message, and goes to the background', async () => {
    const app = new PollingClient(server);
    await app.open(['long-polling', 'callback-polling', 'iframe', 'websocket']);
    expect((await app.subscribe(BANK))[0]).to.include({ successful: true });
    const auth = { username: 'app', password: 'pw' };
    const chat = (await app.ask(BANK, { operation: 'requestChat', nickname: 'Ann', auth }))[0]!;
    const keys = {
      chatId: chat.chatId,
      userId: chat.userId,
      secureKey: chat.secureKey,
      alias: chat.alias,
      auth,
    };
    const said = await app.ask(BANK, {
      operation: 'sendMessage',
      message: 'hello',
      messageType: 'text',
      ...keys,
    });
    expect(said.map(({ messages }) => rowsOf(messages))).to.deep.equal([['2 Message hello']]);

    const asked = { operation: 'fileGetsLimits', secureKey: chat.secureKey };
    bodyOf(await server.send('POST', NTF, { form: asked }));
    await agentJoins(chat);
    const upload = await server.multipart(NTF, [
      { field: 'secureKey', content: chat.secureKey },
      { field: 'file', filename: 'a.txt', type: 'text/plain', content: 'March invoice' },
      { field: 'userData[file-description]', content: 'invoice' },
    ]);
    expect(strictly(upload.json)).to.deep.include({ statusCode: 0 });
    const told = (await app.poll()).flatMap(({ messages }) => messages.map(({ type }) => type));
    expect(told).to.deep.equal(['ParticipantJoined', 'FileUploaded']);

    await app.disconnect({ transcriptPosition: '5' });
    await agentSays(chat, 'while away');
    const again = new PollingClient(server);
    await again.open();
    await again.subscribe(BANK);
    const [back] = await again.ask(BANK, {
      operation: 'requestNotifications',
      transcriptPosition: '5',
      ...keys,
    });
    expect([back!.chatEnded, rowsOf(back!.messages)]).to.deep.equal([false, ['5 Message while away']]);
    const [ended] = await again.ask(BANK, { operation: 'disconnect', ...keys });
    expect(ended).to.deep.include({ chatEnded: true, chatId: chat.chatId });
  });

  it('like the Java library knows only its first key, and sends its parts without useful types', async () => {
    const client = new PollingClient(server);
    await client.open();
    await client.subscribe(CHANNEL);
    const chat = (await client.ask(CHANNEL, { operation: 'requestChat', nickname: 'Ann' }))[0]!;
    const { secureKey } = chat;
    await agentJoins(chat);
    for (const operation of ['startTyping', 'stopTyping', 'customNotice']) {
      const replies = await client.ask(CHANNEL, { operation, secureKey, message: 'x' });
      expect(replies.every((reply) => !('error' in reply) && reply.secureKey === secureKey)).to.equal(true);
    }
    const text = 'application/octet-stream';
    const uploaded = await server.multipart(NTF, [
      { field: 'file', filename: 'a.txt', type: text, content: 'March invoice' },
      { field: 'secureKey', type: text, content: secureKey },
      { field: 'operation', type: text, content: 'fileUpload' },
    ]);
    const { userData } = uploaded.json as { userData: Record<string, string> };
    const fileId = userData['file-id']!;
    const got = await server.multipart(NTF, [
      { field: 'operation', type: text, content: 'fileDownload' },
      { field: 'fileId', type: text, content: fileId },
      { field: 'secureKey', type: text, content: secureKey },
    ]);
    expect([got.status, got.text]).to.deep.equal([200, 'March invoice']);
  });

  it('like a bank web client over CometD publishes too early, and goes on from nextPosition', async () => {
    const client = new PollingClient(server, { timestamp: 'Mon, 05 Jan 2026 10:00:00 GMT' });
    await client.open();
    await client.subscribe(BANK);
    const auth = { encoded: Buffer.from('app:pw').toString('base64') };
    await client.publish(BANK, { operation: 'requestChat', firstName: 'Ann', lastName: 'Lee', auth });
    await client.publish(BANK, { operation: 'sendMessage', message: 'early', secureKey: '' });
    const [chat, early] = await client.poll();
    expect([chat!.statusCode, early!.statusCode, early!.chatEnded]).to.deep.equal([0, 2, false]);
    expect(early!.errors).to.have.length(1);
    const { secureKey } = chat!;
    const [said] = await client.ask(BANK, { operation: 'sendMessage', message: 'hello', secureKey });
    await agentSays(chat!, 'lost');
    const back = new PollingClient(server);
    await back.open();
    const [more] = await back.ask(BANK, {
      operation: 'requestNotifications',
      secureKey,
      transcriptPosition: said!.nextPosition,
    });
    expect(rowsOf(more!.messages)).to.deep.equal(['3 Message lost']);
  });

  it('like a bank web client over REST begins its bodies with an ampersand', async () => {
    const chat = await post(BASE, '&nickname=Ann&userData["key"]=quoted&subject=Loan');
    const root = `${BASE}/${chat.chatId}`;
    const keys = `&secureKey=${chat.secureKey}&userId=${chat.userId}&alias=${chat.alias}`;
    const limits = await post(`${root}/file/limits`, keys);
    expect(limits.messages[0]!.userData).to.have.property('upload-file-types');
    const first = await post(`${root}/refresh`, `${keys}&transcriptPosition=1`);
    expect(first.nextPosition).to.equal(2);
    await agentJoins(chat);
    const second = await post(`${root}/refresh`, `${keys}&transcriptPosition=${first.nextPosition}`);
    expect(rowsOf(second.messages)).to.deep.equal(['2 ParticipantJoined']);
    const receipt = await post(`${root}/readReceipt`, `${keys}&transcriptPosition=${second.nextPosition}`);
    expect(receipt).to.deep.include({ messages: [], statusCode: 0 });
    expect(server.orsay.chats.get(idOf(chat))?.readIndex).to.equal(2);
    await post(`${root}/updateData`, `${keys}&userData["reason"]=fees`);
    expect(server.orsay.interactions.get(idOf(chat))?.userData).to.include({ key: 'quoted', reason: 'fees' });
  });

  it('like a test program sends an API key and empty parameters', async () => {
    const headers = { apikey: 'k', origin: 'http://orsay.test', referer: 'http://orsay.test/' };
    const chat = await post(`${BASE}/`, 'nickname=Bot&text=I+need+help&subject=', headers);
    expect(rowsOf(chat.messages)).to.deep.equal(['1 ParticipantJoined', '2 Message I need help']);
    const end = await post(
      `${BASE}/${chat.chatId}/disconnect`,
      `secureKey=${chat.secureKey}&message=`,
      headers,
    );
    expect(end.chatEnded).to.equal(true);
  });

  it('like a bot polls without a position, and looks at the last message', async () => {
    const chat = await post(BASE, 'nickname=Bot');
    await agentJoins(chat);
    await agentSays(chat, 'How can I help?');
    const reply = await post(`${BASE}/${chat.chatId}/refresh`, `secureKey=${chat.secureKey}`);
    expect(reply.messages.at(-1)).to.deep.include({ text: 'How can I help?' });
  });

  it('like a connector uses every operation and file path as a form', async () => {
    const chat = await post(BASE, 'nickname=Ann');
    const root = `${BASE}/${chat.chatId}`;
    const form = (fields: string) => `${fields}&secureKey=${chat.secureKey}&userId=deprecated&alias=0`;
    await agentJoins(chat);
    await post(`${root}/pushUrl`, form('pushUrl=http%3A%2F%2Fwww.example.com'));
    await post(`${root}/updateNickname`, form('nickname=Ann+B.'));
    await post(`${root}/readReceipt`, form('transcriptPosition=2'));
    await post(`${root}/customNotice`, form('message=ORDER+UPDATE'));
    await post(`${root}/file/limits`, form('x=1'));
    const uploaded = await server.multipart(`${root}/file`, [
      { field: 'secureKey', content: chat.secureKey },
      { field: 'file', filename: 'a.txt', type: 'text/plain', content: 'March invoice' },
    ]);
    const fileId = (uploaded.json as { userData: Record<string, string> }).userData['file-id']!;
    const got = await sendForm(server, `${root}/file/${fileId}/download`, form(''));
    expect(got.text).to.equal('March invoice');
    await post(`${root}/file/${fileId}/delete`, form(''));
    const { messages } = await post(`${root}/refresh`, form('transcriptPosition=3'));
    expect(messages.map(({ type, from }) => [type, from.nickname])).to.deep.equal([
      ['PushUrl', 'Ann'],
      ['NicknameUpdated', 'Ann B.'],
      ['CustomNotice', 'Ann B.'],
      ['FileUploaded', 'Ann B.'],
      ['FileDeleted', 'Ann B.'],
    ]);
  });

  it('like a bridge for text messages keeps many sessions, and finds the word errors', async () => {
    const open = (name: string) => post(BASE, `nickname=${name}&Subject=SMS&userData%5Bphone%5D=%2B1555`);
    const [one, two] = [await open('One'), await open('Two')];
    expect(one.secureKey).not.to.equal(two.secureKey);
    expect(server.orsay.chats.get(idOf(one))?.subject).to.equal('SMS');
    await post(`${BASE}/${one.chatId}/disconnect`, `secureKey=${one.secureKey}`);
    const late = await sendForm(server, `${BASE}/${one.chatId}/send`, `secureKey=${one.secureKey}&message=x`);
    expect([late.status, late.text.includes('errors')]).to.deep.equal([200, true]);
    const other = await sendForm(
      server,
      `${BASE}/${two.chatId}/send`,
      `secureKey=${two.secureKey}&message=x`,
    );
    expect(other.text.includes('errors')).to.equal(false);
  });
});
