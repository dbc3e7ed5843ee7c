import type { Overlay } from './overlay.ts';
import { expiryOf } from './recordCodec.ts';
import { StoreDamagedError } from './storeError.ts';
import type { StoreOperation } from './storePort.ts';
import { EXPIRY, timeKey, timeOfKey } from './systemTables.ts';

/**
 * Index entries handled in one sweep. The rest waits for the next sweep, so that none occupies the process
 * for long.
 */
export const MAX_SWEPT_RECORDS = 1_000;

const SEPARATOR = '|';

/**
 * The index of records by expiry (table EXPIRY).
 *
 * E1. A record with an expiry has an index entry at that time, which is removed with the record. A record
 *     without an expiry may have a stale entry: the sweep removes the entry and leaves the record.
 * E2. Reads hide an expired record at once. The sweep only frees its space.
 */
export class ExpiryIndex {
  readonly #overlay: Overlay;

  constructor(overlay: Overlay) {
    this.#overlay = overlay;
  }

  /**
   * The changes that belong to writing a record with an expiry: none for a record that is stored as it is
   * written, and none of the index for one that keeps its expiry. `isFirst`: no earlier operation of the same
   * batch changes the record.
   */
  putOperations(
    put: StoreOperation,
    expiresAt: number,
    { isFirst }: { readonly isFirst: boolean },
  ): readonly StoreOperation[] {
    const { table, key } = put;
    const stored = this.#overlay.get(table, key);
    if (isFirst && stored === put.text) return [];
    const previous = stored === undefined ? undefined : expiryOf(stored);
    const isMoved = previous !== undefined && timeKey(previous) !== timeKey(expiresAt);
    if (isFirst && previous !== undefined && !isMoved) return [put];
    const added = { table: EXPIRY, key: expiryKey(table, key, expiresAt), text: '' };
    if (!isMoved) return [added, put];
    return [{ table: EXPIRY, key: expiryKey(table, key, previous), text: null }, added, put];
  }

  /**
   * The changes of the index that belong to removing a record. A damaged record can be removed too: its entry
   * stays until its sweep.
   */
  removalOperations(table: string, key: string): readonly StoreOperation[] {
    const expiresAt = this.#expiryOf(table, key);
    return expiresAt === undefined
      ? []
      : [{ table: EXPIRY, key: expiryKey(table, key, expiresAt), text: null }];
  }

  #expiryOf(table: string, key: string): number | undefined {
    try {
      const stored = this.#overlay.get(table, key);
      return stored === undefined ? undefined : expiryOf(stored);
    } catch (error) {
      if (error instanceof StoreDamagedError) return undefined;
      throw error;
    }
  }

  /**
   * The removals of one sweep, for at most MAX_SWEPT_RECORDS entries; empty when nothing has expired. `last`
   * is the key in EXPIRY that the sweep before has reached.
   */
  sweepOperations(
    now: number,
    last = '',
  ): { readonly operations: readonly StoreOperation[]; readonly last: string } {
    const operations: StoreOperation[] = [];
    let swept = 0;
    let reached = last;
    for (const entry of this.#overlay.scanDurable(EXPIRY, { from: last, to: timeKey(now + 1) })) {
      reached = entry.key;
      operations.push({ table: EXPIRY, key: entry.key, text: null });
      const { table, key } = parseEntryKey(entry.key);
      const text = this.#overlay.get(table, key);
      const expiresAt = text === undefined ? undefined : expiryOf(text);
      if (expiresAt !== undefined && expiresAt <= now) operations.push({ table, key, text: null });
      swept++;
      if (swept === MAX_SWEPT_RECORDS) break;
    }
    return { operations, last: reached };
  }

  /** The earliest expiry of the durable records; `last` as in sweepOperations. */
  nextDue(last = ''): number | undefined {
    for (const entry of this.#overlay.scanDurable(EXPIRY, { from: last })) return timeOfKey(entry.key);
    return undefined;
  }
}

/** Key of a record's entry in EXPIRY. */
export function expiryKey(table: string, key: string, expiresAt: number): string {
  return [timeKey(expiresAt), table, key].join(SEPARATOR);
}

function parseEntryKey(entry: string): { readonly table: string; readonly key: string } {
  const first = entry.indexOf(SEPARATOR);
  const second = entry.indexOf(SEPARATOR, first + 1);
  return { table: entry.slice(first + 1, second), key: entry.slice(second + 1) };
}
