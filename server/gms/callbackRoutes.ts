import type Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { Once } from '../../engine/durable/index.ts';
import type { SessionReply } from '../../engine/host/index.ts';
import { defined } from '../../engine/ports/index.ts';
import type { AuditAction, AuditLog } from '../../strategies/audit/index.ts';
import { type Services, VisibleServices } from '../../strategies/callback/index.ts';
import {
  type CreatedService,
  parseCallbackId,
  type ServiceChange,
  type ServiceUse,
} from '../../strategies/instances/index.ts';
import { NotificationType } from '../../strategies/notification/index.ts';
import type { OptionSender } from '../../strategies/options/index.ts';
import { accountOf, callerOf, documentSessionOf, type Guard, gmsUserOf, viewerOf } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import { creationKeyOf, repeatable, replyBatch, replyJson } from '../middleware/index.ts';
import { negativeResponse } from '../ors/index.ts';
import { auditAdministrators } from './auditAdministrators.ts';
import { callbackRecord, type RecordContext } from './callback.wire.ts';
import { filesToStore } from './storageRoutes.ts';
import { deviceIn, readCancel, readChange, readCreate, readFind, startReply } from './wire.ts';

const ROOT = '/genesys/1/service/callback';

/** gms-api 2. */
export function registerCallbackRoutes(
  router: Router,
  deps: {
    readonly services: Services;
    readonly once: Once;
    readonly guard: Guard;
    readonly audit: AuditLog;
    readonly recordContext: () => RecordContext;
    readonly servletSession: Middleware;
  },
): void {
  const { services, once, guard, recordContext } = deps;
  const audited = (action: AuditAction): Middleware => auditAdministrators(deps.audit, action);
  const visible = (ctx: Context): VisibleServices => new VisibleServices(services, viewerOf(ctx));

  router.post(`${ROOT}/:name`, audited('callback.created'), deps.servletSession, async (ctx) => {
    const { name } = ctx.params as { name: string };
    const { instance, reply } = await createService(ctx, deps, { name, scope: 'callback' });
    replyJson(ctx, startReply(instance, positive(reply)));
  });

  router.get([ROOT, `${ROOT}/:name`], audited('callbacks.read'), (ctx) => {
    const { name } = ctx.params as { name?: string };
    const found = visible(ctx).find(readFind(ctx.state.query, name));
    const context = recordContext();
    replyJson(
      ctx,
      found.map((callback) => callbackRecord(callback, context)),
    );
  });

  router.delete(`${ROOT}/:name/:id`, audited('callback.cancelled'), repeatable(once), async (ctx) => {
    const { name, id } = ctx.params as { name: string; id: string };
    await visible(ctx).cancel(name, parseCallbackId(id), readCancel(ctx.state.query));
    replyJson(ctx, {});
  });

  router.put(`${ROOT}/:name/:id`, audited('callback.changed'), repeatable(once), async (ctx) => {
    const { name, id } = ctx.params as { name: string; id: string };
    const change = readChange(ctx.state.form);
    // Customers reschedule. Only documents and other servers know the state, its reason and events.
    const isReport = change.state !== undefined || change.event !== undefined || (change.reason ?? '') !== '';
    if (isReport) await guard.requirePlatform(ctx);
    await requireOwnDevice(ctx, guard);
    requireSameDevice(ctx);
    const sender = optionSenderOf(ctx);
    const known = { ...change, sender, ...reporterOf(ctx) };
    replyJson(ctx, {});
    await visible(ctx).update(name, parseCallbackId(id), known, replyBatch(ctx));
  });
}

/**
 * Creates a service or a callback. The key is checked first: a repetition gets the answer of the first
 * request, even if its fields differ.
 */
export async function createService(
  ctx: Context,
  { services, guard }: { readonly services: Services; readonly guard: Guard },
  service: Pick<ServiceUse, 'name' | 'scope'>,
): Promise<CreatedService> {
  await requireOwnDevice(ctx, guard);
  const gmsUser = gmsUserOf(ctx);
  const use = { ...service, ...defined({ key: creationKeyOf(ctx) }) };
  const created =
    (await services.repeat(use)) ??
    (await services.create({
      ...use,
      ...(await readCreation(ctx, guard)),
      ...defined({ gmsUser, startedBy: documentSessionOf(ctx) }),
      sender: optionSenderOf(ctx),
      account: accountOf(ctx),
      header: (name) => ctx.get(name) || undefined,
      files: filesToStore(ctx),
    }));
  ctx.state.ids = { serviceId: created.instance.id };
  return created;
}

/** Only the platform decides the state of a callback. */
async function readCreation(ctx: Context, guard: Guard): Promise<ReturnType<typeof readCreate>> {
  const creation = readCreate(ctx.state.form);
  if (creation.state !== undefined) await guard.requirePlatform(ctx);
  return creation;
}

/**
 * The documents of a service send notifications to the device of its request, as the platform. So a customer
 * names only the devices that a subscription of theirs may name. Throws FORBIDDEN.
 */
async function requireOwnDevice(ctx: Context, guard: Guard): Promise<void> {
  const caller = callerOf(ctx);
  if (caller.kind !== 'customer') return;
  const { type, id } = deviceIn(ctx.state.form);
  if (type === NotificationType.HTTP_CALLBACK || type === NotificationType.ORS_CALLBACK) {
    return guard.requirePlatform(ctx);
  }
  const { rights, gmsUser } = caller;
  if (rights !== 'owner' || type !== NotificationType.COMET || id === '' || id === gmsUser) return;
  throw new WireError('FORBIDDEN', {
    message: `Expected _device_notification_id to be the gms_user '${gmsUser ?? ''}' with _device_os comet.`,
  });
}

/** Two changes, one of the type and one of the id, would name the device of another customer. */
function requireSameDevice(ctx: Context): void {
  const caller = callerOf(ctx);
  if (caller.kind !== 'customer' || caller.rights !== 'owner') return;
  const name = ['_device_os', '_device_notification_id'].find((one) => Object.hasOwn(ctx.state.form, one));
  if (name === undefined) return;
  throw new WireError('FORBIDDEN', {
    message: `Expected a change without ${name}: a customer names a device when they create the service.`,
  });
}

/** The session whose document sends the request. */
function reporterOf(ctx: Context): Pick<ServiceChange, 'reporter'> {
  const caller = callerOf(ctx);
  return defined({ reporter: caller.kind === 'platform' ? caller.sessionId : undefined });
}

/** Customers may set fewer options than others. */
export function optionSenderOf(ctx: Context): OptionSender {
  return callerOf(ctx).kind === 'customer' ? 'customer' : 'platform';
}

/** Throws NEGATIVE_RESPONSE for a negative answer of the session. */
export function positive(reply: SessionReply | undefined): SessionReply | undefined {
  if (reply !== undefined && !reply.positive) throw negativeResponse(reply);
  return reply;
}
