import { IncomingMessage } from 'node:http';
import { BlockList, Socket } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { ClientAddresses } from '../../../server/access/clientAddresses.ts';
import { fuzzSeed } from '../../support/fuzzSeed.ts';

const GATEWAYS = new BlockList();
GATEWAYS.addAddress('203.0.113.80');

function trusting(...networks: readonly (readonly [string, number])[]): ClientAddresses {
  const list = new BlockList();
  for (const [address, bits] of networks) {
    list.addSubnet(address, bits, address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return new ClientAddresses({ trustedProxies: list, gateways: GATEWAYS });
}

function requestFrom(remoteAddress: string, forwarded?: string): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress });
  const request = new IncomingMessage(socket);
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded;
  return request;
}

describe('the address for which limits count', () => {
  it('is an IPv4 address, or the network of 64 bits of an IPv6 address', () => {
    const addresses = trusting();
    const cases: readonly (readonly [string, string])[] = [
      ['192.0.2.7', '192.0.2.7'],
      ['::ffff:192.0.2.7', '192.0.2.7'],
      ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
      ['2001:0DB8:1:2::9', '2001:db8:1:2::/64'],
      ['2001:db8::9', '2001:db8:0:0::/64'],
      ['fe80::1%eth0', 'fe80:0:0:0::/64'],
      ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
      ['', 'unknown'],
    ];
    for (const [remote, expected] of cases) expect(addresses.of(requestFrom(remote))).to.equal(expected);
  });

  it('does not exist for this machine, nor for a request without a socket', () => {
    const addresses = trusting(['127.0.0.1', 32]);
    const inProcess = { socket: { remoteAddress: '127.0.0.1' }, headers: { 'x-forwarded-for': '192.0.2.7' } };
    expect(addresses.of(inProcess as unknown as IncomingMessage)).to.equal(undefined);
    for (const remote of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) {
      expect(trusting().of(requestFrom(remote, '192.0.2.7'))).to.equal(undefined);
    }
  });

  it('is the last entry of X-Forwarded-For that no trusted proxy has, if a trusted proxy sends it', () => {
    const addresses = trusting(['10.0.0.0', 8], ['2001:db8:ffff::', 48]);
    const cases: readonly (readonly [string, string | undefined, string | undefined])[] = [
      ['10.0.0.1', undefined, undefined],
      ['10.0.0.1', '198.51.100.1', '198.51.100.1'],
      ['10.0.0.1', '203.0.113.9, 198.51.100.1', '198.51.100.1'],
      ['10.0.0.1', '203.0.113.9, 198.51.100.1, 10.0.0.2', '198.51.100.1'],
      ['10.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
      ['10.0.0.1', '[2001:db8::1]:4711', '2001:db8:0:0::/64'],
      ['2001:db8:ffff::1', '198.51.100.1', '198.51.100.1'],
      ['10.0.0.1', '198.51.100.1, nonsense', 'unknown'],
      ['192.0.2.7', '198.51.100.1', '192.0.2.7'],
      ['203.0.113.80', '198.51.100.1', undefined],
      ['10.0.0.1', '198.51.100.1, 203.0.113.80', undefined],
    ];
    for (const [remote, forwarded, expected] of cases) {
      expect(addresses.of(requestFrom(remote, forwarded)), `${remote} for ${forwarded}`).to.equal(expected);
    }
  });

  it('is never chosen by a client, whatever it sends in X-Forwarded-For', () => {
    const addresses = trusting(['10.0.0.0', 8]);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), fc.boolean(), (sent, isBehindProxy) => {
        const request = isBehindProxy
          ? requestFrom('10.0.0.1', `${sent}, 192.0.2.7`)
          : requestFrom('192.0.2.7', sent);
        expect(addresses.of(request)).to.equal('192.0.2.7');
      }),
      { ...fuzzSeed(), numRuns: 200 },
    );
  });

  it('is one for all addresses of an IPv6 network of 64 bits', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const network = trusting().of(requestFrom(address));
        if (network === undefined) return;
        expect(network).to.match(/^(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){3}::\/64)$/);
        const list = new BlockList();
        list.addSubnet(network.slice(0, -3), 64, 'ipv6');
        expect(list.check(address, 'ipv6'), `${address} in ${network}`).to.equal(true);
      }),
      { ...fuzzSeed(), numRuns: 300 },
    );
  });
});
