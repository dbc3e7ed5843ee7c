import { LRUCache } from 'lru-cache';
import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { Clock, Log } from '../../engine/ports/index.ts';
import {
  type CometChannel,
  messageBytes,
  type QueuedNotice,
  StoredMessages,
} from '../../strategies/notification/index.ts';
import type { BayeuxSession, ClientId, Outbound, Queued } from './bayeuxSession.ts';
import { NOTIFICATION_CHANNEL, NOTIFICATION_PATTERNS } from './channel.ts';
import type { BayeuxOptions } from './options.ts';
import { SentBatches } from './sentBatches.ts';
import type { Peer, SessionRegistry } from './sessionRegistry.ts';

const TABLE = 'bayeux.notice';
/** The highest number that keys may have had, in its only record. */
const SEQUENCE = 'bayeux.sequence';
const RESERVED = 'reserved';
/** Digits of a number in a key. */
const SEQUENCE_DIGITS = 16;
/** Numbers that are reserved by one commit: those of a minute. */
const RESERVED_AT_ONCE = 60_000_000;
/** Characters of texts that are kept because several clients get the same one. */
const MAX_SHARED_CHARS = 4_194_304;

/**
 * The durable queue of the notices that wait for a user, and their delivery to the user's Bayeux sessions.
 *
 * UQ1. A notice is durable before deliver() resolves, and until one client has received it or it expires.
 * UQ2. Every subscribed session of the user receives it: each takes the notices past its own cursor.
 * UQ3. A session that subscribes later receives the notices that no client has received yet.
 * UQ4. A session has only some notices in memory; it takes the next ones when it connects again.
 * UQ5. A notice that a client of the ack extension has acknowledged does not come again to its user, also
 *      when its session was lost: the client repeats the acknowledgement first (SentBatches).
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
  readonly #sent: SentBatches;
  /** Sessions for which more notices wait than they had room for (UQ4). */
  readonly #behind = new WeakSet<BayeuxSession>();
  /** Keys of notices that clients have received, and that no commit removes yet. */
  #received: string[] = [];
  #lastSequence: number | undefined;

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
    this.#sent = new SentBatches(deps);
    deps.durable.onChange([TABLE], ({ key, value }) => {
      // Clients have received it, it was dropped, or its commit has failed.
      if (value === undefined) return;
      this.#durable.whenDurable().then(
        () => this.#pumpAll(userOf(key)),
        // The commit has told its caller that it failed. There is no notice.
        () => undefined,
      );
    });
  }

  isActive(gmsUser: string): boolean {
    return this.#subscribed(gmsUser).length > 0;
  }

  /** Resolves when the notice is durable. `receipt` is committed together with it. */
  async deliver(gmsUser: string, notice: QueuedNotice, receipt: Batch = {}): Promise<void> {
    const waiting = [...this.#durable.scan<QueuedNotice>(TABLE, { prefix: prefixOf(gmsUser) })];
    // The task that delivers may run again after a crash.
    if (waiting.some((entry) => entry.value.id === notice.id)) return;
    await this.#durable.commit(joinBatches(this.#putBatch(gmsUser, notice, waiting), receipt));
  }

  queueBatch(gmsUser: string, notice: QueuedNotice): Batch {
    const waiting = [...this.#durable.scan<QueuedNotice>(TABLE, { prefix: prefixOf(gmsUser) })];
    return this.#putBatch(gmsUser, notice, waiting);
  }

  /** The batch that queues a notice behind those that wait. */
  #putBatch(
    gmsUser: string,
    notice: QueuedNotice,
    waiting: readonly { readonly key: string; readonly value: QueuedNotice }[],
  ): Batch {
    const prefix = prefixOf(gmsUser);
    const excess = this.#excessOf(waiting, notice);
    if (excess.length > 0) {
      const { maxWaitingNotifications, maxWaitingBytes } = this.#options;
      this.#log.warn(
        { gmsUser, dropped: excess.length, maxWaitingNotifications, maxWaitingBytes },
        'A user does not fetch notifications. The oldest were dropped.',
      );
    }
    const sequence = this.#nextSequence();
    const key = `${prefix}${sequence.text}`;
    const now = this.#clock.now();
    const expiresAt = now + this.#options.notificationTtlMs;
    const record = { table: TABLE, key, value: notice, expiresAt };
    const use = notice.message === undefined ? this.#messages.useBatch(notice.id, { use: key, now }) : {};
    const dropped = excess.map((entry) => this.#removeBatch(entry.key, entry.value));
    return joinBatches(dropped, { put: [record] }, sequence.batch, use);
  }

  #pumpAll(gmsUser: string): void {
    for (const session of this.#subscribed(gmsUser)) this.pump(session);
  }

  /** A session that connects again has room again. */
  refill(session: BayeuxSession): void {
    if (this.#behind.has(session)) this.pump(session);
  }

  /** Hands a session the next notices past its cursor, as many as it has room for. */
  pump(session: BayeuxSession): void {
    if (session.gmsUser === undefined || !isSubscribed(session)) return;
    this.#behind.delete(session);
    const prefix = prefixOf(session.gmsUser);
    const after = this.#cursors.get(session) ?? prefix;
    const items: Queued[] = [];
    let chars = session.queuedChars;
    for (const { key, value } of this.#durable.scan<QueuedNotice>(TABLE, { prefix, after })) {
      const text = this.#textOf(value);
      const length = text?.length ?? 0;
      const queued = session.queuedMessages + items.length;
      const { maxQueuedChars, maxQueuedMessages } = this.#options;
      if (queued >= maxQueuedMessages || (queued > 0 && chars + length > maxQueuedChars)) {
        this.#behind.add(session);
        break;
      }
      this.#cursors.set(session, key);
      if (text === undefined) continue;
      chars += length;
      items.push({ text, notice: { key, received: () => this.#receive(key) } });
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

  /**
   * Takes the queue of a session for the reply to its connect. Resolves when the delivery may be sent: with
   * the ack extension when it is recorded.
   */
  async take(session: BayeuxSession): Promise<Outbound> {
    const outbound = session.take();
    const { batch, lastNotice } = outbound;
    if (batch === undefined || lastNotice === undefined) return outbound;
    this.#forgetReceived();
    await this.#sent.record(session, { batch, lastNotice });
    return outbound;
  }

  /**
   * The acknowledgement of a client whose session was lost. Resolves when its notices are forgotten, so that
   * they do not come with its next session.
   */
  async acknowledge(clientId: ClientId, acknowledged: number, peer: Peer): Promise<void> {
    const seen = this.#sent.seen(clientId, acknowledged, peer);
    if (seen === undefined) return;
    const waiting = [...this.#durable.scan<QueuedNotice>(TABLE, { prefix: prefixOf(seen.gmsUser) })];
    const received = waiting.filter(({ key }) => key <= seen.lastNotice);
    const removals = received.map(({ key, value }) => this.#removeBatch(key, value));
    await this.#durable.commit(joinBatches(removals, seen.batch));
  }

  /** A client has ended its session. */
  ended(session: BayeuxSession): void {
    this.#commit(this.#sent.endBatch(session));
  }

  forgetBatch(gmsUser: string): { readonly batch: Batch; readonly notices: number } {
    const waiting = [...this.#durable.scan<QueuedNotice>(TABLE, { prefix: prefixOf(gmsUser) })];
    const removals = waiting.map(({ key, value }) => this.#removeBatch(key, value));
    return { batch: joinBatches(removals, this.#sent.forgetBatch(gmsUser)), notices: waiting.length };
  }

  #removeBatch(key: string, { id, message }: QueuedNotice): Batch {
    const remove: Batch = { remove: [{ table: TABLE, key }] };
    return message === undefined ? joinBatches(remove, this.#messages.releaseBatch(id, key)) : remove;
  }

  /** The notices of one delivery are forgotten by one commit. */
  #receive(key: string): void {
    this.#received.push(key);
    if (this.#received.length === 1) queueMicrotask(() => this.#forgetReceived());
  }

  #forgetReceived(): void {
    const keys = this.#received;
    if (keys.length === 0) return;
    this.#received = [];
    const removals = keys.map((key) => {
      const notice = this.#durable.get<QueuedNotice>(TABLE, key);
      return notice === undefined ? {} : this.#removeBatch(key, notice);
    });
    this.#commit(joinBatches(removals));
  }

  /** A failure here costs at most a second delivery of a notice, with the same id. */
  #commit(batch: Batch): void {
    if ((batch.remove ?? []).length === 0) return;
    this.#durable.commit(batch).catch((error: unknown) => {
      this.#log.warn({ err: error }, 'Delivered notifications could not be removed from their queue.');
    });
  }

  #subscribed(gmsUser: string): readonly BayeuxSession[] {
    return this.#sessions.ofUser(gmsUser).filter(isSubscribed);
  }

  /**
   * Grows over restarts too, also when the clock is set back: an acknowledgement stands for all notices up to
   * one. It has a fixed width, so that the order of keys is the order of numbers. The batch reserves numbers.
   */
  #nextSequence(): { readonly text: string; readonly batch: Batch } {
    // Read each time: the batch that reserved numbers may never have been committed.
    const reserved = this.#durable.get<number>(SEQUENCE, RESERVED) ?? 0;
    this.#lastSequence ??= reserved;
    const next = Math.max(this.#lastSequence + 1, this.#clock.now() * 1000);
    this.#lastSequence = next;
    const text = String(next).padStart(SEQUENCE_DIGITS, '0');
    if (next <= reserved) return { text, batch: {} };
    return { text, batch: { put: [{ table: SEQUENCE, key: RESERVED, value: next + RESERVED_AT_ONCE }] } };
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

/** The user of a key: all before its sequence number. */
function userOf(key: string): string {
  return JSON.parse(key.slice(0, -SEQUENCE_DIGITS)) as string;
}
