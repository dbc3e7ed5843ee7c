import type { Task } from '../../engine/durable/index.ts';
import type { Json } from '../../engine/ports/index.ts';
import { CallbackState, type ServiceInstance } from '../instances/index.ts';
import type { ServiceOptions } from '../options/index.ts';

export const SUBMIT = 'service.submit';
export const EXPIRE = 'service.expire';
/** Time after the time to live, in which a document ends by its own timer. Then its session is terminated. */
const EXPIRY_GRACE_MS = 60_000;

/** A callback begins this long before its desired time. gms-api 4.5. */
export function executionBufferMs(options: ServiceOptions): number {
  return Number(options._request_execution_time_buffer || 0) * 1000;
}

/**
 * Starts a scheduled instance, or one of a paused service; of another instance, checks whether its session
 * was started.
 */
export function submitTask(instance: ServiceInstance, dueAt: number): Task {
  const { id, state } = instance;
  const payload: Json = {
    id,
    scheduled: state === CallbackState.SCHEDULED || state === CallbackState.PAUSED,
  };
  return { key: `${SUBMIT}.${instance.id}`, kind: SUBMIT, payload, dueAt };
}

export function expireTask(instance: ServiceInstance): Task {
  const payload: Json = { id: instance.id };
  return {
    key: `${EXPIRE}.${instance.id}`,
    kind: EXPIRE,
    payload,
    dueAt: instance.expiresAt + EXPIRY_GRACE_MS,
  };
}
