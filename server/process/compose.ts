import { setMaxListeners } from 'node:events';
import type { RequestListener } from 'node:http';
import type { Middleware } from 'koa';
import { type Clock, steadyClock } from '../../engine/ports/index.ts';
import { ConfiguredAgents } from '../../strategies/routing/index.ts';
import {
  AUDIENCES,
  Browsers,
  type Cookies,
  Guard,
  knowClient,
  markInside,
  type Route,
  type Routers,
  tableOf,
} from '../access/index.ts';
import { RecentWarnings } from '../adapters/index.ts';
import { BodyBudget } from '../bodies/index.ts';
import { isOfNode, type NodeState } from '../cluster/index.ts';
import { type CellFigures, Instruments, type Scraper } from '../metrics/index.ts';
import { RequestRates, refuseStarts, refuseUnowned, refuseWaiting } from '../middleware/index.ts';
import { createAllRouters, createApp } from './app.ts';
import { composeDigital, type DigitalChannels } from './composeDigital.ts';
import { type ComposedIdentities, composeIdentities } from './composeIdentities.ts';
import { composeMetrics } from './composeMetrics.ts';
import { composeParts, type Parts } from './composeParts.ts';
import { peopleOf } from './config/agents.ts';
import type { Config } from './config.ts';
import { ConfigChanges, warnOfIneffective } from './configChanges.ts';
import type { ConfigText } from './configText.ts';
import { readConfiguredFiles } from './configuredFiles.ts';
import { ConfigWatch } from './configWatch.ts';
import { CurrentConfig } from './currentConfig.ts';
import { recordUrl } from './formerUrls.ts';
import { Front } from './front.ts';
import type { Listener } from './httpServer.ts';
import { Lifecycle } from './lifecycle.ts';
import type { PartsDeps } from './partsDeps.ts';
import { registerAllRoutes } from './registerAllRoutes.ts';
import { createRelateIds, type RelateIds } from './relatedIds.ts';
import { requireSecurityOf } from './settings.ts';
import { strategiesOf } from './strategyFiles.ts';

export interface ComposeDeps
  extends Omit<
    PartsDeps,
    'baseUrl' | 'current' | 'files' | 'logins' | 'strategies' | 'own' | 'cookies' | 'dispatch' | 'closing'
  > {
  /** The text of the configuration; undefined: it has none, and stays as it is. */
  readonly configText?: ConfigText;
  /** Sections of the configuration that the environment sets. */
  readonly pinned?: Partial<Config>;
  /** URL of this server, if the configuration has none. Undefined: the address on which it listens. */
  readonly baseUrl?: string;
  /** The sockets on which the server will listen. */
  readonly listeners?: readonly Listener[];
  /** The bytes of a backup of the data directory, if there is one. */
  readonly backup?: () => AsyncIterable<Uint8Array>;
  /** The sockets, if they are there already. */
  readonly front?: Front;
  /** Absent: the store is only of this process. */
  readonly cluster?: ClusterSide;
}

/** The cluster as the server of a node sees it. */
export interface ClusterSide {
  /** Whether the store is this process's now. */
  readonly mayAnswer: () => boolean;
  readonly state: () => Omit<NodeState, 'isOffline'>;
  /** Reads the marks of other nodes. */
  readonly receive: Middleware;
  /** Sends the requests for other cells to their nodes. */
  readonly forward: Middleware;
  readonly figures: () => CellFigures;
}

