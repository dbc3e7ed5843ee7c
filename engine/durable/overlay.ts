import { createLayer, getThrough, type Layer, scanThrough } from './layer.ts';
import { StoreError } from './storeError.ts';
import type { StoreEntry, StoreOperation, StorePort, StoreRange } from './storePort.ts';

/**
 * The store as reads see it: what is durable, under what is on its way there.
 *
 * O1. What is committed while the store is at work is gathered and goes as the next single write: that is the group
 *     commit, and every group is atomic.
 * O2. A read sees the gathered writes, then those in flight, then the store.
 * O3. When a write fails, everything not yet durable vanishes and is rejected: a change gathered after it may
 *     have been computed from what it wrote.
 * O4. A second write is given to the store while it is at the first one, as soon as half of what was last under way has
 *     gathered: where many wait for one another, one half is computed while the other is written.
 */
export interface Overlay {
  get(table: string, key: string): string | undefined;
  scan(table: string, range: StoreRange): Iterable<StoreEntry>;
  /** Like scan, but only what is durable and not about to be removed, as it is on disk. */
  scanDurable(table: string, range: StoreRange): Iterable<StoreEntry>;
  /** Resolves when the operations are durable; rejects with StoreError. */
  write(operations: readonly StoreOperation[]): Promise<void>;
  /** Resolves or rejects, as write(), when all that reads see is durable; undefined: nothing is on its way. */
  readonly underWay: Promise<void> | undefined;
}

/** Operations for which a write of their own is worth giving to a store that is at work. */
const MIN_HALF = 16;
const MAX_WRITES_IN_FLIGHT = 2;

interface Group {
  readonly operations: StoreOperation[];
  readonly layer: Layer;
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export function createOverlay(store: StorePort): Overlay {
  let gathering: Group | undefined;
  /** Given to the store, in this order. */
  let inFlight: readonly Group[] = [];
  /** Operations that were not durable yet when a write last became so. */
  let underWayLast = 0;
  /** Of what is not durable yet, the lowest first. */
  let layers: readonly Layer[] = [];

  function change(groups: {
    readonly inFlight: readonly Group[];
    readonly gathering: Group | undefined;
  }): void {
    ({ inFlight, gathering } = groups);
    layers = [...inFlight, ...(gathering === undefined ? [] : [gathering])].map(({ layer }) => layer);
  }

  function begin(): void {
    const isDue = inFlight.length === 0 || (inFlight.length < MAX_WRITES_IN_FLIGHT && isHalf(gathering));
    if (gathering === undefined || !isDue) return;
    const group = gathering;
    change({ inFlight: [...inFlight, group], gathering: undefined });
    void finish(group);
  }

  /** O4. */
  function isHalf(group: Group | undefined): boolean {
    return group !== undefined && group.operations.length >= Math.max(underWayLast / 2, MIN_HALF);
  }

  async function finish(group: Group): Promise<void> {
    try {
      await store.write(group.operations);
    } catch (error) {
      // O3. What was given behind it, the store refuses too; that was told here with the first one.
      if (inFlight.includes(group)) failAll(error);
      return;
    }
    // O3: it was told already that it failed, with one before it.
    if (!inFlight.includes(group)) return;
    underWayLast = [...inFlight, gathering].reduce((sum, one) => sum + (one?.operations.length ?? 0), 0);
    change({ inFlight: inFlight.slice(1), gathering });
    group.resolve();
    begin();
  }

  function failAll(cause: unknown): void {
    const failed = [...inFlight, gathering];
    change({ inFlight: [], gathering: undefined });
    for (const group of failed) group?.reject(new StoreError({ cause }));
  }

  return {
    get(table, key) {
      const pending = getThrough(layers, table, key);
      if (pending !== undefined) return pending ?? undefined;
      return store.get(table, key);
    },

    scan: (table, range) => scanThrough(layers, store.scan(table, range), table, range),

    *scanDurable(table, range) {
      for (const entry of store.scan(table, range)) {
        if (getThrough(layers, table, entry.key) !== null) yield entry;
      }
    },

    write(operations) {
      const group = gathering ?? newGroup();
      if (gathering === undefined) {
        change({ inFlight, gathering: group });
        // Commits of one turn of the microtask queue share a write.
        if (inFlight.length === 0) queueMicrotask(begin);
      }
      for (const operation of operations) group.operations.push(operation);
      group.layer.apply(operations);
      if (isHalf(group)) begin();
      return group.promise;
    },

    get underWay() {
      return (gathering ?? inFlight.at(-1))?.promise;
    },
  };
}

function newGroup(): Group {
  let resolve: () => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { operations: [], layer: createLayer(), promise, resolve, reject };
}
