import { compareKeys } from './compareKeys.ts';
import { HostError } from './sessions.ts';
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
  /** Resolves when the operations are durable; rejects with HostError STORE_UNAVAILABLE. */
  write(operations: readonly StoreOperation[]): Promise<void>;
  /** Resolves or rejects, as write(), when all that reads see is durable; undefined: nothing is on its way. */
  readonly underWay: Promise<void> | undefined;
}

/** Operations for which a write of their own is worth giving to a store that is at work. */
const MIN_HALF = 16;
const MAX_WRITES_IN_FLIGHT = 2;

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
  /** Given to the store, in this order. */
  let inFlight: readonly Group[] = [];
  /** Operations that were not durable yet when a write last became so. */
  let underWayLast = 0;

  function begin(): void {
    const isDue = inFlight.length === 0 || (inFlight.length < MAX_WRITES_IN_FLIGHT && isHalf(gathering));
    if (gathering === undefined || !isDue) return;
    const group = gathering;
    gathering = undefined;
    inFlight = [...inFlight, group];
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
    underWayLast = [...inFlight, gathering].reduce((sum, one) => sum + (one?.operations.length ?? 0), 0);
    inFlight = inFlight.slice(1);
    group.resolve();
    begin();
  }

  function failAll(cause: unknown): void {
    const failed = [...inFlight, gathering];
    inFlight = [];
    gathering = undefined;
    for (const group of failed) group?.reject(new HostError('STORE_UNAVAILABLE', '', { cause }));
  }

  function pendingText(table: string, key: string): string | null | undefined {
    const gathered = gathering?.pending.get(table)?.get(key);
    if (gathered !== undefined) return gathered;
    for (let index = inFlight.length - 1; index >= 0; index--) {
      const text = inFlight[index]!.pending.get(table)?.get(key);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  function pendingEntries(table: string, range: StoreRange): [string, string | null][] {
    const merged = new Map<string, string | null>();
    for (const group of [...inFlight, gathering]) {
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
        if (inFlight.length === 0) queueMicrotask(begin);
      }
      const group = gathering;
      for (const operation of operations) {
        group.operations.push(operation);
        tableOf(group.pending, operation.table).set(operation.key, operation.text);
      }
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
  return { operations: [], pending: new Map(), promise, resolve, reject };
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
