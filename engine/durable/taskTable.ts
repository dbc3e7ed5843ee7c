import type { Json } from '../ports/index.ts';
import type { Task } from './durable.ts';
import type { Overlay } from './overlay.ts';
import { decodeRecord, encodeRecord } from './recordCodec.ts';
import type { StoreOperation } from './storePort.ts';
import { LANE, META, TASK, TASK_KEY, timeKey } from './systemTables.ts';
import {
  AT_ONCE,
  afterDueKeys,
  decodePlace,
  dueAtOfDueKey,
  dueKeyOf,
  encodePlace,
  kindOfDueKey,
  laneKeyOf,
  laneName,
  laneRange,
  movedDueKey,
  sequenceOf,
  type TaskPlace,
} from './taskKeys.ts';

/** A waiting task as it is stored. */
export interface TaskRecord {
  readonly key: string;
  readonly kind: string;
  readonly payload: Json;
  readonly dueAt: number;
  readonly lane?: string;
  /** Tries that failed. */
  readonly failures: number;
}

/** What is kept of a task in memory; the rest is read when it is performed. */
export interface TaskRef extends TaskPlace {
  readonly kind: string;
  /** ms since epoch at which it may be tried, or AT_ONCE. */
  readonly dueAt: number;
  /** It is not in its lane yet (T3). */
  readonly outsideLane: boolean;
}

/** A task that failed for the last time: table FAILED_TASK, kept until somebody removes it. */
export interface FailedTask {
  readonly key: string;
  readonly kind: string;
  readonly payload: Json;
  readonly dueAt: number;
  readonly attempts: number;
  readonly error: string;
  readonly failedAt: number;
}

export const FAILED_TASK = 'failedTask';

/** What a change of tasks comes to. */
export interface TaskChange {
  readonly operations: readonly StoreOperation[];
  readonly scheduled: readonly TaskRef[];
  /** Tasks that were cancelled or replaced. */
  readonly removed: readonly TaskPlace[];
}

/**
 * Waiting tasks, each kind in the order in which they are due.
 *
 * T1. TASK[due key] holds the task, TASK_KEY[key] names its due key, LANE[lane, sequence] that of each task in a
 *     lane. They are written and removed together.
 * T2. A sequence number is the number of the process start followed by a counter, so it grows over restarts. It
 *     stays when the task gets another due time.
 * T3. A task that is not due when it is committed is in its lane from when it is (enterLane), since those that are
 *     do not wait for it. It keeps its place in the order of commits.
 * T4. A task that failed has the time of its next try as its due time, and stays the first of its lane.
 */
export interface TaskTable {
  change(change: {
    readonly schedule: readonly Task[];
    readonly cancel: readonly string[];
    readonly now: number;
  }): TaskChange;
  read(dueKey: string): TaskRecord | undefined;
  /** Empty when the task has been cancelled or replaced meanwhile. */
  removeOperations(dueKey: string): readonly StoreOperation[];
  /** Likewise. */
  retryOperations(dueKey: string, failures: number, dueAt: number): readonly StoreOperation[];
  /** Puts it into its lane, due at once; undefined when it has been cancelled or replaced. */
  enterLane(
    dueKey: string,
  ): { readonly operations: readonly StoreOperation[]; readonly ref: TaskRef } | undefined;
  setAsideOperations(dueKey: string, error: string, now: number): readonly StoreOperation[];
  /** Durable tasks of a kind from the due key `from` on, in their order, also those that are not due yet. */
  tasksOf(kind: string, from: string): Iterable<TaskRef>;
  /** The first of the durable tasks in a lane, by its name; with `from`, of those from that key in LANE on. */
  firstOfLane(lane: string, from?: string): TaskRef | undefined;
  /** All kinds of which there are durable tasks. */
  kinds(): Iterable<string>;
}

interface Moved {
  readonly dueAt: number;
  readonly failures: number;
}

