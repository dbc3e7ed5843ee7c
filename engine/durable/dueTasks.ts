import type { Clock, Log } from '../ports/index.ts';
import { createLanes } from './lanes.ts';
import type { Overlay } from './overlay.ts';
import { firstDueKey, firstDueKeyAt, kindOfDueKey, laneOfKey, type TaskPlace } from './taskKeys.ts';
import type { TaskRef, TaskTable } from './taskTable.ts';

/**
 * Due tasks of one kind in memory, running or next, unless createDurable is told otherwise. The others wait on disk
 * until half of these are done, so a kind's maxRunning should be no more than that half.
 */
export const MAX_LOADED_PER_KIND = 5_000;
/** Tasks of one kind that are read in one go; then the event loop has its turn. */
export const MAX_READ_AT_ONCE = 1_000;
/** How long a task whose end the store refused is left alone. */
export const PAUSE_AFTER_REFUSAL_MS = 30_000;

/**
 * Which tasks may be performed now: those of each kind in the order in which they are due, of one lane one at a
 * time. The store knows their order and their lanes (taskTable.ts); in memory is of each kind a bounded part.
 *
 * Q1. Kinds do not wait for each other: each is read by itself, as long as it has room.
 * Q2. Of a kind's tasks before `unread`, each that is due is in memory, or comes after another in its lane. So
 *     nothing is read twice for being in the way, and whatever does not find room moves `unread` back to itself.
 * Q3. When a task frees its lane (lanes.ts), the next one is taken from the store.
 * Q4. What the store refuses puts a task back: restored() or pause() makes it read again.
 */
export interface DueTasks {
  add(kind: string): void;
  start(): void;
  halt(): void;
  /** A commit that scheduled and removed these is durable. */
  committed(scheduled: readonly TaskRef[], removed: readonly TaskPlace[]): void;
  /** The commit that would have removed these failed. */
  restored(removed: readonly TaskPlace[]): void;
  /** Reads what has become due. */
  pump(): void;
  /** Hands out the next task of that kind. */
  next(kind: string): TaskRef | undefined;
  /** The next of its lane may go: its removal is on its way. */
  freeLane(ref: TaskRef): void;
  /** The task is out of the table, or has another place there. */
  leave(ref: TaskRef): void;
  /** The task is durably in the table to be tried again at that time. */
  rest(ref: TaskRef, until: number): void;
  /** The task is in the table as before, and is not read before `until`. */
  pause(ref: TaskRef, until: number): void;
  /** When pump() is needed next; undefined: not by time. */
  nextDue(): number | undefined;
  /** Tasks in memory. */
  readonly loaded: number;
  /** True when next() has nothing for any kind and nothing is being read. */
  readonly quiet: boolean;
}

interface Kind {
  readonly name: string;
  /** By due key, in their order. */
  readonly runnable: Map<string, TaskRef>;
  loaded: number;
  /** Due key from which on tasks may be due and not in memory; undefined: none is. */
  unread: string | undefined;
  /** When the first of those that are not due yet is. */
  nextDue: number | undefined;
}

interface Paused {
  readonly ref: TaskRef;
  readonly until: number;
}

export interface DueTasksDeps {
  readonly table: TaskTable;
  readonly overlay: Overlay;
  readonly clock: Clock;
  readonly log: Log;
  readonly maxLoadedPerKind: number;
  /** Asks for a pump() at that time. */
  readonly wakeAt: (time: number) => void;
  /** next() may have something. */
  readonly ready: () => void;
}

