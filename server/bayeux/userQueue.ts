import { LRUCache } from 'lru-cache';
import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { Clock, Log } from '../../engine/ports/index.ts';
import {
  type CometChannel,
  messageBytes,
  type QueuedNotice,
  StoredMessages,
} from '../../strategies/notification/index.ts';
import type { BayeuxSession, Queued } from './bayeuxSession.ts';
import { NOTIFICATION_CHANNEL, NOTIFICATION_PATTERNS } from './channel.ts';
import type { BayeuxOptions } from './options.ts';
import type { SessionRegistry } from './sessionRegistry.ts';

const TABLE = 'bayeux.notice';
/** Characters of texts that are kept because several clients get the same one. */
const MAX_SHARED_CHARS = 4_194_304;

/**
 * The durable queue of the notices that wait for a user, and their delivery to the user's Bayeux sessions.
 *
 * UQ1. A notice is durable before deliver() resolves, and until one client has received it or it expires.
 * UQ2. Every subscribed session of the user receives it: each takes the notices past its own cursor.
 * UQ3. A session that subscribes later receives the notices that no client has received yet.
 * UQ4. A session has only some notices in memory; it takes the next ones when it connects again.
 */
export class UserQueue implements CometChannel {
  readonly #sessions: SessionRegistry;
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #options: BayeuxOptions;
  /** The highest key that each subscribed session has taken. */
  readonly #cursors = new WeakMap<BayeuxSession, string>();
  readonly #messages: StoredMessages;
  /** By the id of the event. */
  readonly #texts = new LRUCache<string, string>({
    maxSize: MAX_SHARED_CHARS,
    sizeCalculation: (text) => text.length,
  });
  #lastSequence = 0;

  constructor(deps: {
    readonly sessions: SessionRegistry;
    readonly durable: Durable;
    readonly clock: Clock;
    readonly log: Log;
    readonly options: BayeuxOptions;
  }) {
    this.#sessions = deps.sessions;
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#options = deps.options;
    this.#messages = new StoredMessages(deps.durable);
  }

  isActive(gmsUser: string): boolean {
    return this.#subscribed(gmsUser).length > 0;
  }

  /** Resolves when the notice is durable. `receipt` is committed together with it. */
  async deliver(gmsUser: string, notice: QueuedNotice, receipt: Batch = {}): Promise<void> {
    const prefix = prefixOf(gmsUser);
    const waiting = [...this.#durable.scan<QueuedNotice>(TABLE, { prefix })];
    // The task that delivers may run again after a crash.
    if (waiting.some((entry) => entry.value.id === notice.id)) return;
    const excess = this.#excessOf(waiting, notice);
    if (excess.length > 0) {
      const { maxWaitingNotifications, maxWaitingBytes } = this.#options;
      this.#log.warn(
        { gmsUser, dropped: excess.length, maxWaitingNotifications, maxWaitingBytes },
        'A user does not fetch notifications. The oldest were dropped.',
      );
    }
    const key = `${prefix}${this.#nextSequence()}`;
    const now = this.#clock.now();
    const expiresAt = now + this.#options.notificationTtlMs;
    const record = { table: TABLE, key, value: notice, expiresAt };
    const use = notice.message === undefined ? this.#messages.useBatch(notice.id, { use: key, now }) : {};
    const dropped = excess.map((entry) => this.#removeBatch(entry.key, entry.value));
    await this.#durable.commit(joinBatches(dropped, { put: [record] }, use, receipt));
    for (const session of this.#subscribed(gmsUser)) this.pump(session);
  }

  /** Hands a session the next notices past its cursor, as many as it has room for. */
  pump(session: BayeuxSession): void {
    if (session.gmsUser === undefined || !isSubscribed(session)) return;
    const prefix = prefixOf(session.gmsUser);
    const after = this.#cursors.get(session) ?? prefix;
    const items: Queued[] = [];
    let chars = session.queuedChars;
    for (const { key, value } of this.#durable.scan<QueuedNotice>(TABLE, { prefix, after })) {
      const text = this.#textOf(value);
      const length = text?.length ?? 0;
      const queued = session.queuedMessages + items.length;
      const { maxQueuedChars, maxQueuedMessages } = this.#options;
      if (queued >= maxQueuedMessages || (queued > 0 && chars + length > maxQueuedChars)) break;
      this.#cursors.set(session, key);
      if (text === undefined) continue;
      chars += length;
      items.push({ text, notice: { key, received: () => this.#forget(key) } });
    }
    if (items.length > 0) this.#sessions.push(session, items);
  }

  /** The text of the message with a notice; undefined when its message has expired. */
  #textOf(queued: QueuedNotice): string | undefined {
    const kept = this.#texts.get(queued.id);
    if (kept !== undefined) return kept;
    const data = this.#messages.notice(queued);
    if (data === undefined) return undefined;
    const text = JSON.stringify({ data, channel: NOTIFICATION_CHANNEL });
    if (queued.message === undefined) this.#texts.set(queued.id, text);
    return text;
  }

  /** The oldest notices, which must go so that one more is within the limits. */
  #excessOf(
    waiting: readonly { readonly key: string; readonly value: QueuedNotice }[],
    notice: QueuedNotice,
  ): readonly { readonly key: string; readonly value: QueuedNotice }[] {
    const { maxWaitingNotifications, maxWaitingBytes } = this.#options;
    let bytes = waiting.reduce((sum, { value }) => sum + bytesOf(value), bytesOf(notice));
    let dropped = Math.max(0, waiting.length + 1 - maxWaitingNotifications);
    for (const { value } of waiting.slice(0, dropped)) bytes -= bytesOf(value);
    while (bytes > maxWaitingBytes && dropped < waiting.length) {
      bytes -= bytesOf(waiting[dropped]!.value);
      dropped += 1;
    }
    return waiting.slice(0, dropped);
  }

  forgetBatch(gmsUser: string): { readonly batch: Batch; readonly notices: number } {
    const waiting = [...this.#durable.scan<QueuedNotice>(TABLE, { prefix: prefixOf(gmsUser) })];
    const batch = joinBatches(waiting.map(({ key, value }) => this.#removeBatch(key, value)));
    return { batch, notices: waiting.length };
  }

  #removeBatch(key: string, { id, message }: QueuedNotice): Batch {
    const remove: Batch = { remove: [{ table: TABLE, key }] };
    return message === undefined ? joinBatches(remove, this.#messages.releaseBatch(id, key)) : remove;
  }

  /** A failure here costs at most a second delivery of the notice, with the same id. */
  #forget(key: string): void {
    const notice = this.#durable.get<QueuedNotice>(TABLE, key);
    if (notice === undefined) return;
    this.#durable.commit(this.#removeBatch(key, notice)).catch((error: unknown) => {
      this.#log.warn({ key, err: error }, 'A delivered notification could not be removed from its queue.');
    });
  }

  #subscribed(gmsUser: string): readonly BayeuxSession[] {
    return this.#sessions.ofUser(gmsUser).filter(isSubscribed);
  }

  /**
   * Grows across restarts too, by the clock. It has 16 digits, so that the order of keys is the order of
   * numbers.
   */
  #nextSequence(): string {
    this.#lastSequence = Math.max(this.#lastSequence + 1, this.#clock.now() * 1000);
    return String(this.#lastSequence).padStart(16, '0');
  }
}

function isSubscribed({ subscriptions }: BayeuxSession): boolean {
  return NOTIFICATION_PATTERNS.some((pattern) => subscriptions.has(pattern));
}

function bytesOf({ message, bytes = 0 }: QueuedNotice): number {
  return message === undefined ? bytes : messageBytes(message);
}

/**
 * JSON text ends with a quote that cannot occur inside it. So no user's prefix is the prefix of another
 * user's.
 */
function prefixOf(gmsUser: string): string {
  return JSON.stringify(gmsUser);
}
