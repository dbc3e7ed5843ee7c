import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { Clock, Log } from '../../engine/ports/index.ts';
import type { CometChannel, Notice } from '../../strategies/notification/index.ts';
import { type BayeuxCore, NOTIFICATION_CHANNEL } from './bayeuxCore.ts';
import type { BayeuxSession } from './bayeuxSession.ts';
import type { BayeuxOptions } from './options.ts';

const TABLE = 'bayeux.notice';

/**
 * The notices that wait for a user, durably, and their way to the user's Bayeux sessions.
 *
 * U1. A notice is durable before deliver() resolves, and until one client has it (or its time is over).
 * U2. Every live session of the user gets it: all take at the same moment what lies past their cursor.
 * U3. A session that subscribes later gets what no client has had yet.
 */
export function createUserQueue(deps: {
  readonly core: BayeuxCore;
  readonly durable: Durable;
  readonly clock: Clock;
  readonly log: Log;
  readonly options: BayeuxOptions;
}): CometChannel {
  const { core, durable, clock, log, options } = deps;
  /** Highest key that each subscribed session has taken. */
  const cursors = new WeakMap<BayeuxSession, string>();
  let lastSequence = 0;

  core.onSubscribe((session, channel) => {
    if (channel === NOTIFICATION_CHANNEL) pump(session);
  });

  async function deliver(gmsUser: string, notice: Notice, receipt: Batch = {}): Promise<void> {
    const prefix = prefixOf(gmsUser);
    const waiting = [...durable.scan<Notice>(TABLE, { prefix })];
    // The task behind it may run twice after a crash.
    if (waiting.some((entry) => entry.value.id === notice.id)) return;
    const excess = waiting.slice(0, Math.max(0, waiting.length + 1 - options.maxWaitingNotifications));
    if (excess.length > 0)
      log.warn(
        { gmsUser, dropped: excess.length, limit: 'maxWaitingNotifications' },
        'a user does not fetch notifications: the oldest were dropped',
      );
    const record = {
      table: TABLE,
      key: `${prefix}${nextSequence()}`,
      value: notice,
      expiresAt: clock.now() + options.notificationTtlMs,
    };
    const remove = excess.map(({ key }) => ({ table: TABLE, key }));
    await durable.commit(joinBatches({ put: [record], remove }, receipt));
    for (const session of subscribed(gmsUser)) pump(session);
  }

  /** Hands a session the notices past its cursor. */
  function pump(session: BayeuxSession): void {
    if (session.gmsUser === undefined) return;
    const cursor = cursors.get(session) ?? '';
    const fresh = [...durable.scan<Notice>(TABLE, { prefix: prefixOf(session.gmsUser) })].filter(
      (entry) => entry.key > cursor,
    );
    const last = fresh.at(-1);
    if (!last) return;
    cursors.set(session, last.key);
    core.push(
      session,
      fresh.map(({ key, value }) => ({
        text: JSON.stringify({ data: value, channel: NOTIFICATION_CHANNEL }),
        receipt: () => forget(key),
      })),
    );
  }

  /** A failure here costs at most a second delivery of the notice, with the same id. */
  function forget(key: string): void {
    if (durable.get(TABLE, key) === undefined) return;
    durable.commit({ remove: [{ table: TABLE, key }] }).catch((error: unknown) => {
      log.warn({ key, err: error }, 'a delivered notification could not be removed from its queue');
    });
  }

  function subscribed(gmsUser: string): readonly BayeuxSession[] {
    return core.sessions.ofUser(gmsUser).filter((session) => session.subscriptions.has(NOTIFICATION_CHANNEL));
  }

  /** Grows also across restarts, by the clock; 16 digits, so that key order is number order. */
  function nextSequence(): string {
    lastSequence = Math.max(lastSequence + 1, clock.now() * 1000);
    return String(lastSequence).padStart(16, '0');
  }

  return { deliver, isActive: (gmsUser) => subscribed(gmsUser).length > 0 };
}

/** JSON text ends with a quote that cannot occur inside: no user's prefix is a prefix of another's. */
function prefixOf(gmsUser: string): string {
  return JSON.stringify(gmsUser);
}
