import type { Json } from '../event.ts';
import type { Clock, Log } from '../ports.ts';
import type { TaskInfo, TaskOptions } from './durable.ts';
import { createLanes } from './lanes.ts';
import type { Overlay } from './overlay.ts';
import type { TaskRecord, TaskRef, TaskTable } from './taskTable.ts';

/**
 * Due tasks in memory that run or could begin, unless createDurable is told otherwise; beyond it they wait on disk
 * until half of these are done. Those that rest after a failure, or wait behind another in their lane, come on top:
 * a partner who is away, and the tasks that wait for him, must not hold up everybody else.
 */
export const MAX_LOADED_TASKS = 50_000;
/** Tasks that are read in one go and may be performed at once: the process must not be held up when very many become due together. */
export const MAX_LOADED_AT_ONCE = 5_000;
/** Tasks of one kind performed at the same time, unless its TaskOptions say otherwise. */
export const MAX_RUNNING_PER_KIND = 256;
export const DEFAULT_MAX_ATTEMPTS = 8;
/** Pause before the second try; it doubles with each further one, up to LONGEST_PAUSE_MS. */
export const FIRST_PAUSE_MS = 200;
export const LONGEST_PAUSE_MS = 30_000;

export type Perform = (payload: Json, task: TaskInfo) => Promise<void>;

/** Performs due tasks: takes them from the table, keeps lanes, limits and retries. */
export interface TaskRunner {
  register(kind: string, perform: Perform, options: TaskOptions): void;
  start(): void;
  /** Begins tasks that were due when they were committed: they need not be looked up. */
  offer(refs: readonly TaskRef[]): void;
  /** Loads what is due, wakes what rested long enough, begins what may begin. */
  pump(): void;
  /** Some tasks were passed over: the next pump() looks at all that are due. */
  missed(): void;
  /** When pump() is needed next, by what is known now; undefined: not by time. */
  nextDue(): number | undefined;
  /** Begins no more tasks. */
  halt(): void;
  readonly running: number;
  /** True when no task is running or could begin now. */
  readonly quiet: boolean;
}

interface Kind {
  readonly perform: Perform;
  readonly options: TaskOptions;
  readonly runnable: TaskRef[];
  running: number;
}

interface RunnerDeps {
  readonly table: TaskTable;
  readonly overlay: Overlay;
  readonly clock: Clock;
  readonly log: Log;
  readonly maxLoaded: number;
  /** Asks for a pump() at that time. */
  readonly wakeAt: (time: number) => void;
  /** Called whenever a task has ended or rests: the caller looks at quiet again. */
  readonly changed: () => void;
}

