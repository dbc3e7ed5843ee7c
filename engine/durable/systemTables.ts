/**
 * Tables of Durable itself. Their names begin with an underscore; names of other tables must not. META:
 * counters. TASK: waiting tasks by due key. TASK_KEY: due keys by task key. LANE: due keys of the tasks in a
 * lane, in their order. EXPIRY: records with an expiry, ordered by time.
 */
export const META = '_meta';
export const TASK = '_task';
export const TASK_KEY = '_taskKey';
export const LANE = '_lane';
export const EXPIRY = '_expiry';

/** Digits of a time in a key: ms since epoch sort as text until the year 5138. */
const TIME_DIGITS = 14;
const LAST_TIME = 10 ** TIME_DIGITS - 1;

/** A time (ms since epoch) as text that sorts by time. */
export function timeKey(time: number): string {
  return String(Math.max(0, Math.min(LAST_TIME, Math.ceil(time)))).padStart(TIME_DIGITS, '0');
}

export function timeOfKey(key: string): number {
  return Number(key.slice(0, TIME_DIGITS));
}
