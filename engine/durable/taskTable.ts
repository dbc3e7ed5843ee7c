import type { Json } from '../ports/index.ts';
import type { Task } from './durable.ts';
import type { Overlay } from './overlay.ts';
import { decodeRecord, encodeRecord } from './recordCodec.ts';
import type { StoreOperation } from './storePort.ts';
import { LANE, META, TASK, TASK_KEY, timeKey } from './systemTables.ts';
import {
  AT_ONCE,
  afterDueKeys,
  decodeTaskKeys,
  dueAtOfDueKey,
  dueKeyOf,
  encodeTaskKeys,
  kindOfDueKey,
  laneKeyOf,
  laneName,
  laneRange,
  movedDueKey,
  sequenceOf,
  type TaskKeys,
} from './taskKeys.ts';

/** A waiting task as it is stored. */
export interface TaskRecord {
  readonly key: string;
  readonly kind: string;
  readonly payload: Json;
  readonly dueAt: number;
  readonly lane?: string;
  /** Failed attempts. */
  readonly failures: number;
}

/** The part of a task that is kept in memory. The rest is read when the task is performed. */
export interface TaskRef extends TaskKeys {
  readonly kind: string;
  /** Time of the next attempt (ms since epoch), or AT_ONCE. */
  readonly dueAt: number;
  /** The task has a lane and has not entered it yet (T3). */
  readonly outsideLane: boolean;
}

/**
 * A task that is given up: a record of table GIVEN_UP_TASK, which stays until an administrator removes it.
 */
export interface GivenUpTask {
  readonly key: string;
  readonly kind: string;
  readonly payload: Json;
  readonly dueAt: number;
  readonly attempts: number;
  readonly error: string;
  readonly failedAt: number;
}

export const GIVEN_UP_TASK = 'failedTask';

/** The store operations of a change of tasks. */
export interface TaskChange {
  readonly operations: readonly StoreOperation[];
  readonly scheduled: readonly TaskRef[];
  /** Tasks that were cancelled or replaced. */
  readonly removed: readonly TaskKeys[];
}

/** Epoch: the number of the present process start. */
const EPOCH_KEY = 'epoch';

/**
 * Waiting tasks, ordered by kind and due time.
 *
 * T1. TASK[due key] holds the task, TASK_KEY[key] names its due key, LANE[lane, sequence] names the due key
 *     of each task in a lane. All three are written and removed together.
 * T2. A sequence number is the number of the process start followed by a counter, so it grows over restarts.
 *     A task keeps it when it gets another due time.
 * T3. A task that is not due when it is committed enters its lane when it becomes due (enterLane), because
 *     due tasks of the lane do not wait for it. Its sequence number keeps its order of commit.
 * T4. The due time of a task that failed is the time of its next attempt. The task stays the first of its
 *     lane.
 */
export class TaskTable {
  readonly #overlay: Overlay;
  readonly #epoch: number;
  #counter = 0;

  constructor(overlay: Overlay) {
    this.#overlay = overlay;
    this.#epoch = Number(overlay.get(META, EPOCH_KEY) ?? 0) + 1;
  }

  read(dueKey: string): TaskRecord | undefined {
    const text = this.#overlay.get(TASK, dueKey);
    return text === undefined ? undefined : decodeRecord<TaskRecord>(text).value;
  }

  /** Keys of the tasks whose key begins with the prefix. */
  keysWith(prefix: string): readonly string[] {
    const keys: string[] = [];
    for (const { key } of this.#overlay.scan(TASK_KEY, { from: prefix })) {
      if (!key.startsWith(prefix)) break;
      keys.push(key);
    }
    return keys;
  }

