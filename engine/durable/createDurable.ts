import type { Clock, Log } from '../ports/index.ts';
import { createAlarm } from './alarm.ts';
import { batchOperations } from './batchOperations.ts';
import { MAX_LOADED_PER_KIND } from './dueTasks.ts';
import type { Durable, ScanRange } from './durable.ts';
import { createExpiry } from './expiry.ts';
import { createOverlay } from './overlay.ts';
import { decodeRecord, expiryOf, textOf } from './recordCodec.ts';
import { StoreError } from './storeError.ts';
import type { StorePort, StoreRange } from './storePort.ts';
import { createSweeper } from './sweeper.ts';
import { createTaskRunner, type Perform } from './taskRunner.ts';
import { createTaskTable, FAILED_TASK, type FailedTask } from './taskTable.ts';

/** How long stop() waits for running tasks; one that runs longer is repeated after the next start (D4). */
export const STOP_GRACE_MS = 5_000;
/** Failed tasks that failedTasks() lists unless told otherwise. */
export const MAX_LISTED_FAILURES = 1_000;
/** A key with it behind is the next one that there can be. */
const FIRST_CHARACTER = '\u0000';
/** Sorts after every character that may follow a prefix. */
const LAST_CHARACTER = '\u{10FFFF}';
/** Turns of the microtask queue in which callers may react to what has just become durable, before idle() resolves. */
const IDLE_TURNS = 20;

/** Durable, and what an administrator sees of it. */
export interface DurableStore extends Durable {
  /** Tasks that were set aside after their last try, oldest first. */
  failedTasks(limit?: number): readonly FailedTask[];
}

/**
 * Durable (engine/durable/durable.ts, D1 to D4) over a store.
 *
 * D1 is the store's single atomic write of what batchOperations made of a batch; D2 is the overlay; D3 is the
 * runner over the task table, which takes up only tasks that are durable; D4 is start(), which finds every
 * task that is still in the table.
 */
export function createDurable(deps: {
  readonly store: StorePort;
  readonly clock: Clock;
  readonly log: Log;
  /** Default MAX_LOADED_PER_KIND. */
  readonly maxLoadedPerKind?: number;
}): DurableStore {
  const { store, clock, log, maxLoadedPerKind = MAX_LOADED_PER_KIND } = deps;
  const overlay = createOverlay(store);
  const expiry = createExpiry(overlay);
  const table = createTaskTable(overlay);
  const alarm = createAlarm(clock, onAlarm);
  const shared = { overlay, clock, log, wakeAt: alarm.atMost, changed: notifyWaiters };
  const sweeper = createSweeper({ ...shared, expiry });
  const runner = createTaskRunner({ ...shared, table, maxLoadedPerKind });
  let state: 'new' | 'started' | 'stopping' | 'stopped' = 'new';
  let waiters: (() => void)[] = [];

  function onAlarm(): void {
    if (state !== 'started') return;
    sweeper.wake();
    runner.pump();
    const due = runner.nextDue();
    if (due !== undefined) alarm.atMost(due);
    notifyWaiters();
  }

  function notifyWaiters(): void {
    const notified = waiters;
    waiters = [];
    for (const notify of notified) notify();
  }

  function isQuiet(): boolean {
    return runner.quiet && !sweeper.sweeping && overlay.underWay === undefined;
  }

  function isThere(text: string | undefined): text is string {
    if (text === undefined) return false;
    const expiresAt = expiryOf(text);
    return expiresAt === undefined || expiresAt > clock.now();
  }

  function read<T>(text: string | undefined): T | undefined {
    return isThere(text) ? decodeRecord<T>(text).value : undefined;
  }

  async function settle(isReached: () => boolean): Promise<void> {
    for (let turn = 0; turn < IDLE_TURNS; turn++) {
      while (!isReached()) {
        turn = 0;
        await new Promise<void>((resolve) => waiters.push(resolve));
      }
      await Promise.resolve();
    }
  }

  function* scanRecords<T>(tableName: string, range: ScanRange = {}): Iterable<{ key: string; value: T }> {
    let left = range.limit ?? Number.POSITIVE_INFINITY;
    if (left <= 0) return;
    for (const entry of overlay.scan(tableName, toStoreRange(range))) {
      const value = read<T>(entry.text);
      if (value === undefined) continue;
      yield { key: entry.key, value };
      left--;
      if (left <= 0) return;
    }
  }

  return {
    get: <T>(tableName: string, key: string) => read<T>(overlay.get(tableName, key)),
    has: (tableName, key) => isThere(overlay.get(tableName, key)),
    text(tableName, key) {
      const stored = overlay.get(tableName, key);
      return isThere(stored) ? textOf(stored) : undefined;
    },
    scan: scanRecords,

    async commit(batch) {
      if (state === 'stopped') throw new StoreError();
      const prepared = batchOperations(batch, { expiry, table, now: clock.now() });
      if (prepared.operations.length === 0) return overlay.underWay;
      try {
        await overlay.write(prepared.operations);
      } catch (error) {
        runner.restored(prepared.removed);
        throw error;
      } finally {
        notifyWaiters();
      }
      if (state !== 'started') return;
      if (prepared.firstExpiry !== undefined) sweeper.note(prepared.firstExpiry);
      runner.committed(prepared.scheduled, prepared.removed);
    },

    async whenDurable() {
      await overlay.underWay;
    },

    onTask(kind, perform, options = {}) {
      runner.register(kind, perform as Perform, options);
    },

    start() {
      if (state !== 'new') throw new Error(`A durable store starts once; this one is ${state}.`);
      state = 'started';
      runner.start();
      sweeper.begin();
      onAlarm();
    },

    idle: () => settle(isQuiet),

    async stop() {
      if (state === 'stopping' || state === 'stopped') return;
      state = 'stopping';
      runner.halt();
      alarm.cancel();
      let patience = true;
      const cancelGrace = clock.at(clock.now() + STOP_GRACE_MS, () => {
        patience = false;
        notifyWaiters();
      });
      await settle(() => !patience || runner.running === 0);
      cancelGrace();
      if (runner.running > 0) log.warn({ tasks: runner.running }, 'Stopped before some tasks had ended.');
      state = 'stopped';
      await settle(() => overlay.underWay === undefined);
      await store.close();
    },

    failedTasks(limit = MAX_LISTED_FAILURES) {
      return [...scanRecords<FailedTask>(FAILED_TASK, { limit })].map((entry) => entry.value);
    },
  };
}

function toStoreRange(range: ScanRange): StoreRange {
  const bounds =
    range.prefix === undefined || range.prefix === ''
      ? { from: range.from, to: range.to }
      : { from: range.prefix, to: `${range.prefix}${LAST_CHARACTER}` };
  const from = range.after === undefined ? bounds.from : `${range.after}${FIRST_CHARACTER}`;
  return {
    ...(from === undefined ? {} : { from }),
    ...(bounds.to === undefined ? {} : { to: bounds.to }),
    ...(range.reverse === undefined ? {} : { reverse: range.reverse }),
  };
}
