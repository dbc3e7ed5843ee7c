import type Router from '@koa/router';
import type { Durable } from '../engine/host/durable.ts';
import type { AdministeredSessions } from '../engine/host/sessions.ts';
import type { Clock, Ids, Log } from '../engine/ports.ts';
import { announcing } from '../strategies/callback/announcing.ts';
import type { Services } from '../strategies/callback/services.ts';
import type { Chats } from '../strategies/chat/chats.ts';
import type { Interactions } from '../strategies/interaction/interactions.ts';
import type { Notifications } from '../strategies/notification/notifications.ts';
import type { Agents } from '../strategies/routing/agents.ts';
import type { Routing } from '../strategies/routing/routing.ts';
import type { StorageAreas } from '../strategies/storage/storageAreas.ts';
import { registerAdminRoutes } from './admin/routes.ts';
import { registerSessionAdminRoutes } from './admin/sessionRoutes.ts';
import type { TemplateStore } from './admin/templateStore.ts';
import { registerAgentRoutes } from './agent/routes.ts';
import { registerChatRoutes } from './chat/routes.ts';
import type { Config } from './config.ts';
import { registerGmsRoutes } from './gms/routes.ts';
import { registerOrsRoutes } from './ors/routes.ts';
import { registerPushRoutes } from './push/routes.ts';
import { queueOfEndpoint } from './queueApplications.ts';
import { registerUrsRoutes } from './urs/routes.ts';

export interface RouteDeps {
  readonly config: Config;
  readonly durable: Durable;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly sessions: AdministeredSessions;
  readonly agents: Agents;
  readonly routing: Routing;
  readonly interactions: Interactions;
  readonly notifications: Notifications;
  readonly chats: Chats;
  readonly services: Services;
  readonly storage: StorageAreas;
  readonly templates: TemplateStore;
  readonly baseUrl: () => string;
  readonly requestTimeoutMs: number;
  readonly isOnline: () => boolean;
  /** Aborted when the server stops. */
  readonly closing: AbortSignal;
}

/** Every URL of the server. Those of GMS come last: they end with the requests that sessions answer. */
export function registerAllRoutes(router: Router, deps: RouteDeps): void {
  const { config, services, storage, notifications } = deps;
  registerOrsRoutes(router, { ...deps, node: `node${config.server.node}` });
  registerUrsRoutes(router, deps);
  registerAgentRoutes(router, deps);
  registerPushRoutes(router, {
    ...deps,
    notifications: {
      ...notifications,
      publish: announcing((event) => notifications.publish(event), services),
    },
  });
  registerChatRoutes(router, {
    ...deps,
    queueOf: queueOfEndpoint(config),
    userData: ({ dataId }) =>
      Object.fromEntries(
        Object.entries((dataId === undefined ? undefined : storage.get(dataId))?.values ?? {}).flatMap(
          ([key, value]) => (value.kind === 'json' ? [[key, value.value]] : []),
        ),
      ),
  });
  registerSessionAdminRoutes(router, deps);
  registerAdminRoutes(router, {
    ...deps,
    servicesOf: (template) =>
      Object.entries(config.services)
        .filter(([, options]) => options._service === template)
        .map(([name]) => name),
  });
  registerGmsRoutes(router, deps);
}
