import {
  type Batch,
  type Durable,
  IdleWatch,
  joinBatches,
  keyedBy,
  Once,
} from '../../engine/durable/index.ts';
import { type Clock, defined, type Ids, type Json, type Log, ownId } from '../../engine/ports/index.ts';
import type { InteractionId, ServiceId } from '../ids/index.ts';
import type { ChatNotices } from './chatNotices.ts';
import { type ChatEvent, ChatPosts, type EntryPosition, type Said } from './chatPosts.ts';
import {
  type ChatRecord,
  clientOf,
  ENTRY_TEXT,
  type EndedBy,
  EntryType,
  type ServiceChat,
  type TranscriptView,
} from './chatRecord.ts';
import { type CreateChat, interactionUserData, newChat } from './createChat.ts';
import { ChatError } from './errors.ts';
import { Visibility } from './party.ts';

/** Attempts to draw an id that no other chat has. */
const MAX_ID_DRAWS = 10;

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
  /** Changes user data (null removes a key); nothing when the interaction has ended or is unknown. */
  setUserDataBatch(id: InteractionId, changes: Readonly<Record<string, Json>>): Batch;
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
  readonly #posts: ChatPosts;
  readonly #creating = new Map<ServiceId, Promise<ServiceChat>>();

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
    this.#posts = new ChatPosts({
      notices: deps.notices,
      once: this.#once,
      tellAgent: (chatId, event) => deps.interactions.tellAgent(chatId, event),
    });
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
  create(request: CreateChat & { readonly serviceId: ServiceId }): Promise<ServiceChat> {
    const { serviceId } = request;
    const underWay = this.#creating.get(serviceId);
    if (underWay) return underWay;
    const existing = this.byService(serviceId);
    if (existing) return this.#durable.whenDurable().then(() => existing);
    const committed = this.#commitNew(request).then((chat) => ({ ...chat, serviceId }));
    const created = committed.finally(() => this.#creating.delete(serviceId));
    this.#creating.set(serviceId, created);
    return created;
  }

  /** Like create, for a chat service of Chat V2. Every request makes a new chat. */
  open(request: CreateChat & { readonly chatService: string }): Promise<ChatRecord> {
    return this.#commitNew(request);
  }

  get(chatId: InteractionId): ChatRecord | undefined {
    return this.#notices.store.get(chatId);
  }

  /** The chats of services whose property had exactly this value, also of services that are forgotten. */
  ofCustomer(property: Parameters<ChatNotices['store']['ofCustomer']>[0]): Promise<readonly ChatRecord[]> {
    return this.#notices.store.ofCustomer(property);
  }

  byService(serviceId: ServiceId): ServiceChat | undefined {
    return this.#notices.store.byService(serviceId);
  }

  /** The chat of Chat V2 with this secure key. */
  byKey(secureKey: string): ChatRecord | undefined {
    return this.#notices.store.byKey(secureKey);
  }

  /** ChatPosts.post. */
  post(chatId: InteractionId, said: Said & { readonly text: string }): Promise<EntryPosition> {
    return this.#posts.post(chatId, said);
  }

  /** ChatPosts.startTyping. */
  startTyping(chatId: InteractionId, said: Said & { readonly text?: string }): Promise<EntryPosition> {
    return this.#posts.startTyping(chatId, said);
  }

  /** ChatPosts.stopTyping. */
  stopTyping(chatId: InteractionId, said: Said & { readonly text?: string }): Promise<EntryPosition> {
    return this.#posts.stopTyping(chatId, said);
  }

  /** ChatPosts.customNotice. */
  customNotice(chatId: InteractionId, said: Said & { readonly text: string }): Promise<EntryPosition> {
    return this.#posts.customNotice(chatId, said);
  }

  /** ChatPosts.pushUrl. */
  pushUrl(chatId: InteractionId, said: Said & { readonly url: string }): Promise<EntryPosition> {
    return this.#posts.pushUrl(chatId, said);
  }

  /** ChatPosts.rename. */
  rename(chatId: InteractionId, nickname: string): Promise<EntryPosition> {
    return this.#posts.rename(chatId, nickname);
  }

  /** ChatPosts.read. */
  read(chatId: InteractionId, index: number): Promise<void> {
    return this.#posts.read(chatId, index);
  }

  /**
   * Changes user data of the interaction. Rejects with ChatError CHAT_NOT_FOUND or CHAT_ENDED.
   */
  async setUserData(chatId: InteractionId, changes: Readonly<Record<string, Json>>): Promise<void> {
    await this.#once.commit(undefined, () => {
      const chat = this.#notices.changes.current(chatId);
      if (chat === undefined) throw new ChatError('CHAT_NOT_FOUND', chatId);
      if (chat.status.kind === 'ended') throw new ChatError('CHAT_ENDED', chatId);
      return { batch: this.#interactions.setUserDataBatch(chatId, changes), answer: undefined };
    });
  }

  /** Calls the listener with each chat that has changed, when the change is durable. */
  onChanged(listener: (chatId: InteractionId) => void): void {
    this.#notices.changes.onChanged(listener);
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

  /**
   * From a position (default: 1), at most MAX_ENTRIES_PER_VIEW entries, as an agent sees them, or another
   * reader. Empty for an unknown chat.
   */
  transcript(chatId: InteractionId, fromPosition = 1, reader: Visibility = Visibility.INT): TranscriptView {
    const chat = this.get(chatId);
    return chat ? this.#notices.store.view(chat, fromPosition, reader) : { entries: [], position: 1 };
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
    const { serviceId, chatService, notifyBy, queue } = request;
    const chat = newChat(request, { id: this.#newId(), ids: this.#ids, now: this.#clock.now() });
    const userData = interactionUserData(request);
    const { changes } = this.#notices;
    const type = EntryType.JOINED;
    const entry = { type, party: clientOf(chat), text: ENTRY_TEXT[type] };
    // Customers of Chat V2 see their own entry, and the others do not.
    const first = changes.apply(chat, chatService === undefined ? { push: false } : { entry, push: false });
    const interaction = { id: chat.id, media: 'chat' as const, userData, queue };
    await this.#durable.commit(
      joinBatches(
        first.batch,
        this.#interactions.createBatch({ ...interaction, ...defined({ serviceId }) }),
        chat.clientTimeoutMs === undefined ? {} : this.#idle.startBatch(chat.id, chat.clientTimeoutMs),
      ),
    );
    this.#log.info(
      { serviceId, chatService, interactionId: chat.id, notifyBy: notifyBy ?? 'poll' },
      'Chat created.',
    );
    return first.chat;
  }

  /** 16 upper-case alphanumerics. */
  #newId(): InteractionId {
    for (let draw = 0; draw < MAX_ID_DRAWS; draw += 1) {
      const id = ownId<InteractionId>(this.#ids.session().slice(-16));
      if (!this.get(id)) return id;
    }
    throw new Error(`MAX_ID_DRAWS: no free chat id in ${MAX_ID_DRAWS} draws; the Ids port repeats itself.`);
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
    const view = store.view(committed, from, Visibility.ALL);
    const batch = view.position <= chat.shown ? {} : changes.replace({ ...chat, shown: view.position });
    return { view, from, batch };
  }
}
