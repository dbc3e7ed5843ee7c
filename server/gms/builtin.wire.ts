import type { Context } from 'koa';
import { defined, type Json, textOf } from '../../engine/ports/index.ts';
import { type Services, VisibleServices } from '../../strategies/callback/index.ts';
import { CHAT_POLL, parseServiceId, type ServiceInstance } from '../../strategies/instances/index.ts';
import { ursStatParameters } from '../../strategies/options/index.ts';
import type { StorageAreas } from '../../strategies/storage/index.ts';
import { type Guard, viewerOf } from '../access/index.ts';
import type { Form } from '../bodies/index.ts';
import { WireError } from '../errors/index.ts';
import { keyOf } from '../middleware/index.ts';
import { optionSenderOf } from './callbackRoutes.ts';
import { interactionReply, storageReply } from './wire.ts';

export interface BuiltinDeps {
  readonly services: Services;
  readonly storage: StorageAreas;
  readonly guard: Guard;
  /** Options of a configured service. */
  readonly optionsOf: (service: string) => Readonly<Record<string, string>> | undefined;
  /** The URL of a file of the user data of a service. */
  readonly fileUrl: (id: ServiceInstance['id'], key: string) => string;
  /** Whether an agent could take a chat now; of a target string, or any. */
  readonly hasFreeAgent: (target: string) => boolean;
  /** `lvq` of a queue, as a new call sees it. Throws PARAMETER_MISSING or PARAMETER_INVALID. */
  readonly queueStatistic: (query: Form) => Promise<Json>;
  /** Aborted when the server will stop soon. */
  readonly offline: AbortSignal;
}

const DEFAULT_ONLINE = 200;
const DEFAULT_OFFLINE = 503;

/**
 * Sets status and body for a built-in service that creates no instance, and returns the body; undefined for
 * another service. gms-api 5, gms-8.5.2 6.
 */
export async function builtinReply(ctx: Context, name: string, deps: BuiltinDeps): Promise<Json | undefined> {
  const options = deps.optionsOf(name);
  if (options?._type !== 'builtin') return undefined;
  switch (options._service) {
    case 'get':
      return healthReply(ctx, options, deps.offline.aborted);
    case 'request-access':
      return accessReply(ctx, name, deps);
    case 'urs-stat':
      return deps.queueStatistic({ ...queryIn(ursStatParameters(options)), ...queryIn(ctx.state.form) });
    case 'match-interaction':
      return matchReply(ctx, name, deps);
    default:
      return undefined;
  }
}

/** True for a built-in service that is read by GET too. */
export function isReadable(options: Readonly<Record<string, string>> | undefined): boolean {
  return options?._type === 'builtin' && (options._service === 'get' || options._service === 'urs-stat');
}

/**
 * The request `status` of request-chat-poll; undefined for another service or request. Once an agent is
 * available, the service opens a chat. The page prints no reply, so the name of its field is inferred.
 */
export async function pollReply(
  instance: ServiceInstance | undefined,
  request: string,
  { services, hasFreeAgent }: Pick<BuiltinDeps, 'services' | 'hasFreeAgent'>,
): Promise<Json | undefined> {
  if (instance?.kind !== 'builtin' || instance.options._service !== CHAT_POLL) return undefined;
  if (request !== 'status') return undefined;
  if (!instance.agentAnnounced && !hasFreeAgent(instance.options._target ?? '')) {
    return { status: 'unavailable' };
  }
  await services.announce(instance.id);
  return { status: 'available' };
}

function queryIn({ name, tenant, aqt }: Form): Form {
  return defined({ name, tenant, aqt });
}

function healthReply(ctx: Context, options: Readonly<Record<string, string>>, isOffline: boolean): Json {
  ctx.status = isOffline
    ? Number(options._offline_code || DEFAULT_OFFLINE)
    : Number(options._online_code || DEFAULT_ONLINE);
  return {};
}

async function accessReply(ctx: Context, name: string, { services }: BuiltinDeps): Promise<Json> {
  const { form } = ctx.state;
  if (form._id === undefined) {
    throw new WireError('PARAMETER_MISSING', { message: 'Expected _id, the id of a service, got none.' });
  }
  const id = parseServiceId(form._id);
  if (new VisibleServices(services, viewerOf(ctx)).get(id) === undefined) {
    throw new WireError('SERVICE_NOT_FOUND', { message: `No service '${id}', or it has expired.` });
  }
  const access = await services.access.request(id, {
    name,
    fields: form,
    key: keyOf(ctx),
    sender: optionSenderOf(ctx),
  });
  return interactionReply({ id, access });
}

/** Only the platform learns which service a call belongs to: the id gives the data of its customer. */
async function matchReply(ctx: Context, name: string, deps: BuiltinDeps): Promise<Json> {
  await deps.guard.requirePlatform(ctx);
  const { form } = ctx.state;
  const { id, dataId } = await deps.services.access.match({ name, fields: form, key: keyOf(ctx) });
  const isAsked = (field: string): boolean => textOf(form[field]).toLowerCase() === 'true';
  const userData =
    isAsked('_return_user_data') || isAsked('_return_data')
      ? storageReply(deps.storage.get(dataId), (key) => deps.fileUrl(id, key))
      : undefined;
  const match: Json = { _id: id, _data_id: dataId, ...defined({ _user_data: userData }) };
  return isAsked('_return_multiple_matches') ? { matches: [match] } : match;
}
