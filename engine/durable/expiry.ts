import type { Overlay } from './overlay.ts';
import { expiryOf } from './recordCodec.ts';
import type { StoreOperation } from './storePort.ts';
import { EXPIRY, timeKey, timeOfKey } from './systemTables.ts';

/** Records removed in one sweep; more wait for the next, so that a sweep never holds up the process. */
export const MAX_SWEPT_RECORDS = 1_000;

const SEPARATOR = '|';

/**
 * The index of records by the time they end.
 *
 * E1. A record with a time to live has an index entry at that time. An entry whose record has another time to
 *     live, or none, is stale: the sweep drops the entry and leaves the record.
 * E2. Reads hide a record from its time on; the sweep only frees the space.
 */
export interface Expiry {
  /** Index operations that go with writing a record. */
  indexOperations(table: string, key: string, expiresAt: number): readonly StoreOperation[];
  /**
   * What one sweep removes, at most MAX_SWEPT_RECORDS records; empty when nothing has expired. `last`: the key in EXPIRY
   * up to which the sweep before it came.
   */
  sweepOperations(
    now: number,
    last?: string,
  ): { readonly operations: readonly StoreOperation[]; readonly last: string };
  /** When the next record ends, of those on disk; `last` as above. */
  nextDue(last?: string): number | undefined;
}

export function createExpiry(overlay: Overlay): Expiry {
  return {
    indexOperations(table, key, expiresAt) {
      const added = { table: EXPIRY, key: expiryKey(table, key, expiresAt), text: '' };
      const previous = overlay.get(table, key);
      const previousExpiry = previous === undefined ? undefined : expiryOf(previous);
      if (previousExpiry === undefined || timeKey(previousExpiry) === timeKey(expiresAt)) return [added];
      return [{ table: EXPIRY, key: expiryKey(table, key, previousExpiry), text: null }, added];
    },

    sweepOperations(now, last = '') {
      const operations: StoreOperation[] = [];
      let swept = 0;
      let reached = last;
      for (const entry of overlay.scanDurable(EXPIRY, { from: last, to: timeKey(now + 1) })) {
        reached = entry.key;
        operations.push({ table: EXPIRY, key: entry.key, text: null });
        const { table, key } = parseEntryKey(entry.key);
        const text = overlay.get(table, key);
        const expiresAt = text === undefined ? undefined : expiryOf(text);
        if (expiresAt !== undefined && expiresAt <= now) operations.push({ table, key, text: null });
        swept++;
        if (swept === MAX_SWEPT_RECORDS) break;
      }
      return { operations, last: reached };
    },

    nextDue(last = '') {
      for (const entry of overlay.scanDurable(EXPIRY, { from: last })) return timeOfKey(entry.key);
      return undefined;
    },
  };
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
