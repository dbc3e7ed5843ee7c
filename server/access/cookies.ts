import type { IncomingMessage } from 'node:http';
import { arrivalOf } from './arrival.ts';

/** Makes the cookies of the server. Scripts of a page cannot read them. */
export class Cookies {
  readonly #isCrossSite: boolean;
  readonly #isSecureOutside: boolean;

  constructor(deps: {
    /** Send cookies to pages of other sites too. Browsers accept such cookies only over HTTPS. */
    readonly isCrossSite: boolean;
    /** URL under which clients reach the server, if one is configured. */
    readonly baseUrl: string | undefined;
  }) {
    this.#isCrossSite = deps.isCrossSite;
    // A gateway ends TLS.
    this.#isSecureOutside = deps.baseUrl?.startsWith('https:') === true;
  }

  /** The value of Set-Cookie. `path`: of the URLs to which browsers send the cookie. */
  header(request: IncomingMessage, name: string, value: string, path = '/'): string {
    if (this.#isCrossSite) return `${name}=${value}; Path=${path}; HttpOnly; SameSite=None; Secure`;
    const isSecure = this.#isSecureOutside || arrivalOf(request).isSecure;
    return `${name}=${value}; Path=${path}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
  }
}
