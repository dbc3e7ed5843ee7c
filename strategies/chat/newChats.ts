import { type Batch, type Durable, joinBatches, keyedBy, type Once } from '../../engine/durable/index.ts';
import { type Clock, defined, type Ids, type Log } from '../../engine/ports/index.ts';
import { type InteractionId, newInteractionId, type ServiceId } from '../ids/index.ts';
import type { ChatInteractions } from './chatInteractions.ts';
import type { ChatNotices } from './chatNotices.ts';
import { type ChatRecord, clientOf, ENTRY_TEXT, EntryType, type ServiceChat } from './chatRecord.ts';
import { type CreateChat, interactionUserData, newChat } from './createChat.ts';
import { ChatError } from './errors.ts';

/** Opens chats: each with its interaction, and with the watch over its customer. */
export class NewChats {
  readonly #durable: Durable;
  readonly #interactions: Pick<ChatInteractions, 'createBatch'>;
  readonly #notices: ChatNotices;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #log: Log;
  readonly #once: Once;
  readonly #watchBatch: (chatId: InteractionId, timeoutMs: number) => Batch;
  readonly #creating = new Map<ServiceId, Promise<ServiceChat>>();

  constructor(deps: {
    readonly durable: Durable;
    readonly interactions: Pick<ChatInteractions, 'createBatch'>;
    readonly notices: ChatNotices;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    readonly once: Once;
    /** Ends the chat when its customer makes no request for this time. */
    readonly watchBatch: (chatId: InteractionId, timeoutMs: number) => Batch;
  }) {
    this.#durable = deps.durable;
    this.#interactions = deps.interactions;
    this.#notices = deps.notices;
    this.#clock = deps.clock;
    this.#ids = deps.ids;
    this.#log = deps.log;
    this.#once = deps.once;
    this.#watchBatch = deps.watchBatch;
  }

  /**
   * Commits the chat and its interaction together. Resolves with the existing chat if the service has one.
   */
  create(request: CreateChat & { readonly serviceId: ServiceId }): Promise<ServiceChat> {
    const { serviceId } = request;
    const underWay = this.#creating.get(serviceId);
    if (underWay) return underWay;
    const existing = this.#notices.store.byService(serviceId);
    if (existing) return this.#durable.whenDurable().then(() => existing);
    const committed = this.#commitNew(request).then((chat) => ({ ...chat, serviceId }));
    const created = committed.finally(() => this.#creating.delete(serviceId));
    this.#creating.set(serviceId, created);
    return created;
  }

  /**
   * Like create, for a chat service of Chat V2. Every request makes a new chat, but for a repeated key.
   * Rejects with ChatError CHAT_NOT_FOUND when the chat of a repeated key is forgotten.
   */
  async open(request: CreateChat & { readonly chatService: string }, key?: string): Promise<ChatRecord> {
    const { id } = await this.#once.commit(keyedBy(key, 'chat.open', request.chatService), () => {
      const { chat, batch } = this.#newBatch(request);
      return { batch, answer: { id: chat.id } };
    });
    const chat = this.#notices.store.get(id);
    if (chat === undefined) throw new ChatError('CHAT_NOT_FOUND', id);
    return chat;
  }

  async #commitNew(request: CreateChat): Promise<ChatRecord> {
    const { chat, batch } = this.#newBatch(request);
    await this.#durable.commit(batch);
    return chat;
  }

  /** The new chat and its interaction, for one commit. */
  #newBatch(request: CreateChat): { readonly chat: ChatRecord; readonly batch: Batch } {
    const { serviceId, chatService, notifyBy, queue } = request;
    const id = newInteractionId(this.#ids, (one) => this.#notices.store.get(one) !== undefined);
    const chat = newChat(request, { id, ids: this.#ids, now: this.#clock.now() });
    const userData = interactionUserData(request);
    const type = EntryType.JOINED;
    const entry = { type, party: clientOf(chat), text: ENTRY_TEXT[type] };
    // Customers of Chat V2 see their own entry, and the others do not.
    const first = this.#notices.changes.apply(chat, {
      ...(chatService !== undefined && { entry }),
      push: false,
    });
    const interaction = { id: chat.id, media: 'chat' as const, userData, queue };
    const batch = joinBatches(
      first.batch,
      this.#interactions.createBatch({ ...interaction, ...defined({ serviceId }) }),
      chat.clientTimeoutMs === undefined ? {} : this.#watchBatch(chat.id, chat.clientTimeoutMs),
    );
    this.#log.info(
      { serviceId, chatService, interactionId: chat.id, notifyBy: notifyBy ?? 'poll' },
      'Chat created.',
    );
    return { chat: first.chat, batch };
  }
}
