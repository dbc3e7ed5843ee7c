import { createHash } from 'node:crypto';
import { timeKey } from './systemTables.ts';

/** Digits of a sequence number: of the process start, and of the counter within it. */
const EPOCH_DIGITS = 8;
const COUNTER_DIGITS = 12;
const SEQUENCE_DIGITS = EPOCH_DIGITS + COUNTER_DIGITS;
/** `<time>:<sequence>`, at the end of each due key. */
const PLACE_LENGTH = timeKey(0).length + 1 + SEQUENCE_DIGITS;
/** Characters that a lane's name may have in a key; of a longer one its hash is taken. */
const MAX_LANE_LENGTH = 200;
/** No kind holds it: kinds do not overlap. */
const KIND_SEPARATOR = ':';
const AFTER_KIND_SEPARATOR = ';';
const LANE_SEPARATOR = '\u0000';
const AFTER_LANE_SEPARATOR = '\u0001';
/** Sorts before digits. */
const TRIED = '!';

/** Where a task is in the tables. */
export interface TaskPlace {
  readonly dueKey: string;
  readonly laneKey?: string;
}

/** Due time of tasks that were due when they were committed: they go first, in the order of their commit. */
export const AT_ONCE = 0;

export function sequenceOf(epoch: number, counter: number): string {
  return `${String(epoch).padStart(EPOCH_DIGITS, '0')}${String(counter).padStart(COUNTER_DIGITS, '0')}`;
}

/** Key in TASK: by kind, then by due time (ms since epoch, or AT_ONCE), then by order of commit. */
export function dueKeyOf(kind: string, dueAt: number, sequence: string): string {
  return `${kind}${KIND_SEPARATOR}${timeKey(dueAt)}:${sequence}`;
}

export function kindOfDueKey(dueKey: string): string {
  return dueKey.slice(0, -PLACE_LENGTH - 1);
}

/** ms since epoch, or AT_ONCE. */
export function dueAtOfDueKey(dueKey: string): number {
  return Number(dueKey.slice(-PLACE_LENGTH, -SEQUENCE_DIGITS - 1));
}

/** The same task, due at another time. */
export function movedDueKey(dueKey: string, dueAt: number): string {
  return dueKeyOf(kindOfDueKey(dueKey), dueAt, dueKey.slice(-SEQUENCE_DIGITS));
}

/** Before all tasks of that kind. */
export function firstDueKey(kind: string): string {
  return `${kind}${KIND_SEPARATOR}`;
}

/** Before the tasks of that kind that are due at that time (ms since epoch) or later. */
export function firstDueKeyAt(kind: string, dueAt: number): string {
  return `${kind}${KIND_SEPARATOR}${timeKey(dueAt)}`;
}

/** Behind all tasks of that kind. */
export function afterDueKeys(kind: string): string {
  return `${kind}${AFTER_KIND_SEPARATOR}`;
}

export function isKind(kind: string): boolean {
  return !kind.includes(KIND_SEPARATOR);
}

/** The lane as keys hold it: lanes may be of any length (the target of a send is part of one). */
export function laneName(lane: string): string {
  if (lane.length <= MAX_LANE_LENGTH && !lane.includes(LANE_SEPARATOR)) return lane;
  return `sha256-${createHash('sha256').update(lane).digest('hex')}`;
}

/** Key in LANE: by the lane's name; one that was tried already comes first, then by order of commit. */
export function laneKeyOf(lane: string, dueKey: string, wasTried: boolean): string {
  return `${lane}${LANE_SEPARATOR}${wasTried ? TRIED : ''}${dueKey.slice(-SEQUENCE_DIGITS)}`;
}

/** The lane's name. */
export function laneOfKey(laneKey: string): string {
  return laneKey.slice(0, laneKey.indexOf(LANE_SEPARATOR));
}

/** The keys of a lane in LANE, from one of them on. */
export function laneRange(lane: string, from = ''): { readonly from: string; readonly to: string } {
  const start = `${lane}${LANE_SEPARATOR}`;
  return { from: from === '' ? start : from, to: `${lane}${AFTER_LANE_SEPARATOR}` };
}

/** What TASK_KEY holds: where the task is. */
export function encodePlace({ dueKey, laneKey }: TaskPlace): string {
  return laneKey === undefined ? dueKey : `${dueKey}${LANE_SEPARATOR}${laneKey}`;
}

export function decodePlace(text: string): TaskPlace {
  const end = text.indexOf(LANE_SEPARATOR);
  if (end < 0) return { dueKey: text };
  return { dueKey: text.slice(0, end), laneKey: text.slice(end + 1) };
}
