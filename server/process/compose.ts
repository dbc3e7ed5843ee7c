import type { RequestListener } from 'node:http';
import type { Log } from '../../engine/ports/index.ts';
import {
  AUDIENCES,
  Browsers,
  ClientAddresses,
  Cookies,
  Guard,
  knowClient,
  markInside,
  type Route,
  type Routers,
  ServerNames,
  tableOf,
} from '../access/index.ts';
import { blockListOf, networksOf } from '../adapters/index.ts';
import { BodyBudget } from '../bodies/index.ts';
import { RequestRates, refuseStarts } from '../middleware/index.ts';
import { createAllRouters, createApp } from './app.ts';
import type { ComposedEngine } from './composeEngine.ts';
import { type ComposedIdentities, composeIdentities } from './composeIdentities.ts';
import { composeParts, type Parts } from './composeParts.ts';
import { ConfigChanges, warnOfIneffective } from './configChanges.ts';
import type { ConfigFile } from './configFile.ts';
import { ConnectionLimits } from './connectionLimits.ts';
import { CurrentConfig } from './currentConfig.ts';
import { recordUrl } from './formerUrls.ts';
import { HttpServer, type Listener, urlOf } from './httpServer.ts';
import type { PartsDeps } from './partsDeps.ts';
import { registerAllRoutes } from './registerAllRoutes.ts';
import { createRelateIds, type RelateIds } from './relatedIds.ts';

export interface ComposeDeps
  extends Omit<PartsDeps, 'baseUrl' | 'current' | 'own' | 'cookies' | 'dispatch' | 'closing'> {
  /** The file of the configuration; undefined: it is in no file. */
  readonly configFile?: ConfigFile;
  /** URL of this server, if the configuration has none. Undefined: the address on which it listens. */
  readonly baseUrl?: string;
  /** The sockets on which the server will listen. */
  readonly listeners?: readonly Listener[];
  /** The bytes of a backup of the data directory, if there is one. */
  readonly backup?: () => AsyncIterable<Uint8Array>;
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
  /** Listens with all audiences. Resolves with the URL of the address. */
  listen(port: number, host: string): Promise<{ readonly url: string }>;
  /** Resolves with the URL of each listener when all of them listen. */
  listenOn(listeners: readonly Listener[]): Promise<readonly string[]>;
  /**
   * The status of the node is OFFLINE from now on, and requests for new sessions get 503. Resolves after this
   * time, in which load balancers notice it.
   */
  drain(ms: number): Promise<void>;
  /** Accepts no more requests, lets running ones end, and closes the store. */
  close(): Promise<void>;
}

/**
 * Builds the server: its parts, the routes in front of them, and the socket. Durable tasks need the URL of
 * the server, so they start at once when the URL is configured, and otherwise when the server listens.
 */
export function compose(deps: ComposeDeps): Orsay {
  warnOfIneffective(deps.log, deps.config.services);
  const base = new BaseUrl(deps.config.server.baseUrl ?? deps.baseUrl);
  const baseUrl = (): string => base.get();
  const own = new ServerNames({
    baseUrl: () => (base.isKnown ? base.get() : undefined),
    hosts: deps.config.http.hosts,
    planned: (deps.listeners ?? []).map(({ address }) => address),
  });
  const cookies = new Cookies({
    isCrossSite: deps.config.http.crossSiteCookies,
    baseUrl: deps.config.server.baseUrl ?? deps.baseUrl,
  });
  const stopping = new AbortController();
  const offline = new AbortController();
  const addresses = new ClientAddresses({
    trustedProxies: blockListOf(deps.config.server.trustedProxies.flatMap(networksOf)),
    gateways: blockListOf((deps.config.security?.gateways ?? []).flatMap(networksOf)),
  });
  const connectionLimits = new ConnectionLimits({
    ...deps,
    limits: deps.config.limits.connections,
    addresses,
  });

  const current = new CurrentConfig(deps.config);
  const { engine, ...parts } = composeParts({
    ...deps,
    current,
    baseUrl,
    own,
    cookies,
    // Parts send requests to own URLs only after all of them are built.
    dispatch: (request, response, sessionId) => {
      markInside(request, sessionId);
      handler(request, response);
    },
    closing: stopping.signal,
  });
  const identities = composeIdentities({
    ...deps,
    current,
    http: parts.http,
    audit: parts.audit,
    isReachable: !own.isLoopbackOnly,
    addresses,
  });
  const browsers = new Browsers({ names: own, origins: deps.config.http.origins });
  const guard = new Guard({ authenticator: identities.identities, browsers });
  const rates = new RequestRates({ ...deps, limits: deps.config.limits.requests });
  const configuration = new ConfigChanges({ ...deps, ...parts, file: deps.configFile, current });
  const routers = routersOf(deps, parts, {
    ...identities,
    current,
    configuration,
    guard,
    cookies,
    rates,
    baseUrl,
    closing: stopping.signal,
    offline: offline.signal,
  });
  const verifiesUsers = deps.config.security?.customers?.mode === 'token';
  const app = createApp({
    log: deps.log,
    browsers,
    routers,
    first: [knowClient({ addresses, verifiesUsers }), rates.limitAddresses(), refuseStarts(offline.signal)],
  });
  const callback = app.callback();
  // The promise of Koa never rejects: the error boundary answers, and the app's 'error' event reports later
  // failures.
  const handler: RequestListener = (request, response) => void callback(request, response);
  const serverOf = (listener: Listener): HttpServer =>
    new HttpServer({ ...deps, listener, handler, limits: connectionLimits });
  const formerUrls = (present: string) => recordUrl(present, { ...deps, durable: parts.durable });
  const lifecycle = new Lifecycle({
    log: deps.log,
    serverOf,
    own,
    base,
    formerUrls,
    parts,
    engine,
    stopping,
  });
  if (base.isKnown) lifecycle.startTasks();

  return {
    ...parts,
    routes: tableOf(routers),
    handler,
    baseUrl,
    relateIds: createRelateIds(parts),
    enginePids: () => engine.children?.pids() ?? [],
    async listen(port, host) {
      const [url] = await lifecycle.listenOn([{ address: host, port, audiences: AUDIENCES }]);
      return { url: url! };
    },
    listenOn: (listeners) => lifecycle.listenOn(listeners),
    drain(ms) {
      offline.abort();
      return new Promise((resolve) => deps.clock.at(deps.clock.now() + ms, resolve));
    },
    close() {
      offline.abort();
      return lifecycle.close();
    },
  };
}

