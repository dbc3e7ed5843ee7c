import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BlobPort, type Durable, DurableStore, type StorePort } from '../../engine/durable/index.ts';
import { MemoryBlobs } from '../../engine/durable/memory/index.ts';
import { type AdministeredSessions, SessionHost } from '../../engine/host/index.ts';
import { type Clock, defined, type HttpClient, type Ids, type Log } from '../../engine/ports/index.ts';
import { AuditLog } from '../../strategies/audit/index.ts';
import { Services } from '../../strategies/callback/index.ts';
import { ChatNotices, Chats } from '../../strategies/chat/index.ts';
import { CustomerRemoval } from '../../strategies/customer/index.ts';
import { Interactions, Offers } from '../../strategies/interaction/index.ts';
import { Notifications } from '../../strategies/notification/index.ts';
import { Patterns } from '../../strategies/patterns/index.ts';
import { PhoneNumbers } from '../../strategies/phone/index.ts';
import { Agents, LAST_CALL, Routing } from '../../strategies/routing/index.ts';
import { StorageAreas } from '../../strategies/storage/index.ts';
import type { Cookies, ServerNames } from '../access/index.ts';
import { createFetchText, type Dispatch, heapLimit, MatchThread, PhoneThread } from '../adapters/index.ts';
import { Bayeux } from '../bayeux/index.ts';
import { pushMessage } from '../chat/index.ts';
import { WireError } from '../errors/index.ts';
import { registerFetchModule } from '../ors/index.ts';
import { createPostEvent } from '../push/index.ts';
import { TemplateStore } from '../templates/index.ts';
import { createAskSession } from '../urs/index.ts';
import { type Clients, composeClients } from './composeClients.ts';
import { type ComposedEngine, composeEngine } from './composeEngine.ts';
import { composePush } from './composePush.ts';
import { agentOptions } from './config/agents.ts';
import { auditLimits } from './config/audit.ts';
import { installationOf } from './config/installation.ts';
import { bayeuxLimits } from './config/limits.ts';
import type { Config } from './config.ts';
import type { CurrentConfig } from './currentConfig.ts';
import { queueApplications } from './queueApplications.ts';

const DOCUMENTS = fileURLToPath(new URL('../../scxml', import.meta.url));

export interface PartsDeps {
  readonly config: Config;
  readonly current: CurrentConfig;
  readonly store: StorePort;
  /** Large binaries; undefined: in memory. */
  readonly blobs?: BlobPort;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Where uploaded templates are kept; undefined: a temporary folder. */
  readonly dataDir?: string;
  /** For URLs of other servers; undefined: the network, as the configuration allows. */
  readonly http?: HttpClient;
  /** Folder of the installed documents. */
  readonly documents?: string;
  /** URL of this server. Throws before it is known. */
  readonly baseUrl: () => string;
  /** The names and addresses of this server. */
  readonly own: ServerNames;
  readonly cookies: Cookies;
  /** Answers requests to own URLs. */
  readonly dispatch: Dispatch;
  /** Aborted when the server stops. */
  readonly closing: AbortSignal;
}

/** Sessions and the parts below them. */
interface SessionParts {
  readonly durable: Durable;
  readonly engine: ComposedEngine;
  readonly http: HttpClient;
  readonly sessions: AdministeredSessions;
  /** Reads and loads a document. Rejects with an Error that says why no session can start on it. */
  readonly checkDocumentAt: (url: URL) => Promise<unknown>;
}

/** Every part of the server that has state. */
export interface Parts extends SessionParts {
  readonly audit: AuditLog;
  readonly customers: CustomerRemoval;
  readonly agents: Agents;
  readonly routing: Routing;
  readonly interactions: Interactions;
  readonly notifications: Notifications;
  readonly bayeux: Bayeux;
  readonly chats: Chats;
  readonly patterns: Patterns;
  readonly phones: PhoneNumbers;
  readonly services: Services;
  readonly storage: StorageAreas;
  readonly templates: TemplateStore;
}

type ServicesDeps = ConstructorParameters<typeof Services>[0];
type ConfiguredServices = Pick<ServicesDeps, 'configured' | 'names' | 'urls' | 'node' | 'requestTimeoutMs'>;

