import { BodyBudget } from '../../server/bodies/bodyBudget.ts';
import { silentLog } from './silentLog.ts';
import { createSimulatedClock } from './simulatedClock.ts';

/** A budget of bodies, without limits where none are given. */
export function createBodyBudget(
  limits: { readonly bytes?: number; readonly bytesOfAddress?: number } = {},
): BodyBudget {
  return new BodyBudget({
    limits: { bytes: Number.MAX_SAFE_INTEGER, bytesOfAddress: Number.MAX_SAFE_INTEGER, ...limits },
    clock: createSimulatedClock(),
    log: silentLog,
  });
}
