import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { HttpFault } from '../../engine/ports/index.ts';

/** Which addresses a client may reach. */
export interface AddressPolicy {
  /** 'loopback', 'private', an address, or a network in CIDR form ('10.20.0.0/16'). */
  readonly allow: readonly string[];
  /** Whether addresses of the public Internet are allowed too. */
  readonly others: 'public' | 'none';
  /** The setting that an operator changes to allow more, for error messages. */
  readonly setting: string;
}

/** An address that is not allowed. `code` is the only field that node-fetch keeps of it. */
export class AddressRefused extends HttpFault {
  readonly code = 'ADDRESS_REFUSED';

  constructor(message: string) {
    super('refused', message);
  }
}

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/**
 * Never allowed: addresses without a host, link-local ones, the metadata services of cloud machines, and IPv6
 * addresses that carry an IPv4 address in a form that no host has today (6to4, Teredo). The names of IANA's
 * registries of special-purpose addresses are at the right.
 */
const NEVER: readonly string[] = [
  '0.0.0.0/8', // "This network"
  '169.254.0.0/16', // Link Local
  '192.0.0.0/24', // IETF Protocol Assignments; 192.0.0.192 is a metadata service
  '192.88.99.0/24', // Deprecated (6to4 Relay Anycast)
  '224.0.0.0/4', // Multicast
  '240.0.0.0/4', // Reserved, and the limited broadcast
  '100.100.100.200/32', // metadata of Alibaba Cloud
  '168.63.129.16/32', // the host agent of Azure
  '2001::/23', // IETF Protocol Assignments, TEREDO among them
  '2002::/16', // 6to4
  'fd00:ec2::254/128', // metadata of AWS
  'fd20:ce::254/128', // metadata of Google Cloud
];
const LOOPBACK: readonly string[] = ['127.0.0.0/8', '::1/128'];
const PRIVATE: readonly string[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
];
/** IPv4 addresses behind a translator (RFC 6052): an IPv6-only network reaches all IPv4 hosts by them. */
const TRANSLATED: readonly string[] = ['64:ff9b::/96'];
/** Not public, but some networks use them. `allow` may name them. */
const SPECIAL: readonly string[] = [
  '192.0.2.0/24', // Documentation (TEST-NET-1)
  '198.18.0.0/15', // Benchmarking
  '198.51.100.0/24', // Documentation (TEST-NET-2)
  '203.0.113.0/24', // Documentation (TEST-NET-3)
  '2001:db8::/32', // Documentation
  '3fff::/20', // Documentation
];
/**
 * All IPv6 addresses that a host can have outside this machine and its link. Every other one is refused:
 * fec0::/10, 100::/64, 5f00::/16, ::/96, 64:ff9b:1::/48 and all that is not assigned yet.
 */
const IPV6_HOSTS: readonly string[] = ['2000::/3', '::1/128', 'fc00::/7', ...TRANSLATED];

/**
 * Keeps documents, and clients who make the server fetch a URL, away from addresses that only this machine
 * can reach. Public addresses are allowed, loopback and private ones by the policy.
 */
export class AddressGuard {
  readonly #lists = fixedLists();
  readonly #allowed: BlockList;
  readonly #policy: AddressPolicy;

  constructor(policy: AddressPolicy) {
    this.#allowed = blockListOf(policy.allow.flatMap(networksOf));
    this.#policy = policy;
  }

  /** Throws AddressRefused for a host that is written as an address and not allowed. */
  checkHost(host: string): void {
    const bare = host.replace(/^\[|\]$/g, '');
    if (isIP(bare) !== 0) this.#check(host, bare);
  }

