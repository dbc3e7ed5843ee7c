import type { Batch, Durable } from '../../engine/durable/index.ts';
import type { ModuleCall } from '../../engine/host/index.ts';

const PERFORMED = 'performedModule';
/** Far longer than the time until the host performs an element again. */
const REMEMBERED_MS = 86_400_000;

/** Tells whether an earlier attempt performed the element: the host performs elements at least once. */
export function wasPerformed(durable: Durable, call: ModuleCall): boolean {
  return durable.get(PERFORMED, keyOf(call)) !== undefined;
}

/** Joins the commit that performs the element. */
export function performedBatch(call: ModuleCall, now: number): Batch {
  return { put: [{ table: PERFORMED, key: keyOf(call), value: true, expiresAt: now + REMEMBERED_MS }] };
}

function keyOf(call: ModuleCall): string {
  return `${call.sessionId}/${call.key}`;
}
