import { defined, type HttpClient } from '../../engine/ports/index.ts';
import type { ServerNames } from '../access/index.ts';
import {
  createHttpClient,
  type Destinations,
  type Dispatch,
  ElsewhereOnly,
  ListedDestinations,
  OpenDestinations,
} from '../adapters/index.ts';
import type { Config } from './config.ts';
import { DocumentSources } from './documentSources.ts';

export interface ClientsDeps {
  readonly config: Config;
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
  const pushAllow = config.push?.httpcb?.allow;
  const pushTo =
    pushAllow === undefined
      ? open
      : new ListedDestinations({ allow: pushAllow, setting: 'push.httpcb.allow' });
  return {
    http: client(open),
    documentHttp: client(new DocumentSources({ config, isLoopbackOnly: () => own.isLoopbackOnly })),
    pushHttp: client(new ElsewhereOnly(pushTo)),
  };
}
