import { expect } from 'chai';
import { desktopSchema } from '../../../server/process/config/desktop.ts';
import type { AgentId, InteractionId } from '../../../strategies/ids/index.ts';
import { CustomPushServer } from '../../simulators/customPushServer.ts';
import { type AgentServer, openAgentServer } from '../../support/agentServer.ts';
import { type ChatV2World, createChatV2World, SERVICE, serviceOf } from '../../support/chatV2World.ts';
import { readyAgent } from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';
import { openPushServer } from '../../support/pushServer.ts';

const KATE = { nickname: 'Kate', agentId: asId<AgentId>('kate') };

/** gms-api 7.5, flex-disconnect-timeout. */
describe('a customer of Chat V2 who makes no request while an agent has the chat', () => {
  let world: ChatV2World;
  beforeEach(() => {
    world = createChatV2World();
    world.services.set(SERVICE, serviceOf(SERVICE, { clientTimeoutMs: 45_000 }));
  });
  afterEach(() => world.stop());

  async function leftChat(): Promise<{ readonly secureKey: string; readonly chatId: string }> {
    const { body } = await world.post('', { nickname: 'Ann' });
    await world.durable.commit(world.notices.agentJoinedBatch(asId(body.chatId), KATE));
    await world.clock.advance(45_000, () => world.durable.idle());
    return { secureKey: body.secureKey, chatId: body.chatId };
  }
  const agentSays = (chatId: string, text: string) =>
    world.chats.post(asId(chatId), { party: { type: 'AGENT', ...KATE }, text });
  const ask = async (path: string, { chatId, secureKey }: { chatId: string; secureKey: string }, more = {}) =>
    (await world.post(`/${chatId}${path}`, { secureKey, transcriptPosition: '1', ...more })).body;

  it('leaves, and the agent keeps the chat and learns it', async () => {
    const { chatId } = await leftChat();
    expect(world.chats.get(asId(chatId))!.status).to.deep.equal({ kind: 'open' });
    expect(world.events.at(-1)).to.deep.equal([
      chatId,
      { type: 'customerLeft', party: { type: 'CLIENT', nickname: 'Ann' }, position: 3 },
    ]);
    await agentSays(chatId, 'Gone.');
    expect(world.chats.transcript(asId(chatId)).entries.map(({ type, text }) => [type, text])).to.deep.equal([
      ['Notice.Joined', 'has joined the session'],
      ['Notice.Joined', 'has joined the session'],
      ['Notice.Left', 'has left the session'],
      ['Message.Text', 'Gone.'],
    ]);
    await world.clock.advance(90_000, () => world.durable.idle());
    await world.interactions.agentLeaves(asId(chatId), 'Kate');
    expect(world.chats.get(asId(chatId))!.status).to.include({ kind: 'ended', by: 'agent' });
    const types = world.chats.transcript(asId(chatId)).entries.map(({ type }) => type);
    expect(types.filter((type) => type === 'Notice.Left')).to.have.length(2);
  });

  it('finds on their late return that the chat is over, without what was said after them', async () => {
    const left = await leftChat();
    await agentSays(left.chatId, 'Only for colleagues.');
    const reply = await ask('/refresh', left);
    expect(reply.messages.map(({ type, from }) => `${type} ${from.nickname}`)).to.deep.equal([
      'ParticipantJoined Ann',
      'ParticipantJoined Kate',
      'ParticipantLeft Ann',
    ]);
    expect(reply.messages.at(-1)).to.not.have.property('eventAttributes');
    expect(reply).to.include({ chatEnded: true, statusCode: 0, nextPosition: 4 });
    expect(reply).to.not.have.any.keys('secureKey', 'userId');
    for (const [path, fields] of [
      ['/send', { message: 'still here' }],
      ['/startTyping', {}],
      ['/pushUrl', { pushUrl: 'https://example.com' }],
      ['/updateNickname', { nickname: 'Anna' }],
      ['/customNotice', { message: 'x' }],
      ['/updateData', { 'userData[a]': 'b' }],
      ['/readReceipt', {}],
    ] as const) {
      const late = await ask(path, left, fields);
      expect([path, late.statusCode, late.chatEnded, late.errors?.[0]?.code]).to.deep.equal([
        path,
        2,
        true,
        249,
      ]);
    }
    expect(await ask('/disconnect', left)).to.include({ chatEnded: true, statusCode: 0 });
    expect(world.chats.get(asId(left.chatId))!.status).to.deep.equal({ kind: 'open' });
    const client = await world.client();
    const [notified] = await client.ask({ operation: 'requestNotifications', secureKey: left.secureKey });
    expect(notified).to.include({ chatEnded: true, statusCode: 0, nextPosition: 4 });
    await agentSays(left.chatId, 'Nobody hears it.');
    expect(await client.poll()).to.deep.equal([]);
  });

  it('gets the end as a notification when they listened to the chat until then', async () => {
    const client = await world.client();
    const [chat] = await client.ask({ operation: 'requestChat', nickname: 'Ann' });
    await world.durable.commit(world.notices.agentJoinedBatch(asId(chat!.chatId), KATE));
    await client.poll();
    await world.durable.commit(world.notices.customerLeftBatch(asId(chat!.chatId)));
    const [last, ...more] = await client.poll();
    expect(last).to.deep.include({ chatEnded: true, statusCode: 0, nextPosition: 4 });
    expect(more).to.deep.equal([]);
  });
});

