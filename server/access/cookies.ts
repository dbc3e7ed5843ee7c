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

  /**
   * The value of Set-Cookie for a cookie that browsers send only from pages of this server. `seconds`: 0
   * removes the cookie.
   */
  strictHeader(request: IncomingMessage, { name, value, seconds }: StrictCookie): string {
    const secure = this.#isSecure(request) ? '; Secure' : '';
    return `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
  }

  /** The value of Set-Cookie. `path`: of the URLs to which browsers send the cookie. */
  header(request: IncomingMessage, name: string, value: string, path = '/'): string {
    if (this.#isCrossSite) return `${name}=${value}; Path=${path}; HttpOnly; SameSite=None; Secure`;
    return `${name}=${value}; Path=${path}; HttpOnly; SameSite=Lax${this.#isSecure(request) ? '; Secure' : ''}`;
  }

  #isSecure(request: IncomingMessage): boolean {
    return this.#isSecureOutside || arrivalOf(request).isSecure;
  }
}

export interface StrictCookie {
  readonly name: string;
  readonly value: string;
  readonly seconds: number;
}
