import type Router from '@koa/router';
import type { Context } from 'koa';
import { type Durable, keyedBy, type Once } from '../../engine/durable/index.ts';
import { type Clock, type Ids, ownId } from '../../engine/ports/index.ts';
import type { StorageId } from '../../strategies/ids/index.ts';
import type { StorageArea, StorageAreas, StorageChange, StoredFile } from '../../strategies/storage/index.ts';
import { accountOf } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import { creationKeyOf, keyOf, repeatable, replyJson } from '../middleware/index.ts';
import { parseStorageId, readTtl, requireStorageKeys, storageNotFound, storageReply } from './wire.ts';

export interface StorageRouteDeps {
  readonly storage: StorageAreas;
  readonly durable: Durable;
  readonly once: Once;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly baseUrl: () => string;
  /** Seconds that an area may live. */
  readonly maxTtlOfArea: number;
}

const ROOT = '/genesys/1/storage';

/** gms-api 3. */
export function registerStorageRoutes(router: Router, deps: StorageRouteDeps): void {
  registerWrites(router, deps);
  registerReads(router, deps);
}

function registerWrites(router: Router, deps: StorageRouteDeps): void {
  const { storage, durable, once, clock, ids } = deps;
  const expiryOf = (ttl: string): number => clock.now() + readTtl(ttl, deps.maxTtlOfArea);

  router.post(`${ROOT}/:ttl`, async (ctx) => {
    const { ttl } = ctx.params as { ttl: string };
    const area = { expiresAt: expiryOf(ttl), account: accountOf(ctx) };
    const change = await readStorage(ctx, storage, area);
    const made = await once.commit(keyedBy(creationKeyOf(ctx), 'storage.create'), () => {
      const id = ownId<StorageId>(`${ids.prefix}${ids.uuid()}`);
      return { batch: storage.putBatch(id, change), answer: { id } };
    });
    replyJson(ctx, made);
  });

  router.post(`${ROOT}/:id/:ttl`, async (ctx) => {
    const { ttl } = ctx.params as { ttl: string };
    const id = parseStorageId(ctx.params.id);
    findArea(storage, id);
    // "The time-to-live for all of the keys in this update": other keys keep theirs.
    const change = await readStorage(ctx, storage, { id, expiresAt: expiryOf(ttl), expires: 'keys' });
    await once.commit(keyedBy(keyOf(ctx), 'storage.update', id), () => ({
      batch: storage.putBatch(id, change),
      answer: undefined,
    }));
    replyJson(ctx, {});
  });

  router.delete(`${ROOT}/:id`, repeatable(once), async (ctx) => {
    const id = parseStorageId(ctx.params.id);
    findArea(storage, id);
    await durable.commit(storage.removeBatch(id));
    replyJson(ctx, {});
  });
}

/** The URL of a file of a storage area. */
export function storageFileUrl(baseUrl: string, id: StorageId, key: string): string {
  return `${baseUrl}${ROOT}/binary/${id}/${encodeURIComponent(key)}`;
}

function registerReads(router: Router, { storage, baseUrl }: StorageRouteDeps): void {
  const urlOf = (id: StorageId) => (key: string) => storageFileUrl(baseUrl(), id, key);

  router.get(`${ROOT}/binary/:id/:key`, async (ctx) => {
    const { key } = ctx.params as { key: string };
    const id = parseStorageId(ctx.params.id);
    findArea(storage, id);
    await replyFile(ctx, storage, { id, key });
  });

  router.get(`${ROOT}/:id`, (ctx) => {
    const id = parseStorageId(ctx.params.id);
    replyJson(ctx, storageReply(findArea(storage, id), urlOf(id)));
  });

  router.get(`${ROOT}/:id/:key`, (ctx) => {
    const { key } = ctx.params as { key: string };
    const id = parseStorageId(ctx.params.id);
    const area = findArea(storage, id);
    const value = Object.hasOwn(area.values, key) ? area.values[key] : undefined;
    if (value === undefined) throw noKey(id, key);
    // The page shows "Result: Value1": the value itself, not JSON.
    const plain = value.kind === 'json' ? value.value : urlOf(id)(key);
    ctx.set('Content-Type', 'text/plain;charset=UTF-8');
    ctx.body = typeof plain === 'string' ? plain : JSON.stringify(plain);
  });
}

function findArea(storage: StorageAreas, id: StorageId): StorageArea {
  const area = storage.get(id);
  if (area === undefined) throw storageNotFound(id);
  return area;
}

/** The fields and files of a request, as keys to store. `id` undefined: in a new area. */
export function readStorage(
  ctx: Context,
  storage: StorageAreas,
  area: { readonly id?: StorageId } & Pick<StorageChange, 'expiresAt' | 'expires' | 'account'>,
): Promise<StorageChange> {
  const { form, files } = ctx.state;
  requireStorageKeys([...Object.keys(form), ...files.map(({ name }) => name)]);
  return storage.keep(area.id, { values: { ...form }, files: filesToStore(ctx), ...area });
}

/** The files of a request, under the names of their fields. */
export function filesToStore(ctx: Context): readonly StoredFile[] {
  return ctx.state.files.map(({ name, contentType, bytes }) => ({ key: name, contentType, bytes }));
}

/**
 * Replies with the content of a file, unchanged. The headers keep browsers from running it: clients uploaded
 * it.
 */
export async function replyFile(
  ctx: Context,
  storage: StorageAreas,
  { id, key }: { readonly id: StorageId; readonly key: string },
): Promise<void> {
  const file = await storage.file(id, key);
  if (file === undefined) throw noKey(id, key);
  ctx.set('Content-Type', file.contentType);
  ctx.set('X-Content-Type-Options', 'nosniff');
  ctx.set('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'; sandbox");
  ctx.body = Buffer.from(file.bytes);
}

export function noKey(id: string, key: string): WireError {
  return new WireError('STORAGE_KEY_NOT_FOUND', { message: `The storage area '${id}' has no key '${key}'.` });
}
