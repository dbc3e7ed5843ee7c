import type Router from '@koa/router';
import type { Context } from 'koa';
import { type Durable, Once } from '../../engine/durable/index.ts';
import { type Clock, defined, type Json } from '../../engine/ports/index.ts';
import type { AuditLog } from '../../strategies/audit/index.ts';
import {
  type Notifications,
  NotificationType,
  type PushOptions,
  type PushResult,
  type TestPush,
} from '../../strategies/notification/index.ts';
import type { ServiceOptions } from '../../strategies/options/index.ts';
import { actorOf } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import { RequestRate, repeatable, replyJson } from '../middleware/index.ts';
import { type LiveConfiguration, readObject, registerWholePart, replyPart } from './configurationRoutes.ts';
import { partRefused } from './invalidParameter.ts';

const ROOT = '/genesys/1/admin/push';

/** Options of services that name a provider. */
const PROVIDER_OPTIONS = ['_provider_name', '_status_notification_provider'] as const;

/** The message of a test without one. */
const TEST_MESSAGE = 'A test of Orsay.';

export interface PushAdminDeps {
  readonly configuration: LiveConfiguration;
  readonly durable: Durable;
  readonly clock: Clock;
  readonly audit: AuditLog;
  readonly notifications: Pick<Notifications, 'subscriptionsTo'>;
  readonly servicesNow: () => { readonly [name: string]: ServiceOptions };
  readonly testPush: (test: TestPush) => Promise<PushResult>;
  /** Test notifications of one administrator; as many may come at once. */
  readonly testsPerMinute: number;
}

/** The section push and its providers, and a notification that tries a connection. */
export function registerPushAdminRoutes(router: Router, deps: PushAdminDeps): void {
  const { configuration } = deps;
  registerWholePart(router, configuration, {
    kind: 'push',
    expected: 'the section push, such as {"fcm.serviceAccountFile":"fcm.json"}',
    url: ROOT,
    pathOf: () => ['push'],
  });

  router.get(`${ROOT}/providers`, async (ctx) => {
    replyPart(ctx, await configuration.read(['push', 'provider']), '{}');
  });
  registerWholePart(router, configuration, {
    kind: 'push',
    expected: 'options of the provider, such as {"fcm.serviceAccountFile":"sales.json"}',
    url: `${ROOT}/providers/:name`,
    pathOf: (ctx) => ['push', 'provider', nameIn(ctx)],
    requireUnused: (ctx) => requireUnused(ctx, deps),
  });

  const once = new Once(deps);
  const admit = testAdmission(deps);
  router.post(`${ROOT}/test`, repeatable(once), (ctx) => test(ctx, { ...deps, admit }, undefined));
  router.post(`${ROOT}/providers/:name/test`, repeatable(once), (ctx) =>
    test(ctx, { ...deps, admit }, nameIn(ctx)),
  );
}

/** Throws TOO_MANY_REQUESTS: whoever has the password of an administrator cannot flood devices by tests. */
function testAdmission({ clock, testsPerMinute }: Pick<PushAdminDeps, 'clock' | 'testsPerMinute'>) {
  const rate = new RequestRate({ rate: { perSecond: testsPerMinute / 60, burst: testsPerMinute }, clock });
  return (ctx: Context): void => {
    const { who } = actorOf(ctx);
    const wait = rate.take(who);
    if (wait === 0) return;
    throw new WireError('TOO_MANY_REQUESTS', {
      message: `There are too many test notifications of ${who}: limits.push.testsPerMinute is ${testsPerMinute}.`,
      headers: { 'Retry-After': String(Math.ceil(wait / 1000)) },
    });
  };
}

function nameIn(ctx: Context): string {
  return (ctx.params as { readonly name: string }).name;
}

/** Notifications for its devices would go through the connection of the section push. */
async function requireUnused(ctx: Context, { notifications, servicesNow }: PushAdminDeps): Promise<void> {
  const name = nameIn(ctx);
  if (ctx.state.query.override === name) return;
  const services = Object.entries(servicesNow())
    .filter(([, options]) => PROVIDER_OPTIONS.some((option) => options[option] === name))
    .map(([service]) => service);
  const subscriptions = await notifications.subscriptionsTo(name);
  if (services.length === 0 && subscriptions === 0) return;
  const users = [
    ...(services.length > 0 ? [`the service(s) ${services.join(', ')}`] : []),
    ...(subscriptions > 0 ? [`${subscriptions} subscription(s)`] : []),
  ];
  throw new WireError('CONFLICT', {
    message: `The provider '${name}' is used by ${users.join(' and ')}. Expected no use, or ?override=${name} to remove it all the same.`,
  });
}

/** The token of the device is in no log. */
async function test(
  ctx: Context,
  deps: PushAdminDeps & { readonly admit: (ctx: Context) => void },
  provider: string | undefined,
): Promise<void> {
  const given = readTest(readObject(ctx, 'a test, such as {"type":"fcm","deviceId":"token"}'));
  const { message = TEST_MESSAGE, ...others } = given;
  deps.admit(ctx);
  const result = await deps.testPush({ ...others, message, ...defined({ providerName: provider }) });
  const { type } = given.details;
  await deps.durable.commit(
    deps.audit.batch({
      ...actorOf(ctx),
      action: 'push.tested',
      object: provider === undefined ? 'push' : `push:provider.${provider}`,
      details: { type, result: result.kind },
    }),
  );
  replyJson(ctx, viewOf(result));
}

function viewOf(result: PushResult): Json {
  if (result.kind === 'delivered') return defined({ result: 'delivered', receipt: result.receipt });
  const { kind, reason } = result;
  if (kind === 'gone') return { result: kind, reason };
  return defined({ result: kind, reason, retry: result.retry, retryAfterMs: result.retryAfterMs });
}

/** Throws PARAMETER_INVALID with every field that is wrong. */
function readTest(body: {
  readonly [name: string]: Json;
}): Omit<TestPush, 'providerName' | 'message'> & { readonly message?: Json } {
  const { type, deviceId, debug = false, message, properties = {}, authorization, ...unknown } = body;
  const known = Object.values(NotificationType).find((one) => one === type);
  const problems = [
    known === undefined && problem('type', `one of ${Object.values(NotificationType).join(', ')}`, type),
    (typeof deviceId !== 'string' || deviceId === '') &&
      problem('deviceId', 'the token of a device', deviceId),
    typeof debug !== 'boolean' && problem('debug', 'true or false', debug),
    !isObject(properties) && problem('properties', 'an object', properties),
    authorization !== undefined &&
      typeof authorization !== 'string' &&
      problem('authorization', 'a text', authorization),
    ...Object.keys(unknown).map((name) => ({ field: name, message: 'expected no such field' })),
  ].filter((one) => one !== false);
  if (problems.length > 0) throw partRefused(problems);
  return {
    details: {
      type: known!,
      deviceId: String(deviceId),
      ...(debug === true && { properties: { debug: 'true' } }),
    },
    properties: properties as PushOptions,
    ...defined({ message, authorization: authorization as string | undefined }),
  };
}

function problem(
  field: string,
  expected: string,
  got: Json | undefined,
): { readonly field: string; readonly message: string } {
  const shown = got === undefined ? 'nothing' : (JSON.stringify(got) ?? '').slice(0, 80);
  return { field, message: `expected ${expected}, got ${shown}` };
}

function isObject(value: Json): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
