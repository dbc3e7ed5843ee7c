import { expect } from 'chai';
import type { Task } from '../../engine/durable/durable.ts';
import { DurableStore, STOP_GRACE_MS } from '../../engine/durable/durableStore.ts';
import { type BrittleStore, createBrittleStore } from './brittleStore.ts';
import { drain } from './drain.ts';
import { STORES, type StorePlace } from './eachStore.ts';
import { silentLog } from './silentLog.ts';
import { createSimulatedClock, type SimulatedClock } from './simulatedClock.ts';

/** Durable over the store of one test, with a simulated clock. */
export interface DurableBench {
  readonly clock: SimulatedClock;
  readonly store: BrittleStore;
  readonly durable: DurableStore;
  /** Opens the store again without stop(), as after a crash. */
  open(): void;
  reopen(): Promise<void>;
  keys(table: string, range?: object): string[];
  /** A task of the kind 'note', due now, with its key as payload. */
  task(key: string, more?: Partial<Task>): Task;
  /** Registers the kind 'note'; returns the payloads of its performed tasks. */
  noting(): unknown[];
}

/** A `describe` for each store adapter. */
export function overEachStore(title: string, tests: (bench: DurableBench) => void): void {
  for (const { name, make } of STORES) {
    describe(`${title} over the ${name}`, () => {
      let place: StorePlace;
      let clock: SimulatedClock;
      let store: BrittleStore;
      let durable: DurableStore;

      function open(): void {
        store = createBrittleStore(place.open());
        durable = new DurableStore({ store, clock, log: silentLog });
      }

      beforeEach(async () => {
        place = await make();
        clock = createSimulatedClock();
        open();
      });

      afterEach(async () => {
        const stopped = durable.stop();
        await clock.advance(STOP_GRACE_MS, drain);
        await stopped;
        await place.remove();
      });

      tests({
        get clock() {
          return clock;
        },
        get store() {
          return store;
        },
        get durable() {
          return durable;
        },
        open,
        async reopen() {
          await durable.stop();
          open();
        },
        keys: (table, range = {}) => [...durable.scan(table, range)].map((entry) => entry.key),
        task: (key, more = {}) => ({ key, kind: 'note', payload: key, dueAt: clock.now(), ...more }),
        noting() {
          const noted: unknown[] = [];
          durable.onTask('note', async (payload) => {
            noted.push(payload);
          });
          return noted;
        },
      });
    });
  }
}

/** The reason of a rejected promise. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail('expected a rejection'),
    (error: unknown) => error,
  );
}
