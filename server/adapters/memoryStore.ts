import { compareKeys } from '../../engine/host/compareKeys.ts';
import type { StoreEntry, StorePort, StoreRange } from '../../engine/host/storePort.ts';

interface Table {
  readonly texts: Map<string, string>;
  /** All keys, ordered. */
  readonly keys: string[];
}

/**
 * Tables in memory, for tests and throw-away servers: nothing survives the process. What was written stays
 * after close(), so that a test can open the same store again.
 */
export function createMemoryStore(): StorePort {
  const tables = new Map<string, Table>();

  function tableOf(name: string): Table {
    const known = tables.get(name);
    if (known !== undefined) return known;
    const made = { texts: new Map<string, string>(), keys: [] };
    tables.set(name, made);
    return made;
  }

  return {
    get: (table, key) => tables.get(table)?.texts.get(key),

    scan(table, range) {
      const found = tables.get(table);
      return found === undefined ? [] : entriesOf(found, range);
    },

    async write(operations) {
      for (const { table: name, key, text } of operations) {
        const table = tableOf(name);
        if (text === null) removeKey(table, key);
        else putKey(table, key, text);
      }
    },

    async close() {},
  };
}

/** Finds its place again after each entry: the caller may write while it iterates. */
function* entriesOf(table: Table, range: StoreRange): Iterable<StoreEntry> {
  const reverse = range.reverse === true;
  let key = reverse ? keyBefore(table.keys, range.to) : table.keys[positionOf(table.keys, range.from ?? '')];
  while (key !== undefined && !isBeyond(key, range)) {
    const text = table.texts.get(key);
    if (text !== undefined) yield { key, text };
    key = reverse ? keyBefore(table.keys, key) : keyAfter(table.keys, key);
  }
}

function isBeyond(key: string, range: StoreRange): boolean {
  if (range.reverse === true) return range.from !== undefined && compareKeys(key, range.from) < 0;
  return range.to !== undefined && compareKeys(key, range.to) >= 0;
}

function keyBefore(keys: readonly string[], key: string | undefined): string | undefined {
  return keys[(key === undefined ? keys.length : positionOf(keys, key)) - 1];
}

function keyAfter(keys: readonly string[], key: string): string | undefined {
  const position = positionOf(keys, key);
  return keys[keys[position] === key ? position + 1 : position];
}

function putKey(table: Table, key: string, text: string): void {
  if (!table.texts.has(key)) table.keys.splice(positionOf(table.keys, key), 0, key);
  table.texts.set(key, text);
}

function removeKey(table: Table, key: string): void {
  if (table.texts.delete(key)) table.keys.splice(positionOf(table.keys, key), 1);
}

/** Index of the first key that is not before `key`. */
function positionOf(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(keys[middle]!, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
