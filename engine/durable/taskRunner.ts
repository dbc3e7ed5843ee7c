import type { Json } from '../ports/index.ts';
import { DueTasks, type DueTasksDeps, PAUSE_AFTER_REFUSAL_MS } from './dueTasks.ts';
import type { TaskInfo, TaskOptions } from './durable.ts';
import type { TaskKeys } from './taskKeys.ts';
import type { TaskRecord, TaskRef } from './taskTable.ts';

/** Default limit of tasks of one kind that are performed at the same time. */
export const MAX_RUNNING_PER_KIND = 256;
export const DEFAULT_MAX_ATTEMPTS = 8;
/** Pause before the second attempt. It doubles with each further attempt, up to LONGEST_PAUSE_MS. */
export const FIRST_PAUSE_MS = 200;
export const LONGEST_PAUSE_MS = 30_000;

/** A performer throws it to perform the task later. It is no failed attempt. */
export class Postponed extends Error {
  /** ms since epoch. */
  readonly until: number;

  constructor(until: number) {
    super(`The task is postponed until ${until}.`);
    this.name = 'Postponed';
    this.until = until;
  }
}

export type Perform = (payload: Json, task: TaskInfo) => Promise<void>;

interface Kind {
  readonly name: string;
  readonly perform: Perform;
  readonly options: TaskOptions;
  running: number;
}

export interface TaskRunnerDeps extends Omit<DueTasksDeps, 'ready'> {
  /** Called when a task has ended or waits for its retry, and when more tasks have been read. */
  readonly changed: () => void;
}

/** The tasks since the start of the process. */
export interface TaskCounts {
  /** At this moment. */
  readonly running: number;
  /** At this moment: those that are due, or due soon. */
  readonly loaded: number;
  readonly performed: number;
  /** Failed attempts. */
  readonly failed: number;
  readonly givenUp: number;
}

/** Performs due tasks (dueTasks.ts), up to the limit of each kind, and retries those that failed. */
export class TaskRunner {
  readonly #deps: TaskRunnerDeps;
  readonly #due: DueTasks;
  readonly #kinds = new Map<string, Kind>();
  #started = false;
  #running = 0;
  #performed = 0;
  #failures = 0;
  #givenUp = 0;

  constructor(deps: TaskRunnerDeps) {
    this.#deps = deps;
    this.#due = new DueTasks({ ...deps, ready: () => this.#beginMore() });
  }

  get running(): number {
    return this.#running;
  }

  /** Number of tasks in memory. */
  get loaded(): number {
    return this.#due.loaded;
  }

  get counts(): TaskCounts {
    const [performed, failed, givenUp] = [this.#performed, this.#failures, this.#givenUp];
    return { running: this.#running, loaded: this.loaded, performed, failed, givenUp };
  }

  /** True when no task is running or could begin now. */
  get quiet(): boolean {
    return this.#running === 0 && this.#due.quiet;
  }

  /** The time at which pump() is needed next, as far as known; undefined: at no known time. */
  get nextDue(): number | undefined {
    return this.#due.nextDue;
  }

  register(name: string, perform: Perform, options: TaskOptions): void {
    if (this.#kinds.has(name)) throw new Error(`Tasks of kind '${name}' have a handler already.`);
    this.#kinds.set(name, { name, perform, options, running: 0 });
    this.#due.add(name);
  }

  start(): void {
    this.#started = true;
    this.#due.start();
  }

  /** Begins no more tasks. */
  halt(): void {
    this.#started = false;
    this.#due.halt();
  }

  /**
   * A commit that scheduled and removed these tasks is durable. Begins those that are due, without reading
   * them.
   */
  committed(scheduled: readonly TaskRef[], removed: readonly TaskKeys[]): void {
    if (scheduled.length + removed.length === 0) return;
    this.#due.committed(scheduled, removed);
    this.#begin();
  }

  /** The commit that would have removed these tasks failed. */
  restored(removed: readonly TaskKeys[]): void {
    this.#due.restored(removed);
  }

  /** Reads the tasks that are due, and begins those that may begin. */
  pump(): void {
    this.#due.pump();
    this.#begin();
  }

  #beginMore(): void {
    this.#begin();
    this.#deps.changed();
  }

  #begin(): void {
    let began = this.#started;
    // Repeated until nothing begins: a cancelled task that leaves its lane may free a task of another kind.
    while (began) {
      began = false;
      for (const kind of this.#kinds.values()) began = this.#beginKind(kind) || began;
    }
  }

  /** Whether a task began. */
  #beginKind(kind: Kind): boolean {
    const limit = kind.options.maxRunning ?? MAX_RUNNING_PER_KIND;
    let began = false;
    while (kind.running < limit) {
      const ref = this.#due.next(kind.name);
      if (ref === undefined) break;
      began = true;
      void this.#run(kind, ref);
    }
    return began;
  }

  async #run(kind: Kind, ref: TaskRef): Promise<void> {
    const record = this.#deps.table.read(ref.dueKey);
    // Cancelled or replaced.
    if (record === undefined) return this.#due.leave(ref);
    kind.running++;
    this.#running++;
    try {
      const { key, failures, dueAt } = record;
      await kind.perform(record.payload, { key, attempt: failures + 1, dueAt });
      this.#performed++;
      await this.#complete(ref);
    } catch (error) {
      if (error instanceof Postponed) await this.#postpone(ref, record, error.until);
      else await this.#failed(kind, { ref, record, error });
    } finally {
      kind.running--;
      this.#running--;
      this.#beginMore();
    }
  }

