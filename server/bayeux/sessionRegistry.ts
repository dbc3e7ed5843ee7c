import { type Clock, type Ids, type Log, ownId } from '../../engine/ports/index.ts';
import type { Validity } from '../access/index.ts';
import { RefusalLog } from '../errors/index.ts';
import { BayeuxSession, type ClientId, type Queued } from './bayeuxSession.ts';
import type { BayeuxOptions } from './options.ts';

/** The customer of a request, as the server knows them. A WebSocket ends with its credentials. */
export interface BayeuxCustomer extends Validity {
  readonly gmsUser?: string;
  /** The address for which limits count; undefined: none does. */
  readonly address?: string;
  /** Counts the bytes of the body. Throws a WireError when there are too many in memory. */
  readonly body?: { take(bytes: number): void };
  /**
   * Counts one more request; called for each frame of a WebSocket. Returns the milliseconds after which it
   * may be tried again; 0: it counts.
   */
  admission?(): number;
  /** True when a session belongs to its gms_user alone: a cookie does not give it to another user. */
  readonly isApart: boolean;
  /** The gms_user that ext of a handshake names; undefined: it is not believed. */
  believed(claim: { readonly gmsUser: string; readonly signature?: string }): string | undefined;
}

/** The sender of a Bayeux message: the facts that the transport knows of the request. */
export interface Peer extends BayeuxCustomer {
  /** Value of the BAYEUX_BROWSER cookie. */
  readonly browser?: string;
  readonly transport: 'polling' | 'websocket';
}

/** The limit that refuses a handshake. */
export type ClientLimit = 'maxClients' | 'maxClientsOfAddress' | 'maxUnconnectedOfAddress';

/**
 * All Bayeux sessions, by id, user, browser and subscription. A session that makes no connect expires. One
 * that never made a connect expires earlier, and when there are too many of them, the oldest ends.
 */
export class SessionRegistry {
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #log: Log;
  readonly #options: BayeuxOptions;
  readonly #byId = new Map<ClientId, BayeuxSession>();
  readonly #byUser = new SessionIndex();
  readonly #byBrowser = new SessionIndex();
  readonly #byChannel = new SessionIndex();
  readonly #byAddress = new SessionIndex();
  /** Sessions that made no connect yet, the oldest first. */
  readonly #unconnected = new Set<BayeuxSession>();
  readonly #unconnectedByAddress = new SessionIndex();
  readonly #refusals: RefusalLog;
  /** Functions that cancel the expiry of a session. */
  readonly #expiries = new Map<BayeuxSession, () => void>();
  #closed = false;

  constructor(deps: {
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    readonly options: BayeuxOptions;
  }) {
    this.#clock = deps.clock;
    this.#ids = deps.ids;
    this.#log = deps.log;
    this.#options = deps.options;
    this.#refusals = new RefusalLog(deps);
  }

