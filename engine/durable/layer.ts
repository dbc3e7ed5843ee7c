import { compareKeys } from './compareKeys.ts';
import { OrderedTable } from './orderedTable.ts';
import type { StoreEntry, StoreOperation, StoreRange } from './storePort.ts';

/** Changes in memory over a store: the last change of each record. */
export class Layer {
  readonly #tables = new Map<string, OrderedTable<string | null>>();

  apply(operations: readonly StoreOperation[]): void {
    for (const { table, key, text } of operations) this.#tableOf(table).set(key, text);
  }

  /**
   * The record's text; null when the layer removes the record; undefined when the layer does not change it.
   */
  get(table: string, key: string): string | null | undefined {
    return this.#tables.get(table)?.get(key);
  }

  /** The last change of each record. */
  *changes(): Iterable<StoreOperation> {
    for (const [table, changes] of this.#tables) {
      for (const key of changes.keys({})) yield { table, key, text: changes.get(key) ?? null };
    }
  }

  /** The names of the tables with changes. */
  get tables(): readonly string[] {
    return [...this.#tables.keys()];
  }

  /** A range of the entries `below`, with the changes of this layer applied. */
  over(below: Iterable<StoreEntry>, table: string, range: StoreRange): Iterable<StoreEntry> {
    const changes = this.#tables.get(table);
    return changes === undefined ? below : merge(below, changes, range);
  }

  #tableOf(name: string): OrderedTable<string | null> {
    let table = this.#tables.get(name);
    if (table === undefined) {
      table = new OrderedTable();
      this.#tables.set(name, table);
    }
    return table;
  }
}

/** A record seen through layers, the lowest first; the result is that of Layer.get(). */
export function getThrough(layers: readonly Layer[], table: string, key: string): string | null | undefined {
  for (let index = layers.length - 1; index >= 0; index--) {
    const text = layers[index]!.get(table, key);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** A range of the entries `below`, seen through layers, the lowest first. */
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