/** Builds the parts; each gets the ones before it. */
export function composeParts(deps: PartsDeps): Parts {
  const { config, clock, ids, log, baseUrl, closing } = deps;
  const clients = composeClients(deps);
  const host = composeSessions(deps, clients);
  const { durable, http, sessions } = host;
  const base = { durable, clock, ids, log };

  const audit = new AuditLog({ durable, clock, limits: auditLimits(config.audit) });
  const agents = new Agents(base);
  const { ringMs, afterNoAnswer, reconnectMs } = agentOptions(config.agents);
  const offers = new Offers({ ...base, agents, ringMs });
  const askSession = createAskSession(http);
  const routing = new Routing({
    ...base,
    ...config.routing,
    askSession,
    agents,
    sessions,
    offers,
    closing,
  });

  const bayeux = new Bayeux({
    ...base,
    cookies: deps.cookies,
    options: bayeuxLimits(config.limits.cometd),
  });
  const postEvent = createPostEvent(clients.pushHttp);
  const push = composePush(deps);
  const notifications = new Notifications({
    ...base,
    postEvent,
    sessions,
    comet: bayeux.comet,
    push,
    limits: config.limits.notifications,
  });

  const notices = new ChatNotices({ ...base, notifications, pushMessage });
  const queues = queueApplications(config, baseUrl);
  const interactions = new Interactions({
    ...base,
    sessions,
    agents,
    routing,
    offers,
    chats: notices,
    queues,
    afterNoAnswer,
    reconnectMs,
  });
  const isListening = (gmsUser: string) => bayeux.comet.isActive(gmsUser);
  const chats = new Chats({ ...base, interactions, notices, isListening });

  const storage = new StorageAreas({
    ...base,
    blobs: deps.blobs ?? new MemoryBlobs(clock),
    limits: config.limits.storage,
  });
  const templates = new TemplateStore({
    durable,
    clock,
    baseUrl,
    checkDocument: host.engine.checkDocument,
    installed: installedFolder(deps),
    ...defined({ uploads: uploadFolder(deps) }),
  });
  const busy = (message: string): Error => new WireError('SERVER_BUSY', { message });
  const matcher = new MatchThread({ log, busy });
  const places = new PhoneThread({ busy });
  for (const thread of [matcher, places]) {
    closing.addEventListener('abort', () => void thread.close(), { once: true });
  }
  const patterns = new Patterns({ lists: () => deps.current.whole.patterns, matcher });
  const phones = new PhoneNumbers((number, language) => places.placesOf(number, language));
  const services = new Services({
    ...base,
    patterns,
    phones,
    globals: config.callback,
    notifications,
    list: (name) => ownList(config, name),
    sessions,
    storage,
    templates,
    deviceTypes: push.enabled,
    accessNumbers: config.accessNumbers,
    queueWait: async (vq) => (await routing.viewQueue(LAST_CALL, { vq })).ewtSeconds ?? 0,
    ...configuredServices(deps),
  });

  const customers = new CustomerRemoval({
    ...base,
    sessions,
    services,
    storage,
    chats,
    interactions,
    routing,
    notifications,
    audit,
  });

  return {
    ...host,
    audit,
    customers,
    agents,
    routing,
    interactions,
    notifications,
    bayeux,
    chats,
    patterns,
    phones,
    services,
    storage,
    templates,
  };
}

function composeSessions(deps: PartsDeps, { http, documentHttp }: Clients): SessionParts {
  const { config, clock, ids, log, baseUrl } = deps;
  const { maxLiveSessions, maxMailboxLength } = config.server;
  const timeoutMs = config.http.timeout * 1000;
  const installed = installedFolder(deps);

  const folders = [installed, uploadFolder(deps)].filter((folder) => folder !== undefined);
  const fetchText = createFetchText({ http: documentHttp, folders, timeoutMs });

  const durable = new DurableStore({ store: deps.store, clock, log });
  const engine = composeEngine({
    config: config.engine,
    installation: installationOf(config),
    log,
    installed,
  });
  const sessions = new SessionHost({
    durable,
    clock,
    ids,
    log,
    fetchText,
    http,
    baseUrl,
    engine: engine.engine,
    heap: heapLimit(config.server.maxHeap),
    lineageLimits: config.limits.sessions,
    ...defined({ maxLiveSessions, maxMailboxLength }),
  });
  registerFetchModule({ sessions, durable, clock, http, baseUrl, timeoutMs });
  const checkDocumentAt = async (url: URL): Promise<unknown> =>
    engine.checkDocument({ text: await fetchText(url), baseUrl: url, fetchText });
  return { durable, engine, http, sessions, checkDocumentAt };
}

/** The configuration of the services, and the URLs that their documents see. */
function configuredServices({ config, current, baseUrl }: PartsDeps): ConfiguredServices {
  return {
    configured: (name) => current.service(name),
    names: () => Object.keys(current.whole.services),
    urls: () => ({ gms: `${baseUrl()}/genesys`, ors: baseUrl(), urs: baseUrl() }),
    node: config.server.node,
    requestTimeoutMs: config.server.requestTimeout * 1000,
  };
}

function ownList({ lists }: Config, name: string): ReturnType<ServicesDeps['list']> {
  return lists !== undefined && Object.hasOwn(lists, name) ? lists[name] : undefined;
}

function installedFolder(deps: PartsDeps): string {
  return deps.documents ?? DOCUMENTS;
}

function uploadFolder(deps: PartsDeps): string | undefined {
  return deps.dataDir === undefined ? undefined : join(deps.dataDir, 'templates');
}
