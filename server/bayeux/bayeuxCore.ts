import type { Clock, Ids, Json, Log } from '../../engine/ports/index.ts';
import type { BayeuxSession, Queued } from './bayeuxSession.ts';
import { isChannel, isSubscription, patternsOf } from './channel.ts';
import type { BayeuxMessage, BayeuxReply } from './message.ts';
import type { BayeuxOptions } from './options.ts';
import type { Peer } from './peer.ts';
import {
  accept,
  channelsOf,
  echoOf,
  emptyProblem,
  printable,
  type Reply,
  refusal,
  unknownClient,
} from './replies.ts';
import { createSessionRegistry, type SessionRegistry } from './sessionRegistry.ts';

/** The channel on which GMS pushes notifications to a user (gms-api 7.2, `comet_channel`). */
export const NOTIFICATION_CHANNEL = '/_genesys';

export type Outcome =
  | Reply
  /** The transport may hold the reply for `holdMs` (0: answers at once), puts what `session` has before it. */
  | {
      readonly kind: 'connect';
      readonly session: BayeuxSession;
      readonly reply: BayeuxReply;
      readonly holdMs: number;
    };

export interface ServiceCall {
  readonly sessionId: string;
  readonly gmsUser?: string;
  readonly channel: string;
  readonly data: Json;
  readonly id?: string | number;
}

/** Handles what clients publish on a service channel; answers with BayeuxCore.deliver. */
export type ServiceHandler = (call: ServiceCall) => Promise<void>;

export interface BayeuxCore {
  readonly sessions: SessionRegistry;
  receive(message: BayeuxMessage, peer: Peer): Promise<Outcome>;
  /** One handler a channel or pattern (`/service/chatV2/*`). */
  onService(pattern: string, handler: ServiceHandler): void;
  /** Called when a session has subscribed. */
  onSubscribe(listener: (session: BayeuxSession, channel: string) => void): void;
  /** Sends to one client, subscribed or not. False when it is gone. */
  deliver(sessionId: string, channel: string, data: Json): boolean;
  /** Queues serialised messages for a session and ends its held connect. */
  push(session: BayeuxSession, items: readonly Queued[]): void;
  close(): void;
}

/**
 * Bayeux 1.0 for the clients that GMS had (CometD 2.9 to 3.1): sessions, channels and the meta protocol,
 * without any transport.
 */
