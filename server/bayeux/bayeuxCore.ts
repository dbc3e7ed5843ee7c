import type { Json } from '../../engine/ports/index.ts';
import type { BayeuxSession, Outbound } from './bayeuxSession.ts';
import { isChannel, isSubscription, isUnder, NOTIFICATION_PATTERNS } from './channel.ts';
import type { ClientPublish } from './clientPublish.ts';
import type { BayeuxMessage, BayeuxReply } from './message.ts';
import { type BayeuxOptions, LIMIT_NAMES } from './options.ts';
import {
  accept,
  channelsOf,
  echoOf,
  emptyProblem,
  printable,
  type Reply,
  refusal,
  unknownClient,
  VERSION,
} from './replies.ts';
import type { ClientLimit, Peer, SessionRegistry } from './sessionRegistry.ts';
import type { UserQueue } from './userQueue.ts';

/**
 * The outcome of a connect. The transport may hold the reply for `holdMs` (0: it answers at once), and sends
 * the queue of the session before it.
 */
export interface ConnectOutcome {
  readonly kind: 'connect';
  readonly session: BayeuxSession;
  readonly reply: BayeuxReply;
  readonly holdMs: number;
}

export type Outcome = Reply | ConnectOutcome;

type Handshake = Parameters<SessionRegistry['open']>[0];

/**
 * Bayeux 1.0 for the clients that GMS had (CometD 2.9 to 3.1): sessions, channels and the meta protocol,
 * without a transport.
 */