export function createTaskRunner(deps: RunnerDeps): TaskRunner {
  const { table, overlay, clock, log, maxLoaded } = deps;
  const kinds = new Map<string, Kind>();
  const unknownKinds = new Set<string>();
  const loaded = new Set<string>();
  const resting = new Map<string, { readonly ref: TaskRef; readonly until: number }>();
  const lanes = createLanes();
  let started = false;
  /** Tasks that are due may be in the store and not in memory. */
  let backlog = true;
  let running = 0;

  /** Loaded tasks that run or could begin. */
  function activeCount(): number {
    return loaded.size - resting.size - lanes.waiting;
  }

  /** True when it may be performed at once. */
  function admit(ref: TaskRef): boolean {
    if (loaded.has(ref.dueKey)) return false;
    if (!kinds.has(ref.kind)) {
      sayUnknown(ref);
      return false;
    }
    loaded.add(ref.dueKey);
    const free = lanes.enter(ref);
    return free !== undefined && makeRunnable(free);
  }

  /** Left where it is: a later release may know the kind. */
  function sayUnknown(ref: TaskRef): void {
    if (unknownKinds.has(ref.kind)) return;
    unknownKinds.add(ref.kind);
    log.error({ kind: ref.kind }, `No handler for tasks of kind '${ref.kind}': they stay in the store.`);
  }

  /** False when it rests first. */
  function makeRunnable(ref: TaskRef): boolean {
    if (ref.notBefore !== undefined && ref.notBefore > clock.now()) {
      rest(ref, ref.notBefore);
      return false;
    }
    kinds.get(ref.kind)!.runnable.push(ref);
    return true;
  }

  function load(): void {
    const which = backlog ? 'all' : 'timers';
    backlog = false;
    let left = MAX_LOADED_AT_ONCE;
    for (const ref of table.due(clock.now(), loaded, which)) {
      if (activeCount() >= maxLoaded || left === 0) {
        backlog = true;
        return;
      }
      // Others do not count: of what rests or waits in its lane nothing ends, and so nothing would load the next.
      if (admit(ref)) left--;
    }
  }

  function wake(): void {
    const now = clock.now();
    for (const [dueKey, { ref, until }] of resting) {
      if (until > now) continue;
      resting.delete(dueKey);
      kinds.get(ref.kind)!.runnable.push(ref);
    }
  }

  function begin(): void {
    let began = true;
    // Again until nothing begins: a cancelled task that leaves its lane may free one of another kind.
    while (began) {
      began = false;
      for (const kind of kinds.values()) {
        const limit = kind.options.maxRunning ?? MAX_RUNNING_PER_KIND;
        while (kind.running < limit && kind.runnable.length > 0) {
          began = true;
          void run(kind, kind.runnable.shift()!);
        }
      }
    }
  }

  async function run(kind: Kind, ref: TaskRef): Promise<void> {
    const record = table.read(ref.dueKey);
    if (record === undefined) return leave(ref); // cancelled or replaced
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
      if (started && backlog && activeCount() <= maxLoaded / 2) load();
      if (started) begin();
      deps.changed();
    }
  }

  /** The next of the lane may go as soon as the removal is on its way: later commits are durable after it. */
  async function complete(ref: TaskRef): Promise<void> {
    const removal = table.removeOperations(ref.dueKey);
    // What it did may have removed it in the same commit.
    const written = removal.length === 0 ? undefined : overlay.write(removal);
    releaseLane(ref);
    if (started) begin();
    try {
      await written;
      loaded.delete(ref.dueKey);
    } catch (error) {
      // The task is in the store again: it is performed again, as after a crash (D3), but outside its lane.
      log.error({ task: ref.dueKey, err: error }, 'A completed task could not be removed; it is repeated.');
      rest({ dueKey: ref.dueKey, kind: ref.kind }, clock.now() + LONGEST_PAUSE_MS);
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
    rest(ref, until);
    await overlay.write(table.retryOperations(ref.dueKey, failures, until)).catch((cause: unknown) => {
      log.error({ ...fields, err: cause }, 'The failed try of a task could not be noted.');
    });
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
      leave(ref);
    } catch (cause) {
      log.error({ task: record.key, kind: record.kind, err: cause }, 'A failed task could not be set aside.');
      rest(ref, clock.now() + LONGEST_PAUSE_MS);
    }
  }

  function rest(ref: TaskRef, until: number): void {
    resting.set(ref.dueKey, { ref, until });
    deps.wakeAt(until);
  }

  function leave(ref: TaskRef): void {
    loaded.delete(ref.dueKey);
    releaseLane(ref);
  }

  function releaseLane(ref: TaskRef): void {
    const next = lanes.leave(ref);
    if (next !== undefined) makeRunnable(next);
  }

  function runnableCount(): number {
    let count = 0;
    for (const kind of kinds.values()) count += kind.runnable.length;
    return count;
  }

  return {
    register(kind, perform, options) {
      if (kinds.has(kind)) throw new Error(`Tasks of kind '${kind}' have a handler already.`);
      kinds.set(kind, { perform, options, runnable: [], running: 0 });
    },
    start() {
      started = true;
    },
    offer(refs) {
      // With a backlog on disk, new tasks wait behind it: they are found in their order when it is loaded.
      if (!started || backlog) return;
      for (const ref of refs) admit(ref);
      if (activeCount() >= maxLoaded) backlog = true;
      begin();
    },
    pump() {
      if (!started) return;
      wake();
      if (activeCount() <= maxLoaded / 2) load();
      // What is due by now is not announced again: it is found when enough of the others are done.
      else backlog = true;
      begin();
    },
    missed() {
      backlog = true;
    },
    nextDue() {
      if (!started) return undefined;
      let next = table.nextDue(clock.now());
      for (const { until } of resting.values()) {
        if (next === undefined || until < next) next = until;
      }
      return next;
    },
    halt() {
      started = false;
    },
    get running() {
      return running;
    },
    get quiet() {
      return running === 0 && (!started || (runnableCount() === 0 && !backlog));
    },
  };
}

function pauseAfter(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
