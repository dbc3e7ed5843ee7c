import type { Json } from '../../engine/ports/index.ts';
import type { BayeuxMessage, BayeuxReply } from './message.ts';

/** The outcome of a message that needs only a reply. */
export interface Reply {
  readonly kind: 'reply';
  readonly reply: BayeuxReply;
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
    reply: { ...idOf(message), ...fields, successful: false, error, ...advice, channel },
  };
}

/** Tells a CometD client to make a new handshake. */
export function unknownClient(message: BayeuxMessage): Reply {
  return refusal(message, '402::Unknown client', 'handshake');
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
