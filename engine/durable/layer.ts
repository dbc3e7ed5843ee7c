import { compareKeys } from './compareKeys.ts';
import { createOrderedTable, type OrderedTable } from './orderedTable.ts';
import type { StoreEntry, StoreOperation, StoreRange } from './storePort.ts';

/** Changes that lie over a store: of each record the last one, in memory. */
export interface Layer {
  apply(operations: readonly StoreOperation[]): void;
  /** The record's text; null: it is removed; undefined: what is below counts. */
  get(table: string, key: string): string | null | undefined;
  /** A range of what is below as it is seen through the layer. */
  over(below: Iterable<StoreEntry>, table: string, range: StoreRange): Iterable<StoreEntry>;
}

export function createLayer(): Layer {
  const tables = new Map<string, OrderedTable<string | null>>();

  function tableOf(name: string): OrderedTable<string | null> {
    const known = tables.get(name);
    if (known !== undefined) return known;
    const made = createOrderedTable<string | null>();
    tables.set(name, made);
    return made;
  }

  return {
    apply(operations) {
      for (const { table, key, text } of operations) tableOf(table).set(key, text);
    },

    get: (table, key) => tables.get(table)?.get(key),

    over(below, table, range) {
      const changes = tables.get(table);
      return changes === undefined ? below : merge(below, changes, range);
    },
  };
}

/** A record as it is seen through layers, the lowest first: likewise. */
export function getThrough(layers: readonly Layer[], table: string, key: string): string | null | undefined {
  for (let index = layers.length - 1; index >= 0; index--) {
    const text = layers[index]!.get(table, key);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** A range of what is below as it is seen through layers, the lowest first. */
export function scanThrough(
  layers: readonly Layer[],
  below: Iterable<StoreEntry>,
  table: string,
  range: StoreRange,
): Iterable<StoreEntry> {
  return layers.reduce((seen, layer) => layer.over(seen, table, range), below);
}

function* merge(
  below: Iterable<StoreEntry>,
  changes: OrderedTable<string | null>,
  range: StoreRange,
): Iterable<StoreEntry> {
  const direction = range.reverse === true ? -1 : 1;
  const changed = changes.keys(range)[Symbol.iterator]();
  let next = changed.next();

  function* changesBefore(key: string | undefined): Iterable<StoreEntry> {
    while (next.done !== true && (key === undefined || direction * compareKeys(next.value, key) < 0)) {
      const text = changes.get(next.value);
      if (typeof text === 'string') yield { key: next.value, text };
      next = changed.next();
    }
  }

  for (const entry of below) {
    yield* changesBefore(entry.key);
    // Behind the last change nothing is to be merged any more.
    if (next.done === true || next.value !== entry.key) {
      yield entry;
      continue;
    }
    const text = changes.get(entry.key);
    if (typeof text === 'string') yield { key: entry.key, text };
    next = changed.next();
  }
  yield* changesBefore(undefined);
}
