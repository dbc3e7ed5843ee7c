import { defined, type Json } from '../../engine/ports/index.ts';
import type { ServiceId } from '../ids/index.ts';
import {
  CallbackReason,
  CallbackState,
  type ServiceChange,
  ServiceError,
  type ServiceInstance,
} from '../instances/index.ts';
import { mandatoryKeysOf, permittedFields } from '../options/index.ts';
import { lookupOf, splitFields } from './newInstance.ts';

/** Properties with an underscore of one callback; reports add them to its one record. */
export const MAX_PROPERTIES = 1_000;

export interface ChangedInstance {
  /** Undefined: the report changes nothing. */
  readonly changed?: ServiceInstance;
  readonly userData: Readonly<Record<string, Json>>;
  /** Names of user data to remove. */
  readonly removed: readonly string[];
}

/**
 * The instance after a report. A property whose new value is '' is removed (gms-8.5.2 1.2). Throws
 * ServiceError CALLBACK_INVALID or CALLBACK_OPERATION_INVALID. gms-api 2.4.
 */
export function changedInstance(
  instance: ServiceInstance,
  change: ServiceChange & { readonly leadMs: number },
  now: number,
): ChangedInstance {
  if (instance.state === CallbackState.COMPLETED) {
    if (change.desiredTime !== undefined) requireScheduled(instance);
    return { ...afterCompletion(instance, change), userData: {}, removed: [] };
  }
  if (change.desiredTime !== undefined || change.state === CallbackState.SCHEDULED) {
    requireScheduled(instance);
  }
  const { fields } = permittedFields(instance.options, change.fields, change.sender ?? 'customer');
  const { params, userData } = splitFields(fields);
  const emptied = Object.keys(fields).filter((name) => fields[name] === '');
  refuseMandatory(instance, emptied);
  const properties = without({ ...instance.params, ...params }, emptied);
  requireFew(instance.id, Object.keys(properties).length);
  const desiredTime = change.desiredTime ?? instance.desiredTime;
  const state = stateOf(instance, change);
  const shift = Math.max(now, desiredTime) - Math.max(instance.createdAt, instance.desiredTime);
  const isBooked = desiredTime > now + change.leadMs;
  const { bookedFor, ...others } = instance;
  return {
    userData: without(userData, emptied),
    removed: emptied.filter((name) => Object.hasOwn(userData, name)),
    changed: {
      ...others,
      ...defined({
        bookedFor: change.desiredTime === undefined ? bookedFor : isBooked ? desiredTime : undefined,
      }),
      state,
      reason: reasonOf(instance, change, state),
      params: properties,
      lookup: without({ ...instance.lookup, ...lookupOf(instance.options, fields) }, emptied),
      desiredTime,
      expiresAt: change.desiredTime === undefined ? instance.expiresAt : instance.expiresAt + shift,
    },
  };
}

/** The report that it waits may come after it was held: it stays PAUSED until its service goes on. */
function stateOf({ state, held, sessionId }: ServiceInstance, change: ServiceChange): CallbackState {
  const isLate = held === true && change.state === CallbackState.QUEUED && change.reporter === sessionId;
  return isLate ? state : (change.state ?? state);
}

/** Nobody would find a callback without them. */
function refuseMandatory(instance: ServiceInstance, emptied: readonly string[]): void {
  const mandatory = mandatoryKeysOf(instance.options);
  const wrong = emptied.find((name) => mandatory.includes(name));
  if (wrong === undefined) return;
  throw new ServiceError(
    'CALLBACK_INVALID',
    `Expected a value of ${wrong}, got '': it is mandatory by the option _mandatory_customer_lookup_keys.`,
  );
}

function without<Value>(
  values: Readonly<Record<string, Value>>,
  names: readonly string[],
): Readonly<Record<string, Value>> {
  if (names.length === 0) return values;
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}

function requireFew(id: ServiceId, count: number): void {
  if (count > MAX_PROPERTIES) {
    throw new ServiceError(
      'CALLBACK_INVALID',
      `Callback '${id}' would have ${count} properties; MAX_PROPERTIES is ${MAX_PROPERTIES}.`,
    );
  }
}

function requireScheduled(instance: ServiceInstance): void {
  if (instance.state !== CallbackState.SCHEDULED) {
    throw new ServiceError(
      'CALLBACK_OPERATION_INVALID',
      `Callback '${instance.id}' is no longer scheduled. State=${instance.state}`,
    );
  }
}

/** SV2 of Services: the first reason stays, unless it is NOT_AVAILABLE. */
function afterCompletion(
  instance: ServiceInstance,
  change: ServiceChange,
): { readonly changed?: ServiceInstance } {
  if (change.state !== undefined && change.state !== CallbackState.COMPLETED) {
    throw new ServiceError(
      'CALLBACK_OPERATION_INVALID',
      `Callback '${instance.id}' is completed (${instance.reason}) and cannot become ${change.state}.`,
    );
  }
  const reason = change.reason ?? '';
  if (instance.reason !== CallbackReason.NOT_AVAILABLE || reason === '') {
    return {};
  }
  return { changed: { ...instance, reason } };
}

function reasonOf(instance: ServiceInstance, change: ServiceChange, state: CallbackState): string {
  const given = change.reason ?? (change.state === undefined ? instance.reason : '');
  return given === '' && state === CallbackState.COMPLETED ? CallbackReason.NOT_AVAILABLE : given;
}
