import { type Clock, defined, type HttpClient, type Log } from '../../engine/ports/index.ts';
import type { ServerNames } from '../access/index.ts';
import {
  type AddressGuard,
  createHttpClient,
  type Destinations,
  type Dispatch,
  ElsewhereOnly,
  OpenDestinations,
  type OutsideLogins,
} from '../adapters/index.ts';
import type { Tracing } from '../tracing/index.ts';
import { type LoginFiles, outsideLogins } from './config/logins.ts';
import type { Config } from './config.ts';
import type { CurrentConfig } from './currentConfig.ts';
import { DocumentSources } from './documentSources.ts';
import { LiveDestinations } from './liveDestinations.ts';

export interface ClientsDeps {
  readonly config: Config;
  readonly current: CurrentConfig;
  readonly own: ServerNames;
  readonly dispatch: Dispatch;
  /** The passwords of `http.logins`. */
  readonly logins: LoginFiles;
  readonly clock: Clock;
  readonly log: Log;
  /** Replaces the network; undefined: the network. */
  readonly http?: HttpClient;
  readonly tracing?: Tracing | undefined;
}

/** The HTTP clients of the server, by what they may reach. */
export interface Clients {
  /** For requests of documents, and for routing. */
  readonly http: HttpClient;
  /** Reads documents and the files that they include. */
  readonly documentHttp: HttpClient;
  /** As `documentHttp` when a service names the document at the URL. */
  readonly documentHttpBeside: (url: URL) => HttpClient;
  /** Posts notifications to subscribers of type httpcb: never to this server. */
  readonly pushHttp: HttpClient;
}

export function composeClients(deps: ClientsDeps): Clients {
  const { config, own, dispatch, tracing } = deps;
  const client = (destinations: Destinations, logins?: OutsideLogins): HttpClient => {
    const plain = createHttpClient({
      own,
      dispatch,
      destinations,
      maxBytes: config.http.maxBytes,
      ...defined({ outside: deps.http, logins }),
    });
    return tracing?.client(plain) ?? plain;
  };
  const open = new OpenDestinations(config.http.allow);
  const sources = { current: deps.current, isLoopbackOnly: () => own.isLoopbackOnly };
  return {
    http: client(open, outsideLogins(config.http.logins, deps.logins, deps)),
    documentHttp: client(new DocumentSources(sources)),
    documentHttpBeside: (url) => client(new DocumentSources({ ...sources, beside: url })),
    pushHttp: client(new ElsewhereOnly(new PushReceivers(deps.current, open))),
  };
}

/** `push.httpcb.allow` as it counts now; without it as `http.allow`. */
class PushReceivers implements Pick<Destinations, 'guardOf'> {
  readonly #open: Destinations;
  readonly #allow: () => readonly string[] | undefined;
  readonly #listed: LiveDestinations;

  constructor(current: CurrentConfig, open: Destinations) {
    this.#open = open;
    this.#allow = () => current.whole.push?.httpcb?.allow;
    this.#listed = new LiveDestinations({ allow: () => this.#allow() ?? [], setting: 'push.httpcb.allow' });
  }

  guardOf(url: URL): AddressGuard {
    return this.#allow() === undefined ? this.#open.guardOf(url) : this.#listed.guardOf(url);
  }
}
