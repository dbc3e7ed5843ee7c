import type Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { keyedBy, type Once } from '../../engine/durable/index.ts';
import type { Clock, Json } from '../../engine/ports/index.ts';
import { type Services, VisibleServices } from '../../strategies/callback/index.ts';
import type { ServiceId } from '../../strategies/ids/index.ts';
import { parseServiceId } from '../../strategies/instances/index.ts';
import { callerOf, viewerOf } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import { eventIdOf, keyOf, repeatable, replyJson } from '../middleware/index.ts';
import { type BuiltinDeps, builtinReply, isReadable, pollReply } from './builtin.wire.ts';
import { calendarReply } from './calendarReply.ts';
import { createService, positive } from './callbackRoutes.ts';
import { filesToStore } from './storageRoutes.ts';
import { opensChat, startReply } from './wire.ts';

export interface ServiceRouteDeps extends BuiltinDeps {
  readonly once: Once;
  readonly clock: Clock;
  readonly servletSession: Middleware;
}

const POSITION_REQUEST = 'check-queue-position';

/** gms-api 1: create, service-specific requests, delete. */
export function registerServiceRoutes(router: Router, deps: ServiceRouteDeps): void {
  const { services, once, clock } = deps;
  const visible = (ctx: Context): VisibleServices => new VisibleServices(services, viewerOf(ctx));
  const calendar = (ctx: Context): Json | undefined => {
    const { service } = ctx.params as { service: string };
    return calendarReply(services.calendars, service, { form: ctx.state.form, now: clock.now() });
  };

  router.get('/genesys/1/service/:service', async (ctx) => {
    const { service } = ctx.params as { service: string };
    const reply =
      calendar(ctx) ??
      (isReadable(deps.optionsOf(service)) ? await builtinReply(ctx, service, deps) : undefined);
    if (reply === undefined) throw noCalendar(services, service);
    replyJson(ctx, reply);
  });

  router.post('/genesys/1/service/:service', deps.servletSession, async (ctx) => {
    const { service } = ctx.params as { service: string };
    const shown = calendar(ctx) ?? (await builtinReply(ctx, service, deps));
    if (shown !== undefined) return replyJson(ctx, shown);
    const { instance, reply } = await createService(ctx, deps, { name: service, scope: 'service' });
    replyJson(ctx, startReply(instance, positive(reply)));
  });

  router.delete('/genesys/1/service/:id', repeatable(once), async (ctx) => {
    await visible(ctx).remove(parseServiceId(ctx.params.id));
    replyJson(ctx, {});
  });

  const request = async (ctx: Context, name: string): Promise<void> => {
    const id = parseServiceId(ctx.params.id);
    if (callerOf(ctx).kind === 'customer') refuseEventName(name);
    const polled = await pollReply(visible(ctx).get(id), name, deps);
    if (polled !== undefined) return replyJson(ctx, polled);
    await keepFiles(ctx, deps, id);
    const reply = positive(await visible(ctx).request(id, { name, data: ctx.state.form, ...eventIdOf(ctx) }));
    const body: Json = reply?.body ?? {};
    if (opensChat(body)) await services.confirm(id);
    replyJson(ctx, body);
  };
  // The only request that clients of GMS send by GET too. Any request may change its session.
  router.get(`/genesys/1/service/:id/${POSITION_REQUEST}`, deps.guard.effectOfGet(), (ctx) =>
    request(ctx, POSITION_REQUEST),
  );
  router.post('/genesys/1/service/:id/:request', deps.servletSession, (ctx) =>
    request(ctx, (ctx.params as { request: string }).request),
  );
}

/** GET reads. Other services are created by POST. */
function noCalendar(services: Services, name: string): WireError {
  if (!services.isConfigured(name)) {
    return new WireError('SERVICE_UNKNOWN', { message: `No service '${name}' is configured.` });
  }
  return new WireError('METHOD_NOT_ALLOWED', {
    message: `Expected POST for the service '${name}', got GET: only get, urs-stat, office-hours and capacity services are read.`,
    headers: { Allow: 'POST' },
  });
}

/**
 * Events of the platform and of the document itself have words with dots, and URS asks for routes. A customer
 * sends requests only. Throws SERVICE_REQUEST_REFUSED.
 */
function refuseEventName(name: string): void {
  if (!name.includes('.') && !name.startsWith('method_urs_')) return;
  throw new WireError('SERVICE_REQUEST_REFUSED', {
    message: `Expected the name of a request, without dots, got '${name.slice(0, 64)}', which is an event of the platform.`,
  });
}

/** A session cannot take files, so they become user data of the service, under the names of their fields. */
async function keepFiles(
  ctx: Context,
  { services, storage, once }: ServiceRouteDeps,
  id: ServiceId,
): Promise<void> {
  const { files } = ctx.state;
  const instance = new VisibleServices(services, viewerOf(ctx)).get(id);
  if (files.length === 0 || instance === undefined) return;
  const { dataId, expiresAt } = instance;
  const change = await storage.keep(dataId, { values: {}, files: filesToStore(ctx), expiresAt });
  await once.commit(keyedBy(keyOf(ctx), 'service.files', id, ctx.path), () => ({
    batch: storage.putBatch(dataId, change),
    answer: undefined,
  }));
}
