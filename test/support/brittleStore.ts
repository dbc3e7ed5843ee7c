import type { StorePort } from '../../engine/durable/storePort.ts';

export interface BrittleStore extends StorePort {
  /** The next `count` writes reject and change nothing. */
  failNext(count?: number): void;
  /** Holds writes back until the returned function is called. */
  hold(): () => void;
  /** Like kill -9: from now on no write reaches the store, and none resolves. */
  kill(): void;
  /** Like kill(), after `count` more writes. Resolves when the store is dead. */
  dieAfter(count: number): Promise<void>;
  /** No write reaches the store any more. */
  readonly isDead: boolean;
  /** Writes that reached the underlying store. */
  readonly writes: number;
  /** The operations of each of these writes. */
  readonly sizes: readonly number[];
}

/** A store whose writes fail or wait when a test says so. */
export function createBrittleStore(store: StorePort): BrittleStore {
  let failures = 0;
  let gate: Promise<void> | undefined;
  const sizes: number[] = [];
  let dead = false;
  let left = Number.POSITIVE_INFINITY;
  let died: () => void = () => {};
  return {
    get: (table, key) => store.get(table, key),
    scan: (table, range) => store.scan(table, range),
    close: () => store.close(),
    async write(operations) {
      await gate;
      if (left === 0) {
        dead = true;
        died();
      }
      left--;
      if (dead) await new Promise<never>(() => {});
      if (failures > 0) {
        failures--;
        throw new Error('disk full');
      }
      sizes.push(operations.length);
      await store.write(operations);
    },
    failNext(count = 1) {
      failures = count;
    },
    hold() {
      let release: () => void = () => {};
      gate = new Promise((resolve) => {
        release = resolve;
      });
      return () => {
        gate = undefined;
        release();
      };
    },
    kill() {
      dead = true;
    },
    dieAfter(count) {
      left = count;
      return new Promise((resolve) => {
        died = resolve;
      });
    },
    get isDead() {
      return dead;
    },
    get writes() {
      return sizes.length;
    },
    sizes,
  };
}
