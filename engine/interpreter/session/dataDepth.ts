import type { Json } from '../../ports/index.ts';

/**
 * Levels of arrays and objects in data for a session. JSON.stringify and other recursive code throw at some
 * thousand levels, in any process and at any point of a step.
 */
export const MAX_DATA_DEPTH = 500;

/** True when the data have more levels. Does not visit the levels below. */
export function isDeeperThan(levels: number, data: Json | undefined): boolean {
  if (typeof data !== 'object' || data === null) return false;
  if (levels === 0) return true;
  const parts = Array.isArray(data) ? data : Object.values(data);
  return parts.some((part) => isDeeperThan(levels - 1, part));
}
