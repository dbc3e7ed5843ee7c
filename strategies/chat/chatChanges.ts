import { type Batch, joinBatches } from '../../engine/durable/index.ts';
import { type Clock, defined, type Json } from '../../engine/ports/index.ts';
import type { InteractionId } from '../ids/index.ts';
import { type Notifications, NotificationType } from '../notification/index.ts';
import type { ChatRecord, TranscriptEntry, TranscriptView } from './chatRecord.ts';
import type { ChatStore } from './chatStore.ts';

/** The message to a CometD client about a change: the present status, and the new entries. */
export type PushMessage = (chat: ChatRecord, view: TranscriptView) => Json;

/**
 * Computes changes of chats; the caller commits them.
 *
 * CH1. The entry, the chat record and the push of a change are one commit. The record holds the next
 *      position.
 * CH2. A change is computed from the result of the previous change, and committed, without an await between
 *      them. So two changes never take the same position.
 * CH3. The caller may join several changes into one commit. So each result is kept as a draft until the
 *      present macrotask ends, and every change starts from the draft.
 */
export class ChatChanges {
  readonly #store: ChatStore;
  readonly #notifications: Pick<Notifications, 'publishBatch' | 'cancelBatch'>;
  readonly #pushMessage: PushMessage;
  readonly #clock: Clock;
  readonly #drafts = new Map<InteractionId, ChatRecord>();

  constructor(deps: {
    readonly store: ChatStore;
    readonly notifications: Pick<Notifications, 'publishBatch' | 'cancelBatch'>;
    readonly pushMessage: PushMessage;
    readonly clock: Clock;
  }) {
    this.#store = deps.store;
    this.#notifications = deps.notifications;
    this.#pushMessage = deps.pushMessage;
    this.#clock = deps.clock;
  }

  /** The chat after its last change, committed or not. */
  current(chatId: InteractionId): ChatRecord | undefined {
    return this.#drafts.get(chatId) ?? this.#store.get(chatId);
  }

  /** The batch of one more entry (or of a changed status alone), and the record after it. */
  apply(
    chat: ChatRecord,
    change: { readonly entry?: Omit<TranscriptEntry, 'seconds'>; readonly push: boolean },
  ): { readonly chat: ChatRecord; readonly batch: Batch } {
    const seconds = Math.max(0, Math.floor((this.#clock.now() - chat.startedAt) / 1000));
    const entries = change.entry ? [{ ...change.entry, seconds }] : [];
    const after = { ...chat, position: chat.position + entries.length };
    const batch = joinBatches(
      this.replace(after),
      ...entries.map((entry) => this.#store.entryBatch(chat.id, chat.position, entry)),
      change.push ? this.#pushBatch(after, entries) : {},
    );
    return { chat: after, batch };
  }

  /** The batch of a changed record alone. */
  replace(chat: ChatRecord): Batch {
    if (this.#drafts.size === 0) queueMicrotask(() => this.#drafts.clear());
    this.#drafts.set(chat.id, chat);
    return this.#store.putBatch(chat);
  }

  /** Removes a chat that has ended, its transcript and its pushes that have not left. */
  removeBatch(chat: ChatRecord): Batch {
    this.#drafts.delete(chat.id);
    return joinBatches(this.#store.removeBatch(chat), this.#notifications.cancelBatch(`chat ${chat.id} `));
  }

  /**
   * The push to a customer who listens over CometD; others poll. The subscription that they named when they
   * started the chat gets it while they are not connected. Each chat has a lane, so that pushes stay in
   * order.
   */
  #pushBatch(chat: ChatRecord, entries: readonly TranscriptEntry[]): Batch {
    const { id, serviceId, status, position, notifyBy, gmsUser, subscriptionId } = chat;
    const isQuiet =
      entries.length > 0 && entries.every(({ type }) => chat.quietEvents?.includes(type) === true);
    if (notifyBy !== 'comet' || gmsUser === undefined) return {};
    return this.#notifications.publishBatch({
      key: `chat ${id} ${status.kind} ${position}`,
      lane: `chat ${id}`,
      tag: `service.chat.refresh.${serviceId}`,
      message: this.#pushMessage(chat, { entries, position }),
      notificationDetails: { type: NotificationType.COMET, deviceId: gmsUser },
      ...defined({ whenAway: isQuiet ? undefined : subscriptionId }),
    });
  }
}
