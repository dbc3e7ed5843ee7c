import type { Durable } from '../../engine/durable/index.ts';
import type {
  AdministeredSessions,
  DebuggableSessions,
  SessionCopies,
  StoredTraces,
} from '../../engine/host/index.ts';
import { type Clock, defined, type Ids, type Log } from '../../engine/ports/index.ts';
import type { AuditLog } from '../../strategies/audit/index.ts';
import { announcing, type Services } from '../../strategies/callback/index.ts';
import type { Chats } from '../../strategies/chat/index.ts';
import type { CustomerRemoval } from '../../strategies/customer/index.ts';
import type { ChatFiles } from '../../strategies/files/index.ts';
import { chatRefusal } from '../../strategies/instances/index.ts';
import type { Interactions } from '../../strategies/interaction/index.ts';
import { type Notifications, sendTestPush } from '../../strategies/notification/index.ts';
import type { OpenMedia } from '../../strategies/openMedia/index.ts';
import type { Patterns } from '../../strategies/patterns/index.ts';
import type { PhoneNumbers } from '../../strategies/phone/index.ts';
import type { Agents, Routing } from '../../strategies/routing/index.ts';
import type { Statistics } from '../../strategies/statistics/index.ts';
import type { StorageAreas } from '../../strategies/storage/index.ts';
import { parseTargetList } from '../../strategies/targets/index.ts';
import type { Cookies, Guard, Routers } from '../access/index.ts';
import type { DrawingThread, RecentWarnings, ScenarioThread } from '../adapters/index.ts';
import {
  type LiveConfiguration,
  registerAdminRoutes,
  registerAuditRoutes,
  registerBackupRoutes,
  registerCallbackLifeRoutes,
  registerConfigurationRoutes,
  registerCustomerRoutes,
  registerDrawingRoutes,
  registerPushAdminRoutes,
  registerSessionAdminRoutes,
  registerSessionSearchRoutes,
  registerSupervisionRoutes,
  registerTemplateServiceRoutes,
  registerTraceRoutes,
  registerUserRoutes,
} from '../admin/index.ts';
import { registerAgentRoutes } from '../agent/index.ts';
import { registerChatRoutes } from '../chat/index.ts';
import { registerChatV2Routes } from '../chatV2/index.ts';
import { type NodeState, registerHealthRoutes } from '../cluster/index.ts';
import { registerConsoleRoutes } from '../console/index.ts';
import { registerDebugRoutes } from '../debug/index.ts';
import { registerFileRoutes } from '../files/index.ts';
import { registerGmsRoutes, storageFileUrl } from '../gms/index.ts';
import { type BrowserLogins, type Identities, newPasswordHash } from '../identity/index.ts';
import { registerMetricsRoutes, type Scraper } from '../metrics/index.ts';
import { registerOpenApiRoutes } from '../openapi/index.ts';
import { registerOpenMediaRoutes } from '../openMedia/index.ts';
import { registerOrsRoutes } from '../ors/index.ts';
import { registerPushRoutes } from '../push/index.ts';
import type { TemplateStore } from '../templates/index.ts';
import { queueStatistic, registerUrsRoutes } from '../urs/index.ts';
import { API_DESCRIPTIONS } from './apiDescriptions.ts';
import type { DigitalChannels } from './composeDigital.ts';
import { callbackAdminOptions } from './config/callback.ts';
import { chatProperties, transcriptStyle } from './config/chat.ts';
import { desktopOf } from './config/desktop.ts';
import { installationOf } from './config/installation.ts';
import { openMediaProperties } from './config/openMedia.ts';
import type { Config } from './config.ts';
import type { CurrentConfig } from './currentConfig.ts';
import type { LivePush } from './livePush.ts';
import { PACKAGE_VERSION } from './packageVersion.ts';
import { queueOfEndpoint } from './queueApplications.ts';

export interface RouteDeps {
  readonly guard: Guard;
  readonly identities: Identities;
  readonly browserLogins: BrowserLogins;
  readonly cookies: Cookies;
  readonly config: Config;
  readonly current: CurrentConfig;
  readonly configuration: LiveConfiguration;
  readonly durable: Durable;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly sessions: AdministeredSessions;
  readonly debuggable: DebuggableSessions;
  readonly copies: SessionCopies;
  readonly traces: StoredTraces;
  readonly audit: AuditLog;
  readonly scraper: Scraper;
  readonly warnings: RecentWarnings;
  readonly customers: CustomerRemoval;
  readonly agents: Agents;
  readonly routing: Routing;
  readonly interactions: Interactions;
  readonly notifications: Notifications;
  readonly push: LivePush;
  readonly chats: Chats;
  readonly chatFiles: ChatFiles;
  readonly openMedia: OpenMedia;
  readonly channels: DigitalChannels;
  readonly patterns: Patterns;
  readonly phones: PhoneNumbers;
  readonly services: Services;
  readonly storage: StorageAreas;
  readonly statistics: Statistics;
  readonly drawings: DrawingThread;
  readonly scenarios: ScenarioThread;
  readonly templates: TemplateStore;
  readonly checkDocumentAt: (url: URL) => Promise<unknown>;
  /** The bytes of a backup; undefined: the server has no data directory. */
  readonly backup: (() => AsyncIterable<Uint8Array>) | undefined;
  readonly baseUrl: () => string;
  readonly requestTimeoutMs: number;
  /** Aborted when the server stops. */
  readonly closing: AbortSignal;
  /** Aborted when the server will stop soon. */
  readonly offline: AbortSignal;
  readonly nodeState: () => NodeState;
}