  change(change: {
    readonly schedule: readonly Task[];
    readonly cancel: readonly string[];
    readonly now: number;
  }): TaskChange {
    const operations: StoreOperation[] = [];
    const scheduled: TaskRef[] = [];
    const removed: TaskKeys[] = [];
    for (const key of change.cancel) {
      const keys = this.#keysOf(key);
      if (keys === undefined) continue;
      operations.push(...removalOf(keys), { table: TASK_KEY, key, text: null });
      removed.push(keys);
    }
    const last = new Map(change.schedule.map((task) => [task.key, task]));
    if (last.size > 0) operations.push(...this.#epochOperations());
    for (const task of last.values()) {
      const replaced = this.#keysOf(task.key);
      if (replaced !== undefined) {
        operations.push(...removalOf(replaced));
        removed.push(replaced);
      }
      const isLate = task.dueAt > change.now;
      const dueKey = dueKeyOf(task.kind, isLate ? task.dueAt : AT_ONCE, this.#nextSequence());
      const record: TaskRecord = { ...task, failures: 0 };
      operations.push(...putTask(dueKey, record, { entersLane: !isLate }));
      scheduled.push(refOf(dueKey, record));
    }
    return { operations, scheduled, removed };
  }

  /** Empty when the task has been cancelled or replaced meanwhile. */
  removeOperations(dueKey: string): readonly StoreOperation[] {
    const record = this.read(dueKey);
    if (record === undefined) return [];
    return [{ table: TASK_KEY, key: record.key, text: null }, ...removalOf(keysOf(dueKey, record))];
  }

  /** Empty when the task has been cancelled or replaced meanwhile. */
  retryOperations(dueKey: string, failures: number, dueAt: number): readonly StoreOperation[] {
    const record = this.read(dueKey);
    return record === undefined ? [] : moveOperations(dueKey, record, { dueAt, failures });
  }

  /** Puts the task into its lane, due at once; undefined when it has been cancelled or replaced meanwhile. */
  enterLane(
    dueKey: string,
  ): { readonly operations: readonly StoreOperation[]; readonly ref: TaskRef } | undefined {
    const record = this.read(dueKey);
    if (record === undefined) return undefined;
    return {
      operations: moveOperations(dueKey, record, { dueAt: AT_ONCE, failures: record.failures }),
      ref: refOf(movedDueKey(dueKey, AT_ONCE), record),
    };
  }

  /** Moves the task to GIVEN_UP_TASK. Empty when the task has been cancelled or replaced meanwhile. */
  giveUpOperations(dueKey: string, error: string, now: number): readonly StoreOperation[] {
    const record = this.read(dueKey);
    if (record === undefined) return [];
    const { key, kind, payload, dueAt, failures } = record;
    const givenUp: GivenUpTask = { key, kind, payload, dueAt, attempts: failures + 1, error, failedAt: now };
    return [
      ...this.removeOperations(dueKey),
      { table: GIVEN_UP_TASK, key: `${timeKey(now)}:${key}`, text: encodeRecord(givenUp) },
    ];
  }

  /**
   * Durable tasks of a kind in their order, from the due key `from` on. Includes tasks that are not due yet.
   */
  *tasksOf(kind: string, from: string): Iterable<TaskRef> {
    for (const { key, text } of this.#overlay.scanDurable(TASK, { from, to: afterDueKeys(kind) })) {
      yield refOf(key, decodeRecord<TaskRecord>(text).value);
    }
  }

  /**
   * The first durable task of a lane (its name as in laneName). `from`: the key in LANE at which to begin.
   */
  firstOfLane(lane: string, from?: string): TaskRef | undefined {
    for (const { key: laneKey, text: dueKey } of this.#overlay.scanDurable(LANE, laneRange(lane, from))) {
      return {
        dueKey,
        laneKey,
        kind: kindOfDueKey(dueKey),
        dueAt: dueAtOfDueKey(dueKey),
        outsideLane: false,
      };
    }
    return undefined;
  }

  /** The kinds that have durable tasks. */
  *kinds(): Iterable<string> {
    let first = this.#firstDueKeyFrom('');
    while (first !== undefined) {
      const kind = kindOfDueKey(first);
      yield kind;
      first = this.#firstDueKeyFrom(afterDueKeys(kind));
    }
  }

  #keysOf(key: string): TaskKeys | undefined {
    const text = this.#overlay.get(TASK_KEY, key);
    return text === undefined ? undefined : decodeTaskKeys(text);
  }

  /** Reads the stored epoch each time, because the commit that wrote it may have failed. */
  #epochOperations(): readonly StoreOperation[] {
    const epoch = String(this.#epoch);
    if (this.#overlay.get(META, EPOCH_KEY) === epoch) return [];
    return [{ table: META, key: EPOCH_KEY, text: epoch }];
  }

  #nextSequence(): string {
    this.#counter++;
    return sequenceOf(this.#epoch, this.#counter);
  }

  #firstDueKeyFrom(from: string): string | undefined {
    for (const { key } of this.#overlay.scanDurable(TASK, { from })) return key;
    return undefined;
  }
}

/** The operations that put a task into the table (T1). */
export function putTask(
  dueKey: string,
  record: TaskRecord,
  { entersLane }: { readonly entersLane: boolean },
): readonly StoreOperation[] {
  const keys = keysOf(dueKey, record);
  const operations = [
    { table: TASK, key: dueKey, text: encodeRecord(record) },
    { table: TASK_KEY, key: record.key, text: encodeTaskKeys(keys) },
  ];
  if (keys.laneKey !== undefined && entersLane) {
    operations.push({ table: LANE, key: keys.laneKey, text: dueKey });
  }
  return operations;
}

function moveOperations(
  dueKey: string,
  record: TaskRecord,
  to: { readonly dueAt: number; readonly failures: number },
): readonly StoreOperation[] {
  const moved = { ...record, failures: to.failures };
  return [
    ...removalOf(keysOf(dueKey, record)),
    ...putTask(movedDueKey(dueKey, to.dueAt), moved, { entersLane: true }),
  ];
}

/** Everything but the removal of its TASK_KEY. */
function removalOf({ dueKey, laneKey }: TaskKeys): StoreOperation[] {
  const operations: StoreOperation[] = [{ table: TASK, key: dueKey, text: null }];
  if (laneKey !== undefined) operations.push({ table: LANE, key: laneKey, text: null });
  return operations;
}

function keysOf(dueKey: string, { lane, failures }: TaskRecord): TaskKeys {
  if (lane === undefined) return { dueKey };
  return { dueKey, laneKey: laneKeyOf(laneName(lane), dueKey, { wasTried: failures > 0 }) };
}

function refOf(dueKey: string, record: TaskRecord): TaskRef {
  const { kind, lane, failures } = record;
  const dueAt = dueAtOfDueKey(dueKey);
  const outsideLane = lane !== undefined && dueAt !== AT_ONCE && failures === 0;
  return { ...keysOf(dueKey, record), kind, dueAt, outsideLane };
}
