import type { Json } from '../ports/index.ts';
import { createDueTasks, type DueTasksDeps, PAUSE_AFTER_REFUSAL_MS } from './dueTasks.ts';
import type { TaskInfo, TaskOptions } from './durable.ts';
import type { TaskPlace } from './taskKeys.ts';
import type { TaskRecord, TaskRef } from './taskTable.ts';

/** Tasks of one kind performed at the same time, unless its TaskOptions say otherwise. */
export const MAX_RUNNING_PER_KIND = 256;
export const DEFAULT_MAX_ATTEMPTS = 8;
/** Pause before the second try; it doubles with each further one, up to LONGEST_PAUSE_MS. */
export const FIRST_PAUSE_MS = 200;
export const LONGEST_PAUSE_MS = 30_000;

export type Perform = (payload: Json, task: TaskInfo) => Promise<void>;

/** Performs due tasks (dueTasks.ts), up to the limit of each kind, and tries again what failed. */
export interface TaskRunner {
  register(kind: string, perform: Perform, options: TaskOptions): void;
  start(): void;
  /** Begins tasks that were due when they were committed: they need not be looked up. See DueTasks. */
  committed(scheduled: readonly TaskRef[], removed: readonly TaskPlace[]): void;
  /** See DueTasks. */
  restored(removed: readonly TaskPlace[]): void;
  /** Reads what is due, begins what may begin. */
  pump(): void;
  /** When pump() is needed next, by what is known now; undefined: not by time. */
  nextDue(): number | undefined;
  /** Begins no more tasks. */
  halt(): void;
  readonly running: number;
  /** Tasks in memory. */
  readonly loaded: number;
  /** True when no task is running or could begin now. */
  readonly quiet: boolean;
}

interface Kind {
  readonly name: string;
  readonly perform: Perform;
  readonly options: TaskOptions;
  running: number;
}

interface RunnerDeps extends Omit<DueTasksDeps, 'ready'> {
  /** Called whenever a task has ended or rests: the caller looks at quiet again. */
  readonly changed: () => void;
}

export function createTaskRunner(deps: RunnerDeps): TaskRunner {
  const { table, overlay, clock, log } = deps;
  const due = createDueTasks({ ...deps, ready: beginMore });
  const kinds = new Map<string, Kind>();
  let started = false;
  let running = 0;

  function beginMore(): void {
    begin();
    deps.changed();
  }

  function begin(): void {
    let began = started;
    // Again until nothing begins: a cancelled task that leaves its lane may free one of another kind.
    while (began) {
      began = false;
      for (const kind of kinds.values()) {
        const limit = kind.options.maxRunning ?? MAX_RUNNING_PER_KIND;
        while (kind.running < limit) {
          const ref = due.next(kind.name);
          if (ref === undefined) break;
          began = true;
          void run(kind, ref);
        }
      }
    }
  }

  async function run(kind: Kind, ref: TaskRef): Promise<void> {
    const record = table.read(ref.dueKey);
    if (record === undefined) return due.leave(ref); // cancelled or replaced
    kind.running++;
    running++;
    try {
      await kind.perform(record.payload, {
        key: record.key,
        attempt: record.failures + 1,
        dueAt: record.dueAt,
      });
      await complete(ref);
    } catch (error) {
      await failed(kind, ref, record, error);
    } finally {
      kind.running--;
      running--;
      beginMore();
    }
  }

  /** The next of the lane may go as soon as the removal is on its way: later commits are durable after it. */
  async function complete(ref: TaskRef): Promise<void> {
    const removal = table.removeOperations(ref.dueKey);
    // What it did may have removed it in the same commit.
    const written = removal.length === 0 ? undefined : overlay.write(removal);
    due.freeLane(ref);
    begin();
    try {
      await written;
      due.leave(ref);
    } catch (error) {
      // The task is in the store again: it is performed again, as after a crash (D3).
      log.error({ task: ref.dueKey, err: error }, 'A completed task could not be removed; it is repeated.');
      due.pause(ref, clock.now() + PAUSE_AFTER_REFUSAL_MS);
    }
  }

  async function failed(kind: Kind, ref: TaskRef, record: TaskRecord, error: unknown): Promise<void> {
    const failures = record.failures + 1;
    const fields = { task: record.key, kind: record.kind, attempt: failures, err: error };
    if (failures >= (kind.options.maxAttempts ?? DEFAULT_MAX_ATTEMPTS)) {
      log.error(fields, 'A task failed for the last time.');
      return giveUp(kind, ref, record, error);
    }
    const until = clock.now() + pauseAfter(failures);
    log.warn({ ...fields, until }, 'A task failed; it is tried again.');
    try {
      await overlay.write(table.retryOperations(ref.dueKey, failures, until));
      due.rest(ref, until);
    } catch (cause) {
      log.error({ ...fields, err: cause }, 'The failed try of a task could not be noted.');
      due.pause(ref, until);
    }
  }

  async function giveUp(kind: Kind, ref: TaskRef, record: TaskRecord, error: unknown): Promise<void> {
    let reason = error;
    if (kind.options.onGiveUp !== undefined) {
      try {
        await kind.options.onGiveUp(record.payload as never, error);
        return await complete(ref);
      } catch (second) {
        reason = second;
        log.error({ task: record.key, kind: record.kind, err: second }, 'Giving up a task failed too.');
      }
    }
    try {
      await overlay.write(table.setAsideOperations(ref.dueKey, textOf(reason), clock.now()));
      due.leave(ref);
    } catch (cause) {
      log.error({ task: record.key, kind: record.kind, err: cause }, 'A failed task could not be set aside.');
      due.pause(ref, clock.now() + PAUSE_AFTER_REFUSAL_MS);
    }
  }

  return {
    register(name, perform, options) {
      if (kinds.has(name)) throw new Error(`Tasks of kind '${name}' have a handler already.`);
      kinds.set(name, { name, perform, options, running: 0 });
      due.add(name);
    },
    start() {
      started = true;
      due.start();
    },
    committed(scheduled, removed) {
      if (scheduled.length + removed.length === 0) return;
      due.committed(scheduled, removed);
      begin();
    },
    restored: due.restored,
    pump() {
      due.pump();
      begin();
    },
    nextDue: due.nextDue,
    halt() {
      started = false;
      due.halt();
    },
    get running() {
      return running;
    },
    get loaded() {
      return due.loaded;
    },
    get quiet() {
      return running === 0 && due.quiet;
    },
  };
}

function pauseAfter(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
