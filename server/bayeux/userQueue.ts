import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { Clock, Log } from '../../engine/ports/index.ts';
import type { CometChannel, Notice } from '../../strategies/notification/index.ts';
import type { BayeuxSession } from './bayeuxSession.ts';
import { NOTIFICATION_CHANNEL } from './channel.ts';
import type { BayeuxOptions } from './options.ts';
import type { SessionRegistry } from './sessionRegistry.ts';

const TABLE = 'bayeux.notice';

/**
 * The durable queue of the notices that wait for a user, and their delivery to the user's Bayeux sessions.
 *
 * UQ1. A notice is durable before deliver() resolves, and until one client has received it or it expires.
 * UQ2. Every subscribed session of the user receives it: each takes the notices past its own cursor.
 * UQ3. A session that subscribes later receives the notices that no client has received yet.
 */
export class UserQueue implements CometChannel {
  readonly #sessions: SessionRegistry;
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #options: BayeuxOptions;
  /** The highest key that each subscribed session has taken. */
  readonly #cursors = new WeakMap<BayeuxSession, string>();
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
  }

  isActive(gmsUser: string): boolean {
    return this.#subscribed(gmsUser).length > 0;
  }

  /** Resolves when the notice is durable. `receipt` is committed together with it. */
  async deliver(gmsUser: string, notice: Notice, receipt: Batch = {}): Promise<void> {
    const prefix = prefixOf(gmsUser);
    const waiting = [...this.#durable.scan<Notice>(TABLE, { prefix })];
    // The task that delivers may run again after a crash.
    if (waiting.some((entry) => entry.value.id === notice.id)) return;
    const excess = waiting.slice(0, Math.max(0, waiting.length + 1 - this.#options.maxWaitingNotifications));
    if (excess.length > 0) {
      this.#log.warn(
        { gmsUser, dropped: excess.length, limit: 'maxWaitingNotifications' },
        'A user does not fetch notifications. The oldest were dropped.',
      );
    }
    const record = {
      table: TABLE,
      key: `${prefix}${this.#nextSequence()}`,
      value: notice,
      expiresAt: this.#clock.now() + this.#options.notificationTtlMs,
    };
    const remove = excess.map(({ key }) => ({ table: TABLE, key }));
    await this.#durable.commit(joinBatches({ put: [record], remove }, receipt));
    for (const session of this.#subscribed(gmsUser)) this.pump(session);
  }

  /** Hands a session the notices past its cursor. */
  pump(session: BayeuxSession): void {
    if (session.gmsUser === undefined) return;
    const cursor = this.#cursors.get(session) ?? '';
    const waiting = this.#durable.scan<Notice>(TABLE, { prefix: prefixOf(session.gmsUser) });
    const fresh = [...waiting].filter((entry) => entry.key > cursor);
    const last = fresh.at(-1);
    if (!last) return;
    this.#cursors.set(session, last.key);
    this.#sessions.push(
      session,
      fresh.map(({ key, value }) => ({
        text: JSON.stringify({ data: value, channel: NOTIFICATION_CHANNEL }),
        receipt: () => this.#forget(key),
      })),
    );
  }

  /** A failure here costs at most a second delivery of the notice, with the same id. */
  #forget(key: string): void {
    if (this.#durable.get(TABLE, key) === undefined) return;
    this.#durable.commit({ remove: [{ table: TABLE, key }] }).catch((error: unknown) => {
      this.#log.warn({ key, err: error }, 'A delivered notification could not be removed from its queue.');
    });
  }

  #subscribed(gmsUser: string): readonly BayeuxSession[] {
    return this.#sessions
      .ofUser(gmsUser)
      .filter((session) => session.subscriptions.has(NOTIFICATION_CHANNEL));
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

/**
 * JSON text ends with a quote that cannot occur inside it. So no user's prefix is the prefix of another
 * user's.
 */
function prefixOf(gmsUser: string): string {
  return JSON.stringify(gmsUser);
}
