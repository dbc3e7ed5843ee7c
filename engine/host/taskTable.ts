import type { Json } from '../event.ts';
import type { Task } from './durable.ts';
import type { Overlay } from './overlay.ts';
import { decodeRecord, encodeRecord } from './recordCodec.ts';
import type { StoreOperation } from './storePort.ts';
import { META, TASK, TASK_KEY, timeKey, timeOfKey } from './systemTables.ts';

/** A waiting task as it is stored. */
export interface TaskRecord {
  readonly key: string;
  readonly kind: string;
  readonly payload: Json;
  readonly dueAt: number;
  readonly lane?: string;
  /** Tries that failed. */
  readonly failures: number;
  /** ms since epoch before which it is not tried again. */
  readonly notBefore?: number;
}

/** What the runner keeps of a task in memory; the rest is read when it is performed. */
export interface TaskRef {
  readonly dueKey: string;
  readonly kind: string;
  readonly lane?: string;
  readonly notBefore?: number;
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

/** Due keys of tasks that were due when they were committed begin so: they go first, in commit order. */
const AT_ONCE = timeKey(0);

/**
 * Waiting tasks, keyed by due time and then by their order of commit.
 *
 * T1. TASK[dueKey] holds the task; TASK_KEY[key] names its due key. Both are written and removed together.
 * T2. A sequence number is the number of the process start followed by a counter, so it grows over restarts.
 */
export interface TaskTable {
  scheduleOperations(
    tasks: readonly Task[],
    now: number,
  ): { readonly operations: readonly StoreOperation[]; readonly dueNow: readonly TaskRef[] };
  cancelOperations(keys: readonly string[]): readonly StoreOperation[];
  read(dueKey: string): TaskRecord | undefined;
  /** Empty when the task has been cancelled or replaced meanwhile. */
  removeOperations(dueKey: string): readonly StoreOperation[];
  retryOperations(dueKey: string, failures: number, notBefore: number): readonly StoreOperation[];
  setAsideOperations(dueKey: string, error: string, now: number): readonly StoreOperation[];
  /**
   * Durable tasks due at `now`, in due order, but for those whose due keys are in `known`. `timers` leaves out
   * those that were due when they were committed: whoever committed them has handed them on.
   */
  due(now: number, known: ReadonlySet<string>, which: 'all' | 'timers'): Iterable<TaskRef>;
  /** The time at which the first durable task beyond `now` is due. */
  nextDue(now: number): number | undefined;
}

export function createTaskTable(overlay: Overlay): TaskTable {
  const epoch = Number(overlay.get(META, 'epoch') ?? 0) + 1;
  let counter = 0;

  function nextSequence(): string {
    counter++;
    return `${String(epoch).padStart(8, '0')}${String(counter).padStart(12, '0')}`;
  }

  function read(dueKey: string): TaskRecord | undefined {
    const text = overlay.get(TASK, dueKey);
    return text === undefined ? undefined : decodeRecord<TaskRecord>(text).value;
  }

  function removeOperations(dueKey: string): readonly StoreOperation[] {
    const record = read(dueKey);
    if (record === undefined) return [];
    return [remove(TASK, dueKey), remove(TASK_KEY, record.key)];
  }

  return {
    read,
    removeOperations,

    scheduleOperations(tasks, now) {
      const last = new Map(tasks.map((task) => [task.key, task]));
      const operations: StoreOperation[] = [];
      const dueNow: TaskRef[] = [];
      // Asked of the store each time: the commit that carried it may have failed.
      if (last.size > 0 && overlay.get(META, 'epoch') !== String(epoch)) {
        operations.push({ table: META, key: 'epoch', text: String(epoch) });
      }
      for (const task of last.values()) {
        const replaced = overlay.get(TASK_KEY, task.key);
        if (replaced !== undefined) operations.push(remove(TASK, replaced));
        const dueKey = `${task.dueAt <= now ? AT_ONCE : timeKey(task.dueAt)}:${nextSequence()}`;
        const record: TaskRecord = { ...task, failures: 0 };
        operations.push({ table: TASK, key: dueKey, text: encodeRecord(record) });
        operations.push({ table: TASK_KEY, key: task.key, text: dueKey });
        if (task.dueAt <= now) dueNow.push(toRef(dueKey, record));
      }
      return { operations, dueNow };
    },

    cancelOperations(keys) {
      return keys.flatMap((key) => {
        const dueKey = overlay.get(TASK_KEY, key);
        return dueKey === undefined ? [] : [remove(TASK, dueKey), remove(TASK_KEY, key)];
      });
    },

    retryOperations(dueKey, failures, notBefore) {
      const record = read(dueKey);
      if (record === undefined) return [];
      return [{ table: TASK, key: dueKey, text: encodeRecord({ ...record, failures, notBefore }) }];
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

    *due(now, known, which) {
      const from = which === 'all' ? AT_ONCE : timeKey(1);
      for (const entry of overlay.scanDurable(TASK, { from, to: timeKey(now + 1) })) {
        if (known.has(entry.key)) continue;
        const record = decodeRecord<TaskRecord>(entry.text).value;
        yield toRef(entry.key, record);
      }
    },

    nextDue(now) {
      for (const entry of overlay.scanDurable(TASK, { from: timeKey(now + 1) })) return timeOfKey(entry.key);
      return undefined;
    },
  };
}

function toRef(dueKey: string, record: TaskRecord): TaskRef {
  return {
    dueKey,
    kind: record.kind,
    ...(record.lane === undefined ? {} : { lane: record.lane }),
    ...(record.notBefore === undefined ? {} : { notBefore: record.notBefore }),
  };
}

function remove(table: string, key: string): StoreOperation {
  return { table, key, text: null };
}
