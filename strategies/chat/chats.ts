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
import { AwayWatch } from './awayWatch.ts';
import type { ChatInteractions } from './chatInteractions.ts';
import type { ChatNotices } from './chatNotices.ts';
import { ChatPosts, type EntryPosition, MAX_TEXT_LENGTH, type Said } from './chatPosts.ts';
import {
  type ChatRecord,
  clientOf,
  type EndedBy,
  type ServiceChat,
  seenByCustomer,
  type TranscriptView,
} from './chatRecord.ts';
import type { CreateChat } from './createChat.ts';
import { ChatError } from './errors.ts';
import { msToNextStep } from './inactivity.ts';
import { InactivityWatch } from './inactivityWatch.ts';
import { NewChats } from './newChats.ts';
import { Visibility } from './party.ts';
import type { PushTarget } from './pushTarget.ts';

/** The party that keeps a chat whose customer made no request for too long: the agent, or nobody. */
export type AfterClientTimeout = 'leave' | 'end';

/**
 * Chats between customers and agents. Every change is committed before its promise resolves. CH1 to CH3 of
 * ChatChanges apply: there is no await between reading the current chat and the commit.
 */
export class Chats {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #interactions: ChatInteractions;
  readonly #notices: ChatNotices;
  readonly #once: Once;
  readonly #idle: IdleWatch<InteractionId>;
  readonly #posts: ChatPosts;
  readonly #newChats: NewChats;
  readonly #log: Log;

