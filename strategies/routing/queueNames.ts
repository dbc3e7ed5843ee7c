import { createHash } from 'node:crypto';

/** The tenant of requests that name none. */
export const DEFAULT_TENANT = 'Environment';

const OF_TENANT = 'tenant:';
const OF_TARGET = 'target:';
const MAX_TARGET_IN_KEY = 255;

/**
 * The key of a virtual queue in records. Tenants do not share a queue of one name, so the key has the tenant,
 * unless it is the default one.
 */
export function queueKey(tenant: string, name: string): string {
  const isPlain = tenant === DEFAULT_TENANT && !name.startsWith(OF_TENANT) && !name.startsWith(OF_TARGET);
  return isPlain ? name : `${OF_TENANT}${escapeTenant(tenant)}/${name}`;
}

/** The key of the queue of calls that named no queue: they wait for the same target. */
export function targetQueueKey(tenant: string, target: string): string {
  const label =
    target.length <= MAX_TARGET_IN_KEY ? target : createHash('sha256').update(target).digest('hex');
  return `${OF_TARGET}${escapeTenant(tenant)}/${label}`;
}

/** True for the queue of calls that named none. */
export function isTargetQueue(key: string): boolean {
  return key.startsWith(OF_TARGET);
}

/** The name of a queue as its calls gave it; of a target's queue, the target. */
export function queueNameOf(key: string): string {
  return key.startsWith(OF_TENANT) || key.startsWith(OF_TARGET) ? key.slice(key.indexOf('/') + 1) : key;
}

function escapeTenant(tenant: string): string {
  return tenant.replace(/[%/]/g, encodeURIComponent);
}
