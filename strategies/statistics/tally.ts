import type { Fact } from './facts.ts';
import { isWithin, type TimeRange } from './timeProfiles.ts';

/**
 * The actions of one name, of one object, in one bucket of time. Times of beginnings and ends are offsets
 * from the beginning of the bucket, added up. They tell the time of actions within any number of buckets,
 * also of actions that began before or go on.
 */
export interface Tally {
  /** Actions that ended, or moments. */
  count: number;
  /** Their durations, added up. */
  ms: number;
  max?: number;
  min?: number;
  /** Lasting actions that began, and the offsets of their beginnings. */
  begun?: number;
  begunAt?: number;
  /** Offsets of the ends of lasting actions. */
  endedAt?: number;
  /** The highest and lowest number of actions within the bucket, compared with its beginning. */
  peak?: number;
  trough?: number;
  /** Ended actions whose duration is in a time range, by its name. */
  inRange?: Record<string, number>;
}

/** Adds a fact. Facts come in the order of their times. */
export function addFact(
  tally: Tally,
  fact: Fact,
  { offset, ranges }: { readonly offset: number; readonly ranges: ReadonlyMap<string, TimeRange> },
): void {
  if (fact.kind === 'begun') {
    tally.begun = (tally.begun ?? 0) + 1;
    tally.begunAt = (tally.begunAt ?? 0) + offset;
    tally.peak = Math.max(tally.peak ?? 0, levelOf(tally));
    return;
  }
  tally.count += 1;
  if (fact.kind === 'ended') {
    tally.endedAt = (tally.endedAt ?? 0) + offset;
    tally.trough = Math.min(tally.trough ?? 0, levelOf(tally));
  }
  if (fact.ms === undefined) return;
  tally.ms += fact.ms;
  tally.max = Math.max(tally.max ?? 0, fact.ms);
  tally.min = Math.min(tally.min ?? fact.ms, fact.ms);
  for (const [name, range] of ranges) {
    if (!isWithin(fact.ms, range)) continue;
    tally.inRange ??= {};
    tally.inRange[name] = (tally.inRange[name] ?? 0) + 1;
  }
}

/** By how many the number of lasting actions grew. */
export function levelOf({ begun = 0, count }: Tally): number {
  return begun - count;
}

/** The tallies of an object in one bucket, by tag: the name of the action, and a filter behind a bar. */
export type Bucket = Record<string, Tally>;

export function tagsOf({ action, filters = [] }: Fact): readonly string[] {
  return [action, ...filters.map((filter) => tagOf(action, filter))];
}

export function tagOf(action: string, filter?: string): string {
  return filter === undefined ? action : `${action}|${filter}`;
}

/** The sum of the buckets of a span of time, of one tag. Times are ms since epoch. */
export interface Total {
  count: number;
  ms: number;
  max?: number;
  min?: number;
  begun: number;
  /** Beginnings and ends of lasting actions, ms since epoch, added up. */
  begunAt: number;
  endedAt: number;
  inRange: Record<string, number>;
  /** The number of lasting actions after each bucket, and its extremes there, compared with the beginning. */
  highest: number;
  lowest: number;
}

export function sumUp(
  buckets: Iterable<{ readonly start: number; readonly bucket: Bucket }>,
  tag: string,
): Total {
  const total: Total = {
    count: 0,
    ms: 0,
    begun: 0,
    begunAt: 0,
    endedAt: 0,
    inRange: {},
    highest: 0,
    lowest: 0,
  };
  for (const { start, bucket } of buckets) {
    const tally = bucket[tag];
    if (tally === undefined) continue;
    const level = total.begun - total.count;
    total.highest = Math.max(total.highest, level + (tally.peak ?? 0));
    total.lowest = Math.min(total.lowest, level + (tally.trough ?? 0));
    const { begun = 0, begunAt = 0, endedAt = 0, inRange = {} } = tally;
    total.count += tally.count;
    total.ms += tally.ms;
    total.begun += begun;
    total.begunAt += begun * start + begunAt;
    total.endedAt += tally.count * start + endedAt;
    if (tally.max !== undefined) total.max = Math.max(total.max ?? 0, tally.max);
    if (tally.min !== undefined) total.min = Math.min(total.min ?? tally.min, tally.min);
    for (const [name, count] of Object.entries(inRange)) {
      total.inRange[name] = (total.inRange[name] ?? 0) + count;
    }
  }
  return total;
}
