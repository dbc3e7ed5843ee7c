import type Router from '@koa/router';
import type { Context } from 'koa';
import { type Durable, Once } from '../../engine/durable/index.ts';
import { type Clock, defined } from '../../engine/ports/index.ts';
import { type Notifications, readSubscriptionId } from '../../strategies/notification/index.ts';
import { gmsUserOf } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import { keyOf, repeatable, replyJson } from '../middleware/index.ts';
import { idsOfTag, readEvent, readSubscription } from './wire.ts';

const ROOT = '/genesys/1/notification';

/**
 * The documentation cuts off both class names after "...services.noti"; the rest is inferred (gms-api 8.1).
 */
const SUBSCRIPTION_EXCEPTION = 'com.genesyslab.gsg.services.notification.SubscriptionException';

export interface PushRouteDeps {
  readonly notifications: Pick<Notifications, 'subscribe' | 'unsubscribe' | 'unsubscribeSubscriber'>;
  /** Delivers an event; see Notifications.publish. */
  readonly publish: Notifications['publish'];
  readonly durable: Durable;
  readonly clock: Clock;
}

/** gms-api 8. Where the API returns nothing, the body is empty. */
export function registerPushRoutes(router: Router, deps: PushRouteDeps): void {
  const { notifications } = deps;
  const once = new Once(deps);

  router.post(`${ROOT}/publish`, async (ctx) => {
    requireJson(ctx);
    const event = { ...readEvent(ctx.state.json), ...defined({ key: keyOf(ctx) }) };
    ctx.state.ids = idsOfTag(event.tag);
    await deps.publish(event);
    replyNothing(ctx);
  });

  router.post(`${ROOT}/subscription`, async (ctx) => {
    requireJson(ctx);
    const request = readSubscription(ctx.state.json, gmsUserOf(ctx));
    const { id } = await notifications.subscribe(request, keyOf(ctx));
    replyJson(ctx, { id });
  });

  router.delete(`${ROOT}/subscription/subscriber/:subscriberId`, repeatable(once), async (ctx) => {
    if (!(await notifications.unsubscribeSubscriber(ctx.params.subscriberId ?? ''))) {
      throw new WireError('SUBSCRIBER_NOT_FOUND', { exception: SUBSCRIPTION_EXCEPTION });
    }
    replyNothing(ctx);
  });

  router.delete(`${ROOT}/subscription/:id`, repeatable(once), async (ctx) => {
    const id = readSubscriptionId(ctx.params.id);
    if (id === undefined || !(await notifications.unsubscribe(id))) {
      throw new WireError('SUBSCRIPTION_NOT_FOUND', { exception: SUBSCRIPTION_EXCEPTION });
    }
    replyNothing(ctx);
  });
}

/** "Its absence or incorrect value can result in a 415 (Unsupported Media Type) error." */
function requireJson(ctx: Context): void {
  if (ctx.is('application/json')) return;
  throw new WireError('BODY_TYPE_UNSUPPORTED', {
    message: `Expected Content-Type application/json and a body, got '${ctx.get('content-type') || 'none'}'.`,
  });
}

function replyNothing(ctx: Context): void {
  ctx.status = 200;
  ctx.body = '';
}
