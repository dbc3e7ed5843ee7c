import type { Batch, Durable } from '../../engine/durable/index.ts';
import type { ModuleRequest } from '../../engine/host/index.ts';

const PERFORMED = 'performedModule';
/** Far longer than the time until the host performs an element again. */
const REMEMBERED_MS = 86_400_000;

/** Tells whether an earlier attempt performed the element: the host performs elements at least once. */
export function wasPerformed(durable: Durable, request: ModuleRequest): boolean {
  return durable.get(PERFORMED, keyOf(request)) !== undefined;
}

/** Joins the commit that performs the element. */
export function performedBatch(request: ModuleRequest, now: number): Batch {
  return { put: [{ table: PERFORMED, key: keyOf(request), value: true, expiresAt: now + REMEMBERED_MS }] };
}

function keyOf(request: ModuleRequest): string {
  return `${request.sessionId}/${request.key}`;
}
