import { defined, type Ids, type Json, ownId, textOf } from '../../engine/ports/index.ts';
import type { ServiceId, StorageId } from '../ids/index.ts';
import {
  CallbackReason,
  CallbackState,
  CHAT_POLL,
  type CreateService,
  ServiceError,
  type ServiceInstance,
} from '../instances/index.ts';
import {
  isCallbackService,
  lookupKeysOf,
  mandatoryKeysOf,
  mergeOptions,
  permittedFields,
  type ServiceOptions,
} from '../options/index.ts';

/** Time to live of services that set none, in seconds: the platform's default. */
const DEFAULT_TTL_S = 86_400;
/** Characters of a value that an error shows. */
const MAX_SHOWN_CHARS = 80;

export interface NewInstance {
  readonly instance: ServiceInstance;
  readonly userData: Readonly<Record<string, Json>>;
  /** Options in the request that its sender may not set. */
  readonly ignored: readonly string[];
}

/** The permitted fields of a request, and the options of the instance that it creates. */
export interface MergedRequest extends ReturnType<typeof permittedFields> {
  readonly options: ServiceOptions;
}

/** Throws ServiceError CALLBACK_INVALID. */
export function mergedRequest(request: CreateService, configured: ServiceOptions): MergedRequest {
  const permitted = permittedFields(configured, request.fields, request.sender ?? 'customer');
  const { options, problems } = mergeOptions(configured, permitted.fields);
  if (problems.length > 0) {
    throw new ServiceError('CALLBACK_INVALID', `The request cannot be served. ${problems.join(' ')}`);
  }
  return { ...permitted, options };
}

/** The instance and the user data of a request, not stored yet. Throws ServiceError CALLBACK_INVALID. */
export function newInstance(
  request: CreateService,
  given: {
    readonly configured: ServiceOptions;
    readonly merged: MergedRequest;
    readonly now: number;
    /** How long before its desired time the callback starts, ms. */
    readonly leadMs: number;
    readonly ids: Ids;
    readonly node: number;
  },
): NewInstance {
  const { configured, now, ids } = given;
  const { fields, ignored, options } = given.merged;
  const callback = isCallbackService(configured);
  if (callback) {
    requireLookupKeys(configured, fields);
  }
  const { params, userData } = splitFields(fields);
  const desiredTime = request.desiredTime ?? now;
  if (request.state !== undefined) requireCallback(request.name, callback);
  const isLater = callback && desiredTime > now + given.leadMs;
  const state = request.state ?? (isLater ? CallbackState.SCHEDULED : CallbackState.QUEUED);
  const builtin = configured._type === 'builtin';
  const ttlMs = Number(options._ttl || DEFAULT_TTL_S) * 1000;
  return {
    userData,
    ignored,
    instance: {
      id: ownId<ServiceId>(`${ids.prefix}${given.node}-${ids.uuid()}`),
      name: request.name,
      kind: callback ? 'callback' : builtin ? 'builtin' : 'session',
      state,
      reason: state === CallbackState.COMPLETED ? request.reason || CallbackReason.NOT_AVAILABLE : '',
      ...defined({ sessionId: builtin || !hasSession(state) ? undefined : ids.session() }),
      dataId: ownId<StorageId>(`${ids.prefix}${ids.uuid()}`),
      options,
      params,
      // A property that is empty finds no callback: those of many customers would have it.
      lookup: Object.fromEntries(
        Object.entries(lookupOf(configured, fields)).filter(([, value]) => value !== ''),
      ),
      ...defined({ gmsUser: request.gmsUser, startedBy: request.startedBy }),
      agentAnnounced:
        (builtin && options._service !== CHAT_POLL) || options._wait_for_agent?.toLowerCase() === 'false',
      createdAt: now,
      desiredTime,
      ...defined({ bookedFor: state === CallbackState.SCHEDULED ? desiredTime : undefined }),
      expiresAt: Math.max(now, desiredTime) + ttlMs,
    },
  };
}

/** A callback that is created in another state is served by the system that created it. gms-api 2.1. */
function hasSession(state: CallbackState): boolean {
  return state === CallbackState.SCHEDULED || state === CallbackState.QUEUED;
}

function requireCallback(name: string, isCallback: boolean): void {
  if (isCallback) return;
  throw new ServiceError(
    'CALLBACK_INVALID',
    `Expected no state of a callback, because the service '${name}' is no callback service.`,
  );
}

/** gms-api 1.1: fields with a leading underscore go to ORS; the others are user data. */
export function splitFields(fields: Readonly<Record<string, Json>>): {
  readonly params: Readonly<Record<string, Json>>;
  readonly userData: Readonly<Record<string, Json>>;
} {
  const entries = Object.entries(fields);
  return {
    params: Object.fromEntries(entries.filter(([name]) => name.startsWith('_'))),
    userData: Object.fromEntries(entries.filter(([name]) => !name.startsWith('_'))),
  };
}

/** The properties that find the callback. Throws CALLBACK_INVALID for a list or an object. */
export function lookupOf(
  options: ServiceOptions,
  fields: Readonly<Record<string, Json>>,
): Readonly<Record<string, string>> {
  const given = [...new Set(lookupKeysOf(options))].filter((name) => Object.hasOwn(fields, name));
  const wrong = given.find((name) => typeof fields[name] === 'object' && fields[name] !== null);
  if (wrong !== undefined) {
    const got = JSON.stringify(fields[wrong]).slice(0, MAX_SHOWN_CHARS);
    throw new ServiceError('CALLBACK_INVALID', `Expected ${wrong} to be a text, got ${got}.`);
  }
  return Object.fromEntries(given.map((name) => [name, textOf(fields[name])]));
}

function requireLookupKeys(options: ServiceOptions, fields: Readonly<Record<string, Json>>): void {
  const missing = mandatoryKeysOf(options).filter(
    (name) => !Object.hasOwn(fields, name) || textOf(fields[name]).trim() === '',
  );
  if (missing.length > 0) {
    throw new ServiceError(
      'CALLBACK_INVALID',
      `The request has no ${missing.join(', ')}: mandatory by the option _mandatory_customer_lookup_keys.`,
    );
  }
}
