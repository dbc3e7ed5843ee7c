import { type Batch, createOnce, type Durable, joinBatches, keyedBy } from '../../engine/durable/index.ts';
import type { Clock, Ids, Json, Log } from '../../engine/ports/index.ts';
import type { Notifications } from '../notification/index.ts';
import { createChatChanges } from './chatChanges.ts';
import {
  type ChatEndReason,
  type ChatRecord,
  clientOf,
  EntryType,
  type Party,
  PartyType,
  type TranscriptView,
} from './chatRecord.ts';
import { createChatStore, MAX_ENTRIES_PER_CHAT } from './chatStore.ts';
import type {
  ChatEvent,
  ChatInteractions,
  ChatListener,
  Chats,
  CreateChat,
  EntryPlace,
  Said,
} from './chats.ts';
import { createClientIdle } from './clientIdle.ts';
import { ChatError } from './errors.ts';
import { interactionUserData } from './interactionUserData.ts';

/** Characters of one message, notice or pushed URL. */
export const MAX_TEXT_LENGTH = 8_192;
/** A fresh id that is taken by an older chat is drawn again this often. */
const MAX_ID_DRAWS = 10;

const ANNOUNCE = 'chat.announce';

/** Texts of the vendor's samples: gms-api 7.3. */
const WORDS = {
  [EntryType.JOINED]: 'has joined the session',
  [EntryType.LEFT]: 'has left the session',
  [EntryType.TYPING_STARTED]: 'is typing',
  [EntryType.TYPING_STOPPED]: 'stopped typing',
} as const;

export interface ChatOptions {
  /** A customer who polls and makes no request for this long has left; 0 (default): never. */
  readonly clientIdleTimeoutMs?: number;
}

/**
 * Chats over the durable store. How a change is computed and committed (C1 to C3) stands in chatChanges.ts:
 * between changes.current() and the commit there is no await.
 */
