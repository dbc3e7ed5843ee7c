import { createRequire } from 'node:module';
import { compareKeys } from './compareKeys.ts';
import type { StoreRange } from './storePort.ts';

// What an import has as its default depends on who loads it: Node.js, or the loader that runs TypeScript.
const { default: BTree } = createRequire(import.meta.url)('sorted-btree') as typeof import('sorted-btree');

/** Values by key, in memory. */
export interface OrderedTable<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
  delete(key: string): void;
  /**
   * Keys of a range, ordered by compareKeys; from its end on with `reverse`. It finds its place again after each: the
   * table may change meanwhile.
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
      const all = order();
      if (range.reverse === true) {
        const from = range.from ?? '';
        let key = all.nextLowerKey(range.to);
        for (; key !== undefined && compareKeys(key, from) >= 0; key = all.nextLowerKey(key)) yield key;
        return;
      }
      let key = range.from === undefined ? all.minKey() : all.getPairOrNextHigher(range.from)?.[0];
      for (; key !== undefined && isBefore(key, range.to); key = all.nextHigherKey(key)) yield key;
    },
  };
}

function isBefore(key: string, to: string | undefined): boolean {
  return to === undefined || compareKeys(key, to) < 0;
}