  counts(): { readonly clients: number; readonly held: number } {
    const held = [...this.#byId.values()].filter((session) => session.isHeld).length;
    return { clients: this.#byId.size, held };
  }

  /** The limit that a client of this address has reached. */
  reached(address: string | undefined): ClientLimit | undefined {
    const { maxClients, maxClientsOfAddress, maxUnconnectedOfAddress } = this.#options;
    const limit = this.#limitOf(address, { maxClientsOfAddress, maxUnconnectedOfAddress });
    const reached = limit ?? (this.#byId.size >= maxClients ? 'maxClients' : undefined);
    if (reached === undefined) return undefined;
    const fields = { limit: reached, value: this.#options[reached], address };
    this.#refusals.warn(fields, 'A Bayeux handshake was refused: there are too many clients.');
    return reached;
  }

  /** Undefined when the server stops. Ask reached() before. */
  open(init: {
    readonly address: string | undefined;
    readonly browser: string | undefined;
    readonly gmsUser: string | undefined;
    readonly isNamedInExt: boolean;
    readonly acknowledges: boolean;
  }): BayeuxSession | undefined {
    if (this.#closed) return undefined;
    this.#endOldestUnconnected();
    const session = new BayeuxSession({
      ...init,
      id: ownId<ClientId>(`${this.#ids.prefix}${this.#ids.hex(32)}`),
      clock: this.#clock,
      maxQueued: this.#options.maxQueuedMessages,
      maxChars: this.#options.maxQueuedChars,
    });
    this.#byId.set(session.id, session);
    this.#byUser.add(session.gmsUser, session);
    this.#byBrowser.add(session.browser, session);
    this.#byAddress.add(session.address, session);
    this.#unconnected.add(session);
    this.#unconnectedByAddress.add(session.address, session);
    return session;
  }

  get(id: ClientId): BayeuxSession | undefined {
    return this.#byId.get(id);
  }

  /**
   * The session of a request. Its id alone is not enough: the cookie or the gms_user must be the session's
   * too.
   */
  find(clientId: ClientId | undefined, peer: Peer): BayeuxSession | undefined {
    const session = clientId && this.#byId.get(clientId);
    return session && isBound(session, peer) ? session : undefined;
  }

  ofUser(gmsUser: string): readonly BayeuxSession[] {
    return [...this.#byUser.of(gmsUser)];
  }

  subscribe(session: BayeuxSession, channel: string): void {
    session.subscriptions.add(channel);
    this.#byChannel.add(channel, session);
  }

  unsubscribe(session: BayeuxSession, channel: string): void {
    session.subscriptions.delete(channel);
    this.#byChannel.remove(channel, session);
  }

  /** Sessions that subscribed to any of the patterns, each once. */
  subscribers(patterns: readonly string[]): ReadonlySet<BayeuxSession> {
    return new Set(patterns.flatMap((pattern) => [...this.#byChannel.of(pattern)]));
  }

  /** True when another client of the browser has a request that is held. */
  browserHasOtherPoll(session: BayeuxSession): boolean {
    const others = [...this.#byBrowser.of(session.browser)];
    return others.some((other) => other !== session && other.isHeld && other.polls);
  }

  /** Queues serialised messages for a session and ends its held connect. */
  push(session: BayeuxSession, items: readonly Queued[]): void {
    const dropped = session.enqueue(items);
    if (dropped > 0) {
      const { maxQueuedMessages, maxQueuedChars } = this.#options;
      this.#log.warn(
        { clientId: session.id, gmsUser: session.gmsUser, dropped, maxQueuedMessages, maxQueuedChars },
        'A Bayeux client does not fetch its messages. The oldest were dropped.',
      );
    }
    session.wake();
  }

  /** A connect has arrived. The session does not expire while it is handled. */
  connecting(session: BayeuxSession): void {
    this.#cancelExpiry(session);
    this.#unconnected.delete(session);
    this.#unconnectedByAddress.remove(session.address, session);
  }

  /**
   * The handshake or connect was answered, or the socket of a connect closed. The next connect must come
   * within the interval plus maxInterval, the first one within maxHandshakeInterval.
   */
  expectConnect(session: BayeuxSession): void {
    if (this.#closed || session.isHeld || this.#byId.get(session.id) !== session) return;
    this.#cancelExpiry(session);
    const { multipleClientsIntervalMs, intervalMs, maxIntervalMs, maxHandshakeIntervalMs } = this.#options;
    const interval = session.sharesBrowser ? multipleClientsIntervalMs : intervalMs;
    const waitMs = this.#unconnected.has(session) ? maxHandshakeIntervalMs : interval + maxIntervalMs;
    const cancel = this.#clock.at(this.#clock.now() + waitMs, () => {
      this.#log.debug(
        { clientId: session.id, gmsUser: session.gmsUser },
        'A Bayeux client sent no connect in time; its session ended.',
      );
      this.remove(session);
    });
    this.#expiries.set(session, cancel);
  }

  remove(session: BayeuxSession): void {
    this.connecting(session);
    this.#byId.delete(session.id);
    this.#byUser.remove(session.gmsUser, session);
    this.#byBrowser.remove(session.browser, session);
    this.#byAddress.remove(session.address, session);
    for (const channel of session.subscriptions) this.#byChannel.remove(channel, session);
    session.subscriptions.clear();
    session.attach(undefined);
  }

  #limitOf(
    address: string | undefined,
    limits: Pick<BayeuxOptions, 'maxClientsOfAddress' | 'maxUnconnectedOfAddress'>,
  ): ClientLimit | undefined {
    if (this.#byAddress.of(address).size >= limits.maxClientsOfAddress) return 'maxClientsOfAddress';
    const unconnected = this.#unconnectedByAddress.of(address).size;
    return unconnected >= limits.maxUnconnectedOfAddress ? 'maxUnconnectedOfAddress' : undefined;
  }

  /** A client connects at once after its handshake, so that the oldest one probably never will. */
  #endOldestUnconnected(): void {
    const { maxUnconnected } = this.#options;
    if (this.#unconnected.size < maxUnconnected) return;
    const [oldest] = this.#unconnected;
    this.#refusals.warn(
      { limit: 'maxUnconnected', maxUnconnected },
      'A Bayeux client that did not connect ended.',
    );
    this.remove(oldest!);
  }

  #cancelExpiry(session: BayeuxSession): void {
    this.#expiries.get(session)?.();
    this.#expiries.delete(session);
  }

  close(): void {
    this.#closed = true;
    for (const session of [...this.#byId.values()]) {
      session.release('stopping');
      this.remove(session);
    }
  }
}

/** True when a request comes from the client of a session: by its user, or by its browser. */
export function isBound(
  session: Pick<BayeuxSession, 'gmsUser' | 'isNamedInExt'> & { readonly browser?: string | undefined },
  peer: Peer,
): boolean {
  if (peer.isApart && peer.gmsUser !== session.gmsUser) {
    // Requests after a handshake with ext name nobody. Only the cookie binds them.
    if (peer.gmsUser !== undefined || !session.isNamedInExt) return false;
  }
  if (peer.browser !== undefined && peer.browser === session.browser) return true;
  return peer.gmsUser !== undefined && peer.gmsUser === session.gmsUser;
}

const NO_SESSIONS: ReadonlySet<BayeuxSession> = new Set();

/** Sessions by a key that some of them do not have. */
class SessionIndex {
  readonly #sets = new Map<string, Set<BayeuxSession>>();

  add(key: string | undefined, session: BayeuxSession): void {
    if (key === undefined) return;
    const set = this.#sets.get(key) ?? new Set();
    set.add(session);
    this.#sets.set(key, set);
  }

  remove(key: string | undefined, session: BayeuxSession): void {
    if (key === undefined) return;
    const set = this.#sets.get(key);
    set?.delete(session);
    if (set?.size === 0) this.#sets.delete(key);
  }

  of(key: string | undefined): ReadonlySet<BayeuxSession> {
    return key === undefined ? NO_SESSIONS : (this.#sets.get(key) ?? NO_SESSIONS);
  }
}
