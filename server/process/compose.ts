import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type Koa from 'koa';
import { type BlobPort, type Durable, DurableStore, type StorePort } from '../../engine/durable/index.ts';
import { createMemoryBlobs } from '../../engine/durable/memory/index.ts';
import { type AdministeredSessions, SessionHost } from '../../engine/host/index.ts';
import type { Clock, HttpClient, Ids, Log } from '../../engine/ports/index.ts';
import { Services } from '../../strategies/callback/index.ts';
import { ChatNotices, Chats } from '../../strategies/chat/index.ts';
import { Interactions, Offers } from '../../strategies/interaction/index.ts';
import { Notifications } from '../../strategies/notification/index.ts';
import { Agents, Routing } from '../../strategies/routing/index.ts';
import { StorageAreas } from '../../strategies/storage/index.ts';
import { createFetchText, createHttpClient, heapLimit } from '../adapters/index.ts';
import { type Bayeux, createBayeux } from '../bayeux/index.ts';
import { pushMessage } from '../chat/index.ts';
import { registerFetchModule } from '../ors/index.ts';
import { createPostEvent } from '../push/index.ts';
import { TemplateStore } from '../templates/index.ts';
import { createAskSession } from '../urs/index.ts';
import { createApp } from './app.ts';
import { composeEngine } from './composeEngine.ts';
import type { Config } from './config.ts';
import { queueApplications } from './queueApplications.ts';
import { registerAllRoutes } from './registerAllRoutes.ts';
import { createRelateIds, type RelateIds } from './relatedIds.ts';

export interface ComposeDeps {
  readonly config: Config;
  readonly store: StorePort;
  /** Large binaries; absent: in memory. */
  readonly blobs?: BlobPort;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Where uploaded templates are kept; absent: a temporary folder. */
  readonly dataDir?: string;
  /** URL of this server, where the configuration names none; absent: the address it listens on. */
  readonly baseUrl?: string;
  /** For URLs that are not ours; absent: the network, as the configuration allows. */
  readonly http?: HttpClient;
  /** Folder of the installation's documents. */
  readonly documents?: string;
}

/** The server and its parts. */
export interface Orsay {
  readonly app: Koa;
  readonly handler: RequestListener;
  readonly durable: Durable;
  readonly sessions: AdministeredSessions;
  readonly agents: Agents;
  readonly routing: Routing;
  readonly interactions: Interactions;
  readonly notifications: Notifications;
  readonly bayeux: Bayeux;
  readonly chats: Chats;
  readonly services: Services;
  readonly storage: StorageAreas;
  readonly templates: TemplateStore;
  readonly http: HttpClient;
  /** Process ids of the engine children that live. */
  enginePids(): readonly number[];
  /** The other ids of what a log line is about. */
  readonly relateIds: RelateIds;
  baseUrl(): string;
  /** Resolves with the URL of the address that it listens on. */
  listen(port: number, host: string): Promise<{ readonly url: string }>;
  /** Takes no more requests, lets running ones end, and closes the store. */
  close(): Promise<void>;
}

const DOCUMENTS = fileURLToPath(new URL('../../scxml', import.meta.url));
/** Longer than the idle timeout of usual load balancers, so that it is they who close. */
const KEEP_ALIVE_MS = 65_000;
/** Requests that hang longer than this (held polls, event streams) are cut when the server stops. */
const CLOSE_GRACE_MS = 3000;

/**
 * Builds every part, each on those before it; nothing here decides anything. Durable tasks start at once when
 * the server's URL is known, otherwise when it listens: they need that URL.
 */