/**
 * Registers every URL of the server. GMS is last, because its last routes match every request to a service.
 */
export function registerAllRoutes(routers: Routers, deps: RouteDeps): void {
  const { config, services, storage, notifications } = deps;
  const node = `node${config.server.node}`;
  registerOpenApiRoutes(routers, { ...deps, apis: API_DESCRIPTIONS, version: PACKAGE_VERSION });
  registerHealthRoutes(routers.everybody, deps.nodeState);
  registerConsoleRoutes(routers, { ...deps, version: PACKAGE_VERSION });
  registerOrsRoutes(routers.platform, {
    ...deps,
    node,
    fileUrl: (id, key) => storageFileUrl(deps.baseUrl(), id, key),
  });
  registerUrsRoutes(routers.platform, deps);
  registerAgentRoutes(routers.agent, { ...deps, desktop: () => desktopOf(deps.current.whole.desktop) });
  registerPushRoutes(routers, {
    ...deps,
    publish: announcing((event) => notifications.publish(event), services),
  });
  registerChatRoutes(routers.customer, {
    ...deps,
    queueOf: queueOfEndpoint(() => deps.current.whole),
    clientTimeoutMs: () => deps.current.whole.chat.clientTimeout * 1000,
    transcripts: () => transcriptStyle(deps.current.whole),
    services: {
      get(id) {
        const instance = services.get(id);
        return instance && { ...instance, ...defined({ chatRefusal: chatRefusal(instance) }) };
      },
    },
    userData: ({ dataId }) =>
      Object.fromEntries(
        Object.entries((dataId === undefined ? undefined : storage.get(dataId))?.values ?? {}).flatMap(
          ([key, value]) => (value.kind === 'json' ? [[key, value.value]] : []),
        ),
      ),
  });
  registerFileRoutes(routers.customer, deps);
  registerChatV2Routes(routers.customer, deps.channels.chatV2);
  registerOpenMediaRoutes(routers.customer, deps.channels.openMedia);
  registerSessionAdminRoutes(routers.administrator, deps);
  registerSessionSearchRoutes(routers.administrator, deps);
  registerSupervisionRoutes(routers.administrator, deps);
  registerCallbackLifeRoutes(routers.administrator, deps);
  registerDebugRoutes(routers.administrator, {
    ...deps,
    isEnabled: config.debug.enabled,
    limits: config.debug,
  });
  registerTraceRoutes(routers.administrator, {
    ...deps,
    version: PACKAGE_VERSION,
    installation: installationOf(config),
  });
  registerAuditRoutes(routers.administrator, deps);
  registerCustomerRoutes(routers.administrator, {
    ...deps,
    digitalProperties: () => {
      const all = deps.current.whole.services;
      return [...chatProperties(all), ...openMediaProperties(all)];
    },
  });
  registerBackupRoutes(routers.administrator, deps);
  registerMetricsRoutes(routers.administrator, deps);
  registerConfigurationRoutes(routers.administrator, deps);
  registerPushAdminRoutes(routers.administrator, {
    ...deps,
    servicesNow: () => deps.current.whole.services,
    testPush: (test) => sendTestPush(test, { push: deps.push.services, ids: deps.ids }),
    testsPerMinute: config.limits.push.testsPerMinute,
  });
  registerUserRoutes(routers.administrator, { ...deps, hashPassword: newPasswordHash });
  registerAdminRoutes(routers.administrator, {
    ...deps,
    servicesOf: (template) =>
      Object.fromEntries(
        Object.entries(deps.current.whole.services).filter(([, options]) => options._service === template),
      ),
  });
  registerTemplateServiceRoutes(routers.administrator, deps);
  registerDrawingRoutes(routers.administrator, deps);
  registerGmsRoutes(routers, {
    ...deps,
    hasFreeAgent: (target) => hasFreeAgent(deps, target),
    queueStatistic: (query) => queueStatistic(deps.routing, query),
    node,
    maxTtlOfArea: config.limits.storage.ttl,
    callbackOptions: callbackAdminOptions(config.callback),
    optionsOf: (service) => deps.current.service(service),
  });
}

/** Whether an agent could take a chat now. `target`: '' for any agent. */
function hasFreeAgent({ agents, routing }: Pick<RouteDeps, 'agents' | 'routing'>, target: string): boolean {
  if (target.trim() === '') return agents.free('chat').length > 0;
  return parseTargetList(target).some((step) => routing.findAgent(step.target, 'chat') !== undefined);
}
