import type Router from '@koa/router';
import type { Context } from 'koa';
import { type Durable, keyedBy, type Once } from '../../engine/durable/index.ts';
import { type Services, VisibleServices } from '../../strategies/callback/index.ts';
import type { ServiceId } from '../../strategies/ids/index.ts';
import { parseServiceId, type ServiceInstance } from '../../strategies/instances/index.ts';
import type { StorageAreas } from '../../strategies/storage/index.ts';
import { viewerOf } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import { keyOf, repeatable, replyJson } from '../middleware/index.ts';
import { noKey, readStorage, replyFile } from './storageRoutes.ts';
import { storageReply } from './wire.ts';

export interface ServiceStorageDeps {
  readonly services: Services;
  readonly storage: StorageAreas;
  readonly durable: Durable;
  readonly once: Once;
  readonly baseUrl: () => string;
}

const ROOT = '/genesys/1/service/:id/storage';

/** gms-api 1: the user data of a service. It lives as long as the service. */
export function registerServiceStorageRoutes(router: Router, deps: ServiceStorageDeps): void {
  registerWrites(router, deps);
  registerReads(router, deps);
}

function registerWrites(router: Router, { services, storage, durable, once }: ServiceStorageDeps): void {
  router.post(ROOT, async (ctx) => {
    const id = parseServiceId(ctx.params.id);
    const { dataId, expiresAt } = findService(ctx, services);
    const change = await readStorage(ctx, storage, { id: dataId, expiresAt });
    await once.commit(keyedBy(keyOf(ctx), 'service.storage', id), () => ({
      batch: storage.putBatch(dataId, change),
      answer: undefined,
    }));
    replyJson(ctx, {});
  });

  router.delete(ROOT, repeatable(once), async (ctx) => {
    await durable.commit(storage.clearBatch(findService(ctx, services).dataId));
    replyJson(ctx, {});
  });

  router.delete(`${ROOT}/:key`, repeatable(once), async (ctx) => {
    const { key } = ctx.params as { key: string };
    const id = parseServiceId(ctx.params.id);
    const { dataId } = findService(ctx, services);
    const area = storage.get(dataId);
    if (area === undefined || !Object.hasOwn(area.values, key)) throw noKey(id, key);
    await durable.commit(storage.removeKeyBatch(dataId, key));
    replyJson(ctx, {});
  });
}

function registerReads(router: Router, { services, storage, baseUrl }: ServiceStorageDeps): void {
  const urlOf = (id: ServiceId) => (key: string) => serviceFileUrl(baseUrl(), id, key);

  router.get(ROOT, (ctx) => {
    const id = parseServiceId(ctx.params.id);
    replyJson(ctx, storageReply(storage.get(findService(ctx, services).dataId), urlOf(id)));
  });

  router.get(`${ROOT}/binary/:key`, async (ctx) => {
    const { key } = ctx.params as { key: string };
    await replyFile(ctx, storage, { id: findService(ctx, services).dataId, key });
  });

  router.get(`${ROOT}/:key`, (ctx) => {
    const { key } = ctx.params as { key: string };
    const id = parseServiceId(ctx.params.id);
    const area = storage.get(findService(ctx, services).dataId);
    const value = area !== undefined && Object.hasOwn(area.values, key) ? area.values[key] : undefined;
    if (value === undefined) throw noKey(id, key);
    // The page: "returns ... {"key4":"value4"} (not the key value itself)".
    replyJson(ctx, { [key]: value.kind === 'json' ? value.value : urlOf(id)(key) });
  });
}

/** The URL of a file of the user data of a service. */
export function serviceFileUrl(baseUrl: string, id: ServiceId, key: string): string {
  return `${baseUrl}/genesys/1/service/${id}/storage/binary/${encodeURIComponent(key)}`;
}

/** The service of the request, if it exists for its sender. */
function findService(ctx: Context, services: Services): ServiceInstance {
  const id = parseServiceId(ctx.params.id);
  const instance = new VisibleServices(services, viewerOf(ctx)).get(id);
  if (instance === undefined) {
    throw new WireError('SERVICE_NOT_FOUND', { message: `No service '${id}', or it has expired.` });
  }
  return instance;
}
