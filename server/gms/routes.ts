import type Router from '@koa/router';
import { type Durable, Once } from '../../engine/durable/index.ts';
import type { Clock, Ids } from '../../engine/ports/index.ts';
import type { Services } from '../../strategies/callback/index.ts';
import type { StorageAreas } from '../../strategies/storage/index.ts';
import type { TemplateStore } from '../templates/index.ts';
import { registerCallbackRoutes } from './callbackRoutes.ts';
import { registerDocumentRoutes } from './documentRoutes.ts';
import { registerServiceRoutes } from './serviceRoutes.ts';
import { registerServiceStorageRoutes } from './serviceStorageRoutes.ts';
import { registerStorageRoutes } from './storageRoutes.ts';

export interface GmsDeps {
  readonly services: Services;
  readonly storage: StorageAreas;
  readonly templates: TemplateStore;
  readonly durable: Durable;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly baseUrl: () => string;
  /** Aborted when the server stops. */
  readonly closing: AbortSignal;
}

/**
 * The API of Genesys Mobile Services, except chat and notifications. The order matters: requests that
 * sessions answer (`/service/{id}/{request}`) come after every URL that the server answers itself.
 */
export function registerGmsRoutes(router: Router, deps: GmsDeps): void {
  router.get('/genesys/1/admin/node/status', (ctx) => {
    ctx.set('Content-Type', 'text/plain;charset=UTF-8');
    ctx.body = deps.closing.aborted ? 'OFFLINE' : 'ONLINE';
  });
  const parts = { ...deps, once: new Once(deps) };
  registerCallbackRoutes(router, parts);
  registerStorageRoutes(router, parts);
  registerServiceStorageRoutes(router, parts);
  registerDocumentRoutes(router, parts);
  registerServiceRoutes(router, parts);
}
