import type { IncomingMessage } from 'node:http';
import { type BlockList, isIP, Socket } from 'node:net';
import { recentEntries } from '../../engine/ports/index.ts';
import { arrivalOf, peerOf } from './arrival.ts';

/** Clients whose address cannot be read share this one. */
const UNKNOWN = 'unknown';
const MAX_KNOWN = 10_000;

/**
 * The addresses for which limits of an address count: an IPv4 address, or the first 64 bits of an IPv6
 * address, because one client may have all addresses of such a network.
 */
export class ClientAddresses {
  readonly #isTrustedProxy: (address: string) => boolean;
  readonly #isGateway: (address: string) => boolean;

  constructor(deps: {
    /** Addresses that append the address of their client to X-Forwarded-For. */
    readonly trustedProxies: BlockList;
    /** Addresses that many clients share, and that name the user of each request. */
    readonly gateways: BlockList;
  }) {
    this.#isTrustedProxy = membersOf(deps.trustedProxies);
    this.#isGateway = membersOf(deps.gateways);
  }

  /**
   * Undefined when no limit of an address applies: for a request that the server sends to itself, for a
   * client on this machine, for a gateway, and for a trusted proxy that names no client.
   */
  of(request: IncomingMessage): string | undefined {
    const { socket } = request;
    // A document may set any header of its requests.
    if (arrivalOf(request).inside !== undefined || !(socket instanceof Socket)) return undefined;
    const peer = plain(peerOf(request));
    if (!this.#isTrustedProxy(peer)) return this.#limited(peer);
    const forwarded = request.headers['x-forwarded-for'];
    const hops = forwarded === undefined ? [] : String(forwarded).split(',');
    // A proxy appends, and a client may send the header as well: only the entries at the right are true.
    for (const hop of hops.reverse()) {
      const address = plain(withoutPort(hop.trim()));
      if (!this.#isTrustedProxy(address)) return this.#limited(address);
    }
    return undefined;
  }

  /** The address of a new connection; undefined for this machine, for gateways and for trusted proxies. */
  ofSocket(socket: Socket): string | undefined {
    const peer = plain(socket.remoteAddress);
    return this.#isTrustedProxy(peer) ? undefined : this.#limited(peer);
  }

  #limited(address: string): string | undefined {
    return this.#isGateway(address) ? undefined : limitedAddress(address);
  }
}

/** Whether a list has an address. BlockList takes 10 µs to tell, so the answers are kept. */
function membersOf(list: BlockList): (address: string) => boolean {
  if (list.rules.length === 0) return () => false;
  const known = recentEntries<string, boolean>(MAX_KNOWN);
  return (address) => {
    const answer = known.get(address) ?? has(list, address);
    known.set(address, answer);
    return answer;
  };
}

function has(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Without the prefix of an IPv4-mapped address and the zone of a link-local one. */
function plain(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
}

/** X-Forwarded-For may have `192.0.2.1:4711`, `[2001:db8::1]:4711` and `[2001:db8::1]`. */
function withoutPort(hop: string): string {
  return /^\[([^\]]*)\](?::\d+)?$/.exec(hop)?.[1] ?? /^(\d+(?:\.\d+){3}):\d+$/.exec(hop)?.[1] ?? hop;
}

function limitedAddress(address: string): string | undefined {
  const family = isIP(address);
  if (family === 0) return UNKNOWN;
  if (family === 4) return address.startsWith('127.') ? undefined : address;
  return address === '::1' ? undefined : `${networkOf(address)}::/64`;
}

/** The first four groups of an IPv6 address, each without leading zeros. */
function networkOf(address: string): string {
  const [head = '', tail] = address.toLowerCase().split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  // An IPv4 address at the end takes the space of two groups.
  const width = last.length + (last.at(-1)?.includes('.') === true ? 1 : 0);
  const groups = [...first, ...Array<string>(Math.max(0, 8 - first.length - width)).fill('0'), ...last];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