export function compose(deps: ComposeDeps): Orsay {
  const { config, clock, ids, log } = deps;
  let base = (config.server.baseUrl ?? deps.baseUrl)?.replace(/\/+$/, '');
  const stopping = new AbortController();
  const baseUrl = (): string => {
    if (base === undefined) {
      throw new Error('The URL of the server is not known before it listens.');
    }
    return base;
  };
  const timeoutMs = config.http.timeout * 1000;
  const requestTimeoutMs = config.server.requestTimeout * 1000;
  const installed = deps.documents ?? DOCUMENTS;
  const uploads = deps.dataDir === undefined ? undefined : join(deps.dataDir, 'templates');

  const http = createHttpClient({
    baseUrl,
    dispatch: (request, response) => handler(request, response),
    policy: config.http,
    maxBytes: config.http.maxBytes,
    ...(deps.http === undefined ? {} : { outside: deps.http }),
  });
  const fetchText = createFetchText({
    http,
    folders: [installed, ...(uploads === undefined ? [] : [uploads])],
    timeoutMs,
  });
  const { maxLiveSessions, maxMailboxLength } = config.server;
  const durable = new DurableStore({ store: deps.store, clock, log });
  const parts = { durable, clock, ids, log };
  const placed = composeEngine({ config: config.engine, log, installed });
  const sessions = new SessionHost({
    ...parts,
    fetchText,
    http,
    baseUrl,
    heap: heapLimit(config.server.maxHeap),
    ...(maxLiveSessions !== undefined && { maxLiveSessions }),
    ...(maxMailboxLength !== undefined && { maxMailboxLength }),
    engine: placed.engine,
  });
  registerFetchModule({ sessions, durable, clock, http, baseUrl, timeoutMs });
  const agents = new Agents(parts);
  const offers = new Offers({ ...parts, agents });
  const askSession = createAskSession(http);
  const routing = new Routing({ ...parts, askSession, agents, sessions, offers, closing: stopping.signal });
  const bayeux = createBayeux(parts);
  const postEvent = createPostEvent(http);
  const notifications = new Notifications({ ...parts, postEvent, sessions, comet: bayeux.comet });
  const notices = new ChatNotices({ ...parts, notifications, pushMessage });
  const interactions = new Interactions({
    ...parts,
    sessions,
    agents,
    routing,
    offers,
    chats: notices,
    queues: queueApplications(config, baseUrl),
  });
  const chats = new Chats({ ...parts, interactions, notices });
  const storage = new StorageAreas({ ...parts, blobs: deps.blobs ?? createMemoryBlobs(clock) });
  const templates = new TemplateStore({
    durable,
    clock,
    installed,
    ...(uploads === undefined ? {} : { uploads }),
    baseUrl,
  });
  const services = new Services({
    ...parts,
    sessions,
    storage,
    templates,
    configured: (name) => (Object.hasOwn(config.services, name) ? config.services[name] : undefined),
    names: () => Object.keys(config.services),
    urls: () => ({ gms: `${baseUrl()}/genesys`, ors: baseUrl(), urs: baseUrl() }),
    node: config.server.node,
    requestTimeoutMs,
  });

  const app = createApp({
    log,
    durable,
    bayeux,
    ...(config.administrator === undefined ? {} : { administrator: config.administrator }),
    registerRoutes: (router) =>
      registerAllRoutes(router, {
        ...parts,
        ...{
          config,
          sessions,
          agents,
          routing,
          interactions,
          notifications,
          chats,
          services,
          storage,
          templates,
        },
        baseUrl,
        requestTimeoutMs,
        isOnline: () => !stopping.signal.aborted,
        closing: stopping.signal,
      }),
  });
  const callback = app.callback();
  // Koa's promise never rejects: the error boundary answers, and app 'error' hears of what fails after it.
  const handler: RequestListener = (request, response) => void callback(request, response);
  let started = false;
  const startTasks = (): void => {
    if (!started) {
      started = true;
      durable.start();
      void routing.readAhead();
    }
  };
  if (base !== undefined) {
    startTasks();
  }

  let server: Server | undefined;
  return {
    ...{ app, handler, durable, sessions, agents, routing, interactions, notifications, bayeux, chats },
    ...{ services, storage, templates, http, baseUrl },
    enginePids: () => placed.children?.pids() ?? [],
    relateIds: createRelateIds({ services, chats, interactions, routing }),

    async listen(port, host) {
      const listening = createServer(handler);
      listening.keepAliveTimeout = KEEP_ALIVE_MS;
      listening.headersTimeout = KEEP_ALIVE_MS + 1000;
      const url = await listenOn(listening, port, host);
      server = listening;
      base ??= url;
      startTasks();
      return { url };
    },

    async close() {
      stopping.abort();
      await bayeux.close();
      if (server !== undefined) {
        await closeServer(server);
      }
      await durable.stop();
      placed.close();
    },
  };
}

function listenOn(server: Server, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const { port: actual, address, family } = server.address() as AddressInfo;
      const anywhere = address === '0.0.0.0' || address === '::';
      const name = anywhere ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address;
      resolve(`http://${name}:${actual}`);
    });
  });
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearTimeout(cut);
}
