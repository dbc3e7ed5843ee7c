import type { Clock, Ids, Log } from '../../engine/ports/index.ts';
import { BayeuxSession } from './bayeuxSession.ts';
import type { BayeuxOptions } from './options.ts';
import type { Peer } from './peer.ts';

/** All live Bayeux sessions, by id, user, browser and subscription; and their end by silence. */
export interface SessionRegistry {
  counts(): { readonly clients: number; readonly held: number };
  /** Undefined when maxClients is reached. */
  open(init: {
    readonly browser: string | undefined;
    readonly gmsUser: string | undefined;
    readonly acknowledges: boolean;
  }): BayeuxSession | undefined;
  get(id: string): BayeuxSession | undefined;
  /** The session of a request: its id alone is not enough, cookie or gms_user must be the session's too. */
  find(clientId: string | undefined, peer: Peer): BayeuxSession | undefined;
  ofUser(gmsUser: string): readonly BayeuxSession[];
  subscribe(session: BayeuxSession, channel: string): void;
  unsubscribe(session: BayeuxSession, channel: string): void;
  /** Sessions that subscribed to any of the patterns, each once. */
  subscribers(patterns: readonly string[]): ReadonlySet<BayeuxSession>;
  browserHasOtherHeld(session: BayeuxSession): boolean;
  /** A connect came: the session lives while it is handled. */
  connecting(session: BayeuxSession): void;
  /** The connect was answered (or its socket closed): the next must come within the interval + maxInterval. */
  expectConnect(session: BayeuxSession): void;
  remove(session: BayeuxSession): void;
  close(): void;
}

export function createSessionRegistry(deps: {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly options: BayeuxOptions;
}): SessionRegistry {
  const { clock, ids, log, options } = deps;
  const byId = new Map<string, BayeuxSession>();
  const byUser = createIndex();
  const byBrowser = createIndex();
  const byChannel = createIndex();
  const expiries = new Map<BayeuxSession, () => void>();
  let closed = false;

  function connecting(session: BayeuxSession): void {
    expiries.get(session)?.();
    expiries.delete(session);
  }

  function remove(session: BayeuxSession): void {
    connecting(session);
    byId.delete(session.id);
    byUser.remove(session.gmsUser, session);
    byBrowser.remove(session.browser, session);
    for (const channel of session.subscriptions) byChannel.remove(channel, session);
    session.subscriptions.clear();
  }

  function expectConnect(session: BayeuxSession): void {
    if (closed || session.isHeld || byId.get(session.id) !== session) return;
    connecting(session);
    const interval = session.sharesBrowser ? options.multipleClientsIntervalMs : options.intervalMs;
    const cancel = clock.at(clock.now() + interval + options.maxIntervalMs, () => {
      log.debug({ clientId: session.id, gmsUser: session.gmsUser }, 'Bayeux client is gone');
      remove(session);
    });
    expiries.set(session, cancel);
  }

  return {
    counts: () => ({
      clients: byId.size,
      held: [...byId.values()].filter((session) => session.isHeld).length,
    }),
    open(init) {
      if (closed || byId.size >= options.maxClients) return undefined;
      const session = new BayeuxSession({
        ...init,
        id: ids.hex(32),
        clock,
        maxQueued: options.maxQueuedMessages,
      });
      byId.set(session.id, session);
      byUser.add(session.gmsUser, session);
      byBrowser.add(session.browser, session);
      return session;
    },
    get: (id) => byId.get(id),
    find(clientId, peer) {
      const session = byId.get(clientId ?? peer.sessionId ?? '');
      return session && isBound(session, peer) ? session : undefined;
    },
    ofUser: (gmsUser) => [...byUser.of(gmsUser)],
    subscribe(session, channel) {
      session.subscriptions.add(channel);
      byChannel.add(channel, session);
    },
    unsubscribe(session, channel) {
      session.subscriptions.delete(channel);
      byChannel.remove(channel, session);
    },
    subscribers: (patterns) => new Set(patterns.flatMap((pattern) => [...byChannel.of(pattern)])),
    browserHasOtherHeld: (session) =>
      [...byBrowser.of(session.browser)].some((other) => other !== session && other.isHeld),
    connecting,
    expectConnect,
    remove,
    close() {
      closed = true;
      for (const session of [...byId.values()]) {
        session.release('stopping');
        remove(session);
      }
    },
  };
}

function isBound(session: BayeuxSession, peer: Peer): boolean {
  if (peer.sessionId === session.id) return true;
  if (peer.browser !== undefined && peer.browser === session.browser) return true;
  return peer.gmsUser !== undefined && peer.gmsUser === session.gmsUser;
}

interface SessionIndex {
  add(key: string | undefined, session: BayeuxSession): void;
  remove(key: string | undefined, session: BayeuxSession): void;
  of(key: string | undefined): ReadonlySet<BayeuxSession>;
}

function createIndex(): SessionIndex {
  const sets = new Map<string, Set<BayeuxSession>>();
  const none: ReadonlySet<BayeuxSession> = new Set();
  return {
    add(key, session) {
      if (key === undefined) return;
      const set = sets.get(key) ?? new Set();
      set.add(session);
      sets.set(key, set);
    },
    remove(key, session) {
      if (key === undefined) return;
      const set = sets.get(key);
      set?.delete(session);
      if (set?.size === 0) sets.delete(key);
    },
    of: (key) => (key === undefined ? none : (sets.get(key) ?? none)),
  };
}