function routersOf(
  { config, clock, ids, log, backup }: ComposeDeps,
  parts: Omit<Parts, 'engine'>,
  {
    current,
    configuration,
    guard,
    customers,
    cookies,
    rates,
    baseUrl,
    closing,
    offline,
  }: Pick<ComposedIdentities, 'customers'> & {
    readonly current: CurrentConfig;
    readonly configuration: ConfigChanges;
    readonly guard: Guard;
    readonly cookies: Cookies;
    readonly rates: RequestRates;
    readonly baseUrl: () => string;
    readonly closing: AbortSignal;
    readonly offline: AbortSignal;
  },
): Routers {
  const requestTimeoutMs = config.server.requestTimeout * 1000;
  return createAllRouters({
    limitUsers: rates.limitUsers(),
    admissionOf: (ctx) => rates.admissionOf(ctx),
    bodies: new BodyBudget({ clock, log, limits: config.limits.bodies }),
    durable: parts.durable,
    bayeux: parts.bayeux,
    believed: (claim) => customers.believed(claim),
    guard,
    registerRoutes: (routers) =>
      registerAllRoutes(routers, {
        ...parts,
        current,
        configuration,
        guard,
        cookies,
        config,
        clock,
        ids,
        log,
        backup,
        baseUrl,
        requestTimeoutMs,
        closing,
        offline,
      }),
  });
}

interface LifecycleDeps {
  readonly log: Log;
  readonly serverOf: (listener: Listener) => HttpServer;
  readonly own: ServerNames;
  readonly base: BaseUrl;
  /** Records the present URL of the server, and returns its earlier ones. */
  readonly formerUrls: (present: string) => readonly string[];
  readonly parts: Pick<Parts, 'durable' | 'routing' | 'services' | 'bayeux'>;
  readonly engine: ComposedEngine;
  /** Aborted by close(). */
  readonly stopping: AbortController;
}

/** Starts and stops the server. */
class Lifecycle {
  readonly #deps: LifecycleDeps;
  readonly #servers: HttpServer[] = [];
  #hasStartedTasks = false;

  constructor(deps: LifecycleDeps) {
    this.#deps = deps;
  }

  startTasks(): void {
    if (this.#hasStartedTasks) return;
    this.#hasStartedTasks = true;
    const { parts, own, base, formerUrls, log } = this.#deps;
    const { durable, routing, services } = parts;
    for (const url of formerUrls(base.get())) own.addFormer(url);
    durable.start();
    void services
      .start()
      .catch((err) => log.error({ err }, 'The lists that pause services are not watched.'));
    void routing.readAhead();
  }

  /** The first listener is the URL of the server, unless one is configured. */
  async listenOn(listeners: readonly Listener[]): Promise<readonly string[]> {
    const urls: string[] = [];
    for (const listener of listeners) {
      const server = this.#deps.serverOf(listener);
      this.#servers.push(server);
      const socket = await server.listen();
      this.#deps.own.addListener(socket, listener.address);
      urls.push(urlOf(socket));
      this.#deps.base.settle(urls[0]!);
    }
    this.startTasks();
    return urls;
  }

  async close(): Promise<void> {
    const { parts, engine, stopping } = this.#deps;
    stopping.abort();
    parts.bayeux.close();
    await Promise.all(this.#servers.map((server) => server.close()));
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
