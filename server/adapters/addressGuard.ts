import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { HttpFault } from '../../engine/ports/index.ts';

/** Which addresses documents may reach. */
export interface AddressPolicy {
  /** 'loopback', 'private', an address, or a network in CIDR form ('10.20.0.0/16'). */
  readonly allow: readonly string[];
}

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

export interface AddressGuard {
  /** Throws HttpFault 'refused' for a host that is written as an address and not allowed. */
  checkHost(host: string): void;
  /** For net.connect: resolves, and fails when any address is not allowed, so that the one connected to is the one checked. */
  lookup(host: string, options: LookupOptions, callback: LookupCallback): void;
}

/** Never reachable, whatever is allowed: no network there, or the metadata of the cloud machine we run on. */
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
 * Keeps documents, and whoever can make one fetch a URL, away from addresses that only this machine can
 * reach. Public addresses are allowed, loopback and private ones by the policy.
 */
export function createAddressGuard(policy: AddressPolicy): AddressGuard {
  const never = blockList(NEVER);
  const guarded = blockList([...LOOPBACK, ...PRIVATE]);
  const allowed = blockList(policy.allow.flatMap(networksOf));

  const check = (host: string, address: string): void => {
    const plain = withoutMapping(address);
    const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
    if (never.check(plain, family) || (guarded.check(plain, family) && !allowed.check(plain, family))) {
      throw new HttpFault(
        'refused',
        `The address ${plain} of host '${host}' is not allowed. Configure http.allow to permit it.`,
      );
    }
  };

  return {
    checkHost(host) {
      const bare = host.replace(/^\[|\]$/g, '');
      if (isIP(bare) !== 0) {
        check(host, bare);
      }
    },
    lookup(host, options, callback) {
      dnsLookup(host, { ...options, all: true }, (error, addresses) => {
        if (error) {
          callback(error, '');
          return;
        }
        try {
          for (const { address } of addresses) {
            check(host, address);
          }
        } catch (refused) {
          callback(refused as NodeJS.ErrnoException, '');
          return;
        }
        if (options.all === true) {
          callback(null, addresses);
          return;
        }
        const first = addresses[0];
        callback(null, first?.address ?? '', first?.family ?? 4);
      });
    },
  };
}

/** The networks that an entry of the policy names; throws a sentence for one that names none. */
export function networksOf(entry: string): readonly string[] {
  if (entry === 'loopback') {
    return LOOPBACK;
  }
  if (entry === 'private') {
    return PRIVATE;
  }
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

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** ::ffff:127.0.0.1 reaches 127.0.0.1. */
function withoutMapping(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) {
    return mapped[1] as string;
  }
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address);
  if (!hex) {
    return address;
  }
  const high = Number.parseInt(hex[1] as string, 16);
  const low = Number.parseInt(hex[2] as string, 16);
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}
