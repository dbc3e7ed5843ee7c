import type { Log } from '../ports/index.ts';
import type { PutRecord } from './durable.ts';
import { expiryKey } from './expiryIndex.ts';
import { decodeRecord, encodeRecord } from './recordCodec.ts';
import type { StoreOperation, StorePort } from './storePort.ts';
import { EXPIRY, META, TASK } from './systemTables.ts';
import { AT_ONCE, dueKeyOf } from './taskKeys.ts';
import { putTask, type TaskRecord } from './taskTable.ts';

/** Operations in one write of a migration. */
const MAX_MIGRATED_AT_ONCE = 1_000;
const VERSION_KEY = 'schema';

/** The store was written by a later version of this program. */
export class StoreVersionError extends Error {
  constructor(found: number, known: number) {
    super(
      `The store has version ${found}, and this program reads versions up to ${known}: ` +
        'start the later release that wrote it, or give this one a data directory of its own.',
    );
    this.name = 'StoreVersionError';
  }
}

/** The changes from the version before to `version`. May run again after a crash in the middle. */
export interface StoreMigration {
  readonly version: number;
  operations(store: StorePort): Iterable<StoreOperation>;
}

/** Migrations of Durable's own tables. */
export const DURABLE_MIGRATIONS: readonly StoreMigration[] = [{ version: 5, operations: arrangeTasksByKind }];

/**
 * Brings a store to the version of the last migration, before anything else reads it. The migrations are in
 * ascending order. A store without a version has version 1, or is empty; migrations change nothing in an
 * empty store. Rejects with StoreVersionError. Snapshots stay as they are: each is migrated when its session
 * is restored (engine/interpreter/snapshot/migrateSnapshot.ts).
 */
export async function migrateStore(
  store: StorePort,
  deps: { readonly log: Log; readonly migrations: readonly StoreMigration[] },
): Promise<void> {
  const { log, migrations } = deps;
  const target = migrations.at(-1)?.version ?? 1;
  const written = store.get(META, VERSION_KEY);
  const found = written === undefined ? 1 : Number(written);
  if (found > target) throw new StoreVersionError(found, target);
  for (const migration of migrations) {
    if (migration.version <= found) continue;
    const count = await writeAll(store, migration.operations(store));
    await store.write([{ table: META, key: VERSION_KEY, text: String(migration.version) }]);
    if (count > 0) log.info({ version: migration.version, changes: count }, 'The store was migrated.');
  }
}

/** The operations that store a record, with its entry in the index of expiries. */
export function putOperations({ table, key, value, expiresAt }: PutRecord): readonly StoreOperation[] {
  const put = { table, key, text: encodeRecord(value, expiresAt) };
  if (expiresAt === undefined) return [put];
  return [put, { table: EXPIRY, key: expiryKey(table, key, expiresAt), text: '' }];
}

async function writeAll(store: StorePort, operations: Iterable<StoreOperation>): Promise<number> {
  let count = 0;
  let batch: StoreOperation[] = [];
  for (const operation of operations) {
    batch.push(operation);
    count++;
    if (batch.length < MAX_MIGRATED_AT_ONCE) continue;
    await store.write(batch);
    batch = [];
  }
  if (batch.length > 0) await store.write(batch);
  return count;
}

/**
 * Version 5: tasks are stored by kind and by lane (taskTable.ts). Before, their due keys were
 * `<time>:<sequence>`.
 */
function* arrangeTasksByKind(store: StorePort): Iterable<StoreOperation> {
  for (const { key, text } of store.scan(TASK, {})) {
    const old = /^(\d+):(\d+)$/.exec(key);
    if (old === null) continue;
    const { notBefore, ...record } = decodeRecord<TaskRecord & { readonly notBefore?: number }>(text).value;
    const wasDueAt = Number(old[1]);
    const dueKey = dueKeyOf(record.kind, notBefore ?? wasDueAt, old[2]!);
    const entersLane = wasDueAt === AT_ONCE || record.failures > 0;
    yield* putTask(dueKey, record, { entersLane });
    // Last, so that the task is found again after a crash in between.
    yield { table: TASK, key, text: null };
  }
}
