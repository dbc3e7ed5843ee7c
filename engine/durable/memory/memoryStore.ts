import {
  OrderedTable,
  type StoreEntry,
  type StoreOperation,
  type StorePort,
  type StoreRange,
} from '../index.ts';

/**
 * Tables in memory, for tests and temporary servers. Nothing survives the process. The data stays after
 * close(), so that a test can open the same store again.
 */
export class MemoryStore implements StorePort {
  readonly #tables = new Map<string, OrderedTable<string>>();

  get(table: string, key: string): string | undefined {
    return this.#tables.get(table)?.get(key);
  }

  scan(table: string, range: StoreRange): Iterable<StoreEntry> {
    const found = this.#tables.get(table);
    return found === undefined ? [] : entriesOf(found, range);
  }

  async write(operations: readonly StoreOperation[]): Promise<void> {
    for (const { table: name, key, text } of operations) {
      const table = this.#tableOf(name);
      if (text === null) table.delete(key);
      else table.set(key, text);
    }
  }

  async close(): Promise<void> {}

  #tableOf(name: string): OrderedTable<string> {
    const known = this.#tables.get(name);
    if (known !== undefined) return known;
    const made = new OrderedTable<string>();
    this.#tables.set(name, made);
    return made;
  }
}

function* entriesOf(table: OrderedTable<string>, range: StoreRange): Iterable<StoreEntry> {
  for (const key of table.keys(range)) {
    const text = table.get(key);
    if (text !== undefined) yield { key, text };
  }
}