  constructor(deps: {
    readonly durable: Durable;
    readonly interactions: ChatInteractions;
    readonly notices: ChatNotices;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    /** True while a CometD client of the chat is connected. */
    readonly isListening: (chat: ChatRecord) => boolean;
    /**
     * The end of the client timeout of a chat that an agent has. leave: the customer leaves, and the agent
     * keeps the chat. end: the chat ends. Default: leave.
     */
    readonly afterClientTimeout?: () => AfterClientTimeout;
    /** ms for which a customer with a device counts as present, though they make no request. Default: 0. */
    readonly pushTimeoutMs?: () => number;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#interactions = deps.interactions;
    this.#notices = deps.notices;
    this.#once = new Once(deps);
    this.#posts = new ChatPosts({
      notices: deps.notices,
      once: this.#once,
      tellAgentBatch: (...told) => deps.interactions.tellAgentBatch(...told),
      setUserDataBatch: (...change) => deps.interactions.setUserDataBatch(...change),
    });
    this.#idle = new IdleWatch({
      ...deps,
      kind: 'chat.idle',
      isInUse: (chatId) => {
        const chat = this.get(chatId);
        if (chat === undefined) return false;
        const { pushedSince = Number.NEGATIVE_INFINITY } = chat;
        return deps.isListening(chat) || deps.clock.now() < pushedSince + (deps.pushTimeoutMs?.() ?? 0);
      },
      end: (chatId) => this.#onTimeout(chatId, deps.afterClientTimeout?.() ?? 'leave'),
    });
    new InactivityWatch(deps).start();
    new AwayWatch(deps).start();
    this.#newChats = new NewChats({
      ...deps,
      once: this.#once,
      watchBatch: (chatId, timeoutMs) => this.#idle.startBatch(chatId, timeoutMs),
    });
    // Earlier versions stored such tasks; the agents' desktops hear of joins and ends from the interaction.
    deps.durable.onTask('chat.announce', async () => {});
  }

  /** NewChats.create. */
  create(request: CreateChat & { readonly serviceId: ServiceId }): Promise<ServiceChat> {
    return this.#newChats.create(request);
  }

  /** NewChats.open. */
  open(request: CreateChat & { readonly chatService: string }, key?: string): Promise<ChatRecord> {
    return this.#newChats.open(request, key);
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

  /** The chat of Chat V2 with this secure key, as its customer sees it. */
  byKey(secureKey: string): ChatRecord | undefined {
    const chat = this.#notices.store.byKey(secureKey);
    return chat && seenByCustomer(chat);
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
  rename(chatId: InteractionId, nickname: string, key?: string): Promise<EntryPosition> {
    return this.#posts.rename(chatId, nickname, key);
  }

  /** ChatPosts.read. */
  read(chatId: InteractionId, index: number): Promise<void> {
    return this.#posts.read(chatId, index);
  }

  /** Tells the agent what the customer has typed so far, without an entry. '': they typed nothing. */
  preview(chat: ChatRecord, text: string): void {
    const started = text !== '';
    this.#interactions.tellAgent(chat.id, {
      type: 'typing',
      party: clientOf(chat),
      started,
      ...defined({ preview: started ? text.slice(0, MAX_TEXT_LENGTH) : undefined }),
    });
  }

  /**
   * Changes user data of the interaction. `lookup`: the properties among them that find the customer. Rejects
   * with ChatError CHAT_NOT_FOUND or CHAT_ENDED.
   */
  async setUserData(
    chatId: InteractionId,
    userData: Readonly<Record<string, Json>>,
    lookup: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await this.#once.commit(undefined, () => {
      const { changes } = this.#notices;
      const chat = changes.current(chatId);
      if (chat === undefined) throw new ChatError('CHAT_NOT_FOUND', chatId);
      if (seenByCustomer(chat).status.kind === 'ended') throw new ChatError('CHAT_ENDED', chatId);
      const isSame = Object.keys(lookup).length === 0;
      const batch = joinBatches(
        isSame ? {} : changes.replace({ ...chat, lookup: { ...chat.lookup, ...lookup } }),
        this.#interactions.setUserDataBatch(chatId, userData),
      );
      return { batch, answer: undefined };
    });
  }

  /**
   * The customer names the device that gets the entries from now on. Nothing for a chat that has ended.
   * Rejects with ChatError CHAT_NOT_FOUND.
   */
  async setPushTarget(chatId: InteractionId, pushTo: PushTarget): Promise<void> {
    await this.#once.commit(undefined, () => {
      const { changes } = this.#notices;
      const chat = changes.current(chatId);
      if (chat === undefined) throw new ChatError('CHAT_NOT_FOUND', chatId);
      if (seenByCustomer(chat).status.kind === 'ended') return { batch: {}, answer: undefined };
      const after = { ...chat, pushTo, pushedSince: this.#clock.now() };
      return { batch: changes.replace(after), answer: undefined };
    });
  }

  /**
   * The device of a chat does not exist any more: the chat names it no longer. Empty when the customer has
   * named another one since.
   */
  deviceGoneBatch(holder: string, device: Pick<PushTarget, 'deviceId'> & { readonly type: string }): Batch {
    const { changes } = this.#notices;
    const chat = changes.current(ownId<InteractionId>(holder));
    const named = chat?.pushTo;
    if (chat === undefined || named?.deviceId !== device.deviceId || named.type !== device.type) return {};
    this.#log.warn({ interactionId: chat.id, type: device.type }, 'The device of a chat is gone.');
    const { pushTo: _device, pushedSince: _since, ...rest } = chat;
    return changes.replace(rest);
  }

  /** Calls the listener with each chat that has changed, when the change is durable. */
  onChanged(listener: (chatId: InteractionId) => void): void {
    this.#notices.changes.onChanged(listener);
  }

  /**
   * The customer leaves: the chat and its interaction end. A chat that has ended, or that the customer has
   * left, stays as it is. Resolves with the chat as the customer sees it. Rejects with ChatError
   * CHAT_NOT_FOUND.
   */
  async disconnect(chatId: InteractionId): Promise<ChatRecord> {
    return seenByCustomer(await this.#end(chatId, 'customer'));
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
    if (chat === undefined) return { entries: [], position: 1 };
    const seen = reader === Visibility.ALL ? seenByCustomer(chat) : chat;
    return this.#notices.store.view(seen, fromPosition, reader);
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

  /** ms until the chat gets its next alert or ends, if it has got an alert. */
  msToNextIdleStep(chat: ChatRecord): number | undefined {
    return msToNextStep(chat, this.#clock.now());
  }

  /** The customer made a request, and so has not left. */
  touch(chatId: InteractionId): void {
    const chat = this.get(chatId);
    if (chat === undefined || seenByCustomer(chat).status.kind === 'ended') return;
    // No alarm would ever forget a chat that is not watched.
    if (chat.clientTimeoutMs !== undefined) this.#idle.touch(chatId);
  }

  /** Without an agent nobody is left in the chat, so it ends. */
  async #onTimeout(chatId: InteractionId, after: AfterClientTimeout): Promise<void> {
    const chat = this.#notices.changes.current(chatId);
    if (chat?.status.kind !== 'open') return;
    if (after === 'end' || !this.#interactions.hasAgent(chatId)) {
      await this.#end(chatId, 'timeout');
      return;
    }
    const event = { type: 'customerLeft', party: clientOf(chat), position: chat.position } as const;
    await this.#durable.commit(
      joinBatches(this.#notices.customerLeftBatch(chatId), this.#interactions.tellAgentBatch(chatId, event)),
    );
  }

  async #end(chatId: InteractionId, by: EndedBy): Promise<ChatRecord> {
    const before = this.#notices.changes.current(chatId);
    if (!before) throw new ChatError('CHAT_NOT_FOUND', chatId);
    if (before.status.kind === 'ended' || (by === 'customer' && before.customerLeft !== undefined)) {
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
    const view = store.view(seenByCustomer(committed), from, Visibility.ALL);
    const batch = view.position <= chat.shown ? {} : changes.replace({ ...chat, shown: view.position });
    return { view, from, batch };
  }
}