export function createTaskTable(overlay: Overlay): TaskTable {
  const epoch = Number(overlay.get(META, 'epoch') ?? 0) + 1;
  let counter = 0;

  function nextSequence(): string {
    counter++;
    return sequenceOf(epoch, counter);
  }

  function read(dueKey: string): TaskRecord | undefined {
    const text = overlay.get(TASK, dueKey);
    return text === undefined ? undefined : decodeRecord<TaskRecord>(text).value;
  }

  function removeOperations(dueKey: string): readonly StoreOperation[] {
    const record = read(dueKey);
    if (record === undefined) return [];
    return [{ table: TASK_KEY, key: record.key, text: null }, ...removePlace(placeOf(dueKey, record))];
  }

  function moveOperations(dueKey: string, record: TaskRecord, to: Moved): readonly StoreOperation[] {
    const moved = { ...record, failures: to.failures };
    return [...removePlace(placeOf(dueKey, record)), ...putTask(movedDueKey(dueKey, to.dueAt), moved, true)];
  }

  function firstDueKeyFrom(from: string): string | undefined {
    for (const { key } of overlay.scanDurable(TASK, { from })) return key;
    return undefined;
  }

  return {
    read,
    removeOperations,

    change({ schedule, cancel, now }) {
      const operations: StoreOperation[] = [];
      const scheduled: TaskRef[] = [];
      const removed: TaskPlace[] = [];
      function removeKnown(key: string): boolean {
        const text = overlay.get(TASK_KEY, key);
        if (text === undefined) return false;
        const place = decodePlace(text);
        operations.push(...removePlace(place));
        removed.push(place);
        return true;
      }

      for (const key of cancel) {
        if (removeKnown(key)) operations.push({ table: TASK_KEY, key, text: null });
      }
      const last = new Map(schedule.map((task) => [task.key, task]));
      // Asked of the store each time: the commit that carried it may have failed.
      if (last.size > 0 && overlay.get(META, 'epoch') !== String(epoch)) {
        operations.push({ table: META, key: 'epoch', text: String(epoch) });
      }
      for (const task of last.values()) {
        removeKnown(task.key);
        const isLate = task.dueAt > now;
        const dueKey = dueKeyOf(task.kind, isLate ? task.dueAt : AT_ONCE, nextSequence());
        const record: TaskRecord = { ...task, failures: 0 };
        operations.push(...putTask(dueKey, record, !isLate));
        scheduled.push(toRef(dueKey, record));
      }
      return { operations, scheduled, removed };
    },

    retryOperations(dueKey, failures, dueAt) {
      const record = read(dueKey);
      return record === undefined ? [] : moveOperations(dueKey, record, { dueAt, failures });
    },

    enterLane(dueKey) {
      const record = read(dueKey);
      if (record === undefined) return undefined;
      return {
        operations: moveOperations(dueKey, record, { dueAt: AT_ONCE, failures: record.failures }),
        ref: toRef(movedDueKey(dueKey, AT_ONCE), record),
      };
    },

    setAsideOperations(dueKey, error, now) {
      const record = read(dueKey);
      if (record === undefined) return [];
      const { key, kind, payload, dueAt, failures } = record;
      const failed: FailedTask = { key, kind, payload, dueAt, attempts: failures + 1, error, failedAt: now };
      return [
        ...removeOperations(dueKey),
        { table: FAILED_TASK, key: `${timeKey(now)}:${key}`, text: encodeRecord(failed) },
      ];
    },

    *tasksOf(kind, from) {
      for (const { key, text } of overlay.scanDurable(TASK, { from, to: afterDueKeys(kind) })) {
        yield toRef(key, decodeRecord<TaskRecord>(text).value);
      }
    },

    firstOfLane(lane, from) {
      for (const { key: laneKey, text: dueKey } of overlay.scanDurable(LANE, laneRange(lane, from))) {
        const kind = kindOfDueKey(dueKey);
        return { dueKey, laneKey, kind, dueAt: dueAtOfDueKey(dueKey), outsideLane: false };
      }
      return undefined;
    },

    *kinds() {
      let first = firstDueKeyFrom('');
      while (first !== undefined) {
        const kind = kindOfDueKey(first);
        yield kind;
        first = firstDueKeyFrom(afterDueKeys(kind));
      }
    },
  };
}

/** The operations by which a task is in the table (T1). */
export function putTask(dueKey: string, record: TaskRecord, entersLane: boolean): readonly StoreOperation[] {
  const place = placeOf(dueKey, record);
  const operations = [
    { table: TASK, key: dueKey, text: encodeRecord(record) },
    { table: TASK_KEY, key: record.key, text: encodePlace(place) },
  ];
  if (place.laneKey !== undefined && entersLane) {
    operations.push({ table: LANE, key: place.laneKey, text: dueKey });
  }
  return operations;
}

/** All but its TASK_KEY. */
function removePlace({ dueKey, laneKey }: TaskPlace): StoreOperation[] {
  const operations: StoreOperation[] = [{ table: TASK, key: dueKey, text: null }];
  if (laneKey !== undefined) operations.push({ table: LANE, key: laneKey, text: null });
  return operations;
}

function placeOf(dueKey: string, { lane, failures }: TaskRecord): TaskPlace {
  return lane === undefined
    ? { dueKey }
    : { dueKey, laneKey: laneKeyOf(laneName(lane), dueKey, failures > 0) };
}

function toRef(dueKey: string, record: TaskRecord): TaskRef {
  const { kind, lane, failures } = record;
  const dueAt = dueAtOfDueKey(dueKey);
  const outsideLane = lane !== undefined && dueAt !== AT_ONCE && failures === 0;
  return { ...placeOf(dueKey, record), kind, dueAt, outsideLane };
}
