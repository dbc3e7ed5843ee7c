import type { Clock, Log } from '../ports/index.ts';
import { KindQueue } from './kindQueue.ts';
import { Lanes } from './lanes.ts';
import type { Overlay } from './overlay.ts';
import { kindOfDueKey, laneOfKey, type TaskKeys } from './taskKeys.ts';
import type { TaskRef, TaskTable } from './taskTable.ts';

/**
 * Default limit of due tasks of one kind in memory, running or next. More are read from the store when half
 * of these are done, so maxRunning of a kind should be at most half of this limit.
 */
export const MAX_LOADED_PER_KIND = 5_000;
/** Pause of a task whose end could not be written. */
export const PAUSE_AFTER_REFUSAL_MS = 30_000;

export interface DueTasksDeps {
  readonly table: TaskTable;
  readonly overlay: Overlay;
  readonly clock: Clock;
  readonly log: Log;
  readonly maxLoadedPerKind: number;
  /** Asks for a call of pump() at that time. */
  readonly wakeAt: (time: number) => void;
  /** next() may have a task. */
  readonly ready: () => void;
}

/**
 * The tasks that may be performed now: those of each kind in order of their due times, those of one lane one
 * after the other. The store knows their order and their lanes (taskTable.ts); a bounded part of each kind is
 * in memory.
 *
 * Q1. Kinds do not wait for each other. Each is read separately while it has room.
 * Q2. Every due task of a kind before its `unread` key is in memory, or waits for an earlier task of its
 *     lane. So no task is read again and again, and a task that finds no room moves `unread` back to itself.
 * Q3. When a task frees its lane (lanes.ts), the next task of the lane is taken from the store.
 * Q4. When the store refuses a change, the task is read again: by restored(), or after pause().
 */
export class DueTasks {
  readonly #deps: DueTasksDeps;
  readonly #lanes: Lanes;
  readonly #kinds = new Map<string, KindQueue>();
  readonly #unknownKinds = new Set<string>();
  /** Due keys of the tasks in memory. */
  readonly #loaded = new Set<string>();
  readonly #paused = new Map<string, { readonly ref: TaskRef; readonly until: number }>();
  #started = false;
  #reading = false;

  constructor(deps: DueTasksDeps) {
    this.#deps = deps;
    this.#lanes = new Lanes(deps.table);
  }

  /** Number of tasks in memory. */
  get loaded(): number {
    return this.#loaded.size;
  }