  /**
   * A function for net.connect: it resolves a name, and fails when any of its addresses is not allowed. So
   * the address that is connected to is one that was checked. `check` throws for further addresses to refuse.
   */
  lookupWith(check: (address: string) => void): typeof dnsLookup {
    const lookup = (host: string, options: LookupOptions, callback: LookupCallback): void => {
      dnsLookup(host, { ...options, all: true }, (error, addresses) => {
        if (error) return callback(error, '');
        try {
          for (const { address } of addresses) {
            this.#check(host, address);
            check(address);
          }
        } catch (refused) {
          return callback(refused as NodeJS.ErrnoException, '');
        }
        if (options.all === true) return callback(null, addresses);
        const first = addresses[0];
        callback(null, first?.address ?? '', first?.family ?? 4);
      });
    };
    // The signature of dns.lookup has more overloads than a connection uses.
    return lookup as typeof dnsLookup;
  }

  #check(host: string, address: string): void {
    const at = locate(address);
    const refused = `The address ${address} of host '${host}' is not allowed`;
    if (this.#isNever(at)) throw new AddressRefused(`${refused}, whatever the configuration says.`);
    if (!this.#isGuarded(at) || this.#allowed.check(at.address, at.family)) return;
    throw new AddressRefused(`${refused}. Configure ${this.#policy.setting} to permit it.`);
  }

  #isNever({ address, family, lastFour }: Located): boolean {
    if (this.#lists.never.check(address, family)) return true;
    if (family === 'ipv4') return false;
    if (!this.#lists.ipv6Hosts.check(address, family)) return true;
    // An address behind a translator is as public as the IPv4 address.
    const isTranslated = this.#lists.translated.check(address, family);
    return isTranslated && (this.#lists.never.check(lastFour) || this.#lists.guarded.check(lastFour));
  }

  #isGuarded({ address, family }: Located): boolean {
    return this.#policy.others === 'none' || this.#lists.guarded.check(address, family);
  }
}

/** An address, as IPv4 if it is an IPv4-mapped one. */
interface Located {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  /** The last four bytes, as an IPv4 address. */
  readonly lastFour: string;
}

function locate(given: string): Located {
  if (isIP(given) === 4) return { address: given, family: 'ipv4', lastFour: given };
  // The scope of a link-local address is no part of it.
  const address = given.replace(/%.*$/, '');
  const groups = groupsOf(address);
  const lastFour = groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 255])
    .join('.');
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return isMapped ? { address: lastFour, family: 'ipv4', lastFour } : { address, family: 'ipv6', lastFour };
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): readonly number[] {
  const hexadecimal = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head = [], tail] = hexadecimal
    .split('::')
    .map((part) => part.split(':').flatMap((group) => (group === '' ? [] : Number.parseInt(group, 16))));
  if (tail === undefined) return head;
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

/**
 * The networks that an entry of the policy names. Throws an Error with a message for the operator if it names
 * none.
 */
export function networksOf(entry: string): readonly string[] {
  if (entry === 'loopback') return LOOPBACK;
  if (entry === 'private') return PRIVATE;
  const [address = '', bits] = entry.split('/');
  const family = isIP(address);
  const most = family === 6 ? 128 : 32;
  const width = bits === undefined ? most : Number(bits);
  if (family === 0 || !Number.isInteger(width) || width < 0 || width > most) {
    throw new Error(
      `Expected 'loopback', 'private', an address or a network such as 10.0.0.0/8, got '${entry}'.`,
    );
  }
  return [`${address}/${width}`];
}

interface FixedLists {
  readonly never: BlockList;
  readonly guarded: BlockList;
  readonly translated: BlockList;
  readonly ipv6Hosts: BlockList;
}

let lists: FixedLists | undefined;

/** The lists that no policy changes. They take a millisecond to make. */
function fixedLists(): FixedLists {
  lists ??= {
    never: blockListOf(NEVER),
    guarded: blockListOf([...LOOPBACK, ...PRIVATE, ...SPECIAL, ...TRANSLATED]),
    translated: blockListOf(TRANSLATED),
    ipv6Hosts: blockListOf(IPV6_HOSTS),
  };
  return lists;
}

/** A list of networks in CIDR form. */
export function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}
