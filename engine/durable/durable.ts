import type { Json } from '../ports/index.ts';

/**
 * The durable store and its tasks. Everything that must survive is a record or a task; an operation reads
 * (synchronously), computes one Batch, commits it, and only then answers.
 *
 * D1. commit() is atomic: all of a batch or nothing.
 * D2. What a batch writes is visible to reads at once, and durable when the promise resolves. So is then all that
 *     reads saw at the commit, also of a batch that changes nothing: what was computed from it may be told. When a
 *     commit fails, its promise rejects and its writes vanish from reads, with everything that came after it.
 * D3. A task is performed at least once at or after `dueAt`, and removed when its handler resolves. Timers
 *     and effects are both tasks. Tasks of one lane are performed one after the other, in the order of their
 *     commit (one that is not due when it is committed comes into its lane when it is); without a lane they are
 *     independent.
 * D4. After a restart every task that was committed and not completed is performed.
 */
export interface Durable {
  get<T>(table: string, key: string): T | undefined;
  /** Whether there is such a record; its value, which may be long, is not decoded. */
  has(table: string, key: string): boolean;
  /** The text that a record was put with; undefined when there is no such record, or it has none. */
  text(table: string, key: string): string | undefined;
  /** Records in key order. `prefix`, or `from` (inclusive) and `to` (exclusive); both: those behind the key `after`. */
  scan<T>(table: string, range?: ScanRange): Iterable<{ readonly key: string; readonly value: T }>;
  commit(batch: Batch): Promise<void>;
  /**
   * Resolves when all that reads see now is durable (D2), without a write of its own; rejects with
   * StoreError. For answers that were read and change nothing.
   */
  whenDurable(): Promise<void>;
  /** One handler a kind. Rejecting means: again later, with growing pauses, up to `maxAttempts` (default 8), then set aside. */
  onTask<P>(
    kind: string,
    perform: (payload: P, task: TaskInfo) => Promise<void>,
    options?: TaskOptions,
  ): void;
  /** Begins to perform tasks (those left by an earlier process first). Call after every onTask. */
  start(): void;
  /** Resolves when no task is due or running: for tests and for a quiet stop. */
  idle(): Promise<void>;
  /** Stops performing, waits for running tasks, closes the store. */
  stop(): Promise<void>;
}

export interface ScanRange {
  readonly prefix?: string;
  /** With `prefix` it begins with that. */
  readonly after?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit?: number;
  readonly reverse?: boolean;
}

export interface Batch {
  readonly put?: readonly PutRecord[];
  readonly remove?: readonly { readonly table: string; readonly key: string }[];
  readonly schedule?: readonly Task[];
  /** Keys of tasks to cancel; one that does not exist is ignored. */
  readonly cancel?: readonly string[];
}

export interface PutRecord {
  readonly table: string;
  readonly key: string;
  /** JSON-able, plus Uint8Array values. */
  readonly value: unknown;
  /** ms since epoch after which the record is gone. */
  readonly expiresAt?: number;
  /**
   * Kept behind the value as it is, neither escaped nor read with it: see Durable.text. `value` is an object then, and
   * must not change afterwards.
   */
  readonly text?: string;
}

export interface Task {
  /** Unique among waiting tasks; scheduling an existing key replaces it. */
  readonly key: string;
  readonly kind: string;
  readonly payload: Json;
  /** ms since epoch; now or earlier means at once. */
  readonly dueAt: number;
  readonly lane?: string;
}

export interface TaskInfo {
  readonly key: string;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly dueAt: number;
}

export interface TaskOptions {
  readonly maxAttempts?: number;
  /** Tasks of this kind performed at the same time (default 256). */
  readonly maxRunning?: number;
  /** Called instead of setting the task aside silently, when the last attempt failed. */
  readonly onGiveUp?: (payload: never, error: unknown) => Promise<void>;
}

/**
 * Joins batches into one commit. Inside a batch removals come before puts and cancels before schedules, and
 * of several puts of one record, or schedules of one task, the last counts.
 */
export function joinBatches(...batches: readonly Batch[]): Batch {
  const put: PutRecord[] = [];
  const remove: NonNullable<Batch['remove']>[number][] = [];
  const schedule: Task[] = [];
  const cancel: string[] = [];
  for (const batch of batches) {
    append(put, batch.put);
    append(remove, batch.remove);
    append(schedule, batch.schedule);
    append(cancel, batch.cancel);
  }
  return { put, remove, schedule, cancel };
}

/** Every step joins batches, most of whose parts are absent. */
function append<T>(to: T[], more: readonly T[] | undefined): void {
  if (more === undefined) return;
  for (const item of more) to.push(item);
}