export function createBayeuxCore(deps: {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly options: BayeuxOptions;
  /** Names of the transports, for the handshake. */
  readonly connectionTypes: readonly string[];
}): BayeuxCore {
  const { options, log } = deps;
  const sessions = createSessionRegistry(deps);
  const services = new Map<string, ServiceHandler>();
  const subscribeListeners: ((session: BayeuxSession, channel: string) => void)[] = [];

  const meta: Readonly<Record<string, (message: BayeuxMessage, peer: Peer) => Outcome>> = {
    '/meta/handshake': handshake,
    '/meta/connect': connect,
    '/meta/subscribe': subscribe,
    '/meta/unsubscribe': unsubscribe,
    '/meta/disconnect': disconnect,
  };

  async function receive(message: BayeuxMessage, peer: Peer): Promise<Outcome> {
    const name = message.channel;
    if (!isChannel(name, options.maxChannelLength))
      return refusal(message, `400:${printable(name)}:Expected a channel name like /a/b`);
    if (Object.hasOwn(meta, name)) return meta[name]!(message, peer);
    if (isUnder(name, '/meta')) return refusal(message, `404:${name}:Unknown meta channel`);
    return publish(message, peer);
  }

  function handshake(message: BayeuxMessage, peer: Peer): Outcome {
    const { supportedConnectionTypes: offered, minimumVersion, ext } = message;
    if (minimumVersion !== undefined && !/^(?:0\.\d|1\.0)/.test(minimumVersion))
      return refusal(
        message,
        `400:${printable(minimumVersion)}:Expected a minimumVersion of at most 1.0`,
        'none',
      );
    // The documents' own examples leave supportedConnectionTypes out.
    if (offered && !offered.some((type) => deps.connectionTypes.includes(type)))
      return refusal(
        message,
        `400::Expected one of the connection types ${deps.connectionTypes.join(', ')}`,
        'none',
      );
    const fromExt = typeof ext.gms_user === 'string' && ext.gms_user !== '' ? ext.gms_user : undefined;
    const gmsUser = peer.gmsUser ?? fromExt;
    if (gmsUser !== undefined && gmsUser.length > options.maxUserLength)
      return refusal(
        message,
        `400::Expected a gms_user of at most ${options.maxUserLength} characters`,
        'none',
      );
    const session = sessions.open({ browser: peer.browser, gmsUser, acknowledges: ext.ack === true });
    if (!session) {
      log.warn(
        { limit: 'maxClients', maxClients: options.maxClients },
        'handshake refused: too many Bayeux clients',
      );
      return refusal(message, '503::Too many clients, try again later', 'handshake');
    }
    sessions.expectConnect(session);
    return accept(message, {
      clientId: session.id,
      version: '1.0',
      minimumVersion: '1.0',
      supportedConnectionTypes: [...deps.connectionTypes],
      ext: { ack: true },
    });
  }

  function connect(message: BayeuxMessage, peer: Peer): Outcome {
    const session = sessions.find(message.clientId, peer);
    if (!session) return unknownClient(message);
    session.release('displaced');
    sessions.connecting(session);
    const ack = message.ext.ack;
    session.acknowledge(typeof ack === 'number' ? ack : undefined);
    const shared = sessions.browserHasOtherHeld(session);
    const advise = !session.connected || shared || session.sharesBrowser;
    const holdMs =
      session.connected && !shared ? Math.min(message.adviceTimeoutMs ?? Infinity, options.timeoutMs) : 0;
    session.connected = true;
    session.sharesBrowser = shared;
    const accepted = accept(message, advise ? { advice: adviceFor(shared) } : {});
    return { kind: 'connect', session, reply: accepted.reply, holdMs };
  }

  /** Two connects of one browser would use up its few connections: the second client polls instead. */
  function adviceFor(sharesBrowser: boolean): Json {
    const advice = { reconnect: 'retry', interval: options.intervalMs, timeout: options.timeoutMs };
    if (!sharesBrowser) return advice;
    return { ...advice, interval: options.multipleClientsIntervalMs, 'multiple-clients': true };
  }

  function subscribe(message: BayeuxMessage, peer: Peer): Outcome {
    const session = sessions.find(message.clientId, peer);
    if (!session) return unknownClient(message);
    const channels = channelsOf(message);
    const problem =
      channels.map((channel) => subscriptionProblem(session, channel)).find((text) => text !== undefined) ??
      emptyProblem(channels);
    if (problem !== undefined) return refusal(message, problem, undefined, { subscription: echoOf(message) });
    const added = channels.filter((channel) => !session.subscriptions.has(channel));
    if (session.subscriptions.size + added.length > options.maxSubscriptions)
      return refusal(message, `403::A client may have at most ${options.maxSubscriptions} subscriptions`);
    for (const channel of added) sessions.subscribe(session, channel);
    for (const channel of added) for (const listener of subscribeListeners) listener(session, channel);
    return accept(message, { subscription: echoOf(message) });
  }

  function subscriptionProblem(session: BayeuxSession, channel: string): string | undefined {
    if (!isSubscription(channel, options.maxChannelLength))
      return `400:${printable(channel)}:Expected a channel name like /a/b, /a/* or /a/**`;
    if (isUnder(channel, '/meta')) return `403:${channel}:Meta channels cannot be subscribed to`;
    if (channel === NOTIFICATION_CHANNEL && session.gmsUser === undefined)
      return `403:${channel}:Expected a gms_user header (or ext.gms_user) at the handshake, got none`;
    return undefined;
  }

  function unsubscribe(message: BayeuxMessage, peer: Peer): Outcome {
    const session = sessions.find(message.clientId, peer);
    if (!session) return unknownClient(message);
    const channels = channelsOf(message);
    const problem = emptyProblem(channels);
    if (problem !== undefined) return refusal(message, problem);
    for (const channel of channels) sessions.unsubscribe(session, channel);
    return accept(message, { subscription: echoOf(message) });
  }

  function disconnect(message: BayeuxMessage, peer: Peer): Outcome {
    const session = sessions.find(message.clientId, peer);
    if (!session) return unknownClient(message);
    sessions.remove(session);
    session.release('disconnected');
    return accept(message, {});
  }

  async function publish(message: BayeuxMessage, peer: Peer): Promise<Outcome> {
    const { channel, data, id } = message;
    const session = sessions.find(message.clientId, peer);
    if (!session) return unknownClient(message);
    if (data === undefined) return refusal(message, `400:${channel}:Expected data in a published message`);
    if (isUnder(channel, '/service')) {
      const handler = patternsOf(channel)
        .map((pattern) => services.get(pattern))
        .find(Boolean);
      if (!handler) return refusal(message, `404:${channel}:Unknown service channel`);
      const call: ServiceCall = {
        sessionId: session.id,
        channel,
        data,
        ...(session.gmsUser === undefined ? {} : { gmsUser: session.gmsUser }),
        ...(id === undefined ? {} : { id }),
      };
      return serve(handler, call, message);
    }
    if (isUnder(channel, NOTIFICATION_CHANNEL) || !options.mayPublish(channel))
      return refusal(message, `403:${channel}:Clients may not publish on this channel`);
    const text = serialise(channel, data);
    if (text === undefined) return refusal(message, `400:${channel}:The data is nested too deeply`);
    for (const receiver of sessions.subscribers(patternsOf(channel))) push(receiver, [{ text }]);
    return accept(message, {});
  }

  async function serve(handler: ServiceHandler, call: ServiceCall, message: BayeuxMessage): Promise<Outcome> {
    try {
      await handler(call);
      return accept(message, {});
    } catch (error) {
      log.error({ clientId: call.sessionId, channel: call.channel, err: error }, 'service channel failed');
      return refusal(message, `500:${call.channel}:The server failed to handle the message`);
    }
  }

  function push(session: BayeuxSession, items: readonly Queued[]): void {
    const dropped = session.enqueue(items);
    if (dropped > 0)
      log.warn(
        { clientId: session.id, gmsUser: session.gmsUser, dropped, limit: 'maxQueuedMessages' },
        'a Bayeux client does not fetch its messages: the oldest were dropped',
      );
    session.wake();
  }

  return {
    sessions,
    receive,
    push,
    onService: (pattern, handler) => void services.set(pattern, handler),
    onSubscribe: (listener) => void subscribeListeners.push(listener),
    deliver(sessionId, channel, data) {
      const session = sessions.get(sessionId);
      if (!session) return false;
      push(session, [{ text: JSON.stringify({ channel, data }) }]);
      return true;
    },
    close: () => sessions.close(),
  };
}

function isUnder(channel: string, root: string): boolean {
  return channel === root || channel.startsWith(`${root}/`);
}

/** Undefined when the data is nested deeper than JSON.stringify goes: it must not break another's reply. */
function serialise(channel: string, data: Json): string | undefined {
  try {
    return JSON.stringify({ channel, data });
  } catch {
    return undefined;
  }
}
