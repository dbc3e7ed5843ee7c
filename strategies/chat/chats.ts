import {
  type Batch,
  type Durable,
  IdleWatch,
  joinBatches,
  keyedBy,
  Once,
} from '../../engine/durable/index.ts';
import { type Clock, type Ids, type Json, type Log, ownId } from '../../engine/ports/index.ts';
import type { AgentId, InteractionId, ServiceId } from '../ids/index.ts';
import type { ChatNotices } from './chatNotices.ts';
import {
  type ChatRecord,
  ENTRY_TEXT,
  type EndedBy,
  EntryType,
  type Party,
  type TranscriptView,
} from './chatRecord.ts';
import { MAX_ENTRIES_PER_CHAT } from './chatStore.ts';
import { type CreateChat, interactionUserData, newChat } from './createChat.ts';
import { ChatError } from './errors.ts';

/** Characters of one message, notice or pushed URL. */
export const MAX_TEXT_LENGTH = 8_192;
/** Attempts to draw an id that no other chat has. */
const MAX_ID_DRAWS = 10;

/** An action of a party in a chat, for the desktops of the agent who has it. Sent after the commit. */
export type ChatEvent =
  | { readonly type: 'message'; readonly party: Party; readonly text: string; readonly position: number }
  | { readonly type: 'typing'; readonly party: Party; readonly started: boolean }
  | { readonly type: 'notice'; readonly party: Party; readonly text: string }
  | { readonly type: 'pushUrl'; readonly party: Party; readonly url: string };

/** The party that acts in a chat. */
export interface Said {
  readonly party: Party;
  /** The agent whose idempotency key this is; a chat may have several agents over time. */
  readonly agentId?: AgentId;
  /** Idempotency key of this party. */
  readonly key?: string;
}

/** Position of an entry in the transcript. */
export interface EntryPosition {
  readonly position: number;
}

/** The methods that chats need of interactions; strategies/interaction implements them. */
export interface ChatInteractions {
  createBatch(request: {
    readonly id: InteractionId;
    readonly media: 'chat';
    readonly serviceId?: ServiceId;
    readonly userData: Record<string, Json>;
    readonly queue: string;
  }): Batch;
  /** Ends the interaction and its chat (ChatNotices.endedBatch); nothing when it has ended or is unknown. */
  endBatch(id: InteractionId, by: EndedBy): Batch;
  /** Tells the desktops of the agent who has the interaction. */
  tellAgent(id: InteractionId, event: ChatEvent): void;
}

/**
 * Chats between customers and agents. Every change is committed before its promise resolves. CH1 to CH3 of
 * ChatChanges apply: there is no await between reading the current chat and the commit.
 */
export class Chats {
  readonly #durable: Durable;
  readonly #interactions: ChatInteractions;
  readonly #notices: ChatNotices;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #log: Log;
  readonly #once: Once;
  readonly #idle: IdleWatch<InteractionId>;
  readonly #creating = new Map<ServiceId, Promise<ChatRecord>>();

