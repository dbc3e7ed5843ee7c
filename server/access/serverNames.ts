import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** A socket on which the server listens. */
export interface ListeningSocket {
  /** An address; `0.0.0.0` and `::` are all addresses of the machine. */
  readonly address: string;
  readonly port: number;
  readonly isSecure: boolean;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

const ANY = ['0.0.0.0', '::'];
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The names and addresses under which clients and documents reach this server: its URL, its listeners and
 * `http.hosts`. The URL counts from the start, a listener from when it listens. Earlier URLs count only for
 * requests that the server sends: sessions remember them. They are no names by which a client may reach it.
 */
export class ServerNames {
  readonly #baseUrl: () => string | undefined;
  /** Values of Host, in lower case: with the port, or without it where it is the default. */
  readonly #hosts = new Set<string>();
  /** Names that count with any port. */
  readonly #names = new Set<string>();
  readonly #planned: readonly string[];
  readonly #sockets: ListeningSocket[] = [];
  /** Earlier URLs, by origin. */
  readonly #former = new Map<string, URL[]>();
  #parsedBase: URL | undefined;
  /** True while every IP address and loopback name is one of this server, as far as it can know. */
  #isAnyAddress = true;

  constructor(deps: {
    /** URL of the server without a trailing slash; undefined before it is known. */
    readonly baseUrl: () => string | undefined;
    /** Further names, with a port or for every port. */
    readonly hosts: readonly string[];
    /** Addresses on which the server will listen. */
    readonly planned: readonly string[];
  }) {
    this.#baseUrl = deps.baseUrl;
    this.#planned = deps.planned;
    for (const host of deps.hosts.map((one) => one.toLowerCase())) {
      if (nameOf(host) === host) this.#names.add(host);
      else this.#hosts.add(host);
    }
  }

  /** `name`: the address as configured, which may be a name. */
  addListener(socket: ListeningSocket, name: string): void {
    if (this.#sockets.length === 0) this.#isAnyAddress = false;
    this.#sockets.push(socket);
    if (ANY.includes(socket.address)) {
      this.#isAnyAddress = true;
      return;
    }
    const names = isLoopback(socket.address) ? LOOPBACK_NAMES : [];
    const defaultPort = socket.isSecure ? 443 : 80;
    for (const one of [bracketed(socket.address), bracketed(name.toLowerCase()), ...names]) {
      this.#hosts.add(`${one}:${socket.port}`);
      if (socket.port === defaultPort) this.#hosts.add(one);
    }
  }

  /** A URL that the server had before. */
  addFormer(url: string): void {
    const former = new URL(url);
    this.#former.set(former.origin, [...(this.#former.get(former.origin) ?? []), former]);
  }

  /** True while no other machine can connect. */
  get isLoopbackOnly(): boolean {
    return this.#planned.every(isLoopback) && this.#sockets.every(({ address }) => isLoopback(address));
  }

  /**
   * True for a value of Host that names this server. Behind a listener on all addresses every IP address
   * counts: it may be one that is translated to this machine, and no web page can make a browser send it to
   * another server (DNS rebinding needs a name).
   */
  isKnownHost(host: string): boolean {
    const lower = host.toLowerCase();
    if (this.#hosts.has(lower)) return true;
    const name = nameOf(lower);
    if (this.#names.has(name)) return true;
    if (this.#isAnyAddress && (name === 'localhost' || isIP(unbracketed(name)) !== 0)) return true;
    return lower === this.#base()?.host;
  }

  /** True for an Origin that is this server. `host`: the Host of the same request, if it is known. */
  isOwnOrigin(origin: string, { host, isSecure }: { host: string; isSecure: boolean }): boolean {
    if (origin === this.#base()?.origin) return true;
    // A gateway may end TLS in front of an unencrypted connection, but not the reverse.
    const found = (isSecure ? /^https:\/\/(.+)$/ : /^https?:\/\/(.+)$/).exec(origin);
    return found !== null && found[1] === host.toLowerCase();
  }

  /**
   * The path of a URL that leads to this server: below one of its URLs, whose own path is left out, or at the
   * address of a listener. Undefined: it leads elsewhere.
   */
  pathOf(given: URL): string | undefined {
    const url = withoutTrailingDot(given);
    const base = this.#base();
    const bases = [...(base === undefined ? [] : [base]), ...(this.#former.get(url.origin) ?? [])];
    const prefixes = bases.filter((one) => isUnder(url, one)).map((one) => prefixOf(one).length);
    if (prefixes.length > 0) return url.pathname.slice(Math.max(...prefixes));
    const port = portOf(url);
    const host = unbracketed(url.hostname);
    const isOwn =
      isIP(host) === 0
        ? this.#sockets.some((socket) => socket.port === port && isNamed(socket, host))
        : this.isOwnSocket(host, port);
    return isOwn ? url.pathname : undefined;
  }

  /** True when a connection to the address and port would reach a listener of this server. */
  isOwnSocket(address: string, port: number): boolean {
    const plain = withoutMapping(address);
    return this.#sockets.some((socket) => {
      if (socket.port !== port) return false;
      if (socket.address === plain) return true;
      if (isLoopback(plain)) return isLoopback(socket.address) || ANY.includes(socket.address);
      return ANY.includes(socket.address) && isOfThisMachine(plain);
    });
  }

  isOwnPort(port: number): boolean {
    return this.#sockets.some((socket) => socket.port === port);
  }

  /** The URL of the server, which never changes once it is known. */
  #base(): URL | undefined {
    const url = this.#parsedBase === undefined ? this.#baseUrl() : undefined;
    if (url !== undefined) this.#parsedBase = new URL(url);
    return this.#parsedBase;
  }
}

export function isLoopback(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return address === 'localhost';
  return LOOPBACK.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** True for a URL below the base: same origin, and the path of the base before its own. */
function isUnder(url: URL, base: URL): boolean {
  const prefix = prefixOf(base);
  return url.origin === base.origin && (prefix === '' || url.pathname.startsWith(`${prefix}/`));
}

/** A gateway takes this path away, so the server does not get it. */
function prefixOf(base: URL): string {
  return base.pathname.replace(/\/$/, '');
}

/** `example.com.` in DNS is `example.com`. */
function withoutTrailingDot(url: URL): URL {
  if (!url.hostname.endsWith('.')) return url;
  const plain = new URL(url);
  plain.hostname = url.hostname.slice(0, -1);
  return plain;
}

/** WHATWG: hosts below `localhost` are loopback too. */
function isNamed({ address }: ListeningSocket, host: string): boolean {
  const isLocal = host === 'localhost' || host.endsWith('.localhost');
  return isLocal && (isLoopback(address) || ANY.includes(address));
}

/** An IPv4-mapped address as IPv4. A URL has its last two groups in hexadecimal, DNS and sockets as IPv4. */
function withoutMapping(address: string): string {
  const found = /^::ffff:(?:([\d.]+)|([\da-f]{1,4}):([\da-f]{1,4}))$/i.exec(address);
  if (found === null) return address;
  const [, dotted, high = '', low = ''] = found;
  if (dotted !== undefined) return dotted;
  return [high, low]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join('.');
}

function isOfThisMachine(address: string): boolean {
  return Object.values(networkInterfaces()).some((list) => list?.some((one) => one.address === address));
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

/** A value of Host without its port. */
function nameOf(host: string): string {
  return host.replace(/:\d*$/, '');
}

function bracketed(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address;
}

function unbracketed(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
