import type { Durable } from './durable.ts';

/** Records that are read in one macrotask. */
const MAX_READ_AT_ONCE = 500;

/**
 * Reads every record of a table, in the order of keys, and lets the event loop do other work in between.
 * Records that are written meanwhile may be visited or not.
 */
export async function visitRecords<T>(
  durable: Durable,
  table: string,
  visit: (record: { readonly key: string; readonly value: T }) => void,
): Promise<void> {
  for (let after = ''; ; ) {
    const records = [...durable.scan<T>(table, { after, limit: MAX_READ_AT_ONCE })];
    for (const record of records) visit(record);
    if (records.length < MAX_READ_AT_ONCE) return;
    after = records.at(-1)!.key;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
