import { type Json, pushAll } from '../ports/index.ts';

/**
 * The durable store and its tasks. Everything that must survive the process is a record or a task. An
 * operation reads synchronously, computes one Batch, commits it, and answers only then.
 *
 * D1. commit() is atomic: it applies all of a batch or nothing.
 * D2. Reads see a batch at once; it is durable when the promise of its commit resolves. Then everything that
 *     reads saw at the time of the commit is durable too, also when the batch changes nothing, so answers
 *     computed from it may be sent. When a commit fails, its promise rejects, and reads see neither its
 *     changes nor any later ones.
 * D3. A task is performed at least once, at or after `dueAt`, and removed when its handler resolves. Timers
 *     and effects are both tasks. The tasks of a lane are performed one after the other, in the order of
 *     their commits; a task that is not due when it is committed enters its lane when it becomes due. Tasks
 *     without a lane are independent.
 * D4. After a restart, every task that was committed and not completed is performed.
 * D5. A listener hears of each change of a record in its tables when reads see it: at once when a commit is
 *     made, and again, with the earlier value, when it failed. So a cache of records agrees with the reads.
 *     Expiry is not told.
 */
export interface Durable {
  get<T>(table: string, key: string): T | undefined;
  /** Whether the record exists. Does not decode its value, which may be long. */
  has(table: string, key: string): boolean;
  /**
   * The text of the record (PutRecord.text); undefined when there is no record, or the record has no text.
   */
  text(table: string, key: string): string | undefined;
  /** Records in key order, of the whole table without a range. */
  scan<T>(table: string, range?: ScanRange): Iterable<{ readonly key: string; readonly value: T }>;
  /**
   * Rejects with StoreError when the store refuses the change, with TypeError when the batch cannot be
   * stored.
   */
  commit(batch: Batch): Promise<void>;
  /**
   * Resolves when everything that reads see now is durable (D2); rejects with StoreError. For answers that
   * were computed from reads and change nothing.
   */
  whenDurable(): Promise<void>;
  /** Keys of the waiting tasks whose key begins with the prefix. */
  taskKeys(prefix: string): readonly string[];
  /**
   * Registers the handler of a kind; each kind has one. When the handler rejects, the task is tried again
   * after growing pauses, up to `maxAttempts` times (default 8). Then the task is given up.
   */
  onTask<P>(
    kind: string,
    perform: (payload: P, task: TaskInfo) => Promise<void>,
    options?: TaskOptions,
  ): void;
  /** D5. The listener must not throw. */
  onChange(tables: readonly string[], listener: (change: RecordChange) => void): void;
  /** Begins to perform tasks, those of an earlier process first. Call it after every onTask. */
  start(): void;
  /** Resolves when no task is due or running. For tests and for an orderly stop. */
  idle(): Promise<void>;
  /** Begins no more tasks, waits a bounded time for running ones, and closes the store. */
  stop(): Promise<void>;
}

/**
 * Give either `prefix`, or `from` (inclusive) and `to` (exclusive). `after` leaves out the keys up to and
 * including it.
 */
export interface ScanRange {
  readonly prefix?: string;
  /** With `prefix`: a key that begins with the prefix. */
  readonly after?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit?: number;
  readonly reverse?: boolean;
}

/**
 * The content of a commit. Removals come before puts, and cancellations before schedules. The last put of a
 * key counts.
 */
export interface Batch {
  readonly put?: readonly PutRecord[];
  readonly remove?: readonly { readonly table: string; readonly key: string }[];
  readonly schedule?: readonly Task[];
  /** Keys of tasks to cancel. A key without a task is ignored. */
  readonly cancel?: readonly string[];
}

export interface PutRecord {
  readonly table: string;
  readonly key: string;
  /** JSON values, and Uint8Array at any depth. */
  readonly value: unknown;
  /** ms since epoch; from then on reads do not see the record. */
  readonly expiresAt?: number;
  /** A long text that is stored after the value without escaping, and read with Durable.text. */
  readonly text?: string;
}

/** A record as reads see it now; `value` undefined: it does not exist. */
export interface RecordChange {
  readonly table: string;
  readonly key: string;
  readonly value: unknown;
}

export interface Task {
  /** Unique among waiting tasks. Scheduling a task with the key of another one replaces it. */
  readonly key: string;
  readonly kind: string;
  readonly payload: Json;
  /** ms since epoch; now or earlier means at once. */
  readonly dueAt: number;
  readonly lane?: string;
}

export interface TaskInfo {
  readonly key: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly dueAt: number;
}

export interface TaskOptions {
  readonly maxAttempts?: number;
  /** Tasks of this kind performed at the same time (default 256). */
  readonly maxRunning?: number;
  /**
   * Called when the last attempt failed. When it resolves, the task is removed; otherwise it is listed as
   * given up.
   */
  readonly onGiveUp?: (payload: never, error: unknown) => Promise<void>;
}

/** Joins batches, and lists of them, into one for one commit. */
export function joinBatches(...batches: readonly (Batch | readonly Batch[])[]): Batch {
  const put: PutRecord[] = [];
  const remove: NonNullable<Batch['remove']>[number][] = [];
  const schedule: Task[] = [];
  const cancel: string[] = [];
  for (const batch of batches.flat()) {
    if (batch.put !== undefined) pushAll(put, batch.put);
    if (batch.remove !== undefined) pushAll(remove, batch.remove);
    if (batch.schedule !== undefined) pushAll(schedule, batch.schedule);
    if (batch.cancel !== undefined) pushAll(cancel, batch.cancel);
  }
  return { put, remove, schedule, cancel };
}
