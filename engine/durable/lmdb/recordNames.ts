import type { StoreRange } from '../index.ts';

/** Between a table's name and a key; no table's name holds it, so tables do not overlap. */
const SEPARATOR = '\0';
const AFTER_SEPARATOR = '\u0001';

/** What a record is called in lmdb. */
export function recordName(table: string, key: string): string {
  return `${table}${SEPARATOR}${key}`;
}

export function splitName(name: string): { readonly table: string; readonly key: string } {
  const end = name.indexOf(SEPARATOR);
  return { table: name.slice(0, end), key: name.slice(end + SEPARATOR.length) };
}

/** lmdb walks backwards from `start` down to `end`; the bounds' inclusion is turned round accordingly. */
export function nameRange(table: string, range: StoreRange) {
  const low = Buffer.from(recordName(table, range.from ?? ''));
  const high = Buffer.from(
    range.to === undefined ? `${table}${AFTER_SEPARATOR}` : recordName(table, range.to),
  );
  if (range.reverse !== true) return { start: low, end: high };
  return { start: high, end: low, reverse: true, exclusiveStart: true, inclusiveEnd: true };
}
