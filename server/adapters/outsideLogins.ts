/** Credentials for the URLs of another server. */
export interface OutsideLogin {
  /** The beginning of these URLs: an origin with a path. */
  readonly prefix: URL;
  readonly user: string;
  /** The present password. */
  readonly password: () => string;
}

/** The logins of this server at others, for requests that have no credentials of their own. */
export class OutsideLogins {
  readonly #logins: readonly OutsideLogin[];

  constructor(logins: readonly OutsideLogin[]) {
    // The longest prefix counts.
    this.#logins = [...logins].sort((a, b) => b.prefix.pathname.length - a.prefix.pathname.length);
  }

  /** The headers with an Authorization header of scheme Basic, where a login is known for the URL. */
  withLogin(url: URL, headers: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
    const hasOwn = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
    const login = hasOwn ? undefined : this.#logins.find(({ prefix }) => isBelow(url, prefix));
    if (login === undefined) return headers;
    const credentials = Buffer.from(`${login.user}:${login.password()}`).toString('base64');
    return { ...headers, authorization: `Basic ${credentials}` };
  }
}

function isBelow(url: URL, prefix: URL): boolean {
  if (url.origin !== prefix.origin || url.username !== '') return false;
  const path = prefix.pathname.replace(/\/$/, '');
  return url.pathname === path || url.pathname.startsWith(`${path}/`);
}
