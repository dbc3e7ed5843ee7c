import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Audience } from './audiences.ts';
import type { Caller } from './caller.ts';

/** The parts of a request that tell who sends it. The body is not read yet. */
export interface AuthenticationRequest {
  readonly audience: Audience;
  readonly method: string;
  /** The path that the routes are compared with. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  /** Address of the peer of the connection, without an IPv4-mapped prefix; '' when it is gone. */
  readonly remoteAddress: string;
  /** True when the connection is encrypted. */
  readonly isSecure: boolean;
  /** True when no page of another origin can have made a browser send the request. */
  readonly isOwnPage: boolean;
  /** The request itself. Its body must not be read. */
  readonly message: IncomingMessage;
}

/** Finds out who sends a request. Requests of the server to itself do not reach it. */
export interface Authenticator {
  /**
   * The caller, of any kind that may use the routes of the audience. Throws a WireError (UNAUTHORIZED,
   * FORBIDDEN, ...) when nobody may who sends such a request.
   */
  authenticate(request: AuthenticationRequest): Caller | Promise<Caller>;
}