export function createDueTasks(deps: DueTasksDeps): DueTasks {
  const { table, overlay, clock, log, maxLoadedPerKind } = deps;
  const kinds = new Map<string, Kind>();
  const unknownKinds = new Set<string>();
  /** By due key. */
  const loaded = new Set<string>();
  const paused = new Map<string, Paused>();
  const lanes = createLanes(table);
  let started = false;
  let reading = false;

  function kindOf(name: string): Kind | undefined {
    const kind = kinds.get(name);
    if (kind === undefined && !unknownKinds.has(name)) {
      unknownKinds.add(name);
      // They are left where they are, and what is behind them in their lanes: a later release may know the kind.
      log.error({ kind: name }, `No handler for tasks of kind '${name}': they stay in the store.`);
    }
    return kind;
  }

  function setBack(kind: Kind, dueKey: string): void {
    if (kind.unread === undefined || dueKey < kind.unread) kind.unread = dueKey;
  }

  function noteDue(kind: Kind, time: number): void {
    if (kind.nextDue === undefined || time < kind.nextDue) kind.nextDue = time;
    deps.wakeAt(time);
  }

  /** A due task that was not found by reading. */
  function offer(kind: Kind, ref: TaskRef): void {
    // Found in its order, behind what waits on disk already.
    if (kind.unread !== undefined && ref.dueKey >= kind.unread) return;
    if (kind.loaded >= maxLoadedPerKind) setBack(kind, ref.dueKey);
    else take(kind, ref);
  }

  function take(kind: Kind, ref: TaskRef): void {
    if (loaded.has(ref.dueKey)) return;
    if (!ref.outsideLane && !lanes.enter(ref)) return;
    loaded.add(ref.dueKey);
    kind.loaded++;
    if (ref.outsideLane) void enterLane(kind, ref);
    else kind.runnable.set(ref.dueKey, ref);
  }

  async function enterLane(kind: Kind, ref: TaskRef): Promise<void> {
    const entered = table.enterLane(ref.dueKey);
    try {
      if (entered !== undefined) await overlay.write(entered.operations);
      leave(ref);
      if (entered !== undefined && started) offer(kind, entered.ref);
    } catch (error) {
      log.error(
        { task: ref.dueKey, err: error },
        'A task could not be put into its lane; it is tried again.',
      );
      pause(ref, clock.now() + PAUSE_AFTER_REFUSAL_MS);
    }
    deps.ready();
  }

  function leave(ref: TaskRef): void {
    loaded.delete(ref.dueKey);
    kinds.get(ref.kind)!.loaded--;
    if (!ref.outsideLane) {
      freeLane(ref);
      lanes.leave(ref);
    }
    readOn();
  }

  function freeLane(ref: TaskRef): void {
    offerNext(lanes.free(ref));
  }

  /** One that rests is brought by its own time. */
  function offerNext(ref: TaskRef | undefined): void {
    if (!started || ref === undefined || ref.dueAt > clock.now()) return;
    const kind = kindOf(ref.kind);
    if (kind !== undefined) offer(kind, ref);
  }

  /** It is durably out of the table: nobody waits for its turn. */
  function drop({ dueKey, laneKey }: TaskPlace): void {
    const runnable = kinds.get(kindOfDueKey(dueKey))?.runnable;
    const ref = runnable?.get(dueKey);
    if (ref !== undefined) {
      runnable!.delete(dueKey);
      leave(ref);
    } else if (laneKey !== undefined) {
      offerNext(lanes.first(laneOfKey(laneKey)));
    }
  }

  function pause(ref: TaskRef, until: number): void {
    paused.set(ref.dueKey, { ref, until });
    deps.wakeAt(until);
  }

  function endPauses(now: number): void {
    for (const [dueKey, { ref, until }] of paused) {
      if (until > now) continue;
      paused.delete(dueKey);
      setBack(kinds.get(ref.kind)!, dueKey);
      leave(ref);
    }
  }

  function hasRoom(kind: Kind): boolean {
    return kind.unread !== undefined && kind.loaded <= maxLoadedPerKind / 2;
  }

  function readAll(): void {
    for (const kind of kinds.values()) {
      if (hasRoom(kind)) read(kind);
    }
    readOn();
  }

  function read(kind: Kind): void {
    const now = clock.now();
    let count = 0;
    for (const ref of table.tasksOf(kind.name, kind.unread ?? firstDueKey(kind.name))) {
      count++;
      if (ref.dueAt > now) {
        kind.unread = undefined;
        // Some that are due before it may lie before the place from which on was read.
        noteDue(kind, ref.dueAt);
        return;
      }
      if (count === MAX_READ_AT_ONCE || kind.loaded >= maxLoadedPerKind) {
        kind.unread = ref.dueKey;
        return;
      }
      take(kind, ref);
    }
    kind.unread = undefined;
  }

  /** Reads the next part when the event loop has had its turn. */
  function readOn(): void {
    if (reading || !started) return;
    for (const kind of kinds.values()) {
      if (hasRoom(kind)) reading = true;
    }
    if (!reading) return;
    setImmediate(() => {
      reading = false;
      if (started) readAll();
      deps.ready();
    });
  }

  return {
    freeLane,
    leave,
    pause,

    add(name) {
      kinds.set(name, {
        name,
        runnable: new Map(),
        loaded: 0,
        unread: firstDueKey(name),
        nextDue: undefined,
      });
      readOn();
    },

    start() {
      started = true;
      for (const name of table.kinds()) kindOf(name);
    },

    halt() {
      started = false;
    },

    committed(scheduled, removed) {
      if (!started) return;
      const now = clock.now();
      for (const ref of scheduled) {
        const kind = kindOf(ref.kind);
        if (kind === undefined) continue;
        if (ref.dueAt > now) noteDue(kind, ref.dueAt);
        else offer(kind, ref);
      }
      for (const place of removed) drop(place);
    },

    restored(removed) {
      for (const { dueKey } of removed) {
        const kind = kinds.get(kindOfDueKey(dueKey));
        if (kind !== undefined) setBack(kind, dueKey);
      }
      readOn();
    },

    pump() {
      if (!started) return;
      const now = clock.now();
      endPauses(now);
      for (const kind of kinds.values()) {
        if (kind.nextDue === undefined || kind.nextDue > now) continue;
        setBack(kind, firstDueKeyAt(kind.name, kind.nextDue));
        kind.nextDue = undefined;
      }
      readAll();
    },

    next(name) {
      const { runnable } = kinds.get(name)!;
      if (runnable.size === 0) return undefined;
      for (const [dueKey, ref] of runnable) {
        runnable.delete(dueKey);
        return ref;
      }
      return undefined;
    },

    rest(ref, until) {
      noteDue(kinds.get(ref.kind)!, until);
      lanes.readAgain(ref);
      leave(ref);
    },

    nextDue() {
      if (!started) return undefined;
      let next: number | undefined;
      for (const { nextDue } of kinds.values()) {
        if (nextDue !== undefined && (next === undefined || nextDue < next)) next = nextDue;
      }
      for (const { until } of paused.values()) {
        if (next === undefined || until < next) next = until;
      }
      return next;
    },

    get loaded() {
      return loaded.size;
    },

    get quiet() {
      if (!started) return true;
      if (reading) return false;
      for (const kind of kinds.values()) {
        if (kind.runnable.size > 0 || hasRoom(kind)) return false;
      }
      return true;
    },
  };
}
