import { MAX_KEY_BYTES, type StoreRange } from '../index.ts';

/** Between the name of a table and a key. No table's name contains it, so tables do not overlap. */
const SEPARATOR = '\0';
const AFTER_SEPARATOR = '\u0001';

/** The key of a record in lmdb. */
export function recordName(table: string, key: string): string {
  return `${table}${SEPARATOR}${key}`;
}

/** Sorts after every record of a table, and before those of the next one. */
export function afterTable(table: string): string {
  return `${table}${AFTER_SEPARATOR}`;
}

export function splitName(name: string): { readonly table: string; readonly key: string } {
  const end = name.indexOf(SEPARATOR);
  return { table: name.slice(0, end), key: name.slice(end + SEPARATOR.length) };
}

/** More bytes than the name of any record has, and fewer than the limit of lmdb. */
const MAX_SEARCHED_BYTES = MAX_KEY_BYTES + 50;

/**
 * A name to search for. lmdb writes a name beyond its limit over the memory that it uses for later searches,
 * and these fail. The beginning of such a name has the same records before and after it.
 */
export function searchedName(name: string): Buffer {
  return Buffer.from(name).subarray(0, MAX_SEARCHED_BYTES);
}

/** In reverse, lmdb goes from `start` down to `end`, so the inclusion of the bounds is swapped. */
export function nameRange(table: string, range: StoreRange) {
  const low = searchedName(recordName(table, range.from ?? ''));
  const high = searchedName(range.to === undefined ? afterTable(table) : recordName(table, range.to));
  if (range.reverse !== true) return { start: low, end: high };
  return { start: high, end: low, reverse: true, exclusiveStart: true, inclusiveEnd: true };
}

/** The name of a record in a message. */
export function readableName(name: Buffer): string {
  const { table, key } = splitName(name.toString());
  return `the record '${key}' of the table '${table}'`;
}