export class BayeuxCore {
  readonly #sessions: SessionRegistry;
  readonly #userQueue: UserQueue;
  readonly #clientPublish: ClientPublish;
  readonly #options: BayeuxOptions;
  readonly #connectionTypes: readonly string[];
  /** Handlers of the meta channels on which a client needs a session. */
  readonly #meta = new Map<string, (message: BayeuxMessage, session: BayeuxSession, peer: Peer) => Outcome>([
    ['/meta/connect', (message, session, peer) => this.#connect(message, session, peer)],
    ['/meta/subscribe', (message, session) => this.#subscribe(message, session)],
    ['/meta/unsubscribe', (message, session) => this.#unsubscribe(message, session)],
    ['/meta/disconnect', (message, session) => this.#disconnect(message, session)],
  ]);

  constructor(deps: {
    readonly sessions: SessionRegistry;
    readonly userQueue: UserQueue;
    readonly clientPublish: ClientPublish;
    readonly options: BayeuxOptions;
    /** Names of the transports, for the handshake. */
    readonly connectionTypes: readonly string[];
  }) {
    this.#sessions = deps.sessions;
    this.#userQueue = deps.userQueue;
    this.#clientPublish = deps.clientPublish;
    this.#options = deps.options;
    this.#connectionTypes = deps.connectionTypes;
  }

  async receive(message: BayeuxMessage, peer: Peer): Promise<Outcome> {
    const { channel } = message;
    if (!isChannel(channel, this.#options.maxChannelLength)) {
      return refusal(message, `400:${printable(channel)}:Expected a channel name like /a/b`);
    }
    if (channel === '/meta/handshake') return this.#handshake(message, peer);
    const session = this.#sessions.find(message.clientId, peer);
    if (!isUnder(channel, '/meta')) {
      return session ? this.#clientPublish.publish(message, session) : unknownClient(message);
    }
    const meta = this.#meta.get(channel);
    if (meta === undefined) return refusal(message, `404:${channel}:Unknown meta channel`);
    if (session) return meta(message, session, peer);
    const { clientId, ext } = message;
    if (channel === '/meta/connect' && clientId !== undefined && typeof ext.ack === 'number') {
      await this.#userQueue.acknowledge(clientId, ext.ack, peer);
    }
    return unknownClient(message);
  }

  /** Takes the queue of a session for the reply to its connect. */
  take(session: BayeuxSession): Promise<Outbound> {
    return this.#userQueue.take(session);
  }

  #handshake(message: BayeuxMessage, peer: Peer): Reply {
    const claim = peer.gmsUser === undefined ? claimInExt(message) : undefined;
    const gmsUser = peer.gmsUser ?? (claim && peer.believed(claim));
    if (claim !== undefined && gmsUser === undefined) {
      return refusal(message, '401::Expected ext.gms_user with a valid ext.gms_user_signature', 'none');
    }
    const problem = this.#handshakeProblem(message, gmsUser);
    if (problem !== undefined) return refusal(message, problem, 'none');
    const limit = this.#sessions.reached(peer.address);
    if (limit !== undefined) return this.#tooManyClients(message, limit);
    const handshake: Handshake = {
      address: peer.address,
      browser: peer.browser,
      gmsUser,
      isNamedInExt: claim !== undefined,
      acknowledges: message.ext.ack === true,
    };
    const session = this.#sessions.open(handshake);
    if (!session) return refusal(message, '503::The server stops', 'handshake');
    this.#sessions.expectConnect(session);
    const { kind, reply } = accept(message, {
      clientId: session.id,
      version: VERSION,
      minimumVersion: VERSION,
      supportedConnectionTypes: [...this.#connectionTypes],
      ext: { ack: true },
    });
    return { kind, reply, opened: session };
  }

  #tooManyClients(message: BayeuxMessage, limit: ClientLimit): Reply {
    const args = `${LIMIT_NAMES[limit]},${this.#options[limit]}`;
    const error =
      limit === 'maxClients'
        ? `503:${args}:Too many clients, try again later`
        : `429:${args}:Too many clients of one address, try again later`;
    const advice = { reconnect: 'handshake', interval: this.#options.maxHandshakeIntervalMs };
    return refusal(message, error, undefined, { advice });
  }

  #handshakeProblem(message: BayeuxMessage, gmsUser: string | undefined): string | undefined {
    const { supportedConnectionTypes: offered, minimumVersion } = message;
    if (minimumVersion !== undefined && !/^(?:0\.\d|1\.0)/.test(minimumVersion)) {
      return `400:${printable(minimumVersion)}:Expected a minimumVersion of at most 1.0`;
    }
    // supportedConnectionTypes may be absent, as in the examples of the documentation.
    if (offered && !offered.some((type) => this.#connectionTypes.includes(type))) {
      return `400::Expected one of the connection types ${this.#connectionTypes.join(', ')}`;
    }
    if (gmsUser !== undefined && gmsUser.length > this.#options.maxUserLength) {
      return `400::Expected a gms_user of at most ${this.#options.maxUserLength} characters`;
    }
    if (gmsUser !== undefined && /\p{Cc}/u.test(gmsUser)) {
      return '400::Expected a gms_user without control characters';
    }
    return undefined;
  }

  #connect(message: BayeuxMessage, session: BayeuxSession, { transport }: Peer): ConnectOutcome {
    session.release('displaced');
    session.polls = transport === 'polling';
    this.#sessions.connecting(session);
    const ack = message.ext.ack;
    session.acknowledge(typeof ack === 'number' ? ack : undefined);
    this.#userQueue.refill(session);
    // A WebSocket uses none of the few connections that a browser has for the requests of one host.
    const shared = session.polls && this.#sessions.browserHasOtherPoll(session);
    const advise = !session.connected || shared || session.sharesBrowser;
    const holdMs =
      session.connected && !shared
        ? Math.min(message.adviceTimeoutMs ?? Infinity, this.#options.timeoutMs)
        : 0;
    session.connected = true;
    session.sharesBrowser = shared;
    const { reply } = accept(message, advise ? { advice: this.#advice(shared) } : {});
    return { kind: 'connect', session, reply, holdMs };
  }

  /**
   * A browser has few connections, and two held connects would use them up. So its second client polls
   * instead.
   */
  #advice(sharesBrowser: boolean): Json {
    const { intervalMs, timeoutMs, multipleClientsIntervalMs } = this.#options;
    const advice = { reconnect: 'retry', interval: intervalMs, timeout: timeoutMs };
    if (!sharesBrowser) return advice;
    return { ...advice, interval: multipleClientsIntervalMs, 'multiple-clients': true };
  }

  #subscribe(message: BayeuxMessage, session: BayeuxSession): Reply {
    const channels = channelsOf(message);
    const problem =
      channels
        .map((channel) => this.#subscriptionProblem(session, channel))
        .find((text) => text !== undefined) ?? emptyProblem(channels);
    if (problem !== undefined) {
      return refusal(message, problem);
    }
    const { maxSubscriptions } = this.#options;
    // Bayeux 1.0, 2.3.3: subscriptions to service channels have no effect here, and are not recorded.
    const added = channels.filter(
      (channel) => !session.subscriptions.has(channel) && !isUnder(channel, '/service'),
    );
    if (session.subscriptions.size + added.length > maxSubscriptions) {
      const args = `${LIMIT_NAMES.maxSubscriptions},${maxSubscriptions}`;
      return refusal(message, `403:${args}:A client may have at most ${maxSubscriptions} subscriptions`);
    }
    for (const channel of added) this.#sessions.subscribe(session, channel);
    if (added.some((channel) => NOTIFICATION_PATTERNS.includes(channel))) this.#userQueue.pump(session);
    return accept(message, { subscription: echoOf(message) });
  }

  #subscriptionProblem(session: BayeuxSession, channel: string): string | undefined {
    if (!isSubscription(channel, this.#options.maxChannelLength)) {
      return `400:${printable(channel)}:Expected a channel name like /a/b, /a/* or /a/**`;
    }
    if (isUnder(channel, '/meta')) return `403:${channel}:Meta channels cannot be subscribed to`;
    if (NOTIFICATION_PATTERNS.includes(channel)) {
      return session.gmsUser === undefined
        ? `403:${channel}:Expected a gms_user header (or ext.gms_user) at the handshake, got none`
        : undefined;
    }
    return this.#clientPublish.exists(channel) ? undefined : `404:${channel}:Unknown channel`;
  }

  #unsubscribe(message: BayeuxMessage, session: BayeuxSession): Reply {
    const channels = channelsOf(message);
    const problem = emptyProblem(channels);
    if (problem !== undefined) return refusal(message, problem);
    for (const channel of channels) this.#sessions.unsubscribe(session, channel);
    return accept(message, { subscription: echoOf(message) });
  }

  #disconnect(message: BayeuxMessage, session: BayeuxSession): Reply {
    this.#sessions.remove(session);
    this.#userQueue.ended(session);
    session.release('disconnected');
    return accept(message, {});
  }
}

/** A browser cannot set headers on some transports. There ext of the handshake names the user. */
function claimInExt({ ext }: BayeuxMessage): Parameters<Peer['believed']>[0] | undefined {
  const { gms_user: gmsUser, gms_user_signature: signature } = ext;
  if (typeof gmsUser !== 'string' || gmsUser === '') return undefined;
  return typeof signature === 'string' ? { gmsUser, signature } : { gmsUser };
}
