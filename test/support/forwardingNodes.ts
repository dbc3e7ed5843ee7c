import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import {
  type Clock,
  type HttpReply,
  type HttpRequest,
  type SessionId,
  steadyClock,
  systemClock,
} from '../../engine/ports/index.ts';
import { arrivalOf, markArrival, markInside } from '../../server/access/arrival.ts';
import { AUDIENCES } from '../../server/access/audiences.ts';
import { answerOwn } from '../../server/adapters/ownMessages.ts';
import { type CellPlace, ClusterCells } from '../../server/cluster/clusterCells.ts';
import { Forwarder } from '../../server/cluster/forwarder.ts';
import { forwardRequests } from '../../server/cluster/forwardRequests.ts';
import { NodeIdentity } from '../../server/cluster/nodeIdentity.ts';
import { receiveForwarded } from '../../server/cluster/receiveForwarded.ts';
import { errorBoundary } from '../../server/middleware/errorBoundary.ts';
import { handleUpgrades } from '../../server/process/upgrades.ts';
import { silentLog } from './silentLog.ts';

export const SECRET = 'secret of the tests';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Nodes of one cell without a store: the owner answers by a function, the others forward. */
export class ForwardingNodes {
  /** The node that has the cell, as the database says. */
  owner = '';
  /** Whether the database answers. */
  isDatabaseAway = false;
  readonly #nodes = new Map<
    string,
    { readonly server: Server; readonly url: string; readonly handler: RequestListener }
  >();
  readonly #forwarder = new Forwarder();
  readonly #clock: Clock;

  constructor(clock: Clock = steadyClock) {
    this.#clock = clock;
  }

  /** `answer`: absent for a node that never has the cell. Resolves with the URL of the node. */
  async start(node: string, answer?: Answer): Promise<string> {
    const identity = new NodeIdentity({ node, secret: SECRET, clock: systemClock });
    const cells = new ClusterCells({ read: () => this.#read(), clock: this.#clock, log: silentLog });
    const app = new Koa();
    app.use(errorBoundary({ log: silentLog }));
    app.use(receiveForwarded({ identity, trust: () => {} }));
    app.use(
      forwardRequests({
        own: 'main',
        cellOf: () => Promise.resolve(undefined),
        has: () => answer !== undefined && this.owner === node,
        isRepeatable: ({ headers }) => headers['idempotency-key'] !== undefined,
        cells,
        identity,
        forwarder: this.#forwarder,
        clock: this.#clock,
        log: silentLog,
      }),
    );
    app.use((ctx) => {
      ctx.respond = false;
      ctx.res.statusCode = 200;
      answer!(ctx.req, ctx.res);
    });
    const callback = app.callback();
    const arrival = { audiences: new Set(AUDIENCES), isSecure: false };
    const handler = (request: IncomingMessage, response: ServerResponse): void => {
      const { upgradeHead, inside } = arrivalOf(request);
      if (upgradeHead === undefined && inside === undefined) markArrival(request, arrival);
      void callback(request, response);
    };
    const server = createServer(handler);
    handleUpgrades({ server, arrival, handler });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#nodes.set(node, { server, url, handler });
    return url;
  }

  /** Sends a request of a document of a node. */
  ask(node: string, sessionId: SessionId, request: HttpRequest): Promise<HttpReply> {
    const { handler, url } = this.#nodes.get(node)!;
    const { host } = new URL(url);
    const dispatch: RequestListener = (req, res) => {
      markInside(req, sessionId);
      handler(req, res);
    };
    return answerOwn(dispatch, request, { host, path: new URL(request.url).pathname, maxBytes: 1_000_000 });
  }

  /** As SIGKILL: the connections break, and nobody listens. */
  kill(node: string): void {
    const { server } = this.#nodes.get(node)!;
    server.close();
    server.closeAllConnections();
  }

  close(): void {
    for (const node of this.#nodes.keys()) this.kill(node);
    this.#forwarder.close();
  }

  async #read(): Promise<readonly CellPlace[]> {
    if (this.isDatabaseAway) throw new Error('The database is away.');
    const address = this.#nodes.get(this.owner)?.url ?? '';
    return [{ cell: 'main', owner: this.owner, address, epoch: 1 }];
  }
}

export function textOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => resolve(text));
  });
}
