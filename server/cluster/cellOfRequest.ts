import type { IncomingMessage } from 'node:http';
import { cellNamedBy, DEFAULT_CELL } from '../../engine/ports/index.ts';
import type { ApiDescription } from '../openapi/index.ts';
import { peekBody } from './peekBody.ts';
import { RouteTable } from './routeTable.ts';

/** The way in which a parameter of a path names a cell. */
type ParameterKind =
  /** An id that the product made, with the prefix of its cell. */
  | 'id'
  /** A service, whose option `_cell` names one. */
  | 'service'
  /** An agent, whose settings may name one. */
  | 'agent'
  | 'other';

/** A cell that a request is for. */
export interface NamedCell {
  readonly cell: string;
  /** An id of a cell that does not exist is an id that nothing has. */
  readonly by: 'id' | 'configuration';
}

/**
 * Every parameter of a path of the server, with the path before it. A test fails for a route whose parameters
 * are not all here.
 */
export const PATH_PARAMETERS: Readonly<Record<string, ParameterKind>> = {
  '/agent/1/agents/:agentId': 'agent',
  '/agent/1/interactions/:id': 'id',
  '/agent/1/interactions/:id/files/:fileId': 'other',
  '/agent/1/interactions/:id/history/:earlier': 'other',
  '/api/:file': 'other',
  '/console{/*path}': 'other',
  '/genesys/1/admin/agents/:agentId': 'agent',
  '/genesys/1/admin/callback/:id': 'id',
  '/genesys/1/admin/debug/:id': 'id',
  '/genesys/1/admin/debug/sessions/:sid': 'id',
  '/genesys/1/admin/debug/sessions/:sid/steps/:step': 'other',
  '/genesys/1/admin/debug/sessions/:sid/timers/:key': 'other',
  '/genesys/1/admin/documents/:hash': 'other',
  '/genesys/1/admin/lists/:name': 'other',
  '/genesys/1/admin/patterns/groups/:group': 'other',
  '/genesys/1/admin/push/providers/:name': 'other',
  '/genesys/1/admin/services/:name': 'other',
  '/genesys/1/admin/sessions/:sid': 'id',
  '/genesys/1/admin/templates/:name': 'other',
  '/genesys/1/admin/users/:name': 'other',
  '/genesys/1/document/service_template/:template': 'other',
  '/genesys/1/document/service_template/:template/*path': 'other',
  '/genesys/1/notification/subscription/:id': 'id',
  '/genesys/1/notification/subscription/subscriber/:subscriberId': 'other',
  '/genesys/1/patterns/group/:group': 'other',
  '/genesys/1/service/:id': 'id',
  '/genesys/1/service/:id/:request': 'other',
  '/genesys/1/service/:id/storage/:key': 'other',
  '/genesys/1/service/:id/storage/binary/:key': 'other',
  '/genesys/1/service/:service': 'service',
  '/genesys/1/service/:serviceId': 'id',
  '/genesys/1/service/callback/:name': 'service',
  '/genesys/1/service/callback/:name/:id': 'id',
  '/genesys/1/storage/:id': 'id',
  '/genesys/1/storage/:id/:key': 'other',
  '/genesys/1/storage/:id/:ttl': 'other',
  '/genesys/1/storage/:ttl': 'other',
  '/genesys/1/storage/binary/:id': 'id',
  '/genesys/1/storage/binary/:id/:key': 'other',
  '/genesys/2/chat/:service': 'service',
  '/genesys/2/chat/:service/:chatId': 'id',
  '/genesys/2/chat/:service/:chatId/file/:fileId': 'other',
  '/genesys/2/email/:service': 'service',
  '/genesys/2/email/:service/:interactionId': 'id',
  '/genesys/2/openmedia/:service': 'service',
  '/genesys/2/openmedia/:service/:interactionId': 'id',
  '/genesys/2/service/callback/:name': 'service',
  '/genesys/cometd{/*path}': 'other',
  '/scxml/session/:sid': 'id',
  '/scxml/session/:sid/event/:name': 'other',
  '/scxml/session/:sid/request/:name': 'other',
  '/urs/call/:id': 'id',
  '/urs/call/:id/lvq/:vq': 'other',
  '/urs/call/:id/reply/:ref': 'other',
  '/urs/call/:method': 'other',
};

