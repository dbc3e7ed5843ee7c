import type { RequestListener } from 'node:http';
import { Guard, markInside, type Route, type Routers, tableOf } from '../access/index.ts';
import { blockListOf, networksOf } from '../adapters/index.ts';
import { ClientAddresses } from '../middleware/index.ts';
import { createAllRouters, createApp } from './app.ts';
import type { ComposedEngine } from './composeEngine.ts';
import { type ComposedIdentities, composeIdentities } from './composeIdentities.ts';
import { composeParts, type Parts, type PartsDeps } from './composeParts.ts';
import { ConnectionLimits } from './connectionLimits.ts';
import { HttpServer } from './httpServer.ts';
import { registerAllRoutes } from './registerAllRoutes.ts';
import { createRelateIds, type RelateIds } from './relatedIds.ts';

export interface ComposeDeps extends Omit<PartsDeps, 'baseUrl' | 'dispatch' | 'closing'> {
  /** URL of this server, if the configuration has none. Undefined: the address on which it listens. */
  readonly baseUrl?: string;
  /** True when the server will listen on an address that other machines reach. */
  readonly isReachable?: boolean;
}

/** The server and its parts. */
export interface Orsay extends Omit<Parts, 'engine'> {
  /** Every route, with its audience. */
  readonly routes: readonly Route[];
  readonly handler: RequestListener;
  /** Finds the other ids of the thing that a log line is about. */
  readonly relateIds: RelateIds;
  /** Process ids of the living engine children. */
  enginePids(): readonly number[];
  baseUrl(): string;
  /** Resolves with the URL of the address on which it listens. */
  listen(port: number, host: string): Promise<{ readonly url: string }>;
  /** Accepts no more requests, lets running ones end, and closes the store. */
  close(): Promise<void>;
}

/**
 * Builds the server: its parts, the routes in front of them, and the socket. Durable tasks need the URL of
 * the server, so they start at once when the URL is configured, and otherwise when the server listens.
 */
export function compose(deps: ComposeDeps): Orsay {
  const base = new BaseUrl(deps.config.server.baseUrl ?? deps.baseUrl);
  const baseUrl = (): string => base.get();
  const stopping = new AbortController();
  const addresses = new ClientAddresses({
    trustedProxies: blockListOf(deps.config.server.trustedProxies.flatMap(networksOf)),
    gateways: blockListOf((deps.config.security?.gateways ?? []).flatMap(networksOf)),
  });
  const connectionLimits = new ConnectionLimits({
    ...deps,
    limits: deps.config.limits.connections,
    addresses,
  });

  const { engine, ...parts } = composeParts({
    ...deps,
    baseUrl,
    // Parts send requests to own URLs only after all of them are built.
    dispatch: (request, response, sessionId) => {
      markInside(request, sessionId);
      handler(request, response);
    },
    closing: stopping.signal,
  });
  const identities = composeIdentities({
    ...deps,
    http: parts.http,
    isReachable: deps.isReachable ?? false,
    addresses,
  });
  const routers = routersOf(deps, parts, { ...identities, baseUrl, closing: stopping.signal });
  const app = createApp({ log: deps.log, routers });
  const callback = app.callback();
  // The promise of Koa never rejects: the error boundary answers, and the app's 'error' event reports later
  // failures.
  const handler: RequestListener = (request, response) => void callback(request, response);
  const server = new HttpServer(handler, connectionLimits);
  const lifecycle = new Lifecycle({ server, base, parts, engine, stopping });
  if (base.isKnown) lifecycle.startTasks();

  return {
    ...parts,
    routes: tableOf(routers),
    handler,
    baseUrl,
    relateIds: createRelateIds(parts),
    enginePids: () => engine.children?.pids() ?? [],
    listen: (port, host) => lifecycle.listen(port, host),
    close: () => lifecycle.close(),
  };
}

function routersOf(
  { config, clock, ids, log }: ComposeDeps,
  parts: Omit<Parts, 'engine'>,
  {
    identities,
    customers,
    baseUrl,
    closing,
  }: ComposedIdentities & { readonly baseUrl: () => string; readonly closing: AbortSignal },
): Routers {
  const requestTimeoutMs = config.server.requestTimeout * 1000;
  const guard = new Guard(identities);
  return createAllRouters({
    durable: parts.durable,
    bayeux: parts.bayeux,
    believed: (claim) => customers.believed(claim),
    guard,
    registerRoutes: (routers) =>
      registerAllRoutes(routers, {
        ...parts,
        guard,
        config,
        clock,
        ids,
        log,
        baseUrl,
        requestTimeoutMs,
        closing,
      }),
  });
}

interface LifecycleDeps {
  readonly server: HttpServer;
  readonly base: BaseUrl;
  readonly parts: Pick<Parts, 'durable' | 'routing' | 'bayeux'>;
  readonly engine: ComposedEngine;
  /** Aborted by close(). */
  readonly stopping: AbortController;
}

/** Starts and stops the server. */
class Lifecycle {
  readonly #deps: LifecycleDeps;
  #hasStartedTasks = false;

  constructor(deps: LifecycleDeps) {
    this.#deps = deps;
  }

  startTasks(): void {
    if (this.#hasStartedTasks) return;
    this.#hasStartedTasks = true;
    const { durable, routing } = this.#deps.parts;
    durable.start();
    void routing.readAhead();
  }

  async listen(port: number, host: string): Promise<{ readonly url: string }> {
    const url = await this.#deps.server.listen(port, host);
    this.#deps.base.settle(url);
    this.startTasks();
    return { url };
  }

  async close(): Promise<void> {
    const { server, parts, engine, stopping } = this.#deps;
    stopping.abort();
    parts.bayeux.close();
    await server.close();
    await parts.durable.stop();
    engine.close();
  }
}

/** The URL of the server: configured, or known as soon as the server listens. */
class BaseUrl {
  #url: string | undefined;

  constructor(configured: string | undefined) {
    this.#url = configured?.replace(/\/+$/, '');
  }

  get isKnown(): boolean {
    return this.#url !== undefined;
  }

  /** Sets the URL, unless one is configured. */
  settle(url: string): void {
    this.#url ??= url;
  }

  get(): string {
    if (this.#url === undefined) throw new Error('The URL of the server is not known before it listens.');
    return this.#url;
  }
}
