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

/** Never allowed: addresses without a network, and the metadata service of a cloud machine. */
const NEVER: readonly string[] = [
  '0.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '100.100.100.200/32',
  '::/128',
  'fe80::/10',
  'ff00::/8',
  'fd00:ec2::254/128',
];
const LOOPBACK: readonly string[] = ['127.0.0.0/8', '::1/128'];
const PRIVATE: readonly string[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
];

/**
 * Keeps documents, and clients who make the server fetch a URL, away from addresses that only this machine
 * can reach. Public addresses are allowed, loopback and private ones by the policy.
 */
export class AddressGuard {
  readonly #never = blockListOf(NEVER);
  readonly #guarded = blockListOf([...LOOPBACK, ...PRIVATE]);
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

  /** BlockList compares an IPv4-mapped address (::ffff:127.0.0.1) with IPv4 networks. */
  #check(host: string, address: string): void {
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const isRefused =
      this.#never.check(address, family) ||
      (this.#isGuarded(address, family) && !this.#allowed.check(address, family));
    if (!isRefused) return;
    throw new AddressRefused(
      `The address ${address} of host '${host}' is not allowed. Configure ${this.#policy.setting} to permit it.`,
    );
  }

  #isGuarded(address: string, family: 'ipv4' | 'ipv6'): boolean {
    return this.#policy.others === 'none' || this.#guarded.check(address, family);
  }
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

/** A list of networks in CIDR form. */
export function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}
