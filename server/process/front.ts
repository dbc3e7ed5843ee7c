import type { RequestListener, ServerResponse } from 'node:http';
import type { Clock, Log } from '../../engine/ports/index.ts';
import { WireError } from '../errors/index.ts';
import { composeNames, type Names } from './composeNames.ts';
import type { Config } from './config.ts';
import { ConnectionLimits } from './connectionLimits.ts';
import { HttpServer, type Listener, urlOf } from './httpServer.ts';

/** Requests that wait for a handler. */
const MAX_HELD = 1_000;

export interface FrontDeps {
  readonly config: Config;
  /** URL of this server, if the configuration has none. Undefined: the address on which it listens. */
  readonly baseUrl?: string;
  /** The sockets on which the server will listen. */
  readonly listeners?: readonly Listener[];
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The sockets of a process, with its names and the limits of connections. They are there before the process
 * has a store: a node that follows a cell listens, and another handler takes over when it has the cell.
 */
export class Front {
  readonly names: Names;
  readonly limits: ConnectionLimits;
  readonly #deps: FrontDeps;
  readonly #servers: HttpServer[] = [];
  readonly #urls: string[] = [];
  #handler: RequestListener = (...exchange) => this.#hold(exchange);
  /** Requests that came before there was a handler. */
  readonly #held: Parameters<RequestListener>[] = [];

  constructor(deps: FrontDeps) {
    this.#deps = deps;
    this.names = composeNames(deps);
    const { addresses } = this.names;
    this.limits = new ConnectionLimits({ ...deps, limits: deps.config.limits.connections, addresses });
  }

  /** Requests that come from now on are answered by this handler. */
  handleWith(handler: RequestListener): void {
    this.#handler = handler;
    for (const exchange of this.#held.splice(0)) handler(...exchange);
  }

  /** The URLs of all listeners so far. */
  get urls(): readonly string[] {
    return this.#urls;
  }

  /**
   * Resolves with the URL of each of these listeners. The first one is the URL of the server, unless one is
   * configured.
   */
  async listenOn(listeners: readonly Listener[]): Promise<readonly string[]> {
    const { own, base } = this.names;
    const handler: RequestListener = (request, response) => this.#handler(request, response);
    const urls: string[] = [];
    for (const listener of listeners) {
      const server = new HttpServer({ ...this.#deps, listener, handler, limits: this.limits });
      this.#servers.push(server);
      const socket = await server.listen();
      own.addListener(socket, listener.address);
      urls.push(urlOf(socket));
      base.settle(urls[0]!);
    }
    this.#urls.push(...urls);
    return urls;
  }

  /** A node listens some moments before it has read who has its cell. */
  #hold(exchange: Parameters<RequestListener>): void {
    if (this.#held.length < MAX_HELD) this.#held.push(exchange);
    else refuse(exchange[1]);
  }

  /** Accepts no more requests and resolves when the running ones have ended. */
  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()));
  }
}

function refuse(response: ServerResponse): void {
  const error = new WireError('UNAVAILABLE', { message: 'This node is starting.' });
  response.writeHead(error.status, { 'Content-Type': 'application/json', 'Retry-After': '1' });
  response.end(JSON.stringify(error.body()));
}
