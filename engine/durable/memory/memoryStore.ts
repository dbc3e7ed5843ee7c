import { OrderedTable, type StoreEntry, type StorePort, type StoreRange } from '../index.ts';

/**
 * Tables in memory, for tests and temporary servers. Nothing survives the process. The data stays after
 * close(), so that a test can open the same store again.
 */
export function createMemoryStore(): StorePort {
  const tables = new Map<string, OrderedTable<string>>();

  function tableOf(name: string): OrderedTable<string> {
    const known = tables.get(name);
    if (known !== undefined) return known;
    const made = new OrderedTable<string>();
    tables.set(name, made);
    return made;
  }

  return {
    get: (table, key) => tables.get(table)?.get(key),

    scan(table, range) {
      const found = tables.get(table);
      return found === undefined ? [] : entriesOf(found, range);
    },

    async write(operations) {
      for (const { table: name, key, text } of operations) {
        const table = tableOf(name);
        if (text === null) table.delete(key);
        else table.set(key, text);
      }
    },

    async close() {},
  };
}

function* entriesOf(table: OrderedTable<string>, range: StoreRange): Iterable<StoreEntry> {
  for (const key of table.keys(range)) {
    const text = table.get(key);
    if (text !== undefined) yield { key, text };
  }
}
