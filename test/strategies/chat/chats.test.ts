import { expect } from 'chai';
import fc from 'fast-check';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { showEntry } from '../../../server/chat/pushMessage.ts';
import { MAX_TEXT_LENGTH } from '../../../strategies/chat/chatPosts.ts';
import { type ChatRecord, clientOf } from '../../../strategies/chat/chatRecord.ts';
import type { Chats } from '../../../strategies/chat/chats.ts';
import type { CreateChat } from '../../../strategies/chat/createChat.ts';
import { ChatError } from '../../../strategies/chat/errors.ts';
import type { Party } from '../../../strategies/chat/party.ts';
import { createBrittleStore } from '../../support/brittleStore.ts';
import { type ChatWorld, createChatWorld } from '../../support/chatWorld.ts';
import { asId } from '../../support/ids.ts';

const AGENT: Party = { type: 'AGENT', nickname: 'Kristi Sippola' };

describe('strategies/chat', () => {
  let world: ChatWorld;

  beforeEach(() => {
    world = createChatWorld();
  });
  afterEach(() => world.stop());

  function create(request: Partial<CreateChat> = {}, chats: Chats = world.chats): Promise<ChatRecord> {
    return chats.create({
      serviceId: asId('369-1'),
      nickname: 'VasyaP',
      subject: 'test',
      userData: {},
      queue: 'Chat_In',
      clientTimeoutMs: 0,
      ...request,
    });
  }

  const rows = (chatId: string) => world.chats.transcript(asId(chatId)).entries.map(showEntry);

  async function failure(promise: Promise<unknown>): Promise<ChatError> {
    try {
      await promise;
    } catch (error) {
      if (error instanceof ChatError) return error;
      throw error;
    }
    throw new Error('expected a ChatError, nothing was thrown');
  }

  it('creates the chat and its interaction with the data that the inbound document reads', async () => {
    const chat = await create({
      sessionId: asId('S1'),
      dataId: asId('D1'),
      firstName: 'Vasya',
      lastName: 'Pupkin',
      email: 'v@example.com',
      userData: { usr_reason: 'billing question', Subject: 'not this one' },
    });
    expect(chat.id).to.match(/^[0-9A-Z]{16}$/);
    expect(world.interactions.created).to.deep.equal([
      {
        id: chat.id,
        media: 'chat',
        serviceId: '369-1',
        queue: 'Chat_In',
        userData: {
          usr_reason: 'billing question',
          fldnFirstName: 'Vasya',
          fldnLastName: 'Pupkin',
          fldnEmailAddress: 'v@example.com',
          Subject: 'test',
          _id: '369-1',
          _ors_session_id: 'S1',
          _data_id: 'D1',
        },
      },
    ]);
    expect(world.chats.byService(asId('369-1'))).to.deep.equal(chat);
    expect(world.chats.get(chat.id)).to.deep.equal(chat);
    expect(chat).to.deep.include({ position: 1, status: { kind: 'open' } });
  });

  it('gives a service one chat, also when it is created twice at the same time or after its end', async () => {
    const [one, two] = await Promise.all([create(), create()]);
    await world.chats.disconnect(one.id);
    const three = await create();
    expect([two.id, three.id]).to.deep.equal([one.id, one.id]);
    expect(three.status.kind).to.equal('ended');
    expect(world.interactions.created).to.have.length(1);
    expect((await create({ serviceId: asId('369-2') })).id).not.to.equal(one.id);
  });

  it('records party, action, time and position of each entry', async () => {
    const chat = await create();
    const client = clientOf(chat);
    await world.clock.advance(15_000, () => world.durable.idle());
    await world.interactions.agentJoins(chat.id, 'ksippo');
    await world.clock.advance(11_999, () => world.durable.idle());
    await world.chats.post(chat.id, { party: client, text: 'hello agent' });
    const agent: Party = { type: 'AGENT', nickname: 'ksippo' };
    await world.chats.startTyping(chat.id, { party: agent });
    await world.chats.stopTyping(chat.id, { party: agent });
    await world.chats.pushUrl(chat.id, { party: agent, url: 'https://example.com/' });
    await world.chats.customNotice(chat.id, { party: client, text: '{"a":1}' });
    await world.clock.advance(1, () => world.durable.idle());
    await world.interactions.agentLeaves(chat.id, 'ksippo');
    expect(rows(chat.id)).to.deep.equal([
      ['Notice.Joined', 'ksippo', 'has joined the session', '15', 'AGENT'],
      ['Message.Text', 'VasyaP', 'hello agent', '26', 'CLIENT'],
      ['Notice.TypingStarted', 'ksippo', 'is typing', '26', 'AGENT'],
      ['Notice.TypingStopped', 'ksippo', 'stopped typing', '26', 'AGENT'],
      ['Notice.PushUrl', 'ksippo', 'https://example.com/', '26', 'AGENT'],
      ['Notice.Custom', 'VasyaP', '{"a":1}', '26', 'CLIENT'],
      ['Notice.Left', 'ksippo', 'has left the session', '27', 'AGENT'],
    ]);
    expect(world.chats.transcript(chat.id).position).to.equal(8);
    expect(world.chats.transcript(chat.id, 7).entries).to.have.length(1);
    expect(world.chats.transcript(chat.id, 8)).to.deep.equal({ entries: [], position: 8 });
    expect(world.chats.transcript(chat.id, 1_000)).to.deep.equal({ entries: [], position: 8 });
    expect(world.chats.transcript(asId('unknown'))).to.deep.equal({ entries: [], position: 1 });
  });

  it("tells the agents' desktops of messages and typing, after the commit", async () => {
    const chat = await create();
    await world.interactions.agentJoins(chat.id, 'ksippo');
    await world.durable.idle();
    await world.chats.post(chat.id, { party: clientOf(chat), text: 'hello' });
    await world.chats.startTyping(chat.id, { party: clientOf(chat) });
    await world.chats.disconnect(chat.id);
    await world.durable.idle();
    expect(world.events).to.deep.equal([
      [chat.id, { type: 'message', party: clientOf(chat), text: 'hello', position: 2 }],
      [chat.id, { type: 'typing', party: clientOf(chat), started: true }],
    ]);
  });

  describe('for a customer who polls', () => {
    it('shows entries again under the same key, because the first reply may be lost', async () => {
      const chat = await create();
      const texts = async (key: string) =>
        (await world.chats.show(chat.id, undefined, key)).entries.map((entry) => entry.text);
      await world.chats.post(chat.id, { party: AGENT, text: 'one' });
      expect(await texts('k1')).to.deep.equal(['one']);
      await world.chats.post(chat.id, { party: AGENT, text: 'two' });
      expect(await texts('k1')).to.deep.equal(['one', 'two']);
      expect(await texts('k2')).to.deep.equal([]);
    });

    it('stores and tells a repetition under one key of one party once', async () => {
      const chat = await create();
      const said = { party: AGENT, text: 'one', key: 'k1' };
      expect(await world.chats.post(chat.id, said)).to.deep.equal({ position: 1 });
      await world.chats.post(chat.id, { party: clientOf(chat), text: 'two', key: 'k1' });
      expect(await world.chats.post(chat.id, { ...said, text: 'other' })).to.deep.equal({ position: 1 });
      expect(world.chats.transcript(chat.id).entries.map(({ text }) => text)).to.deep.equal(['one', 'two']);
      expect(world.events.map(([, { type }]) => type)).to.deep.equal(['message', 'message']);
    });

    it('stores the messages of two agents under equal keys', async () => {
      const chat = await create();
      const say = (agentId: string) =>
        world.chats.post(chat.id, { party: AGENT, agentId: asId(agentId), text: `of ${agentId}`, key: 'k1' });
      const places = [await say('kate'), await say('bob'), await say('kate')];
      expect(places.map(({ position }) => position)).to.deep.equal([1, 2, 1]);
      expect(rows(chat.id).map(([, nickname, text]) => [nickname, text])).to.deep.equal([
        ['Kristi Sippola', 'of kate'],
        ['Kristi Sippola', 'of bob'],
      ]);
    });

    it('shows unseen entries without a position, and the entries from a given position', async () => {
      const chat = await create();
      await world.chats.post(chat.id, { party: AGENT, text: 'one' });
      await world.chats.post(chat.id, { party: AGENT, text: 'two' });
      const texts = async (from?: number) =>
        (await world.chats.show(chat.id, from)).entries.map((entry) => entry.text);
      expect(await texts()).to.deep.equal(['one', 'two']);
      expect(await texts()).to.deep.equal([]);
      expect(await texts(1)).to.deep.equal(['one', 'two']);
      await world.chats.post(chat.id, { party: AGENT, text: 'three' });
      expect(await texts(3)).to.deep.equal(['three']);
      expect(await texts()).to.deep.equal([]);
      expect((await failure(world.chats.show(asId('unknown')))).code).to.equal('CHAT_NOT_FOUND');
    });

    it('cuts a long transcript, and gives the next position', async () => {
      const chat = await create();
      await Promise.all(
        Array.from({ length: 501 }, (_, number) =>
          world.chats.post(chat.id, { party: AGENT, text: String(number) }),
        ),
      );
      const first = await world.chats.show(chat.id);
      const second = await world.chats.show(chat.id);
      expect([first.entries.length, first.position]).to.deep.equal([500, 501]);
      expect([second.entries.map((entry) => entry.text), second.position]).to.deep.equal([['500'], 502]);
    });

    it('pushes nothing', async () => {
      const chat = await create({ gmsUser: 'anna' });
      await world.chats.post(chat.id, { party: AGENT, text: 'one' });
      await world.durable.idle();
      expect(world.pushed).to.deep.equal([]);
    });
  });

  describe('for a customer on CometD', () => {
    it('pushes every change in order, as documented (gms-api 7.4)', async () => {
      const chat = await create({ notifyBy: 'comet', gmsUser: 'anna' });
      await world.clock.advance(14_000, () => world.durable.idle());
      await world.interactions.agentJoins(chat.id, AGENT.nickname);
      await world.chats.startTyping(chat.id, { party: AGENT });
      await world.chats.post(chat.id, { party: AGENT, text: 'Hello' });
      await world.chats.post(chat.id, { party: clientOf(chat), text: 'Hi Verbose' });
      await world.interactions.agentLeaves(chat.id, AGENT.nickname);
      await world.durable.idle();
      const message = (position: string, entry: readonly string[]) => ({
        chatSessionId: chat.id,
        transcriptPosition: position,
        chatServiceMessage: 'Chat service is available',
        startedAt: '2014-09-26T07:40:55Z',
        chatIxnState: 'TRANSCRIPT',
        transcriptToShow: [entry],
      });
      expect(world.pushed.map(([user, notice]) => [user, notice.tag, notice.message])).to.deep.equal(
        [
          message('2', ['Notice.Joined', 'Kristi Sippola', 'has joined the session', '14', 'AGENT']),
          message('3', ['Notice.TypingStarted', 'Kristi Sippola', 'is typing', '14', 'AGENT']),
          message('4', ['Message.Text', 'Kristi Sippola', 'Hello', '14', 'AGENT']),
          message('5', ['Message.Text', 'VasyaP', 'Hi Verbose', '14', 'CLIENT']),
          message('6', ['Notice.Left', 'Kristi Sippola', 'has left the session', '14', 'AGENT']),
          {
            ...message('6', []),
            chatIxnState: 'DISCONNECTED',
            chatServiceMessage: 'Chat was finished',
            transcriptToShow: [],
          },
        ].map((body) => ['anna', 'service.chat.refresh.369-1', body]),
      );
      for (const [, notice] of world.pushed) expect(notice.id).to.match(/^[0-9a-f]{32}$/);
    });

    it('does not push the end to a customer who asked for it', async () => {
      const chat = await create({ notifyBy: 'comet', gmsUser: 'anna' });
      await world.chats.disconnect(chat.id);
      await world.durable.idle();
      expect(world.pushed).to.deep.equal([]);
    });
  });

  describe('ending', () => {
    it('ends once, by the first party, and refuses later entries', async () => {
      const chat = await create();
      await world.interactions.ends(chat.id, 'document');
      const after = await world.chats.disconnect(chat.id);
      expect(after.status).to.deep.equal({ kind: 'ended', at: world.clock.now(), by: 'document' });
      expect((await failure(world.chats.post(chat.id, { party: AGENT, text: 'late' }))).code).to.equal(
        'CHAT_ENDED',
      );
      await world.interactions.agentJoins(chat.id, 'late');
      expect(rows(chat.id)).to.have.length(1);
    });

    it('says in the transcript why it ended when a document ended it', async () => {
      const chat = await create({ notifyBy: 'comet', gmsUser: 'anna' });
      await world.interactions.ends(chat.id, 'document');
      await world.durable.idle();
      const entry = ['Message.Text', 'System', 'The chat has ended: no agent is available', '0', 'EXTERNAL'];
      expect(rows(chat.id)).to.deep.equal([entry]);
      const [pushed] = world.pushed.map(([, { message }]) => message as { transcriptToShow: unknown });
      expect(pushed?.transcriptToShow).to.deep.equal([entry]);
    });

    it('records that the customer left', async () => {
      const chat = await create();
      const after = await world.chats.disconnect(chat.id);
      expect(after.status).to.include({ kind: 'ended', by: 'customer' });
      expect(rows(chat.id)).to.deep.equal([['Notice.Left', 'VasyaP', 'has left the session', '0', 'CLIENT']]);
    });

    it('ends a chat whose interaction has already expired', async () => {
      const chat = await create();
      await world.durable.commit({ remove: [{ table: 'fake.interaction', key: chat.id }] });
      expect((await world.chats.disconnect(chat.id)).status).to.include({ kind: 'ended', by: 'customer' });
    });

    it('is remembered for a day after its end', async () => {
      const chat = await create();
      await world.chats.disconnect(chat.id);
      await world.clock.advance(86_399_999, () => world.durable.idle());
      expect(world.chats.byService(asId('369-1'))?.id).to.equal(chat.id);
      await world.clock.advance(1, () => world.durable.idle());
      expect(world.chats.byService(asId('369-1'))).to.equal(undefined);
      expect((await failure(world.chats.disconnect(chat.id))).code).to.equal('CHAT_NOT_FOUND');
    });
  });

  it('answers from records that are not durable yet only when they are', async () => {
    const store = createBrittleStore(new MemoryStore());
    const { chats, stop } = createChatWorld({ store });
    const chat = await create({}, chats);
    const outcomes = async (change: () => Promise<unknown>, asks: readonly (() => Promise<unknown>)[]) => {
      const release = store.hold();
      const all = Promise.allSettled([change(), ...asks.map((ask) => ask())]);
      store.failNext();
      release();
      return (await all).map(({ status }) => status);
    };
    const post = () => chats.post(chat.id, { party: AGENT, text: 'one' });
    const show = () => chats.show(chat.id);
    const disconnect = () => chats.disconnect(chat.id);
    // The second show changes no record.
    expect(await outcomes(post, [show, show, () => create({}, chats)])).to.deep.equal(
      Array(4).fill('rejected'),
    );
    expect(await outcomes(disconnect, [disconnect, () => create({}, chats), post])).to.deep.equal(
      Array(4).fill('rejected'),
    );
    expect(chats.get(chat.id)).to.deep.equal(chat);
    await stop();
  });

  describe('limits', () => {
    it('refuses a text that is empty or too long, and an unknown chat', async () => {
      const chat = await create();
      for (const text of ['', 'x'.repeat(MAX_TEXT_LENGTH + 1)]) {
        expect((await failure(world.chats.post(chat.id, { party: AGENT, text }))).code).to.equal(
          'TEXT_INVALID',
        );
      }
      await world.chats.post(chat.id, { party: AGENT, text: 'x'.repeat(MAX_TEXT_LENGTH) });
      expect((await failure(world.chats.post(asId('unknown'), { party: AGENT, text: 'x' }))).code).to.equal(
        'CHAT_NOT_FOUND',
      );
    });

    it('refuses entries beyond MAX_ENTRIES_PER_CHAT, but can still end', async () => {
      const chat = await create();
      await world.durable.commit({
        put: [{ table: 'chat', key: chat.id, value: { ...chat, position: 20_001 } }],
      });
      expect((await failure(world.chats.post(chat.id, { party: AGENT, text: 'x' }))).code).to.equal(
        'CHAT_FULL',
      );
      expect((await world.chats.disconnect(chat.id)).status.kind).to.equal('ended');
    });
  });

  describe('a customer who makes no request for the client timeout', () => {
    const clientTimeoutMs = 45_000;

    it('has left: their chat ends, and no other', async () => {
      const silent = await create({ serviceId: asId('silent'), clientTimeoutMs });
      const polling = await create({ serviceId: asId('polling'), clientTimeoutMs });
      const patient = await create({ serviceId: asId('patient'), clientTimeoutMs: 0 });
      for (let seconds = 0; seconds < 90; seconds += 30) {
        world.chats.touch(polling.id);
        await world.clock.advance(30_000, () => world.durable.idle());
      }
      const statuses = [silent, polling, patient].map(({ id }) => world.chats.get(id)!.status);
      expect(statuses).to.deep.equal([
        { kind: 'ended', at: silent.startedAt + 45_000, by: 'timeout' },
        { kind: 'open' },
        { kind: 'open' },
      ]);
      await world.clock.advance(45_000, () => world.durable.idle());
      expect(world.chats.get(polling.id)!.status).to.include({ kind: 'ended', by: 'timeout' });
    });

    it('has not left while a CometD client of theirs is connected', async () => {
      world.listening.add('anna');
      const chat = await create({ notifyBy: 'comet', gmsUser: 'anna', clientTimeoutMs });
      await world.clock.advance(300_000, () => world.durable.idle());
      expect(world.chats.get(chat.id)!.status).to.deep.equal({ kind: 'open' });
      world.listening.delete('anna');
      await world.clock.advance(60_000, () => world.durable.idle());
      expect(world.chats.get(chat.id)!.status).to.include({ kind: 'ended', by: 'timeout' });
    });

    it('has left too when a CometD client of theirs never connects', async () => {
      const chat = await create({ notifyBy: 'comet', gmsUser: 'anna', clientTimeoutMs });
      await world.clock.advance(clientTimeoutMs, () => world.durable.idle());
      expect(world.chats.get(chat.id)!.status).to.include({ kind: 'ended', by: 'timeout' });
    });

    it('has the whole timeout again after a restart', async () => {
      await world.stop();
      const store = new MemoryStore();
      const before = createChatWorld({ store });
      const chat = await create({ clientTimeoutMs }, before.chats);
      await before.clock.advance(44_000, () => before.durable.idle());
      await before.stop();
      world = createChatWorld({ store, clock: before.clock });
      await world.clock.advance(44_999, () => world.durable.idle());
      expect(world.chats.get(chat.id)!.status.kind).to.equal('open');
      await world.clock.advance(1, () => world.durable.idle());
      expect(world.chats.get(chat.id)!.status.kind).to.equal('ended');
    });
  });

  it('never gives two entries one position, for all concurrent requests', async () => {
    type Step = 'client' | 'agent' | 'typing' | 'joins' | 'show';
    const step = fc.constantFrom<Step>('client', 'agent', 'typing', 'joins', 'show');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.boolean(), async (steps, leaves) => {
        const own = createChatWorld();
        const chat = await create({ notifyBy: 'comet', gmsUser: 'anna' }, own.chats);
        let joined = 0;
        const act: Record<Step, () => Promise<unknown>> = {
          client: () => own.chats.post(chat.id, { party: clientOf(chat), text: 'c' }),
          agent: () => own.chats.post(chat.id, { party: AGENT, text: 'a' }),
          typing: () => own.chats.startTyping(chat.id, { party: AGENT }),
          joins: () => own.interactions.agentJoins(chat.id, `agent ${++joined}`),
          show: () => own.chats.show(chat.id),
        };
        await Promise.all(steps.map((name) => act[name]()));
        if (leaves) await own.interactions.agentLeaves(chat.id, 'ksippo');
        await own.durable.idle();
        const entries = steps.filter((name) => name !== 'show').length + (leaves ? 1 : 0);
        const view = own.chats.transcript(chat.id);
        expect([view.entries.length, view.position]).to.deep.equal([entries, entries + 1]);
        const positions = own.pushed
          .map(([, notice]) => notice.message as { transcriptPosition: string; transcriptToShow: unknown[] })
          .filter((message) => message.transcriptToShow.length > 0)
          .map((message) => Number(message.transcriptPosition));
        expect(positions).to.deep.equal(Array.from({ length: entries }, (_, index) => index + 2));
        await own.stop();
      }),
      { numRuns: 40 },
    );
  });
});