/** The server and its parts. */
export interface Orsay extends Omit<Parts, 'engine'> {
  /** Every route, with its audience. */
  readonly routes: readonly Route[];
  readonly handler: RequestListener;
  /** Finds the other ids of the thing that a log line is about. */
  readonly relateIds: RelateIds;
  /** The configuration that counts now. */
  config(): Config;
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
export function compose(given: ComposeDeps): Orsay {
  const warnings = new RecentWarnings(given.log, given.clock);
  const deps = { ...given, log: warnings };
  const files = readConfiguredFiles(deps);
  files.requireUsable();
  warnOfIneffective(deps.log, deps.config.services);
  const front = given.front ?? new Front(deps);
  const { base, own, cookies, addresses } = front.names;
  const baseUrl = (): string => base.get();
  const stopping = new AbortController();
  // Each event stream listens.
  setMaxListeners(0, stopping.signal);
  const offline = new AbortController();
  const current = new CurrentConfig(deps.config);
  const instruments = new Instruments();
  const { engine, ...parts } = composeParts({
    ...deps,
    write: instruments.counted(deps.store),
    current,
    files: files.push,
    logins: files.logins,
    strategies: strategiesOf(files.strategies),
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
    files: files.identity,
    http: parts.http,
    audit: parts.audit,
    durable: parts.durable,
    isReachable: !own.isLoopbackOnly,
    addresses,
  });
  const browsers = new Browsers({ names: own, origins: deps.config.http.origins });
  const guard = new Guard({ authenticator: identities.identities, browsers });
  const rates = new RequestRates({ ...deps, limits: deps.config.limits.requests });
  const channels = composeDigital({ ...deps, ...parts, ...identities, current });
  const { cluster } = given;
  const { configuration, watch } = changesOf(deps, parts, current);
  const routers = routersOf(deps, parts, {
    ...identities,
    channels,
    current,
    configuration,
    guard,
    cookies,
    rates,
    scraper: composeMetrics(instruments, { ...deps, ...parts, engine, cell: () => given.cluster?.figures() }),
    baseUrl,
    closing: stopping.signal,
    offline: offline.signal,
    warnings,
    nodeState: () => ({
      ...(cluster?.state() ?? { role: 'single', isReady: true }),
      isOffline: offline.signal.aborted,
    }),
  });
  const verifiesUsers = deps.config.security?.customers?.mode === 'token';
  const app = createApp({
    log: deps.log,
    browsers,
    routers,
    measured: instruments.requests(),
    traced: deps.tracing?.requests(),
    receive: cluster?.receive,
    first: [
      ...(cluster === undefined ? [] : whileOwned(cluster)),
      knowClient({ addresses, verifiesUsers }),
      rates.limitAddresses(),
      refuseStarts(offline.signal),
    ],
  });
  const callback = app.callback();
  // The promise of Koa never rejects: the error boundary answers, and the app's 'error' event reports later
  // failures.
  const handler: RequestListener = (request, response) => void callback(request, response);
  front.handleWith(handler);
  const formerUrls = (present: string) => recordUrl(present, { ...deps, durable: parts.durable });
  const lifecycle = new Lifecycle({
    log: deps.log,
    watch,
    front,
    formerUrls,
    configureAgents: () => new ConfiguredAgents({ ...deps, ...parts }).apply(peopleOf(deps.config.agents)),
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
    config: () => current.whole,
    enginePids: () => engine.children?.pids() ?? [],
    ...switchesOf(lifecycle, offline, deps.clock),
  };
}

/** Requests of other cells, and of this one while it is not this node's. */
function whileOwned(cluster: ClusterSide): readonly Middleware[] {
  const deps = { ...cluster, isOfNode, clock: steadyClock };
  return [cluster.forward, refuseUnowned(deps), refuseWaiting(deps)];
}

/** Changes of the configuration, over HTTP and of its text. */
function changesOf(
  deps: ComposeDeps,
  parts: Omit<Parts, 'engine'>,
  current: CurrentConfig,
): { readonly configuration: ConfigChanges; readonly watch: ConfigWatch | undefined } {
  const { configText, listeners = [] } = deps;
  const configuration = new ConfigChanges({
    ...deps,
    ...parts,
    text: configText,
    current,
    requireSecurity: (config) => requireSecurityOf({ config, listeners }),
  });
  const changed = (): void => void configuration.reload();
  const watch = configText && new ConfigWatch({ ...deps, state: () => configText.state(), changed });
  return { configuration, watch };
}

/** Starts and ends the listening. `offline` is aborted before the server accepts no more requests. */
function switchesOf(
  lifecycle: Lifecycle,
  offline: AbortController,
  clock: Clock,
): Pick<Orsay, 'listen' | 'listenOn' | 'drain' | 'close'> {
  return {
    async listen(port, host) {
      const [url] = await lifecycle.listenOn([{ address: host, port, audiences: AUDIENCES }]);
      return { url: url! };
    },
    listenOn: (listeners) => lifecycle.listenOn(listeners),
    drain(ms) {
      offline.abort();
      return new Promise((resolve) => clock.at(clock.now() + ms, resolve));
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
    channels,
    current,
    configuration,
    guard,
    customers,
    identities,
    browserLogins,
    cookies,
    rates,
    scraper,
    baseUrl,
    closing,
    offline,
    warnings,
    nodeState,
  }: Pick<ComposedIdentities, 'customers' | 'identities' | 'browserLogins'> & {
    readonly channels: DigitalChannels;
    readonly current: CurrentConfig;
    readonly configuration: ConfigChanges;
    readonly guard: Guard;
    readonly cookies: Cookies;
    readonly rates: RequestRates;
    readonly scraper: Scraper;
    readonly baseUrl: () => string;
    readonly closing: AbortSignal;
    readonly offline: AbortSignal;
    readonly warnings: RecentWarnings;
    readonly nodeState: () => NodeState;
  },
): Routers {
  const requestTimeoutMs = config.server.requestTimeout * 1000;
  return createAllRouters({
    limitUsers: rates.limitUsers(),
    admissionOf: (ctx) => rates.admissionOf(ctx),
    bodies: new BodyBudget({ clock, log, limits: config.limits.bodies }),
    durable: parts.durable,
    uploads: parts.uploads,
    bayeux: parts.bayeux,
    believed: (claim) => customers.believed(claim),
    guard,
    registerRoutes: (routers) =>
      registerAllRoutes(routers, {
        ...parts,
        channels,
        current,
        configuration,
        guard,
        identities,
        browserLogins,
        cookies,
        config,
        clock,
        ids,
        log,
        backup,
        scraper,
        baseUrl,
        requestTimeoutMs,
        closing,
        offline,
        warnings,
        nodeState,
      }),
  });
}
