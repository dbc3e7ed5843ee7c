import { defined, pushAll } from '../ports/index.ts';
import type { Batch, PutRecord } from './durable.ts';
import type { ExpiryIndex } from './expiryIndex.ts';
import { encodeRecord } from './recordCodec.ts';
import { MAX_KEY_BYTES, type StoreOperation } from './storePort.ts';
import { isKind } from './taskKeys.ts';
import type { TaskChange, TaskTable } from './taskTable.ts';

/** Bytes that an index adds to the table and key of a record: a time and separators. */
const INDEX_BYTES = 64;

const NO_TASKS: TaskChange = { operations: [], scheduled: [], removed: [] };

export interface PreparedBatch extends TaskChange {
  /** The earliest expiry among its records. */
  readonly firstExpiry?: number;
}

/**
 * Turns a batch into store operations for records, tasks and their indexes. Throws TypeError for a batch that
 * cannot be stored; then nothing has changed.
 */
export function batchOperations(
  batch: Batch,
  context: { readonly expiry: ExpiryIndex; readonly table: TaskTable; readonly now: number },
): PreparedBatch {
  const { expiry, table, now } = context;
  const operations: StoreOperation[] = [];
  /** The records that the batch changes. The store does not have these changes yet. */
  const changed = new Set<string>();
  for (const { table: name, key } of batch.remove ?? []) {
    checkKey(name, key);
    changed.add(recordName(name, key));
    operations.push({ table: name, key, text: null }, ...expiry.removalOperations(name, key));
  }
  let firstExpiry: number | undefined;
  for (const record of batch.put ?? []) {
    pushAll(operations, putOperations(record, expiry, changed));
    firstExpiry = earlier(firstExpiry, record.expiresAt);
  }

  const { schedule = [], cancel = [] } = batch;
  for (const { key, kind, dueAt } of schedule) {
    checkKey('', key);
    if (!isKind(kind)) throw new TypeError(`A kind of tasks must not contain ':', got '${kind}'.`);
    if (!Number.isFinite(dueAt)) throw new TypeError(`dueAt of task '${key}' must be a time in ms.`);
  }
  const tasks = schedule.length + cancel.length === 0 ? NO_TASKS : table.change({ schedule, cancel, now });
  pushAll(operations, tasks.operations);
  return {
    operations,
    scheduled: tasks.scheduled,
    removed: tasks.removed,
    ...defined({ firstExpiry }),
  };
}

/** `changed`: the records that the same batch changes before; this one is added. */
function putOperations(
  record: PutRecord,
  expiry: ExpiryIndex,
  changed: Set<string>,
): readonly StoreOperation[] {
  const { table, key, value, expiresAt, text } = record;
  checkKey(table, key);
  const put = { table, key, text: encodeRecord(value, expiresAt, text) };
  const name = recordName(table, key);
  const isFirst = !changed.has(name);
  changed.add(name);
  if (expiresAt === undefined) return [put];
  if (!Number.isFinite(expiresAt)) {
    throw new TypeError(`expiresAt of ${table} '${key}' must be a time in ms.`);
  }
  return expiry.putOperations(put, expiresAt, { isFirst });
}

/** No name of a table has a NUL. */
function recordName(table: string, key: string): string {
  return `${table}\0${key}`;
}

function checkKey(table: string, key: string): void {
  if (table.startsWith('_') || table.includes('|') || table.includes('\0')) {
    throw new TypeError(`A table's name must not begin with '_' or contain '|' or NUL, got '${table}'.`);
  }
  const bytes = Buffer.byteLength(table) + Buffer.byteLength(key) + INDEX_BYTES;
  if (bytes <= MAX_KEY_BYTES) return;
  throw new TypeError(
    `A key of table '${table}' must fit in ${MAX_KEY_BYTES - INDEX_BYTES} bytes with the table's name; ` +
      `'${key.slice(0, 40)}...' does not.`,
  );
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