describe('a chat whose customer is gone', () => {
  let server: AgentServer;
  afterEach(() => server.close());

  async function open(): Promise<InteractionId> {
    server = await openAgentServer({ desktop: desktopSchema.parse({ afterWork: { seconds: 60 } }) });
    const { centre, chats } = server;
    const request = { nickname: 'Ann', subject: '', userData: {}, queue: 'inbound', clientTimeoutMs: 20_000 };
    const { id } = await chats.open({ ...request, chatService: 'support' });
    await centre.settle();
    await readyAgent(centre, 'kate');
    await centre.sessions.perform('interaction.redirect', {
      sessionId: centre.sessions.started.at(-1)!.id,
      attributes: { interactionid: id, to: { agent: 'kate' } },
    });
    await centre.settle();
    await centre.interactions.accept(id, KATE.agentId);
    await centre.advance(20_000);
    expect(centre.interactions.get(id)).to.include({ state: 'active', agentId: 'kate' });
    expect(centre.toldEvents.at(-1)).to.deep.equal({
      type: 'customerLeft',
      interactionId: id,
      party: { type: 'CLIENT', nickname: 'Ann' },
      position: 3,
    });
    return id;
  }

  it('is closed by its agent, who works after it', async () => {
    const id = await open();
    const say = (text: string) => server.call('POST', `/agent/1/interactions/${id}/message`, { text });
    expect((await say('Nobody is there.')).status).to.equal(200);
    expect((await server.call('POST', `/agent/1/interactions/${id}/leave`)).status).to.equal(200);
    expect(server.centre.interactions.get(id)).to.include({ state: 'ended', endReason: 'agent' });
    expect(server.centre.toldEvents.at(-1)).to.include({ type: 'wrapup' });
    expect((await say('late')).status).to.equal(409);
  });

  it('enters no queue, and goes to another agent only', async () => {
    const id = await open();
    await readyAgent(server.centre, 'liz');
    const transfer = (to: object) => server.call('POST', `/agent/1/interactions/${id}/transfer`, { to });
    const refused = await transfer({ queue: 'inbound' });
    expect(refused.status).to.equal(409);
    expect((refused.body as { message: string }).message).to.equal(
      `Expected interaction '${id}' to have its customer, who has left: nobody waits in a queue for an agent.`,
    );
    expect(server.centre.interactions.get(id)).to.include({ state: 'active', agentId: 'kate' });
    expect((await transfer({ agentId: 'liz' })).status).to.equal(200);
    await server.centre.interactions.accept(id, asId('liz'));
    expect(server.centre.interactions.get(id)).to.include({ state: 'active', agentId: 'liz' });
  });

  it('ends when its agent logs out, enters no queue, and leaves no work', async () => {
    const id = await open();
    await server.call('PUT', '/agent/1/agents/kate', { state: 'loggedOut' });
    expect(server.centre.interactions.get(id)).to.include({ state: 'ended', endReason: 'timeout' });
    expect(server.centre.agents.slots(KATE.agentId)).to.deep.equal([]);
    expect([...server.centre.durable.scan('afterWork')]).to.deep.equal([]);
    expect(server.chats.get(id)!.status).to.include({ kind: 'ended', by: 'timeout' });
  });
});

