import { createRequire } from 'node:module';
import { compareKeys } from './compareKeys.ts';
import type { StoreRange } from './storePort.ts';

// The default export of this package differs between Node.js and the loader that runs TypeScript; require()
// does not.
const { default: BTree } = createRequire(import.meta.url)('sorted-btree') as typeof import('sorted-btree');

/** Keys read from the tree at once. A scan begins with few, because most callers need only the first ones. */
const FIRST_KEYS = 4;
const MAX_KEYS = 256;

/** Values by key, in memory. The keys are sorted only when a range is read. */
export class OrderedTable<T> {
  readonly #values = new Map<string, T>();
  #ordered: InstanceType<typeof BTree<string, undefined>> | undefined;

  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: T): void {
    const before = this.#values.size;
    this.#values.set(key, value);
    if (this.#values.size > before) this.#ordered?.set(key, undefined);
  }

  delete(key: string): void {
    if (this.#values.delete(key)) this.#ordered?.delete(key);
  }

  /**
   * The keys of a range, ordered by compareKeys, or in reverse. The table may change during the iteration; a
   * key that is added or removed meanwhile may be given or not.
   */
  *keys(range: StoreRange): Iterable<string> {
    let last: string | undefined;
    for (let count = FIRST_KEYS; ; count = Math.min(2 * count, MAX_KEYS)) {
      const keys =
        range.reverse === true ? this.#backward(range, last, count) : this.#forward(range, last, count);
      yield* keys;
      if (keys.length < count) return;
      last = keys.at(-1);
    }
  }

  /**
   * At most `count` keys of the range after `last`. An array, because an iterator of the tree does not
   * survive changes.
   */
  #forward(range: StoreRange, last: string | undefined, count: number): readonly string[] {
    const keys: string[] = [];
    for (const key of this.#order().keys(last ?? range.from)) {
      if (keys.length === count || (range.to !== undefined && compareKeys(key, range.to) >= 0)) break;
      if (key !== last) keys.push(key);
    }
    return keys;
  }

  /** At most `count` keys of the range before `last`, in reverse order. */
  #backward(range: StoreRange, last: string | undefined, count: number): readonly string[] {
    const keys: string[] = [];
    for (const [key] of this.#order().entriesReversed(last ?? range.to, undefined, true)) {
      if (keys.length === count || compareKeys(key, range.from ?? '') < 0) break;
      keys.push(key);
    }
    return keys;
  }

  #order(): InstanceType<typeof BTree<string, undefined>> {
    if (this.#ordered === undefined) {
      const entries = [...this.#values.keys()]
        .sort(compareKeys)
        .map((key): [string, undefined] => [key, undefined]);
      this.#ordered = new BTree(entries, compareKeys);
    }
    return this.#ordered;
  }
}
