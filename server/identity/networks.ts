import { BlockList, isIP } from 'node:net';
import { networksOf } from '../adapters/index.ts';

/** Addresses and networks of the configuration, as in `http.allow`. */
export class Networks {
  readonly #list = new BlockList();

  constructor(entries: readonly string[]) {
    for (const network of entries.flatMap(networksOf)) {
      const [address = '', bits = ''] = network.split('/');
      this.#list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
    }
  }

  includes(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.#list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  }

  /**
   * The address of the client of a request: the peer, or, behind gateways of this list, the last address of
   * X-Forwarded-For that is no gateway. Addresses before it may be invented by the client.
   */
  clientOf(peer: string, forwardedFor: string | undefined): string {
    const addresses = [...(forwardedFor ?? '').split(',').map((part) => part.trim()), peer];
    let client = peer;
    for (const address of addresses.reverse()) {
      if (isIP(address) === 0) break;
      client = address;
      if (!this.includes(address)) break;
    }
    return client;
  }
}
