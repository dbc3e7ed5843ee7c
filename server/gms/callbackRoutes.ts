import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Once } from '../../engine/durable/index.ts';
import type { SessionReply } from '../../engine/host/index.ts';
import type { Json } from '../../engine/ports/index.ts';
import type { CreatedService, Services, ServiceUse } from '../../strategies/callback/index.ts';
import { keyOf, repeatable } from '../middleware/index.ts';
import { negativeResponse } from '../ors/index.ts';
import { callbackRecord, createReply, readChange, readCreate, readFind } from './wire.ts';

const ROOT = '/genesys/1/service/callback';

/** gms-api 2. */
export function registerCallbackRoutes(
  router: Router,
  deps: { readonly services: Services; readonly once: Once },
): void {
  const { services, once } = deps;

  router.post(`${ROOT}/:name`, async (ctx) => {
    const { name } = ctx.params as { name: string };
    const { instance, reply } = await createService(ctx, services, { name, scope: 'callback' });
    replyJson(ctx, createReply(instance, positive(reply)));
  });

  router.get([ROOT, `${ROOT}/:name`], (ctx) => {
    const { name } = ctx.params as { name?: string };
    replyJson(ctx, services.find(readFind(ctx.state.query, name)).map(callbackRecord));
  });

  router.delete(`${ROOT}/:name/:id`, repeatable(once), async (ctx) => {
    const { name, id } = ctx.params as { name: string; id: string };
    await services.cancel(name, id);
    replyJson(ctx, {});
  });

  router.put(`${ROOT}/:name/:id`, repeatable(once), async (ctx) => {
    const { name, id } = ctx.params as { name: string; id: string };
    await services.update(name, id, readChange(ctx.state.form));
    replyJson(ctx, {});
  });
}

/** A create request of either kind. Its key comes first: a repetition is answered as the first one, whatever it says. */
export async function createService(
  ctx: Context,
  services: Services,
  service: Pick<ServiceUse, 'name' | 'scope'>,
): Promise<CreatedService> {
  const gmsUser = ctx.get('gms_user');
  const key = keyOf(ctx);
  const use = { ...service, ...(key === undefined ? {} : { key }) };
  const created =
    (await services.repeat(use)) ??
    (await services.create({
      ...use,
      ...readCreate(ctx.state.form),
      ...(gmsUser === '' ? {} : { gmsUser }),
      files: ctx.state.files.map(({ name, contentType, bytes }) => ({ key: name, contentType, bytes })),
    }));
  ctx.state.ids = { serviceId: created.instance.id };
  return created;
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