  constructor(deps: {
    readonly durable: Durable;
    readonly interactions: ChatInteractions;
    readonly notices: ChatNotices;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    /** True while a CometD client of the user is connected. */
    readonly isListening: (gmsUser: string) => boolean;
  }) {
    this.#durable = deps.durable;
    this.#interactions = deps.interactions;
    this.#notices = deps.notices;
    this.#clock = deps.clock;
    this.#ids = deps.ids;
    this.#log = deps.log;
    this.#once = new Once(deps);
    this.#idle = new IdleWatch({
      ...deps,
      kind: 'chat.idle',
      isInUse: (chatId) => {
        const chat = this.get(chatId);
        return chat?.notifyBy === 'comet' && chat.gmsUser !== undefined && deps.isListening(chat.gmsUser);
      },
      end: async (chatId) => {
        if (this.get(chatId)?.status.kind === 'open') await this.#end(chatId, 'timeout');
      },
    });
    // Earlier versions stored such tasks; the agents' desktops hear of joins and ends from the interaction.
    deps.durable.onTask('chat.announce', async () => {});
  }

  /**
   * Commits the chat and its interaction together. Resolves with the existing chat if the service has one.
   */
  create(request: CreateChat): Promise<ChatRecord> {
    const { serviceId } = request;
    const underWay = this.#creating.get(serviceId);
    if (underWay) return underWay;
    const existing = this.byService(serviceId);
    if (existing) return this.#durable.whenDurable().then(() => existing);
    const created = this.#commitNew(request).finally(() => this.#creating.delete(serviceId));
    this.#creating.set(serviceId, created);
    return created;
  }

  get(chatId: InteractionId): ChatRecord | undefined {
    return this.#notices.store.get(chatId);
  }

  /** The chats of services whose property had exactly this value, also of services that are forgotten. */
  ofCustomer(property: Parameters<ChatNotices['store']['ofCustomer']>[0]): Promise<readonly ChatRecord[]> {
    return this.#notices.store.ofCustomer(property);
  }

  byService(serviceId: ServiceId): ChatRecord | undefined {
    return this.#notices.store.byService(serviceId);
  }

  /**
   * Adds a message to the transcript. Resolves with the position of the entry. If this party used the key
   * before, for the same type of entry in this chat, resolves with the earlier position, also when the chat
   * has ended since. Rejects with ChatError CHAT_NOT_FOUND, CHAT_ENDED, CHAT_FULL or TEXT_INVALID.
   */
  post(chatId: InteractionId, said: Said & { readonly text: string }): Promise<EntryPosition> {
    const { party, text } = said;
    return this.#append(chatId, EntryType.MESSAGE, said, (position) => ({
      type: 'message',
      party,
      text,
      position,
    }));
  }

  /** Like post, with a notice that the party types. */
  startTyping(chatId: InteractionId, said: Said): Promise<EntryPosition> {
    const entry = { ...said, text: ENTRY_TEXT[EntryType.TYPING_STARTED] };
    const event: ChatEvent = { type: 'typing', party: said.party, started: true };
    return this.#append(chatId, EntryType.TYPING_STARTED, entry, () => event);
  }

  /** Like post, with a notice that the party stopped typing. */
  stopTyping(chatId: InteractionId, said: Said): Promise<EntryPosition> {
    const entry = { ...said, text: ENTRY_TEXT[EntryType.TYPING_STOPPED] };
    const event: ChatEvent = { type: 'typing', party: said.party, started: false };
    return this.#append(chatId, EntryType.TYPING_STOPPED, entry, () => event);
  }

  /** Like post, with a notice of the application's own. */
  customNotice(chatId: InteractionId, said: Said & { readonly text: string }): Promise<EntryPosition> {
    const { party, text } = said;
    return this.#append(chatId, EntryType.CUSTOM, said, () => ({ type: 'notice', party, text }));
  }

  /** Like post, with a URL that the other party should open. */
  pushUrl(chatId: InteractionId, { url, ...said }: Said & { readonly url: string }): Promise<EntryPosition> {
    const { party } = said;
    return this.#append(chatId, EntryType.PUSH_URL, { ...said, text: url }, () => ({
      type: 'pushUrl',
      party,
      url,
    }));
  }

  /**
   * The customer leaves: the chat and its interaction end. A chat that has ended stays as it is. Rejects with
   * ChatError CHAT_NOT_FOUND.
   */
  disconnect(chatId: InteractionId): Promise<ChatRecord> {
    return this.#end(chatId, 'customer');
  }

  /** Removes a chat that has ended, with its transcript. */
  removeBatch(chat: ChatRecord): Batch {
    return this.#notices.changes.removeBatch(chat);
  }

  /** From a position (default: 1), at most MAX_ENTRIES_PER_VIEW entries. Empty for an unknown chat. */
  transcript(chatId: InteractionId, fromPosition = 1): TranscriptView {
    const chat = this.get(chatId);
    return chat ? this.#notices.store.view(chat, fromPosition) : { entries: [], position: 1 };
  }

  /**
   * The transcript for the customer; without a position, the entries that they have not seen. A repeated key
   * shows the transcript from the same position again, because the first reply may not have reached the
   * customer. Resolves when the shown entries are durable. Rejects with ChatError CHAT_NOT_FOUND.
   */
  async show(chatId: InteractionId, fromPosition?: number, key?: string): Promise<TranscriptView> {
    let view: TranscriptView | undefined;
    const { from } = await this.#once.commit(keyedBy(key, 'chat.show', chatId), () => {
      const shown = this.#show(chatId, fromPosition);
      view = shown.view;
      return { batch: shown.batch, answer: { from: shown.from } };
    });
    return view ?? this.show(chatId, from);
  }

  /** The customer made a request, and so has not left. */
  touch(chatId: InteractionId): void {
    const chat = this.get(chatId);
    // No alarm would ever forget a chat that is not watched.
    if (chat?.status.kind === 'open' && chat.clientTimeoutMs !== undefined) this.#idle.touch(chatId);
  }

  async #commitNew(request: CreateChat): Promise<ChatRecord> {
    const { serviceId, notifyBy, queue } = request;
    const chat = newChat(request, { id: this.#newId(), ids: this.#ids, now: this.#clock.now() });
    const userData = interactionUserData(request);
    await this.#durable.commit(
      joinBatches(
        this.#notices.store.putBatch(chat),
        this.#interactions.createBatch({ id: chat.id, media: 'chat', serviceId, userData, queue }),
        chat.clientTimeoutMs === undefined ? {} : this.#idle.startBatch(chat.id, chat.clientTimeoutMs),
      ),
    );
    this.#log.info({ serviceId, interactionId: chat.id, notifyBy: notifyBy ?? 'poll' }, 'Chat created.');
    return chat;
  }

  /** 16 upper-case alphanumerics. */
  #newId(): InteractionId {
    for (let draw = 0; draw < MAX_ID_DRAWS; draw += 1) {
      const id = ownId<InteractionId>(this.#ids.session().slice(-16));
      if (!this.get(id)) return id;
    }
    throw new Error(`MAX_ID_DRAWS: no free chat id in ${MAX_ID_DRAWS} draws; the Ids port repeats itself.`);
  }

  async #append(
    chatId: InteractionId,
    type: EntryType,
    { party, agentId, text, key }: Said & { readonly text: string },
    eventAt: (position: number) => ChatEvent,
  ): Promise<EntryPosition> {
    let isFirst = false;
    const speaker = agentId === undefined ? [party.type] : [party.type, agentId];
    const entry = await this.#once.commit(keyedBy(key, type, chatId, ...speaker), () => {
      isFirst = true;
      return this.#entry(chatId, type, { party, text });
    });
    if (isFirst) this.#interactions.tellAgent(chatId, eventAt(entry.position));
    return entry;
  }

  #entry(
    chatId: InteractionId,
    type: EntryType,
    { party, text }: { readonly party: Party; readonly text: string },
  ): { readonly batch: Batch; readonly answer: EntryPosition } {
    checkText(text);
    const before = this.#notices.changes.current(chatId);
    if (before === undefined) throw new ChatError('CHAT_NOT_FOUND', chatId);
    if (before.status.kind === 'ended') throw new ChatError('CHAT_ENDED', chatId);
    if (before.position > MAX_ENTRIES_PER_CHAT) throw new ChatError('CHAT_FULL', chatId);
    const { batch } = this.#notices.changes.apply(before, { entry: { type, party, text }, push: true });
    return { batch, answer: { position: before.position } };
  }

  async #end(chatId: InteractionId, by: EndedBy): Promise<ChatRecord> {
    const before = this.#notices.changes.current(chatId);
    if (!before) throw new ChatError('CHAT_NOT_FOUND', chatId);
    if (before.status.kind === 'ended') {
      await this.#durable.whenDurable();
      return before;
    }
    // The end of the interaction ends the chat in the same batch.
    await this.#durable.commit(this.#interactions.endBatch(chatId, by));
    const after = this.get(chatId) ?? before;
    if (after.status.kind === 'ended') return after;
    // The interaction had ended or expired before, without ending the chat.
    await this.#durable.commit(this.#notices.endedBatch(chatId, by));
    return this.get(chatId) ?? before;
  }

  #show(
    chatId: InteractionId,
    fromPosition: number | undefined,
  ): { readonly view: TranscriptView; readonly from: number; readonly batch: Batch } {
    const { changes, store } = this.#notices;
    const chat = changes.current(chatId);
    // Only committed entries are shown; a change of the present macrotask may not be committed yet.
    const committed = store.get(chatId);
    if (!chat || !committed) throw new ChatError('CHAT_NOT_FOUND', chatId);
    const from = fromPosition ?? chat.shown;
    const view = store.view(committed, from);
    const batch = view.position <= chat.shown ? {} : changes.replace({ ...chat, shown: view.position });
    return { view, from, batch };
  }
}

/** Throws ChatError TEXT_INVALID for the text of an entry that is empty or too long. */
export function checkText(text: string): void {
  if (text.length > 0 && text.length <= MAX_TEXT_LENGTH) return;
  throw new ChatError(
    'TEXT_INVALID',
    `Expected a text of 1 to ${MAX_TEXT_LENGTH} characters, got ${text.length}.`,
  );
}
