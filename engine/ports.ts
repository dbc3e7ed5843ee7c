/**
 * What the engine asks of the world. Nothing under engine/ or strategies/ reads a clock, makes an id,
 * draws a random number or opens a file except through these.
 */

/** Milliseconds since 1970-01-01 UTC, and one-shot alarms. A test hands in a simulated one. */
export interface Clock {
  now(): number;
  /** Calls `fire` once at or after `dueAt` (ms since epoch). Returns a function that cancels it. */
  at(dueAt: number, fire: () => void): () => void;
}

/** Fresh identifiers. Every method returns a value never returned before. */
export interface Ids {
  /** 32 upper-case alphanumeric characters: an ORS session id. */
  session(): string;
  /** A UUID (version 7 where order helps). */
  uuid(): string;
  /** Lower-case hexadecimal of the given length (connection ids, secure keys). */
  hex(length: number): string;
  /** An unsigned 32-bit seed for a session's Math.random. */
  seed(): number;
}

/** Reads the text of a document, an include or a script. Rejects with an Error whose message names the URL. */
export type FetchText = (url: URL) => Promise<string>;

/** Structured log. `fields` carries the ids (sessionId, serviceId, interactionId, connId). */
export interface Log {
  /** False: debug lines go nowhere, and their fields need not be made. */
  readonly debugs?: boolean;
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

export interface HttpRequest {
  readonly method: string;
  /** Absolute http(s) URL. A URL under the server's own base is dispatched in process. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Milliseconds until it is given up. */
  readonly timeoutMs: number;
}

export interface HttpReply {
  readonly status: number;
  /** Lower-case names; repeated headers joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Rejects with HttpFault when no reply came (refused by policy, unreachable, timed out, too large). */
export type HttpClient = (request: HttpRequest) => Promise<HttpReply>;

/** `reason` is stable: 'refused' | 'unreachable' | 'timeout' | 'too-large'. */
export class HttpFault extends Error {
  readonly reason: 'refused' | 'unreachable' | 'timeout' | 'too-large';

  constructor(
    reason: 'refused' | 'unreachable' | 'timeout' | 'too-large',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'HttpFault';
    this.reason = reason;
  }
}
