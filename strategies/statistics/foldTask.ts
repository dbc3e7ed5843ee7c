import type { Task } from '../../engine/durable/index.ts';

export const FOLD_TASK = 'statistics.fold';
/** Time for which facts wait at most, unless somebody asks for a statistic before. */
export const FOLD_EVERY_MS = 60_000;

/** The task that folds the facts until its time. */
export function foldTask(now: number): Task {
  const dueAt = now + FOLD_EVERY_MS;
  return { key: `${FOLD_TASK}/${dueAt}`, kind: FOLD_TASK, payload: {}, dueAt };
}
