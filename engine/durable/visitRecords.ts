import { nextMacrotask } from '../ports/index.ts';
import type { Durable } from './durable.ts';

/** Records that are read in one macrotask. */
const MAX_READ_AT_ONCE = 500;
/** Behind a key, and before every other key that is behind it. */
const SUCCESSOR = '\u0000';

/**
 * Reads every record of a table, or of a range of its keys, in the order of keys, and lets the event loop do
 * other work in between. Records that are written meanwhile may be visited or not. It ends early when `visit`
 * returns false.
 */
export async function visitRecords<T>(
  durable: Durable,
  table: string,
  visit: (record: { readonly key: string; readonly value: T }) => unknown,
  range: { readonly from?: string; readonly to?: string } = {},
): Promise<void> {
  for (let from = range.from ?? ''; ; ) {
    const records = [...durable.scan<T>(table, { ...range, from, limit: MAX_READ_AT_ONCE })];
    for (const record of records) {
      if (visit(record) === false) return;
    }
    if (records.length < MAX_READ_AT_ONCE) return;
    from = records.at(-1)!.key + SUCCESSOR;
    await nextMacrotask();
  }
}
