import type { ExecutionSnapshot } from '../execution.ts';
import type { Log } from '../ports.ts';
import { snapshotText } from '../snapshot.ts';
import { DOCUMENT } from './documentUses.ts';
import { expiryKey } from './expiry.ts';
import { decodeRecord, encodeRecord } from './recordCodec.ts';
import { DOCUMENT_USE, indexKeys } from './sessionIndex.ts';
import { SESSION, type SessionRecord } from './sessionRecord.ts';
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

/** Gives the changes that lead to `version` from the one before. May run again after a crash in the middle of it. */
export interface StoreMigration {
  readonly version: number;
  operations(store: StorePort): Iterable<StoreOperation>;
}

/** Those of the host's own tables. */
export const HOST_MIGRATIONS: readonly StoreMigration[] = [
  { version: 2, operations: indexDocumentUses },
  { version: 3, operations: indexStatuses },
  { version: 5, operations: arrangeTasksByKind },
  { version: 6, operations: keepSnapshotsAsText },
  // The text behind a record had a name, which is passed over.
  { version: 7, operations: () => [] },
];

/**
 * Brings a store to the version of the last of the migrations, before anything else reads it. They are in ascending
 * order; a store without a version is of version 1, or empty, to which all of them come to nothing. Rejects with
 * StoreVersionError. What snapshots say is not touched: each is migrated when its session comes back
 * (engine/migrateSnapshot.ts).
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

/** 2: documents go when no session needs them (documentUses.ts). */
function* indexDocumentUses(store: StorePort): Iterable<StoreOperation> {
  const used = new Set<string>();
  for (const { text } of store.scan(SESSION, {})) {
    const { sessionId, documentHash, endedAt } = decodeRecord<SessionRecord>(text).value;
    if (endedAt !== undefined) continue;
    used.add(documentHash);
    yield { table: DOCUMENT_USE, key: `${documentHash}:${sessionId}`, text: encodeRecord(1) };
  }
  for (const { key } of store.scan(DOCUMENT, {})) {
    if (!used.has(key)) yield { table: DOCUMENT, key, text: null };
  }
}

/** 3: sessions are found by their status, also those of one version (sessionIndex.ts); 'setAside' was one status's index. */
function* indexStatuses(store: StorePort): Iterable<StoreOperation> {
  for (const { text } of store.scan(SESSION, {})) {
    const { value: session, expiresAt } = decodeRecord<SessionRecord>(text);
    yield { table: DOCUMENT_USE, key: `${session.documentHash}:${session.sessionId}`, text: null };
    for (const { table, key } of indexKeys(session)) {
      yield { table, key, text: encodeRecord(1, expiresAt) };
      if (expiresAt !== undefined) yield { table: EXPIRY, key: expiryKey(table, key, expiresAt), text: '' };
    }
  }
  for (const { key } of store.scan('setAside', {})) yield { table: 'setAside', key, text: null };
}

/** 5: tasks are kept by kind, and by lane (taskTable.ts); their due keys were `<time>:<sequence>`. */
function* arrangeTasksByKind(store: StorePort): Iterable<StoreOperation> {
  for (const { key, text } of store.scan(TASK, {})) {
    const old = /^(\d+):(\d+)$/.exec(key);
    if (old === null) continue;
    const { notBefore, ...record } = decodeRecord<TaskRecord & { readonly notBefore?: number }>(text).value;
    const wasDueAt = Number(old[1]);
    const dueKey = dueKeyOf(record.kind, notBefore ?? wasDueAt, old[2]!);
    yield* putTask(dueKey, record, wasDueAt === AT_ONCE || record.failures > 0);
    // Last, so that a crash before it leaves the task to be found again.
    yield { table: TASK, key, text: null };
  }
}

/** 6: a snapshot is text behind its session's record; it was JSON within it. */
function* keepSnapshotsAsText(store: StorePort): Iterable<StoreOperation> {
  for (const { key, text } of store.scan(SESSION, {})) {
    const { value, expiresAt } = decodeRecord<{ snapshot?: ExecutionSnapshot }>(text);
    const { snapshot, ...record } = value;
    if (snapshot === undefined) continue;
    yield { table: SESSION, key, text: encodeRecord(record, expiresAt, snapshotText(snapshot)) };
  }
}
