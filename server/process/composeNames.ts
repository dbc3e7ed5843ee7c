import { ClientAddresses, Cookies, ServerNames } from '../access/index.ts';
import { blockListOf, networksOf } from '../adapters/index.ts';
import { BaseUrl } from './baseUrl.ts';
import type { Config } from './config.ts';
import type { Listener } from './httpServer.ts';

export interface NamesDeps {
  readonly config: Config;
  /** URL of this server, if the configuration has none. Undefined: the address on which it listens. */
  readonly baseUrl?: string;
  /** The sockets on which the server will listen. */
  readonly listeners?: readonly Listener[];
}

/** By what the server and its clients are known: its URLs, its cookies, their addresses. */
export interface Names {
  readonly base: BaseUrl;
  readonly own: ServerNames;
  readonly cookies: Cookies;
  readonly addresses: ClientAddresses;
}

export function composeNames({ config, baseUrl, listeners = [] }: NamesDeps): Names {
  const { http, security, server } = config;
  const configuredUrl = server.baseUrl ?? baseUrl;
  const base = new BaseUrl(configuredUrl);
  return {
    base,
    own: new ServerNames({
      baseUrl: () => (base.isKnown ? base.get() : undefined),
      hosts: http.hosts,
      planned: listeners.map(({ address }) => address),
    }),
    cookies: new Cookies({ isCrossSite: http.crossSiteCookies, baseUrl: configuredUrl }),
    addresses: new ClientAddresses({
      trustedProxies: blockListOf(server.trustedProxies.flatMap(networksOf)),
      gateways: blockListOf((security?.gateways ?? []).flatMap(networksOf)),
    }),
  };
}
