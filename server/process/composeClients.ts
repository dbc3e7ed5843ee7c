import { isDeepStrictEqual } from 'node:util';
import { defined, type HttpClient } from '../../engine/ports/index.ts';
import type { ServerNames } from '../access/index.ts';
import {
  type AddressGuard,
  createHttpClient,
  type Destinations,
  type Dispatch,
  ElsewhereOnly,
  ListedDestinations,
  OpenDestinations,
} from '../adapters/index.ts';
import type { Config } from './config.ts';
import type { CurrentConfig } from './currentConfig.ts';
import { DocumentSources } from './documentSources.ts';

export interface ClientsDeps {
  readonly config: Config;
  readonly current: CurrentConfig;
  readonly own: ServerNames;
  readonly dispatch: Dispatch;
  /** Replaces the network; undefined: the network. */
  readonly http?: HttpClient;
}

/** The HTTP clients of the server, by what they may reach. */
export interface Clients {
  /** For requests of documents, and for routing. */
  readonly http: HttpClient;
  /** Reads documents and the files that they include. */
  readonly documentHttp: HttpClient;
  /** Posts notifications to subscribers of type httpcb: never to this server. */
  readonly pushHttp: HttpClient;
}

export function composeClients(deps: ClientsDeps): Clients {
  const { config, own, dispatch } = deps;
  const client = (destinations: Destinations): HttpClient =>
    createHttpClient({
      own,
      dispatch,
      destinations,
      maxBytes: config.http.maxBytes,
      ...defined({ outside: deps.http }),
    });
  const open = new OpenDestinations(config.http.allow);
  return {
    http: client(open),
    documentHttp: client(new DocumentSources({ config, isLoopbackOnly: () => own.isLoopbackOnly })),
    pushHttp: client(new ElsewhereOnly(new PushReceivers(deps.current, open))),
  };
}

/** `push.httpcb.allow` as it counts now; without it as `http.allow`. */
class PushReceivers implements Pick<Destinations, 'guardOf'> {
  readonly #current: CurrentConfig;
  readonly #open: Destinations;
  #allow: readonly string[] = [];
  #listed = listed([]);

  constructor(current: CurrentConfig, open: Destinations) {
    this.#current = current;
    this.#open = open;
  }

  guardOf(url: URL): AddressGuard {
    const allow = this.#current.whole.push?.httpcb?.allow;
    if (allow === undefined) return this.#open.guardOf(url);
    // Each guard has connections of its own.
    if (!isDeepStrictEqual(allow, this.#allow)) {
      this.#allow = allow;
      this.#listed = listed(allow);
    }
    return this.#listed.guardOf(url);
  }
}

function listed(allow: readonly string[]): ListedDestinations {
  return new ListedDestinations({ allow, setting: 'push.httpcb.allow' });
}
