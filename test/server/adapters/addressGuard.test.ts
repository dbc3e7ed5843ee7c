import { expect } from 'chai';
import { AddressGuard, AddressRefused, networksOf } from '../../../server/adapters/addressGuard.ts';

function isAllowed(address: string, allow: readonly string[] = []): boolean {
  const guard = new AddressGuard({ allow, others: 'public', setting: 'http.allow' });
  try {
    guard.checkHost(address.includes(':') ? `[${address}]` : address);
    return true;
  } catch (error) {
    expect(error).to.be.instanceOf(AddressRefused);
    return false;
  }
}

/** Everything that an operator can allow. */
const EVERYTHING = ['loopback', 'private', '0.0.0.0/0', '::/0'];

/** First, last and other addresses of networks that nothing may reach, by their names at IANA. */
const NEVER: Readonly<Record<string, readonly string[]>> = {
  '"This network"': ['0.0.0.0', '0.1.2.3', '0.255.255.255'],
  'Link Local': ['169.254.0.0', '169.254.169.254', '169.254.255.255', 'fe80::1', 'febf:ffff::1', 'fe80::1%1'],
  'IETF Protocol Assignments': ['192.0.0.0', '192.0.0.192', '192.0.0.255', '2001:2::1', '2001:1ff:ffff::1'],
  '6to4 Relay Anycast': ['192.88.99.0', '192.88.99.255'],
  Multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1', 'ffff::1'],
  Reserved: ['240.0.0.0', '255.255.255.255'],
  'metadata services': ['100.100.100.200', '168.63.129.16', 'fd00:ec2::254', 'fd20:ce::254'],
  TEREDO: ['2001::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  '6to4': ['2002::1', '2002:7f00:1::', '2002:808:808::1', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  'IPv4-compatible': ['::', '::2', '::127.0.0.1', '::7f00:1', '::8.8.8.8', '::ffff:ffff'],
  'IPv4-mapped': ['::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '0:0:0:0:0:ffff:0:1', '::FFFF:224.0.0.1'],
  'IPv4-translated (SIIT)': ['::ffff:0:127.0.0.1', '::ffff:0:808:808'],
  'translated to an address that is not public': [
    '64:ff9b::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::10.0.0.1',
    '64:ff9b::192.168.1.1',
    '64:ff9b::168.63.129.16',
    '64:ff9b::',
  ],
  'Local-Use IPv4/IPv6 Translation': ['64:ff9b:1::1', '64:ff9b:1:ffff::127.0.0.1'],
  'Discard-Only': ['100::', '100::ffff', '100:0:0:1::1'],
  'Segment Routing SIDs': ['5f00::1', '5f00:ffff::1'],
  'Deprecated Site Local': ['fec0::1', 'feff:ffff::1'],
  'not assigned': ['1::1', '200::1', '4000::1', '8000::1', 'e000::1', 'f000::1'],
};

/** Not public; an operator can allow them. */
const GUARDED: Readonly<Record<string, readonly string[]>> = {
  Loopback: ['127.0.0.1', '127.255.255.255', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', '::ffff:7f00:1'],
  'Private-Use': [
    '10.0.0.0',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '::ffff:10.0.0.1',
  ],
  'Shared Address Space': ['100.64.0.1', '100.127.255.255'],
  'Unique-Local': ['fc00::1', 'fdff:ffff::1'],
  Benchmarking: ['198.18.0.0', '198.19.255.255'],
  Documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1', '3fff:fff::1'],
  'translated to a public address': ['64:ff9b::8.8.8.8', '64:ff9b::808:808'],
};

const PUBLIC = [
  ...['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '172.15.255.255'],
  ...['172.32.0.0', '192.0.1.0', '192.88.98.255', '192.167.255.255', '192.169.0.0', '198.17.255.255'],
  ...['198.20.0.0', '223.255.255.255', '168.63.129.17', '::ffff:8.8.8.8', '::ffff:808:808'],
  ...[
    '2001:200::1',
    '2001:4860:4860::8888',
    '2003::1',
    '2606:4700::1111',
    '2a00:1450::1',
    '3ffe::1',
    '3fff:1000::1',
  ],
];

describe('The guard of addresses', () => {
  for (const [name, addresses] of Object.entries(NEVER)) {
    it(`refuses ${name} whatever is allowed: ${addresses[0]}`, () => {
      for (const address of addresses) expect(isAllowed(address, EVERYTHING), address).to.equal(false);
    });
  }

  for (const [name, addresses] of Object.entries(GUARDED)) {
    it(`refuses ${name} unless it is allowed: ${addresses[0]}`, () => {
      for (const address of addresses) {
        expect(isAllowed(address), address).to.equal(false);
        expect(isAllowed(address, EVERYTHING), address).to.equal(true);
      }
    });
  }

  it('allows public addresses', () => {
    for (const address of PUBLIC) expect(isAllowed(address), address).to.equal(true);
  });

  it('allows only what is listed, if public addresses are not', () => {
    const guard = new AddressGuard({ allow: ['8.8.8.0/24', '2606:4700::/32'], others: 'none', setting: 's' });
    for (const address of ['8.8.8.8', '[::ffff:8.8.8.8]', '[2606:4700::1]']) guard.checkHost(address);
    for (const address of ['8.8.4.4', '[2a00::1]', '127.0.0.1']) {
      expect(() => guard.checkHost(address), address).to.throw(AddressRefused);
    }
  });

  it('names the setting that allows an address', () => {
    const guard = new AddressGuard({ allow: [], others: 'public', setting: 'http.allow' });
    expect(() => guard.checkHost('10.0.0.1')).to.throw(
      "The address 10.0.0.1 of host '10.0.0.1' is not allowed. Configure http.allow to permit it.",
    );
  });

  it('checks every address to which a name resolves', (done) => {
    const guard = new AddressGuard({ allow: [], others: 'public', setting: 'http.allow' });
    guard.lookupWith(() => {})('localhost', { all: true }, (error) => {
      expect(error).to.be.instanceOf(AddressRefused);
      done();
    });
  });

  it('refuses an entry of the configuration that is no network', () => {
    for (const entry of ['', 'x', '10.0.0.0/33', '::1/129', '10.0.0.0/-1', '10.0.0/8']) {
      expect(() => networksOf(entry), entry).to.throw("Expected 'loopback', 'private'");
    }
  });
});
