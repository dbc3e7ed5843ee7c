import { type Clock, defined, type Log } from '../ports/index.ts';
import { Alarm } from './alarm.ts';
import { batchOperations } from './batchOperations.ts';
import { ChangeListeners } from './changeListeners.ts';
import { MAX_LOADED_PER_KIND } from './dueTasks.ts';
import type { Batch, Durable, RecordChange, ScanRange, TaskInfo, TaskOptions } from './durable.ts';
import { ExpiryIndex } from './expiryIndex.ts';
import { Overlay } from './overlay.ts';
import { decodeRecord, expiryOf, textOf } from './recordCodec.ts';
import { StoreError } from './storeError.ts';
import type { StorePort, StoreRange } from './storePort.ts';
import { Sweeper } from './sweeper.ts';
import { type Perform, type TaskCounts, TaskRunner } from './taskRunner.ts';
import { GIVEN_UP_TASK, type GivenUpTask, TaskTable } from './taskTable.ts';

/** How long stop() waits for running tasks. A task that runs longer is repeated after the next start (D4). */
export const STOP_GRACE_MS = 5_000;
/** Default limit of givenUpTasks(). */
export const MAX_LISTED_GIVEN_UP = 1_000;
/** A key followed by it is the next possible key. */
const FIRST_CHARACTER = '\u0000';
/** Sorts after every character that may follow a prefix. */
const LAST_CHARACTER = '\u{10FFFF}';
/** Microtasks in which callers may react to a durable commit before idle() resolves. */
const IDLE_MICROTASKS = 20;

export interface DurableCounts {
  readonly commits: number;
  /** Those of them that the store refused. */
  readonly refused: number;
  readonly tasks: TaskCounts;
}

export interface DurableStoreDeps {
  readonly store: StorePort;
  readonly clock: Clock;
  readonly log: Log;
  /** Writes to the store, in place of `store.write`: it may count the writes. */
  readonly write?: StorePort['write'] | undefined;
  /** Default MAX_LOADED_PER_KIND. */
  readonly maxLoadedPerKind?: number;
}

/**
 * Durable over a store. It keeps D1 to D4 of durable.ts in this way: the store writes the operations of a
 * batch (batchOperations.ts) atomically (D1). Reads go through the overlay (overlay.ts; D2). The runner
 * (taskRunner.ts) takes only durable tasks from the task table (taskTable.ts; D3). start() finds every task
 * that is still in the table (D4).
 */
export class DurableStore implements Durable {
  readonly #store: StorePort;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #overlay: Overlay;
  readonly #expiry: ExpiryIndex;
  readonly #table: TaskTable;
  readonly #alarm: Alarm;
  readonly #sweeper: Sweeper;
  readonly #runner: TaskRunner;
  readonly #listeners = new ChangeListeners();
  #commits = 0;
  #refused = 0;
  #state: 'new' | 'started' | 'stopping' | 'stopped' = 'new';
  /** Called when something may have become quiet. */
  #waiters: (() => void)[] = [];

