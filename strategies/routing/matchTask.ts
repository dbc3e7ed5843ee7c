import type { Batch } from '../../engine/durable/index.ts';

/** Kind and key of the task that looks for free agents for routable calls: one waits at a time. */
export const MATCH_TASK = 'routing.match';

/** Joined to every commit that may have made an agent or a call available, so that no crash loses the look. */
export function matchBatch(now: number): Batch {
  return { schedule: [{ key: MATCH_TASK, kind: MATCH_TASK, payload: null, dueAt: now }] };
}
