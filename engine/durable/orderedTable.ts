import { createRequire } from 'node:module';
import { compareKeys } from './compareKeys.ts';
import type { StoreRange } from './storePort.ts';

// What an import has as its default depends on who loads it: Node.js, or the loader that runs TypeScript.
const { default: BTree } = createRequire(import.meta.url)('sorted-btree') as typeof import('sorted-btree');

/** Keys that are looked up at once: few at first, for most who ask want no more. */
const FIRST_KEYS = 4;
const MAX_KEYS = 256;

/** Values by key, in memory. */
export interface OrderedTable<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
  delete(key: string): void;
  /**
   * Keys of a range, ordered by compareKeys; from its end on with `reverse`. The table may change meanwhile: of keys that
   * come or go then, some may be given or not.
   */
  keys(range: StoreRange): Iterable<string>;
}

/** Its keys are put in order when a range is asked for first; a table of which none is asked does not pay for it. */
export function createOrderedTable<T>(): OrderedTable<T> {
  const values = new Map<string, T>();
  let ordered: InstanceType<typeof BTree<string, undefined>> | undefined;

  function order(): NonNullable<typeof ordered> {
    if (ordered !== undefined) return ordered;
    const keys = [...values.keys()].sort(compareKeys);
    ordered = new BTree(
      keys.map((key): [string, undefined] => [key, undefined]),
      compareKeys,
    );
    return ordered;
  }

  return {
    get: (key) => values.get(key),

    set(key, value) {
      const before = values.size;
      values.set(key, value);
      if (values.size > before) ordered?.set(key, undefined);
    },

    delete(key) {
      if (values.delete(key)) ordered?.delete(key);
    },

    *keys(range) {
      let last: string | undefined;
      for (let count = FIRST_KEYS; ; count = Math.min(2 * count, MAX_KEYS)) {
        const keys = some(range, last, count);
        yield* keys;
        if (keys.length < count) return;
        last = keys.at(-1);
      }
    },
  };

  /** So many keys of a range, behind `last`: those of a tree that changed must be looked for from its root again. */
  function some(range: StoreRange, last: string | undefined, count: number): readonly string[] {
    const keys: string[] = [];
    if (range.reverse === true) {
      const from = range.from ?? '';
      for (const [key] of order().entriesReversed(last ?? range.to, undefined, true)) {
        if (keys.length === count || compareKeys(key, from) < 0) break;
        keys.push(key);
      }
      return keys;
    }
    for (const key of order().keys(last ?? range.from)) {
      if (keys.length === count || !isBefore(key, range.to)) break;
      if (key !== last) keys.push(key);
    }
    return keys;
  }
}

function isBefore(key: string, to: string | undefined): boolean {
  return to === undefined || compareKeys(key, to) < 0;
}
