import { timeKey } from '../../engine/durable/index.ts';
import type { ObjectKey } from './facts.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** `object` and time: Bucket of a minute. */
export const MINUTE = 'statisticMinute';
/** `object` and time: Bucket of an hour. */
export const HOUR = 'statisticHour';
/** `object` and tag: the latest MAX_SELECTION durations, oldest first. */
export const LATEST = 'statisticLatest';

/** `object`: Levels. Removed when nothing goes on. */
export const LEVEL = 'statisticLevel';

/** Time for which the minutes of the past are kept; older times have whole hours only. */
export const MINUTES_KEPT_MS = 26 * HOUR_MS;
/** The actions of a tag that go on, and their beginnings (ms since epoch), added up. */
export interface Level {
  readonly count: number;
  readonly since: number;
}
export type Levels = Readonly<Record<string, Level>>;
export const NO_LEVEL: Level = { count: 0, since: 0 };

/** A duration in the latest actions. */
export interface LatestAction {
  readonly at: number;
  readonly ms: number;
}

export function bucketKey(object: ObjectKey, start: number): string {
  return `${object}${timeKey(start)}`;
}

export function floor(time: number, length: number): number {
  return Math.floor(time / length) * length;
}
