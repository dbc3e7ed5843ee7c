import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { showEntry } from '../../../server/chat/pushMessage.ts';
import { type ChatRecord, clientOf } from '../../../strategies/chat/chatRecord.ts';
import type { CountedNotices, InactivityOptions } from '../../../strategies/chat/inactivity.ts';
import { type ChatWorld, createChatWorld } from '../../support/chatWorld.ts';

const SECOND = 1000;
const MESSAGES = { alert: 'Are you there?', alert2: 'Hello?', close: 'Bye' };

/** gms-api 7.5, inactivity. */
describe('a chat in which nobody says anything', () => {
  let world: ChatWorld;
  let chat: ChatRecord;
  let options: InactivityOptions | undefined;
  const store = () => new MemoryStore();

  beforeEach(() => {
    options = {
      alertMs: 255 * SECOND,
      alert2Ms: 0,
      closeMs: 45 * SECOND,
      notices: 'major',
      messages: MESSAGES,
    };
  });
  afterEach(() => world.stop());

  async function open(kept = store(), userData = {}): Promise<void> {
    world = createChatWorld({ store: kept, inactivity: () => options });
    chat = await world.chats.open({
      chatService: 'support',
      nickname: 'Ann',
      subject: '',
      userData,
      queue: 'Chat_In',
      clientTimeoutMs: 0,
    });
  }
  const later = (seconds: number) => world.clock.advance(seconds * SECOND, () => world.durable.idle());
  const party = () => clientOf(chat);
  const facts = () =>
    world.chats
      .transcript(chat.id, 2)
      .entries.map(({ type, party: by, text, userData }) => [type, by.type, text, userData]);
  const alert = (type: string, secs: string, text = MESSAGES.alert) => [
    'Notice.IdleAlert',
    'SYSTEM',
    text,
    { 'next-idle-timer-type': type, 'next-idle-timer-secs': secs },
  ];
  const CLOSED = [
    ['Notice.IdleClose', 'SYSTEM', MESSAGES.close, undefined],
    ['Notice.Left', 'CLIENT', 'has left the session', undefined],
  ];

  it('gets an alert, and then ends', async () => {
    await open();
    await later(254);
    expect(facts()).to.deep.equal([]);
    await later(1);
    expect(facts()).to.deep.equal([alert('CLOSE', '45')]);
    expect(world.events).to.deep.equal([
      [chat.id, { type: 'notice', party: { type: 'SYSTEM', nickname: 'System' }, text: MESSAGES.alert }],
    ]);
    await later(44);
    expect(world.chats.get(chat.id)?.status.kind).to.equal('open');
    await later(1);
    expect(facts()).to.deep.equal([alert('CLOSE', '45'), ...CLOSED]);
    expect(world.chats.get(chat.id)?.status).to.deep.include({ kind: 'ended', by: 'idle' });
    const last = world.chats.transcript(chat.id).entries.at(-1)!;
    expect(last.eventAttributes).to.deep.equal({ GCTI_SYSTEM: { 'quit-reason-code': '7' } });
  });

  it('gets a second alert where one is configured, and no entry for an empty text', async () => {
    options = { ...options!, alert2Ms: 30 * SECOND, messages: { ...MESSAGES, close: '' } };
    await open();
    await later(255);
    await later(30);
    expect(facts()).to.deep.equal([alert('ALERT', '30'), alert('CLOSE', '45', MESSAGES.alert2)]);
    await later(45);
    expect(facts().slice(2)).to.deep.equal([CLOSED[1]]);
  });

  it('begins again with each message, join and leave, also after an alert', async () => {
    await open();
    await later(200);
    await world.chats.post(chat.id, { party: party(), text: 'hello' });
    await later(254);
    await world.interactions.agentJoins(chat.id, 'Bob');
    await later(255);
    expect(facts().at(-1)).to.deep.equal(alert('CLOSE', '45'));
    await later(30);
    await world.chats.post(chat.id, { party: party(), text: 'I am here' });
    await later(254);
    expect(world.chats.get(chat.id)?.status.kind).to.equal('open');
    await later(1);
    expect(facts().at(-1)).to.deep.equal(alert('CLOSE', '45'));
  });

  describe('in the asynchronous mode', () => {
    const HOUR = 3_600;

    async function openAsync(): Promise<void> {
      options = {
        alertMs: 24 * HOUR * SECOND,
        alert2Ms: 0,
        closeMs: HOUR * SECOND,
        notices: 'major',
        messages: MESSAGES,
        isAsync: true,
      };
      await open(store(), { GCTI_Chat_AsyncMode: 'true' });
    }
    const interactionData = () => world.durable.get('fake.interaction.data', chat.id);

    it('gets the alert a day after its beginning, and ends an hour later', async () => {
      await openAsync();
      await later(24 * HOUR);
      expect(facts()).to.deep.equal([alert('CLOSE', '3600')]);
      expect(world.events.at(-1)).to.deep.equal([
        chat.id,
        { type: 'notice', party: { type: 'SYSTEM', nickname: 'System' }, text: MESSAGES.alert },
      ]);
      expect(interactionData()).to.deep.equal({ GCTI_Chat_AsyncStatus: '3' });
      expect(world.chats.msToNextIdleStep(world.chats.get(chat.id)!)).to.equal(HOUR * SECOND);
      await later(HOUR);
      expect(facts().slice(1)).to.deep.equal(CLOSED);
      expect(world.chats.get(chat.id)!.status).to.include({ kind: 'ended', by: 'idle' });
    });

    it('begins again with messages, and with joins and leaves of agents, but not of the customer', async () => {
      await openAsync();
      await later(20 * HOUR);
      await world.interactions.agentJoins(chat.id, 'Bob');
      await later(20 * HOUR);
      await world.durable.commit(world.notices.customerLeftBatch(chat.id));
      await later(4 * HOUR);
      expect(facts().at(-1)).to.deep.equal(alert('CLOSE', '3600'));
      await world.chats.post(chat.id, { party: { type: 'AGENT', nickname: 'Bob' }, text: 'Bye' });
      expect(interactionData()).to.deep.equal({ GCTI_Chat_AsyncStatus: null });
      await later(24 * HOUR - 1);
      expect(world.chats.get(chat.id)!.status.kind).to.equal('open');
      expect(world.chats.msToNextIdleStep(world.chats.get(chat.id)!)).to.equal(undefined);
    });

    it('keeps a chat and its entries for as long as it may be silent', async () => {
      await openAsync();
      options = { ...options!, alertMs: 20 * 24 * HOUR * SECOND, closeMs: 20 * 24 * HOUR * SECOND };
      await world.chats.post(chat.id, { party: party(), text: 'hello' });
      await later(20 * 24 * HOUR);
      await later(20 * 24 * HOUR - 1);
      expect(facts()).to.deep.equal([
        ['Message.Text', 'CLIENT', 'hello', undefined],
        alert('CLOSE', String(20 * 24 * HOUR)),
      ]);
      expect(world.chats.byKey(chat.secureKey)!.status.kind).to.equal('open');
    });
  });

  it('begins again with the notices that the option counts', async () => {
    const says = {
      pushUrl: () => world.chats.pushUrl(chat.id, { party: party(), url: 'http://a.example/' }),
      custom: () => world.chats.customNotice(chat.id, { party: party(), text: 'x' }),
      typing: () => world.chats.startTyping(chat.id, { party: party() }),
      stopped: () => world.chats.stopTyping(chat.id, { party: party() }),
    };
    const counted: Record<CountedNotices, readonly (keyof typeof says)[]> = {
      none: [],
      major: ['pushUrl'],
      major2: ['pushUrl', 'custom'],
      typing: ['pushUrl', 'typing'],
      all: ['pushUrl', 'custom', 'typing', 'stopped'],
    };
    for (const [notices, expected] of Object.entries(counted)) {
      for (const [name, say] of Object.entries(says)) {
        options = { ...options!, notices: notices as CountedNotices };
        await open();
        await later(200);
        await say();
        await later(60);
        const isWarned = facts().some(([type]) => type === 'Notice.IdleAlert');
        expect([notices, name, !isWarned]).to.deep.equal([
          notices,
          name,
          expected.includes(name as keyof typeof says),
        ]);
        await world.stop();
      }
    }
    await open();
  });

  it('begins again when the customer says that they are still there', async () => {
    await open();
    await later(255);
    const details = { eventAttributes: { purpose: 'cancel-idle-timer' } };
    await world.chats.customNotice(chat.id, { party: party(), text: '', details });
    await later(250);
    expect(world.chats.get(chat.id)?.status.kind).to.equal('open');
  });

  it('is left alone without the option, and watched after the next activity once it is set', async () => {
    options = undefined;
    await open();
    await later(1_000);
    expect(facts()).to.deep.equal([]);
    options = { alertMs: 1_000, alert2Ms: 0, closeMs: 1_000, notices: 'none', messages: MESSAGES };
    await later(1_000);
    expect(facts()).to.deep.equal([]);
    await world.chats.post(chat.id, { party: party(), text: 'hello' });
    await later(1);
    expect(facts()).to.have.length(2);
    options = undefined;
    await later(1_000);
    expect(world.chats.get(chat.id)?.status.kind).to.equal('open');
  });

  it('is watched after a restart', async () => {
    const kept = store();
    await open(kept);
    await later(200);
    await world.stop();
    const { clock } = world;
    world = createChatWorld({ store: kept, clock, inactivity: () => options });
    await later(55);
    expect(facts()).to.deep.equal([alert('CLOSE', '45')]);
  });

  it('shows texts of the server to a client of Chat V1 as messages', async () => {
    await open();
    await later(300);
    const rows = world.chats.transcript(chat.id, 2).entries.map(showEntry);
    expect(rows).to.deep.equal([
      ['Message.Text', 'System', MESSAGES.alert, '255', 'EXTERNAL'],
      ['Message.Text', 'System', MESSAGES.close, '300', 'EXTERNAL'],
      ['Notice.Left', 'Ann', 'has left the session', '300', 'CLIENT'],
    ]);
  });
});