  constructor({ store, write, clock, log, maxLoadedPerKind = MAX_LOADED_PER_KIND }: DurableStoreDeps) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#overlay = new Overlay(store, write);
    this.#expiry = new ExpiryIndex(this.#overlay);
    this.#table = new TaskTable(this.#overlay);
    this.#alarm = new Alarm(clock, () => this.#onAlarm());
    const shared = {
      overlay: this.#overlay,
      clock,
      log,
      wakeAt: (time: number) => this.#alarm.atMost(time),
      changed: () => this.#notifyWaiters(),
    };
    this.#sweeper = new Sweeper({ ...shared, expiry: this.#expiry });
    this.#runner = new TaskRunner({ ...shared, table: this.#table, maxLoadedPerKind });
  }

  get<T>(table: string, key: string): T | undefined {
    return this.#read(this.#overlay.get(table, key));
  }

  has(table: string, key: string): boolean {
    return this.#isPresent(this.#overlay.get(table, key));
  }

  text(table: string, key: string): string | undefined {
    const stored = this.#overlay.get(table, key);
    return this.#isPresent(stored) ? textOf(stored) : undefined;
  }

  *scan<T>(table: string, range: ScanRange = {}): Iterable<{ readonly key: string; readonly value: T }> {
    let left = range.limit ?? Number.POSITIVE_INFINITY;
    if (left <= 0) return;
    for (const entry of this.#overlay.scan(table, toStoreRange(range))) {
      const value = this.#read<T>(entry.text);
      if (value === undefined) continue;
      yield { key: entry.key, value };
      left--;
      if (left <= 0) return;
    }
  }

  async commit(batch: Batch): Promise<void> {
    if (this.#state === 'stopped') throw new StoreError('STORE_UNAVAILABLE');
    const prepared = batchOperations(batch, {
      expiry: this.#expiry,
      table: this.#table,
      now: this.#clock.now(),
    });
    if (prepared.operations.length === 0) return this.#overlay.pending;
    this.#commits++;
    const written = this.#overlay.write(prepared.operations);
    this.#listeners.committed(batch, this.#clock.now());
    try {
      await written;
    } catch (error) {
      this.#refused++;
      this.#listeners.failed(batch, (table, key) => this.get(table, key));
      this.#runner.restored(prepared.removed);
      throw error;
    } finally {
      this.#notifyWaiters();
    }
    if (this.#state !== 'started') return;
    if (prepared.firstExpiry !== undefined) this.#sweeper.note(prepared.firstExpiry);
    this.#runner.committed(prepared.scheduled, prepared.removed);
  }

  /** The commits and tasks since the start of the process. */
  get counts(): DurableCounts {
    return { commits: this.#commits, refused: this.#refused, tasks: this.#runner.counts };
  }

  async whenDurable(): Promise<void> {
    await this.#overlay.pending;
  }

  taskKeys(prefix: string): readonly string[] {
    return this.#table.keysWith(prefix);
  }

  onTask<P>(
    kind: string,
    perform: (payload: P, task: TaskInfo) => Promise<void>,
    options: TaskOptions = {},
  ): void {
    this.#runner.register(kind, perform as Perform, options);
  }

  onChange(tables: readonly string[], listener: (change: RecordChange) => void): void {
    this.#listeners.add(tables, listener);
  }

  start(): void {
    if (this.#state !== 'new') throw new Error(`A durable store starts once; this one is ${this.#state}.`);
    this.#state = 'started';
    this.#runner.start();
    this.#sweeper.begin();
    this.#onAlarm();
  }

  idle(): Promise<void> {
    return this.#settle(() => {
      return this.#runner.quiet && !this.#sweeper.sweeping && this.#overlay.pending === undefined;
    });
  }

  async stop(): Promise<void> {
    if (this.#state === 'stopping' || this.#state === 'stopped') return;
    this.#state = 'stopping';
    this.#runner.halt();
    this.#alarm.cancel();
    await this.#runningTasksOrGrace();
    this.#state = 'stopped';
    await this.#settle(() => this.#overlay.pending === undefined);
    await this.#store.close();
  }

  /** Tasks that are given up, oldest first. */
  givenUpTasks(limit: number = MAX_LISTED_GIVEN_UP): readonly GivenUpTask[] {
    return [...this.scan<GivenUpTask>(GIVEN_UP_TASK, { limit })].map(({ value }) => value);
  }

  async #runningTasksOrGrace(): Promise<void> {
    let isOver = false;
    const cancelGrace = this.#clock.at(this.#clock.now() + STOP_GRACE_MS, () => {
      isOver = true;
      this.#notifyWaiters();
    });
    await this.#settle(() => isOver || this.#runner.running === 0);
    cancelGrace();
    if (this.#runner.running === 0) return;
    this.#log.warn({ tasks: this.#runner.running }, 'Stopped before some tasks had ended.');
  }

  #onAlarm(): void {
    if (this.#state !== 'started') return;
    this.#sweeper.wake();
    this.#runner.pump();
    const due = this.#runner.nextDue;
    if (due !== undefined) this.#alarm.atMost(due);
    this.#notifyWaiters();
  }

  #notifyWaiters(): void {
    const notified = this.#waiters;
    this.#waiters = [];
    for (const notify of notified) notify();
  }

  /** Resolves when the condition has held for IDLE_MICROTASKS. */
  async #settle(isReached: () => boolean): Promise<void> {
    for (let count = 0; count < IDLE_MICROTASKS; count++) {
      while (!isReached()) {
        count = 0;
        await new Promise<void>((resolve) => this.#waiters.push(resolve));
      }
      await Promise.resolve();
    }
  }

  #read<T>(stored: string | undefined): T | undefined {
    return this.#isPresent(stored) ? decodeRecord<T>(stored).value : undefined;
  }

  /** E2 of expiryIndex.ts. */
  #isPresent(stored: string | undefined): stored is string {
    if (stored === undefined) return false;
    const expiresAt = expiryOf(stored);
    return expiresAt === undefined || expiresAt > this.#clock.now();
  }
}

function toStoreRange({ prefix = '', after, from, to, reverse }: ScanRange): StoreRange {
  const bounds = prefix === '' ? { from, to } : { from: prefix, to: `${prefix}${LAST_CHARACTER}` };
  return defined({
    from: after === undefined ? bounds.from : `${after}${FIRST_CHARACTER}`,
    to: bounds.to,
    reverse,
  });
}
