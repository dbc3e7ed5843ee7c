import type { Json } from '../../engine/ports/index.ts';
import type { BayeuxSession } from './bayeuxSession.ts';
import type { BayeuxMessage, BayeuxReply } from './message.ts';

/** The version of the protocol. */
export const VERSION = '1.0';

/** The outcome of a message that needs only a reply. */
export interface Reply {
  readonly kind: 'reply';
  readonly reply: BayeuxReply;
  /** The session that a handshake made. */
  readonly opened?: BayeuxSession;
}

/** A successful reply. */
export function accept(message: BayeuxMessage, fields: BayeuxReply): Reply {
  return {
    kind: 'reply',
    reply: { ...idOf(message), ...fields, successful: true, channel: message.channel },
  };
}

/** `error` is "code:args:text" (Bayeux 1.0, 3.12). */
export function refusal(
  message: BayeuxMessage,
  error: string,
  reconnect?: 'none' | 'handshake',
  fields: BayeuxReply = {},
): Reply {
  const advice = reconnect === undefined ? {} : { advice: { reconnect } };
  const channel = message.channel;
  return {
    kind: 'reply',
    reply: {
      ...idOf(message),
      ...requiredOf(message),
      ...fields,
      successful: false,
      error,
      ...advice,
      channel,
    },
  };
}

/** The fields that a reply has on its channel, refused or not. Bayeux 1.0, 3.2 and 3.13. */
function requiredOf(message: BayeuxMessage): BayeuxReply {
  switch (message.channel) {
    case '/meta/handshake':
      return { version: VERSION };
    case '/meta/subscribe':
    case '/meta/unsubscribe':
      return { subscription: echoOf(message) };
    default:
      return {};
  }
}

/**
 * Tells a CometD client to make a new handshake, with the reply to its connect alone. A reply to another
 * message may come after the client has begun the handshake. Then its advice would replace that of the
 * handshake, and the client would never connect again.
 */
export function unknownClient(message: BayeuxMessage): Reply {
  const isConnect = message.channel === '/meta/connect';
  return refusal(message, '402::Unknown client', isConnect ? 'handshake' : undefined);
}

function idOf(message: BayeuxMessage): BayeuxReply {
  return message.id === undefined ? {} : { id: message.id };
}

/** The channels of a subscribe or unsubscribe, one or several. */
export function channelsOf(message: BayeuxMessage): readonly string[] {
  if (message.subscription === undefined) return [];
  return typeof message.subscription === 'string' ? [message.subscription] : message.subscription;
}

/** `subscription` of the reply: the one of the message, unchanged. */
export function echoOf(message: BayeuxMessage): Json {
  return message.subscription ?? null;
}

/** The error text for a message without a subscription. */
export function emptyProblem(channels: readonly string[]): string | undefined {
  return channels.length === 0 ? '400::Expected a subscription, got none' : undefined;
}

/** Text of a client, for an error text: short, and without the colon that separates its fields. */
export function printable(text: string): string {
  return text.slice(0, 64).replaceAll(':', ' ');
}