  /** True when next() has no task of any kind, and none is being read. */
  get quiet(): boolean {
    if (!this.#started) return true;
    if (this.#reading) return false;
    for (const kind of this.#kinds.values()) {
      if (kind.hasRunnable || kind.needsReading) return false;
    }
    return true;
  }

  /** The time at which pump() is needed next; undefined: at no known time. */
  get nextDue(): number | undefined {
    if (!this.#started) return undefined;
    let next = Number.POSITIVE_INFINITY;
    for (const { nextDue } of this.#kinds.values()) next = Math.min(next, nextDue ?? next);
    for (const { until } of this.#paused.values()) next = Math.min(next, until);
    return next === Number.POSITIVE_INFINITY ? undefined : next;
  }

  add(name: string): void {
    this.#kinds.set(name, new KindQueue({ name, maxLoaded: this.#deps.maxLoadedPerKind }));
    this.#readSoon();
  }

  start(): void {
    this.#started = true;
    for (const name of this.#deps.table.kinds()) this.#kindOf(name);
  }

  halt(): void {
    this.#started = false;
  }

  /** A commit that scheduled and removed these tasks is durable. */
  committed(scheduled: readonly TaskRef[], removed: readonly TaskKeys[]): void {
    if (!this.#started) return;
    const now = this.#deps.clock.now();
    for (const ref of scheduled) {
      const kind = this.#kindOf(ref.kind);
      if (kind === undefined) continue;
      if (ref.dueAt > now) this.#noteDue(kind, ref.dueAt);
      else this.#offer(kind, ref);
    }
    for (const keys of removed) this.#drop(keys);
  }

  /** The commit that would have removed these tasks failed. */
  restored(removed: readonly TaskKeys[]): void {
    for (const { dueKey } of removed) this.#kinds.get(kindOfDueKey(dueKey))?.readFrom(dueKey);
    this.#readSoon();
  }

  /** Reads the tasks that have become due. */
  pump(): void {
    if (!this.#started) return;
    const now = this.#deps.clock.now();
    this.#endPauses(now);
    for (const kind of this.#kinds.values()) kind.wake(now);
    this.#read();
  }

  /** Takes the next task of that kind out of the queue, to perform it. */
  next(kind: string): TaskRef | undefined {
    return this.#kinds.get(kind)!.next();
  }

  /** The removal of the task is being written: the next task of its lane may begin. */
  freeLane(ref: TaskRef): void {
    this.#offerNext(this.#lanes.free(ref));
  }

  /** The task leaves memory: it is removed from the table, or stored under other keys. */
  leave(ref: TaskRef): void {
    this.#loaded.delete(ref.dueKey);
    this.#kinds.get(ref.kind)!.leave();
    if (!ref.outsideLane) {
      this.freeLane(ref);
      this.#lanes.leave(ref);
    }
    this.#readSoon();
  }

  /** The task is durable with that time for its next attempt. */
  retryAt(ref: TaskRef, until: number): void {
    this.#noteDue(this.#kinds.get(ref.kind)!, until);
    this.#lanes.readAgain(ref);
    this.leave(ref);
  }

  /** The table has the task as before. It is not read again before `until`. */
  pause(ref: TaskRef, until: number): void {
    this.#paused.set(ref.dueKey, { ref, until });
    this.#deps.wakeAt(until);
  }

  #kindOf(name: string): KindQueue | undefined {
    const kind = this.#kinds.get(name);
    if (kind === undefined && !this.#unknownKinds.has(name)) {
      this.#unknownKinds.add(name);
      // Later tasks of their lanes have to wait, because another release may know the kind.
      this.#deps.log.error({ kind: name }, `No handler for tasks of kind '${name}': they stay in the store.`);
    }
    return kind;
  }

  #noteDue(kind: KindQueue, time: number): void {
    kind.noteDue(time);
    this.#deps.wakeAt(time);
  }

  /** A due task that was not found by reading its kind. */
  #offer(kind: KindQueue, ref: TaskRef): void {
    if (kind.willRead(ref.dueKey)) return;
    if (kind.isFull) kind.readFrom(ref.dueKey);
    else this.#take(kind, ref);
  }

  /** The next task of a lane. A task that waits for its retry returns when the retry time comes. */
  #offerNext(ref: TaskRef | undefined): void {
    if (!this.#started || ref === undefined || ref.dueAt > this.#deps.clock.now()) return;
    const kind = this.#kindOf(ref.kind);
    if (kind !== undefined) this.#offer(kind, ref);
  }

  #take(kind: KindQueue, ref: TaskRef): void {
    if (this.#loaded.has(ref.dueKey)) return;
    if (!ref.outsideLane && !this.#lanes.enter(ref)) return;
    this.#loaded.add(ref.dueKey);
    kind.enter();
    if (ref.outsideLane) void this.#enterLane(kind, ref);
    else kind.add(ref);
  }

  /** T3 of taskTable.ts. */
  async #enterLane(kind: KindQueue, ref: TaskRef): Promise<void> {
    const { table, overlay, clock, log } = this.#deps;
    const entered = table.enterLane(ref.dueKey);
    try {
      if (entered !== undefined) await overlay.write(entered.operations);
      this.leave(ref);
      if (entered !== undefined && this.#started) this.#offer(kind, entered.ref);
    } catch (error) {
      log.error({ task: ref.dueKey, err: error }, 'A task could not enter its lane; it is tried again.');
      this.pause(ref, clock.now() + PAUSE_AFTER_REFUSAL_MS);
    }
    this.#deps.ready();
  }

  /** The task is durably removed. */
  #drop({ dueKey, laneKey }: TaskKeys): void {
    const ref = this.#kinds.get(kindOfDueKey(dueKey))?.remove(dueKey);
    if (ref !== undefined) this.leave(ref);
    else if (laneKey !== undefined) this.#offerNext(this.#lanes.first(laneOfKey(laneKey)));
  }

  #endPauses(now: number): void {
    for (const [dueKey, { ref, until }] of this.#paused) {
      if (until > now) continue;
      this.#paused.delete(dueKey);
      this.#kinds.get(ref.kind)!.readFrom(dueKey);
      this.leave(ref);
    }
  }

  #read(): void {
    const { table, clock } = this.#deps;
    for (const kind of this.#kinds.values()) {
      if (!kind.needsReading) continue;
      const nextDue = kind.read(table, clock.now(), (ref) => this.#take(kind, ref));
      if (nextDue !== undefined) this.#deps.wakeAt(nextDue);
    }
    this.#readSoon();
  }

  /** Reads the next part in a later macrotask, so that other work goes on between two parts. */
  #readSoon(): void {
    if (this.#reading || !this.#started) return;
    this.#reading = [...this.#kinds.values()].some((kind) => kind.needsReading);
    if (!this.#reading) return;
    setImmediate(() => {
      this.#reading = false;
      if (this.#started) this.#read();
      this.#deps.ready();
    });
  }
}