  /**
   * The next task of the lane begins while the removal is being written: its own commits are durable after
   * it.
   */
  async #complete(ref: TaskRef): Promise<void> {
    const { table, overlay, clock, log } = this.#deps;
    const removal = table.removeOperations(ref.dueKey);
    // Empty when a commit of the task itself has removed it.
    const written = removal.length === 0 ? undefined : overlay.write(removal);
    this.#due.freeLane(ref);
    this.#begin();
    try {
      await written;
      this.#due.leave(ref);
    } catch (error) {
      // The store has the task again: it is performed again, as after a crash (D3).
      log.error({ task: ref.dueKey, err: error }, 'A completed task could not be removed; it is repeated.');
      this.#due.pause(ref, clock.now() + PAUSE_AFTER_REFUSAL_MS);
    }
  }

  async #postpone(ref: TaskRef, record: TaskRecord, until: number): Promise<void> {
    const { table, overlay, log } = this.#deps;
    try {
      await overlay.write(table.retryOperations(ref.dueKey, record.failures, until));
      this.#due.retryAt(ref, until);
    } catch (cause) {
      log.error({ task: record.key, err: cause }, 'The new time of a task could not be stored.');
      this.#due.pause(ref, until);
    }
  }

  async #failed(kind: Kind, failed: FailedAttempt): Promise<void> {
    const { table, overlay, clock, log } = this.#deps;
    const { ref, record, error } = failed;
    const failures = record.failures + 1;
    this.#failures++;
    const fields = { task: record.key, kind: record.kind, attempt: failures, err: error };
    if (failures >= (kind.options.maxAttempts ?? DEFAULT_MAX_ATTEMPTS)) {
      log.error(fields, 'A task failed in its last attempt; it is given up.');
      return this.#giveUp(kind, failed);
    }
    const until = clock.now() + pauseAfter(failures);
    log.warn({ ...fields, until }, 'A task failed; it is tried again.');
    try {
      await overlay.write(table.retryOperations(ref.dueKey, failures, until));
      this.#due.retryAt(ref, until);
    } catch (cause) {
      log.error({ ...fields, err: cause }, 'The failed attempt of a task could not be stored.');
      this.#due.pause(ref, until);
    }
  }

  async #giveUp(kind: Kind, { ref, record, error }: FailedAttempt): Promise<void> {
    this.#givenUp++;
    const { table, overlay, clock, log } = this.#deps;
    const fields = { task: record.key, kind: record.kind };
    let reason = error;
    if (kind.options.onGiveUp !== undefined) {
      try {
        await kind.options.onGiveUp(record.payload as never, error);
        return await this.#complete(ref);
      } catch (second) {
        reason = second;
        log.error({ ...fields, err: second }, 'The handler of a given-up task failed as well.');
      }
    }
    try {
      await overlay.write(table.giveUpOperations(ref.dueKey, textOf(reason), clock.now()));
      this.#due.leave(ref);
    } catch (cause) {
      log.error({ ...fields, err: cause }, 'A given-up task could not be stored as such; it is tried again.');
      this.#due.pause(ref, clock.now() + PAUSE_AFTER_REFUSAL_MS);
    }
  }
}

interface FailedAttempt {
  readonly ref: TaskRef;
  /** The task before the attempt. */
  readonly record: TaskRecord;
  readonly error: unknown;
}

function pauseAfter(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
