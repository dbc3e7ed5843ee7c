import { HttpFault } from '../../engine/ports/index.ts';
import { AddressGuard, networksOf } from './addressGuard.ts';

/** The URLs to which an HTTP client may send requests. */
export interface Destinations {
  /**
   * Throws HttpFault 'refused' for a URL of this server that the client may not reach. `path`: without the
   * path of the server's own URL.
   */
  checkOwn(url: URL, path: string): void;
  /**
   * Checks the addresses of a URL of another server. Throws HttpFault 'refused' for a URL that is not
   * allowed, whatever its addresses are.
   */
  guardOf(url: URL): AddressGuard;
}

/** Public addresses, the addresses of `http.allow`, and all URLs of this server. */
export class OpenDestinations implements Destinations {
  readonly #guard: AddressGuard;

  constructor(allow: readonly string[]) {
    this.#guard = new AddressGuard({ allow, others: 'public', setting: 'http.allow' });
  }

  checkOwn(): void {}

  guardOf(): AddressGuard {
    return this.#guard;
  }
}

/** Only the networks and URLs of a list. */
export class ListedDestinations {
  readonly #setting: string;
  readonly #prefixes: readonly URL[];
  readonly #hasNetworks: boolean;
  readonly #networks: AddressGuard;
  /** A URL of the list is the operator's choice, wherever it leads. */
  readonly #anywhere: AddressGuard;

  constructor(list: {
    /** 'loopback', 'private', addresses, networks, and beginnings of URLs. */
    readonly allow: readonly string[];
    /** The setting that has the list, for error messages. */
    readonly setting: string;
  }) {
    const { allow, setting } = list;
    const networks = allow.filter((entry) => !isUrl(entry));
    this.#setting = setting;
    this.#prefixes = allow.filter(isUrl).map((entry) => new URL(entry));
    this.#hasNetworks = networks.length > 0;
    this.#networks = new AddressGuard({ allow: networks, others: 'none', setting });
    this.#anywhere = new AddressGuard({ allow: ['0.0.0.0/0', '::/0'], others: 'none', setting });
  }

  /** True when the list has the beginning of the URL. */
  names(url: URL): boolean {
    return this.#prefixes.some((prefix) => isUnder(url, prefix));
  }

  guardOf(url: URL): AddressGuard {
    if (this.names(url)) return this.#anywhere;
    if (!this.#hasNetworks) {
      throw new HttpFault('refused', `Expected a URL of ${this.#setting}, got '${url}'.`);
    }
    this.#networks.checkHost(url.hostname);
    return this.#networks;
  }
}

/**
 * Checks an entry of a list for ListedDestinations. Throws an Error with a message for the operator if it
 * names nothing.
 */
export function checkDestination(entry: string): void {
  if (isUrl(entry)) {
    if (!URL.canParse(entry)) throw new Error(`Expected the beginning of a URL, got '${entry}'.`);
    return;
  }
  networksOf(entry);
}

function isUrl(entry: string): boolean {
  return /^https?:\/\//i.test(entry);
}

/** Same origin, and a path below that of the prefix: `/hooks` has `/hooks/a`, but not `/hooks2`. */
function isUnder(url: URL, prefix: URL): boolean {
  if (url.origin !== prefix.origin) return false;
  const path = prefix.pathname;
  return url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
}

/** Destinations on other servers. */
export class ElsewhereOnly implements Destinations {
  readonly #elsewhere: Pick<Destinations, 'guardOf'>;

  constructor(elsewhere: Pick<Destinations, 'guardOf'>) {
    this.#elsewhere = elsewhere;
  }

  checkOwn(url: URL): never {
    throw new HttpFault(
      'refused',
      `Expected a URL of another server, got '${url}', which is this server's own.`,
    );
  }

  guardOf(url: URL): AddressGuard {
    return this.#elsewhere.guardOf(url);
  }
}
