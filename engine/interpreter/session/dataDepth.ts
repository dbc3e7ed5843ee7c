import type { Json } from '../../ports/index.ts';

/**
 * Levels of arrays and objects in data that are given to a session. JSON.stringify and what else walks through data end at
 * some thousand, in whatever process and part of a step they are then.
 */
export const MAX_DATA_DEPTH = 500;

/** Whether there are more than so many levels; looks no deeper. */
export function isDeeperThan(levels: number, data: Json | undefined): boolean {
  if (typeof data !== 'object' || data === null) return false;
  if (levels === 0) return true;
  const parts = Array.isArray(data) ? data : Object.values(data);
  return parts.some((part) => isDeeperThan(levels - 1, part));
}
