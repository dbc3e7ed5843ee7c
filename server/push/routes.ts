import type { Context } from 'koa';
import { type Durable, Once } from '../../engine/durable/index.ts';
import { type Clock, defined } from '../../engine/ports/index.ts';
import type { ServiceId } from '../../strategies/ids/index.ts';
import { parseServiceId } from '../../strategies/instances/index.ts';
import {
  type Notifications,
  NotificationType,
  readSubscriptionId,
  type SubscriptionRequest,
} from '../../strategies/notification/index.ts';
import { callerOf, type Guard, gmsUserOf, type Routers, viewerOf } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import { creationKeyOf, keyOf, repeatable, replyJson } from '../middleware/index.ts';
import { idsOfTag, readEvent, readSubscription, serviceOfTag } from './wire.ts';

const ROOT = '/genesys/1/notification';

/**
 * The documentation cuts off both class names after "...services.noti"; the rest is inferred (gms-api 8.1).
 */
const SUBSCRIPTION_EXCEPTION = 'com.genesyslab.gsg.services.notification.SubscriptionException';

export interface PushRouteDeps {
  readonly guard: Pick<Guard, 'requirePlatform'>;
  readonly services: { get(id: ServiceId): { readonly gmsUser?: string } | undefined };
  readonly notifications: Pick<Notifications, 'subscribe' | 'unsubscribe' | 'unsubscribeSubscriber'>;
  /** Delivers an event; see Notifications.publish. */
  readonly publish: Notifications['publish'];
  readonly durable: Durable;
  readonly clock: Clock;
}

/** gms-api 8. Where the API returns nothing, the body is empty. */
export function registerPushRoutes(
  { customer, platform }: Pick<Routers, 'customer' | 'platform'>,
  deps: PushRouteDeps,
): void {
  const { notifications } = deps;
  const once = new Once(deps);

  platform.post(`${ROOT}/publish`, async (ctx) => {
    requireJson(ctx);
    const event = { ...readEvent(ctx.state.json), ...defined({ key: keyOf(ctx) }) };
    ctx.state.ids = idsOfTag(event.tag);
    await deps.publish(event);
    replyNothing(ctx);
  });

  customer.post(`${ROOT}/subscription`, async (ctx) => {
    requireJson(ctx);
    const request = readSubscription(ctx.state.json, gmsUserOf(ctx));
    await requireOwn(ctx, request, deps);
    const { id } = await notifications.subscribe({ ...request, ...ownerIn(ctx) }, creationKeyOf(ctx));
    replyJson(ctx, { id });
  });

  customer.delete(`${ROOT}/subscription/subscriber/:subscriberId`, repeatable(once), async (ctx) => {
    // Anybody can guess the id of a subscriber, so it is no right to the subscriptions.
    const { mayFind } = viewerOf(ctx);
    if (!(await notifications.unsubscribeSubscriber(ctx.params.subscriberId ?? '', mayFind))) {
      throw new WireError('SUBSCRIBER_NOT_FOUND', { exception: SUBSCRIPTION_EXCEPTION });
    }
    replyNothing(ctx);
  });

  customer.delete(`${ROOT}/subscription/:id`, repeatable(once), async (ctx) => {
    const id = readSubscriptionId(ctx.params.id);
    if (id === undefined || !(await notifications.unsubscribe(id, viewerOf(ctx).mayUse))) {
      throw new WireError('SUBSCRIPTION_NOT_FOUND', { exception: SUBSCRIPTION_EXCEPTION });
    }
    replyNothing(ctx);
  });
}

/**
 * A customer subscribes to the events of one service, for their own CometD client. A pattern, another tag,
 * a URL or a session needs a caller of the platform, because the events of others would reach it.
 */
async function requireOwn(
  ctx: Context,
  { filter, notificationDetails: { type } }: SubscriptionRequest,
  { guard, services }: PushRouteDeps,
): Promise<void> {
  const caller = callerOf(ctx);
  if (caller.kind !== 'customer') return;
  const named = serviceOfTag(filter);
  const reachesOthers = type === NotificationType.HTTP_CALLBACK || type === NotificationType.ORS_CALLBACK;
  if (named === undefined || reachesOthers) return guard.requirePlatform(ctx);
  if (caller.rights !== 'owner') return;
  const service = services.get(parseServiceId(named));
  if (service === undefined || !viewerOf(ctx).mayUse(service.gmsUser)) {
    throw new WireError('SERVICE_NOT_FOUND', { message: `No service '${named}', or it has expired.` });
  }
}

function ownerIn(ctx: Context): { readonly owner?: string } {
  const caller = callerOf(ctx);
  return defined({ owner: caller.kind === 'customer' ? caller.gmsUser : undefined });
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
