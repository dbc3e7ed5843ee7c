import { expect } from 'chai';
import { showEntry } from '../../../server/chat/pushMessage.ts';
import { clientOf, isMonitored, participantsOf } from '../../../strategies/chat/chatRecord.ts';
import type { CreateChat } from '../../../strategies/chat/createChat.ts';
import {
  MAX_PARTICIPANTS,
  nextParticipantId,
  type Participant,
  withParticipant,
} from '../../../strategies/chat/party.ts';
import type { AgentId } from '../../../strategies/ids/index.ts';
import { type ChatWorld, createChatWorld } from '../../support/chatWorld.ts';
import { asId } from '../../support/ids.ts';

const REQUEST: CreateChat = {
  nickname: 'Ann',
  subject: 'Bill',
  userData: {},
  queue: 'Chat_In',
  clientTimeoutMs: 0,
};
const BOB = { nickname: 'Bob', agentId: asId<AgentId>('bob') };
const CAT = { nickname: 'Bob', agentId: asId<AgentId>('cat') };
const SUE = { nickname: 'Sue', agentId: asId<AgentId>('sue'), type: 'SUPERVISOR' as const };

describe('strategies/chat/party', () => {
  let world: ChatWorld;

  beforeEach(() => {
    world = createChatWorld();
  });
  afterEach(() => world.stop());

  const open = () => world.chats.open({ ...REQUEST, chatService: 'support' });
  const entries = (chatId: string, reader: 'ALL' | 'INT' | 'VIP') =>
    world.chats.transcript(asId(chatId), 1, reader).entries;
  const facts = (chatId: string, reader: 'ALL' | 'INT' | 'VIP') =>
    entries(chatId, reader).map(({ index, type, party }) => [index, type, party.nickname, party.id]);

  it('gives each party one id for all that it does, also after it left and came back', async () => {
    const chat = await open();
    const { notices, durable, chats } = world;
    await durable.commit(notices.agentJoinedBatch(chat.id, BOB));
    await durable.commit(notices.agentJoinedBatch(chat.id, CAT));
    await chats.post(chat.id, { party: { type: 'AGENT', ...CAT }, text: 'from Cat' });
    await durable.commit(notices.agentLeftBatch(chat.id, BOB));
    await durable.commit(notices.agentJoinedBatch(chat.id, BOB));
    await chats.post(chat.id, { party: { type: 'EXTERNAL', nickname: 'System' }, text: 'wait' });
    await chats.post(chat.id, { party: { type: 'EXTERNAL', nickname: 'System' }, text: 'still' });
    expect(facts(chat.id, 'ALL')).to.deep.equal([
      [1, 'Notice.Joined', 'Ann', 1],
      [2, 'Notice.Joined', 'Bob', 2],
      [3, 'Notice.Joined', 'Bob', 3],
      [4, 'Message.Text', 'Bob', 3],
      [5, 'Notice.Left', 'Bob', 2],
      [6, 'Notice.Joined', 'Bob', 2],
      [7, 'Message.Text', 'System', 4],
      [8, 'Message.Text', 'System', 4],
    ]);
  });

  it('adds no second entry for an agent who joins or leaves twice', async () => {
    const chat = await open();
    const { notices, durable } = world;
    for (const batch of [1, 2].map(() => notices.agentJoinedBatch(chat.id, BOB))) await durable.commit(batch);
    for (const batch of [1, 2].map(() => notices.agentLeftBatch(chat.id, BOB))) await durable.commit(batch);
    expect(facts(chat.id, 'ALL').map(([, type]) => type)).to.deep.equal([
      'Notice.Joined',
      'Notice.Joined',
      'Notice.Left',
    ]);
  });

  it('hides a consultation and a monitoring supervisor, whose entries leave gaps for the customer', async () => {
    const chat = await open();
    const { notices, durable, chats } = world;
    await durable.commit(notices.agentJoinedBatch(chat.id, BOB));
    await durable.commit(notices.agentJoinedBatch(chat.id, { ...CAT, visibility: 'INT' }));
    await durable.commit(notices.agentJoinedBatch(chat.id, { ...SUE, visibility: 'VIP' }));
    await chats.post(chat.id, { party: { type: 'AGENT', ...CAT }, text: 'say yes' });
    await chats.post(chat.id, {
      party: { type: 'SUPERVISOR', nickname: 'Sue', agentId: SUE.agentId },
      text: 'be kind',
      visibility: 'INT',
    });
    await chats.post(chat.id, { party: { type: 'AGENT', ...BOB }, text: 'Yes' });
    expect(isMonitored(chats.get(chat.id)!)).to.equal(true);
    const seen = { ALL: [1, 2, 7], INT: [1, 2, 3, 5, 6, 7], VIP: [1, 2, 3, 4, 5, 6, 7] } as const;
    for (const [reader, indexes] of Object.entries(seen)) {
      const found = entries(chat.id, reader as keyof typeof seen);
      expect(found.map(({ index }) => index)).to.deep.equal(indexes);
    }
    expect((await chats.show(chat.id)).entries.map(({ index }) => index)).to.deep.equal([1, 2, 7]);
    await durable.commit(notices.agentLeftBatch(chat.id, SUE));
    expect(isMonitored(chats.get(chat.id)!)).to.equal(false);
    expect(facts(chat.id, 'ALL')).to.have.length(3);
  });

  it('shows a consulted agent as soon as they join for everybody', async () => {
    const chat = await open();
    const { notices, durable } = world;
    await durable.commit(notices.agentJoinedBatch(chat.id, { ...CAT, visibility: 'INT' }));
    await durable.commit(notices.agentJoinedBatch(chat.id, CAT));
    expect(facts(chat.id, 'ALL')).to.deep.equal([
      [1, 'Notice.Joined', 'Ann', 1],
      [3, 'Notice.Joined', 'Bob', 2],
    ]);
  });

  it('keeps the new name of the customer, also for a request that read the old one', async () => {
    const chat = await open();
    await world.chats.rename(chat.id, 'Ann B.');
    await world.chats.post(chat.id, { party: clientOf(chat), text: 'hello' });
    expect(facts(chat.id, 'ALL').slice(1)).to.deep.equal([
      [2, 'Notice.NicknameUpdated', 'Ann B.', 1],
      [3, 'Message.Text', 'Ann B.', 1],
    ]);
    expect(world.chats.get(chat.id)?.nickname).to.equal('Ann B.');
  });

  it('puts entries about files into the commit of the file, and refuses them after the end', async () => {
    const chat = await open();
    const entry = {
      type: 'Notice.FileUploaded',
      party: clientOf(chat),
      userData: { 'file-id': 'F1', 'file-name': 'a.png', 'file-size': '12' },
    } as const;
    await world.durable.commit(world.notices.fileEntryBatch(chat.id, entry));
    const uploaded = entries(chat.id, 'ALL').at(-1)!;
    expect(uploaded).to.deep.equal({
      index: 2,
      type: 'Notice.FileUploaded',
      party: { type: 'CLIENT', nickname: 'Ann', id: 1 },
      text: '',
      seconds: 0,
      utcTime: world.clock.now(),
      visibility: 'ALL',
      userData: entry.userData,
    });
    expect(showEntry(uploaded)).to.deep.equal(['Notice.FileUploaded', 'Ann', 'F1', '0', 'CLIENT']);
    await world.chats.disconnect(chat.id);
    expect(() => world.notices.fileEntryBatch(chat.id, entry)).to.throw('has ended');
  });

  it('tells the customer of Chat V2 why they left', async () => {
    const reasons = { agent: '4', supervisor: '4', document: '5', idle: '7', customer: undefined } as const;
    for (const [by, reason] of Object.entries(reasons)) {
      const chat = await open();
      await world.interactions.ends(chat.id, by as keyof typeof reasons);
      const last = entries(chat.id, 'ALL').at(-1)!;
      expect([last.type, last.party.id]).to.deep.equal(['Notice.Left', 1]);
      expect(last.eventAttributes).to.deep.equal(
        reason === undefined ? undefined : { GCTI_SYSTEM: { 'quit-reason-code': reason } },
      );
    }
  });

  it('reads a chat, its entries and its parties as an earlier version stored them', async () => {
    const startedAt = Date.UTC(2026, 0, 5, 10);
    const chat = {
      id: asId('OLDCHAT000000001'),
      serviceId: asId('369-1'),
      nickname: 'Ann',
      subject: 'Bill',
      userId: 'A1',
      secureKey: 'b2',
      startedAt,
      status: { kind: 'open' },
      position: 3,
      shown: 1,
    };
    const old = (type: string, party: object, seconds: number) => ({ type, party, text: 'x', seconds });
    const put = [
      { table: 'chat', key: chat.id, value: chat },
      { table: 'chat.service', key: chat.serviceId, value: { id: chat.id } },
      {
        table: 'chat.entry',
        key: `${chat.id} 00000001`,
        value: old('Notice.Joined', { type: 'AGENT', nickname: 'Bob' }, 4),
      },
      {
        table: 'chat.entry',
        key: `${chat.id} 00000002`,
        value: old('Message.Text', { type: 'CLIENT', nickname: 'Ann' }, 9),
      },
    ];
    await world.durable.commit({ put });
    expect(
      entries(chat.id, 'ALL').map(({ index, party, utcTime }) => [index, party.id, utcTime]),
    ).to.deep.equal([
      [1, 0, startedAt + 4_000],
      [2, 1, startedAt + 9_000],
    ]);
    const stored = world.chats.byService(asId('369-1'))!;
    expect(participantsOf(stored).map(({ id, nickname }) => [id, nickname])).to.deep.equal([[1, 'Ann']]);
    await world.durable.commit(world.notices.agentLeftBatch(asId(chat.id), BOB));
    expect(facts(chat.id, 'ALL').at(-1)).to.deep.equal([3, 'Notice.Left', 'Bob', 2]);
  });

  it('forgets the oldest parties that have left, and never gives their ids again', () => {
    let participants: readonly Participant[] = [
      { id: 1, type: 'CLIENT', nickname: 'Ann', visibility: 'ALL', isPresent: true },
    ];
    for (let count = 0; count < 3 * MAX_PARTICIPANTS; count += 1) {
      const id = nextParticipantId(participants);
      const one: Participant = {
        id,
        type: 'AGENT',
        nickname: `a${id}`,
        visibility: 'ALL',
        isPresent: count === 0,
      };
      participants = withParticipant(participants, one);
    }
    expect(participants).to.have.length(MAX_PARTICIPANTS);
    expect(participants.slice(0, 2).map(({ id }) => id)).to.deep.equal([1, 2]);
    expect(nextParticipantId(participants)).to.equal(3 * MAX_PARTICIPANTS + 2);
  });

  it('finds a chat of Chat V2 by its key until it is removed, and none of a service', async () => {
    const chat = await open();
    const other = await world.chats.create({ ...REQUEST, serviceId: asId('369-2') });
    expect(world.chats.byKey(chat.secureKey)?.id).to.equal(chat.id);
    expect(world.chats.byKey(other.secureKey)).to.equal(undefined);
    await world.chats.disconnect(chat.id);
    await world.durable.commit(world.chats.removeBatch(world.chats.get(chat.id)!));
    expect(world.chats.byKey(chat.secureKey)).to.equal(undefined);
  });

  it('tells the agent of the newest entry that the customer has read', async () => {
    const chat = await open();
    await world.durable.commit(world.notices.agentJoinedBatch(chat.id, BOB));
    await world.chats.read(chat.id, 2);
    await world.chats.read(chat.id, 1);
    expect(world.chats.get(chat.id)?.readIndex).to.equal(2);
    const party = { type: 'CLIENT', nickname: 'Ann' };
    expect(world.events).to.deep.equal([[chat.id, { type: 'read', party, position: 2 }]]);
    for (const index of [0, 3]) {
      const refused = await world.chats.read(chat.id, index).then(
        () => 'accepted',
        (error: unknown) => (error as { code: string }).code,
      );
      expect(refused).to.equal('POSITION_INVALID');
    }
  });
});
