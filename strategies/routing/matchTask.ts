import type { Batch } from '../../engine/durable/index.ts';

/** Kind and key of the task that matches free agents with routable calls; at most one such task waits. */
export const MATCH_TASK = 'routing.match';

/** Joins every commit that may make an agent or a call available, so that no crash loses the match. */
export function matchBatch(now: number): Batch {
  return { schedule: [{ key: MATCH_TASK, kind: MATCH_TASK, payload: null, dueAt: now }] };
}
