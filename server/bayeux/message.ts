import { defined, findIllFormed, type Json, mayBeIllFormed, readId } from '../../engine/ports/index.ts';
import type { ClientId } from './bayeuxSession.ts';

/**
 * A received Bayeux message. Fields of the wrong type count as absent; `channel` is then ''. `data` is any
 * JSON.
 */
export interface BayeuxMessage {
  readonly channel: string;
  /** A string or a number, echoed unchanged. */
  readonly id?: string | number;
  readonly clientId?: ClientId;
  /** `subscription` may be one channel or several (Bayeux 1.0, 4.3). */
  readonly subscription?: string | readonly string[];
  readonly data?: Json;
  readonly connectionType?: string;
  readonly supportedConnectionTypes?: readonly string[];
  readonly minimumVersion?: string;
  /** Milliseconds, never negative. */
  readonly adviceTimeoutMs?: number;
  readonly ext: Readonly<Record<string, unknown>>;
}

/** A reply to one message; absent fields are left out of the JSON. */
export interface BayeuxReply {
  readonly [field: string]: Json | undefined;
}

export type ParsedBody =
  | { readonly kind: 'messages'; readonly messages: readonly BayeuxMessage[] }
  | { readonly kind: 'malformed'; readonly reason: string };

/**
 * Reads a request body: an array of messages, or a single message as in the examples of the documentation.
 */
export function parseMessages(text: string, maxMessages: number): ParsedBody {
  const body = parseJson(text);
  if (body === undefined) {
    return malformed('Expected a JSON array of Bayeux messages, got text that is not JSON.');
  }
  if (mayBeIllFormed(text) && findIllFormed(body as Json) !== undefined) {
    return malformed('Expected Unicode text in Bayeux messages, got half of a surrogate pair.');
  }
  const items = Array.isArray(body) ? body : [body];
  if (items.length > maxMessages) {
    return malformed(`Expected at most ${maxMessages} messages in one body, got ${items.length}.`);
  }
  if (!items.every(isRecord)) {
    return malformed('Expected every Bayeux message to be a JSON object, got something else.');
  }
  return { kind: 'messages', messages: items.map(readMessage) };
}

function malformed(reason: string): ParsedBody {
  return { kind: 'malformed', reason };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller answers 400. The message of JSON.parse would only repeat the bytes of the client.
    return undefined;
  }
}

function readMessage(raw: Readonly<Record<string, unknown>>): BayeuxMessage {
  const { id, clientId, connectionType, minimumVersion, advice, ext } = raw;
  const supported = raw.supportedConnectionTypes;
  const timeout = isRecord(advice) ? advice.timeout : undefined;
  return {
    channel: typeof raw.channel === 'string' ? raw.channel : '',
    ext: isRecord(ext) ? ext : {},
    ...defined({
      id: typeof id === 'string' || typeof id === 'number' ? id : undefined,
      clientId: readId<ClientId>(clientId),
      subscription: readSubscription(raw.subscription),
      data: raw.data as Json | undefined,
      connectionType: textOf(connectionType),
      supportedConnectionTypes: Array.isArray(supported) ? supported.filter(isString) : undefined,
      minimumVersion: textOf(minimumVersion),
      adviceTimeoutMs: typeof timeout === 'number' && timeout >= 0 ? timeout : undefined,
    }),
  };
}

function readSubscription(raw: unknown): string | readonly string[] | undefined {
  if (typeof raw === 'string') return raw;
  return Array.isArray(raw) && raw.length > 0 && raw.every(isString) ? raw : undefined;
}

function textOf(value: unknown): string | undefined {
  return isString(value) ? value : undefined;
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