const COMETD = /^\/genesys\/cometd(?:\/|$)/;
/** The id of a client in messages of Bayeux, in JSON or encoded in a query. */
const CLIENT_ID = /(?:"|%22)clientId(?:"|%22)(?:\s|%20|\+)*(?::|%3A)(?:\s|%20|\+)*(?:"|%22)([\w-]{1,80})/i;
/** Cookies that name the cell of a browser: of its CometD client, or of the service that it used last. */
const COOKIES = [/(?:^|;\s*)BAYEUX_BROWSER="?([\w-]{1,80})/, /(?:^|;\s*)JSESSIONID="?([\w-]{1,80})/];
/** A longer body of CometD is refused anyway. */
const MAX_COMETD_BYTES = 65_536;

/** Tells the cells of services and agents, as the configuration has them now. */
export interface ConfiguredCells {
  ofService(name: string): string | undefined;
  ofAgent(id: string): string | undefined;
}

interface Place {
  readonly kind: Exclude<ParameterKind, 'other'>;
  /** Index in `path.split('/')`. */
  readonly segment: number;
}

/** Finds the cells of requests by the ids and names in them. */
export class CellsOfRequests {
  readonly #routes: RouteTable<Place | undefined>;
  readonly #own: string;
  readonly #configured: ConfiguredCells;

  /** `apis`: the descriptions of all routes. `own`: the cell of this node. */
  constructor(deps: {
    readonly apis: readonly ApiDescription[];
    readonly own: string;
    readonly configured: ConfiguredCells;
  }) {
    this.#own = deps.own;
    this.#configured = deps.configured;
    const keys = deps.apis.flatMap(({ operations }) => Object.keys(operations));
    this.#routes = new RouteTable(keys.map((key) => [key, placeOf(key)]));
  }

  /**
   * The cell that a request names: by the id in its path, or the configuration of the service or agent there;
   * for CometD by the id of the client, or by a cookie. An id without a prefix is of the default cell.
   * Undefined: it names none.
   */
  async cellOf(request: IncomingMessage): Promise<NamedCell | undefined> {
    const { method = '', url = '' } = request;
    const [path = '', query = ''] = url.split('?', 2);
    if (COMETD.test(path)) return this.#cellOfClient(request, query);
    const place = this.#routes.find(method, path);
    const text = place && decoded(path.split('/')[place.segment]!);
    if (place === undefined || text === undefined) return undefined;
    if (place.kind === 'id') return this.#cellOfId(text);
    const { ofService, ofAgent } = this.#configured;
    const cell = place.kind === 'service' ? ofService(text) : ofAgent(text);
    return cell === undefined ? undefined : { cell, by: 'configuration' };
  }

  /** A node of another cell makes no ids without a prefix. */
  #cellOfId(id: string): NamedCell | undefined {
    // URS takes `@<interaction>` for a call.
    const cell = cellNamedBy(id.replace(/^@/, '')) ?? DEFAULT_CELL;
    return cell === this.#own ? undefined : { cell, by: 'id' };
  }

  async #cellOfClient(request: IncomingMessage, query: string): Promise<NamedCell | undefined> {
    const text = request.method === 'POST' ? await peekBody(request, MAX_COMETD_BYTES) : query;
    const clientId = CLIENT_ID.exec(text)?.[1];
    if (clientId !== undefined) return this.#cellOfId(clientId);
    for (const cookie of COOKIES) {
      const value = cookie.exec(request.headers.cookie ?? '')?.[1];
      const cell = value === undefined ? undefined : cellNamedBy(value);
      if (cell !== undefined) return { cell, by: 'id' };
    }
    return undefined;
  }
}

/** The first id of a route's path; without one, the service or the agent. */
function placeOf(key: string): Place | undefined {
  const segments = key.slice(key.indexOf(' ') + 1).split('/');
  const places = [...segments.keys()].flatMap((segment) => {
    const kind = PATH_PARAMETERS[segments.slice(0, segment + 1).join('/')] ?? 'other';
    return kind === 'other' ? [] : [{ kind, segment }];
  });
  return places.find(({ kind }) => kind === 'id') ?? places[0];
}

/** As the router decodes a part of a path. Undefined: it refuses the request. */
function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
