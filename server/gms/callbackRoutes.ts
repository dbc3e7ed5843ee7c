import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Json } from '../../engine/event.ts';
import type { SessionReply } from '../../engine/host/sessions.ts';
import type { CreateService, Services } from '../../strategies/callback/services.ts';
import { eventIdOf } from '../idempotencyKey.ts';
import { negativeResponse } from '../ors/wire.ts';
import { callbackRecord, createReply, readChange, readCreate, readFind } from './wire.ts';

const ROOT = '/genesys/1/service/callback';

/** GMS API Reference, "Callback Services API". */
export function registerCallbackRoutes(router: Router, deps: { readonly services: Services }): void {
  const { services } = deps;

  router.post(`${ROOT}/:name`, async (ctx) => {
    const { name } = ctx.params as { name: string };
    const { instance, reply } = await services.create(readCreateRequest(ctx, name, 'callback'));
    ctx.state.ids = { serviceId: instance.id };
    replyJson(ctx, createReply(instance, positive(reply)));
  });

  router.get([ROOT, `${ROOT}/:name`], (ctx) => {
    const { name } = ctx.params as { name?: string };
    replyJson(ctx, services.find(readFind(ctx.state.query, name)).map(callbackRecord));
  });

  router.delete(`${ROOT}/:name/:id`, async (ctx) => {
    const { name, id } = ctx.params as { name: string; id: string };
    await services.cancel(name, id);
    replyJson(ctx, {});
  });

  router.put(`${ROOT}/:name/:id`, async (ctx) => {
    const { name, id } = ctx.params as { name: string; id: string };
    await services.update(name, id, readChange(ctx.state.form));
    replyJson(ctx, {});
  });
}

/** What a create request of either kind says. */
export function readCreateRequest(ctx: Context, name: string, scope: CreateService['scope']): CreateService {
  const gmsUser = ctx.get('gms_user');
  const { id: key } = eventIdOf(ctx);
  return {
    name,
    scope,
    ...(key === undefined ? {} : { key }),
    ...readCreate(ctx.state.form),
    files: ctx.state.files.map((file) => ({
      key: file.name,
      contentType: file.contentType,
      bytes: file.bytes,
    })),
    ...(gmsUser === '' ? {} : { gmsUser }),
  };
}

/** Throws what a negative answer of the session says. */
export function positive(reply: SessionReply | undefined): SessionReply | undefined {
  if (reply !== undefined && !reply.positive) {
    throw negativeResponse(reply);
  }
  return reply;
}

export function replyJson(ctx: Context, body: Json): void {
  ctx.body = JSON.stringify(body);
}