export function createChats(deps: {
  readonly durable: Durable;
  readonly interactions: ChatInteractions;
  readonly notifications: Pick<Notifications, 'publishBatch'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly options?: ChatOptions;
}): Chats {
  const { durable, interactions, notifications, clock, ids, log } = deps;
  const store = createChatStore(deps);
  const changes = createChatChanges({ store, notifications, clock });
  const once = createOnce({ durable, clock });
  const creating = new Map<string, Promise<ChatRecord>>();
  const listeners = new Set<ChatListener>();
  const idle = createClientIdle({
    durable,
    clock,
    timeoutMs: deps.options?.clientIdleTimeoutMs ?? 0,
    end: async (chatId) => void (await endBy(chatId, 'timeout')),
  });

  durable.onTask<{ readonly chatId: string; readonly event: ChatEvent }>(
    ANNOUNCE,
    async ({ chatId, event }) => emit(chatId, event),
  );

  interactions.observe({
    agentJoined: ({ id }, agent) => agentNotice(id, EntryType.JOINED, agent.nickname),
    agentLeft: ({ id }, agent) => agentNotice(id, EntryType.LEFT, agent.nickname),
    ended: ({ id }, by) => endedBatch(id, by as ChatEndReason),
  });

  // --- creating

  function create(request: CreateChat): Promise<ChatRecord> {
    const underWay = creating.get(request.serviceId);
    if (underWay) return underWay;
    const existing = store.byService(request.serviceId);
    if (existing) return durable.whenDurable().then(() => existing);
    const created = commitNew(request).finally(() => creating.delete(request.serviceId));
    creating.set(request.serviceId, created);
    return created;
  }

  async function commitNew(request: CreateChat): Promise<ChatRecord> {
    const { serviceId, nickname, subject, notifyBy, gmsUser, subscriptionId, queue } = request;
    const chat: ChatRecord = {
      id: newChatId(),
      serviceId,
      nickname,
      subject,
      userId: ids.hex(16).toUpperCase(),
      secureKey: ids.hex(16),
      startedAt: clock.now(),
      status: { kind: 'open' },
      position: 1,
      shown: 1,
      ...(notifyBy === undefined ? {} : { notifyBy }),
      ...(gmsUser === undefined ? {} : { gmsUser }),
      ...(subscriptionId === undefined ? {} : { subscriptionId }),
    };
    const userData = interactionUserData(request);
    await durable.commit(
      joinBatches(
        store.putBatch(chat),
        interactions.createBatch({ id: chat.id, media: 'chat', serviceId, userData, queue }),
        notifyBy === undefined ? idle.startBatch(chat.id) : {},
      ),
    );
    log.info({ serviceId, interactionId: chat.id, notifyBy: notifyBy ?? 'poll' }, 'chat created');
    return chat;
  }

  function newChatId(): string {
    for (let draw = 0; draw < MAX_ID_DRAWS; draw += 1) {
      const id = ids.session().slice(-16);
      if (!store.get(id)) return id;
    }
    throw new Error(`MAX_ID_DRAWS: no free chat id in ${MAX_ID_DRAWS} draws; the Ids port repeats itself.`);
  }

  // --- changing

  function requireOpen(chatId: string): ChatRecord {
    const chat = changes.current(chatId);
    if (!chat) throw new ChatError('CHAT_NOT_FOUND', chatId);
    if (chat.status.kind === 'ended') throw new ChatError('CHAT_ENDED', chatId);
    return chat;
  }

  async function append(
    chatId: string,
    type: EntryType,
    { party, agentId, text, key }: Said & { readonly text: string },
    event: (position: number) => ChatEvent,
  ): Promise<EntryPlace> {
    let isFirst = false;
    const who = agentId === undefined ? [party.type] : [party.type, agentId];
    const place = await once.commit(keyedBy(key, type, chatId, ...who), () => {
      isFirst = true;
      return entryOf(chatId, type, { party, text });
    });
    if (isFirst) emit(chatId, event(place.position));
    return place;
  }

  function entryOf(
    chatId: string,
    type: EntryType,
    { party, text }: { readonly party: Party; readonly text: string },
  ): { readonly batch: Batch; readonly answer: EntryPlace } {
    if (text.length === 0 || text.length > MAX_TEXT_LENGTH)
      throw new ChatError(
        'TEXT_INVALID',
        `Expected a text of 1 to ${MAX_TEXT_LENGTH} characters, got ${text.length}.`,
      );
    const before = requireOpen(chatId);
    if (before.position > MAX_ENTRIES_PER_CHAT) throw new ChatError('CHAT_FULL', chatId);
    const { batch } = changes.apply(before, { entry: { type, party, text }, push: true });
    return { batch, answer: { position: before.position } };
  }

  function typing(chatId: string, said: Said, started: boolean): Promise<EntryPlace> {
    const type = started ? EntryType.TYPING_STARTED : EntryType.TYPING_STOPPED;
    const { party } = said;
    return append(chatId, type, { ...said, text: WORDS[type] }, () => ({ type: 'typing', party, started }));
  }

  // --- what interactions report

  function agentNotice(
    chatId: string,
    type: typeof EntryType.JOINED | typeof EntryType.LEFT,
    nickname: string,
  ): Batch {
    const before = changes.current(chatId);
    if (!before || before.status.kind === 'ended') return {};
    const party: Party = { type: PartyType.AGENT, nickname };
    const { chat, batch } = changes.apply(before, { entry: { type, party, text: WORDS[type] }, push: true });
    const event: ChatEvent = { type: type === EntryType.JOINED ? 'joined' : 'left', party };
    return joinBatches(batch, announceBatch(chat, event));
  }

  /** The customer who leaves by an own request has the answer to that and needs no push. */
  function endedBatch(chatId: string, by: ChatEndReason): Batch {
    const before = changes.current(chatId);
    if (!before || before.status.kind === 'ended') return {};
    const ended: ChatRecord = { ...before, status: { kind: 'ended', at: clock.now(), by } };
    const customerLeft = by === 'customer' || by === 'timeout';
    const entry = { type: EntryType.LEFT, party: clientOf(before), text: WORDS[EntryType.LEFT] };
    const { chat, batch } = changes.apply(ended, {
      ...(customerLeft ? { entry } : {}),
      push: by !== 'customer',
    });
    idle.stop(chatId);
    log.info({ serviceId: chat.serviceId, interactionId: chatId, by }, 'chat ended');
    return joinBatches(batch, announceBatch(chat, { type: 'ended', by }));
  }

  async function endBy(chatId: string, by: ChatEndReason): Promise<ChatRecord> {
    const before = changes.current(chatId);
    if (!before) throw new ChatError('CHAT_NOT_FOUND', chatId);
    if (before.status.kind === 'ended') {
      await durable.whenDurable();
      return before;
    }
    // The interactions end the chat too, through the observer, in the same batch.
    await durable.commit(interactions.endBatch(chatId, by));
    const after = store.get(chatId) ?? before;
    if (after.status.kind === 'ended') return after;
    // The interaction had already ended or expired: nobody told the chat.
    await durable.commit(endedBatch(chatId, by));
    return store.get(chatId) ?? before;
  }

  // --- showing

  function viewOf(
    chatId: string,
    fromPosition: number | undefined,
  ): { readonly view: TranscriptView; readonly from: number; readonly batch: Batch } {
    const chat = changes.current(chatId);
    // The view is of what is committed, which a change of the present turn may not be yet.
    const committed = store.get(chatId);
    if (!chat || !committed) throw new ChatError('CHAT_NOT_FOUND', chatId);
    const from = fromPosition ?? chat.shown;
    const view = store.view(committed, from);
    const batch = view.position <= chat.shown ? {} : changes.replace({ ...chat, shown: view.position });
    return { view, from, batch };
  }

  async function show(chatId: string, fromPosition?: number, key?: string): Promise<TranscriptView> {
    let view: TranscriptView | undefined;
    const { from } = await once.commit(keyedBy(key, 'chat.show', chatId), () => {
      const shown = viewOf(chatId, fromPosition);
      view = shown.view;
      return { batch: shown.batch, answer: { from: shown.from } };
    });
    return view ?? show(chatId, from);
  }

  // --- telling

  function announceBatch(chat: ChatRecord, event: ChatEvent): Batch {
    const key = `${ANNOUNCE} ${chat.id} ${chat.position} ${event.type}`;
    const payload = { chatId: chat.id, event } as unknown as Json;
    return {
      schedule: [{ key, kind: ANNOUNCE, payload, dueAt: clock.now(), lane: `${ANNOUNCE} ${chat.id}` }],
    };
  }

  function emit(chatId: string, event: ChatEvent): void {
    for (const listener of listeners) {
      try {
        listener(chatId, event);
      } catch (error) {
        log.error({ interactionId: chatId, err: error }, 'a chat listener failed');
      }
    }
  }

  return {
    create,
    get: store.get,
    byService: store.byService,
    post(chatId, said) {
      const { party, text } = said;
      return append(chatId, EntryType.MESSAGE, said, (position) => ({
        type: 'message',
        party,
        text,
        position,
      }));
    },
    startTyping: (chatId, said) => typing(chatId, said, true),
    stopTyping: (chatId, said) => typing(chatId, said, false),
    customNotice(chatId, said) {
      const { party, text } = said;
      return append(chatId, EntryType.CUSTOM, said, () => ({ type: 'notice', party, text }));
    },
    pushUrl(chatId, { url, ...said }) {
      const { party } = said;
      return append(chatId, EntryType.PUSH_URL, { ...said, text: url }, () => ({
        type: 'pushUrl',
        party,
        url,
      }));
    },
    disconnect: (chatId) => endBy(chatId, 'customer'),
    transcript(chatId, fromPosition = 1) {
      const chat = store.get(chatId);
      return chat ? store.view(chat, fromPosition) : { entries: [], position: 1 };
    },
    show,
    touch: (chatId) => {
      if (store.get(chatId)?.status.kind === 'open') idle.touch(chatId);
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
