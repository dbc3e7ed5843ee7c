import { compareKeys } from './compareKeys.ts';
import { HostError } from './sessions.ts';
import type { StoreEntry, StoreOperation, StorePort, StoreRange } from './storePort.ts';

/**
 * The store as reads see it: what is durable, under what is on its way there.
 *
 * O1. At most one write to the store is in flight. What is committed meanwhile is gathered and goes as the
 *     next single write: that is the group commit, and every group is atomic.
 * O2. A read sees the gathered writes, then those in flight, then the store.
 * O3. When a write fails, everything not yet durable vanishes and is rejected: a change gathered after it may
 *     have been computed from what it wrote.
 * O4. A write begins at once when as much is gathered as half of the last two writes: where many wait for one another,
 *     one half is computed while the other is written.
 */
export interface Overlay {
  get(table: string, key: string): string | undefined;
  scan(table: string, range: StoreRange): Iterable<StoreEntry>;
  /** Like scan, but only what is durable and not about to be removed, as it is on disk. */
  scanDurable(table: string, range: StoreRange): Iterable<StoreEntry>;
  /** Resolves when the operations are durable; rejects with HostError STORE_UNAVAILABLE. */
  write(operations: readonly StoreOperation[]): Promise<void>;
  /** Resolves or rejects, as write(), when all that reads see is durable; undefined: nothing is on its way. */
  readonly underWay: Promise<void> | undefined;
}

/** Operations for which a write of their own is worth beginning in the middle of a turn. */
const MIN_HALF = 16;

type Pending = Map<string, Map<string, string | null>>;

interface Group {
  readonly operations: StoreOperation[];
  readonly pending: Pending;
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export function createOverlay(store: StorePort): Overlay {
  let gathering: Group | undefined;
  let inFlight: Group | undefined;
  /** Operations in the last write, and in the one before. */
  let last = 0;
  let oneBefore = 0;

  function begin(): void {
    if (inFlight !== undefined || gathering === undefined) return;
    inFlight = gathering;
    gathering = undefined;
    oneBefore = last;
    last = inFlight.operations.length;
    void finish(inFlight);
  }

  async function finish(group: Group): Promise<void> {
    try {
      await store.write(group.operations);
      inFlight = undefined;
      group.resolve();
    } catch (error) {
      inFlight = undefined;
      fail([group, takeGathering()], error);
    }
    begin();
  }

  function takeGathering(): Group | undefined {
    const group = gathering;
    gathering = undefined;
    return group;
  }

  function pendingText(table: string, key: string): string | null | undefined {
    const gathered = gathering?.pending.get(table)?.get(key);
    return gathered !== undefined ? gathered : inFlight?.pending.get(table)?.get(key);
  }

  function pendingEntries(table: string, range: StoreRange): [string, string | null][] {
    const merged = new Map<string, string | null>();
    for (const group of [inFlight, gathering]) {
      for (const [key, text] of group?.pending.get(table) ?? []) {
        if (isInRange(key, range)) merged.set(key, text);
      }
    }
    const entries = [...merged].sort(([a], [b]) => compareKeys(a, b));
    return range.reverse === true ? entries.reverse() : entries;
  }

  return {
    get(table, key) {
      const pending = pendingText(table, key);
      if (pending !== undefined) return pending ?? undefined;
      return store.get(table, key);
    },

    scan(table, range) {
      const pending = pendingEntries(table, range);
      if (pending.length === 0) return store.scan(table, range);
      return merge(store.scan(table, range), pending, range.reverse === true);
    },

    *scanDurable(table, range) {
      for (const entry of store.scan(table, range)) {
        if (pendingText(table, entry.key) !== null) yield entry;
      }
    },

    write(operations) {
      if (gathering === undefined) {
        gathering = newGroup();
        // Commits of one turn of the microtask queue share a write.
        if (inFlight === undefined) queueMicrotask(begin);
      }
      const group = gathering;
      for (const operation of operations) {
        group.operations.push(operation);
        tableOf(group.pending, operation.table).set(operation.key, operation.text);
      }
      // O4.
      if (group.operations.length >= Math.max((last + oneBefore) / 2, MIN_HALF)) begin();
      return group.promise;
    },

    get underWay() {
      return (gathering ?? inFlight)?.promise;
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
  return { operations: [], pending: new Map(), promise, resolve, reject };
}

function fail(groups: readonly (Group | undefined)[], cause: unknown): void {
  for (const group of groups) group?.reject(new HostError('STORE_UNAVAILABLE', '', { cause }));
}

function tableOf(pending: Pending, table: string): Map<string, string | null> {
  const known = pending.get(table);
  if (known !== undefined) return known;
  const made = new Map<string, string | null>();
  pending.set(table, made);
  return made;
}

function isInRange(key: string, range: StoreRange): boolean {
  if (range.from !== undefined && compareKeys(key, range.from) < 0) return false;
  return range.to === undefined || compareKeys(key, range.to) < 0;
}

function* merge(
  base: Iterable<StoreEntry>,
  pending: readonly [string, string | null][],
  reverse: boolean,
): Iterable<StoreEntry> {
  let next = 0;
  for (const entry of base) {
    for (; next < pending.length; next++) {
      const [key, text] = pending[next]!;
      const order = reverse ? compareKeys(entry.key, key) : compareKeys(key, entry.key);
      if (order > 0) break;
      if (order < 0 && text !== null) yield { key, text };
      // An equal key is overlaid: it is yielded below, or not at all.
      if (order === 0) break;
    }
    const overlaid = pending[next];
    if (overlaid === undefined || overlaid[0] !== entry.key) {
      yield entry;
      continue;
    }
    next++;
    if (overlaid[1] !== null) yield { key: entry.key, text: overlaid[1] };
  }
  for (; next < pending.length; next++) {
    const [key, text] = pending[next]!;
    if (text !== null) yield { key, text };
  }
}
