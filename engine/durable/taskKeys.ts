import { createHash } from 'node:crypto';
import { timeKey } from './systemTables.ts';

/** Digits of a sequence number: the process start, then a counter within it. */
const EPOCH_DIGITS = 8;
const COUNTER_DIGITS = 12;
const SEQUENCE_DIGITS = EPOCH_DIGITS + COUNTER_DIGITS;
/** `<time>:<sequence>`, the end of each due key. */
const ORDER_LENGTH = timeKey(0).length + 1 + SEQUENCE_DIGITS;
/** Characters that the name of a lane may have in a key. A longer name is replaced by its hash. */
const MAX_LANE_LENGTH = 200;
/** No kind contains it, so kinds do not overlap. */
const KIND_SEPARATOR = ':';
const AFTER_KIND_SEPARATOR = ';';
const LANE_SEPARATOR = '\u0000';
const AFTER_LANE_SEPARATOR = '\u0001';
/** Sorts before digits. */
const TRIED = '!';

/** The keys under which a task is stored, in TASK and in LANE. */
export interface TaskKeys {
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
  return dueKey.slice(0, -ORDER_LENGTH - 1);
}

/** ms since epoch, or AT_ONCE. */
export function dueAtOfDueKey(dueKey: string): number {
  return Number(dueKey.slice(-ORDER_LENGTH, -SEQUENCE_DIGITS - 1));
}

/** The due key of the same task with another due time. */
export function movedDueKey(dueKey: string, dueAt: number): string {
  return dueKeyOf(kindOfDueKey(dueKey), dueAt, dueKey.slice(-SEQUENCE_DIGITS));
}

/** Sorts before all tasks of that kind. */
export function firstDueKey(kind: string): string {
  return `${kind}${KIND_SEPARATOR}`;
}

/** Sorts before the tasks of that kind that are due at that time (ms since epoch) or later. */
export function firstDueKeyAt(kind: string, dueAt: number): string {
  return `${kind}${KIND_SEPARATOR}${timeKey(dueAt)}`;
}

/** Sorts after all tasks of that kind. */
export function afterDueKeys(kind: string): string {
  return `${kind}${AFTER_KIND_SEPARATOR}`;
}

export function isKind(kind: string): boolean {
  return !kind.includes(KIND_SEPARATOR);
}

/**
 * The name of a lane as keys contain it. The lane itself may be of any length: the target of a send is part
 * of one.
 */
export function laneName(lane: string): string {
  if (lane.length <= MAX_LANE_LENGTH && !lane.includes(LANE_SEPARATOR)) return lane;
  return `sha256-${createHash('sha256').update(lane).digest('hex')}`;
}

/** Key in LANE: by the lane's name, tasks with a failed attempt first, then by order of commit. */
export function laneKeyOf(
  lane: string,
  dueKey: string,
  { wasTried }: { readonly wasTried: boolean },
): string {
  return `${lane}${LANE_SEPARATOR}${wasTried ? TRIED : ''}${dueKey.slice(-SEQUENCE_DIGITS)}`;
}

/** The lane's name. */
export function laneOfKey(laneKey: string): string {
  return laneKey.slice(0, laneKey.indexOf(LANE_SEPARATOR));
}

/** The keys of a lane in LANE; `from`: the key at which to begin. */
export function laneRange(lane: string, from = ''): { readonly from: string; readonly to: string } {
  const start = `${lane}${LANE_SEPARATOR}`;
  return { from: from === '' ? start : from, to: `${lane}${AFTER_LANE_SEPARATOR}` };
}

/** The text of an entry in TASK_KEY. */
export function encodeTaskKeys({ dueKey, laneKey }: TaskKeys): string {
  return laneKey === undefined ? dueKey : `${dueKey}${LANE_SEPARATOR}${laneKey}`;
}

export function decodeTaskKeys(text: string): TaskKeys {
  const end = text.indexOf(LANE_SEPARATOR);
  if (end < 0) return { dueKey: text };
  return { dueKey: text.slice(0, end), laneKey: text.slice(end + 1) };
}
