import type { SessionId } from './brandedIds.ts';

export interface HttpRequest {
  readonly method: string;
  /** Absolute http(s) URL. A URL under the server's own base is dispatched in process. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** The session whose document sends the request; undefined: a part of the server sends it. */
  readonly sessionId?: SessionId;
  /** Milliseconds after which the request fails. */
  readonly timeoutMs: number;
}

export interface HttpReply {
  readonly status: number;
  /** Lower-case names; repeated headers joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** True for a status of the class 2xx. */
export function isSuccess({ status }: Pick<HttpReply, 'status'>): boolean {
  return status >= 200 && status <= 299;
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