describe('a chat of the asynchronous mode whose customer left no room for user data', () => {
  it('gets its alert and ends all the same', async () => {
    const messages = { alert: 'Are you there?', alert2: '', close: 'Bye.' };
    const rules = { alertMs: 2_000, alert2Ms: 0, closeMs: 1_000, notices: 'major', messages } as const;
    const server = await openAgentServer({ inactivity: () => rules });
    const { centre, chats } = server;
    const userData = { GCTI_Chat_AsyncMode: 'true' };
    const request = { nickname: 'Ann', subject: '', userData, queue: 'inbound', clientTimeoutMs: 0 };
    const { id } = await chats.open({ ...request, chatService: 'support' });
    await centre.settle();
    const before = centre.interactions.get(id)!.userData;
    const rest = 'x'.repeat(262_144 - JSON.stringify(before).length - ',"rest":""'.length);
    await chats.setUserData(id, { rest });
    await centre.advance(2_000);
    expect(centre.interactions.get(id)!.userData).to.deep.equal({
      ...before,
      rest,
      GCTI_Chat_AsyncStatus: '3',
    });
    await centre.advance(1_000);
    expect(chats.get(id)!.status).to.include({ kind: 'ended', by: 'idle' });
    await server.close();
  });
});

describe('the push server of a customer who is gone', () => {
  it('gets the reason for which they left', async () => {
    const custom = new CustomPushServer();
    await custom.listen();
    const push = await openPushServer({
      services: { support: { _type: 'chat', _client_timeout: '20' } },
      push: { 'customhttp.url': custom.url },
      chat: { pushTimeout: 0 },
    });
    const names = { GCTI_Chat_PushSubscribe: 'true', GCTI_GMS_NodeGroup: 'g', GCTI_GMS_PushDeviceId: 'd' };
    const data = { ...names, GCTI_GMS_PushDeviceType: 'customhttp', GCTI_GMS_PushIncludePayload: 'true' };
    const fields = Object.entries({ ...data, GCTI_GMS_NotifyRequestor: 'true' });
    const start = async () =>
      (
        await push.send('POST', '/genesys/2/chat/support', {
          form: { nickname: 'Ann', ...Object.fromEntries(fields.map(([k, v]) => [`userData[${k}]`, v])) },
        })
      ).json as { chatId: string; secureKey: string };
    const reasons = (): unknown[] =>
      custom.pushes.flatMap(({ message }) =>
        ((JSON.parse(message) as { messages?: { type: string; eventAttributes?: unknown }[] }).messages ?? [])
          .filter(({ type }) => type === 'ParticipantLeft')
          .map(({ eventAttributes }) => eventAttributes),
      );
    const first = await start();
    await push.send('POST', `/genesys/2/chat/support/${first.chatId}/disconnect`, {
      form: { secureKey: first.secureKey },
    });
    await push.advance(0);
    await start();
    await push.advance(20_000);
    await push.advance(0);
    expect(reasons()).to.deep.equal([
      { GCTI_SYSTEM: { 'quit-reason-code': '0' } },
      { GCTI_SYSTEM: { 'quit-reason-code': '3' } },
    ]);
    await push.close();
    await custom.close();
  });
});
