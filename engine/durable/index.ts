export type { BlobDraft, BlobEntry, BlobPort, OpenBlob } from './blobPort.ts';
export { compareKeys } from './compareKeys.ts';
export {
  type Batch,
  type Durable,
  joinBatches,
  type PutRecord,
  type RecordChange,
  type Task,
  type TaskInfo,
} from './durable.ts';
export { type DurableCounts, DurableStore } from './durableStore.ts';
export { type Counted, countedUntil, countKey, ExpiringCounts } from './expiringCounts.ts';
export { expiryKey } from './expiryIndex.ts';
export { ForwardedDurable } from './forwardedDurable.ts';
export { IdleWatch, type StoredUse } from './idleWatch.ts';
export { BLOB_TABLE, KeptBlobs } from './keptBlobs.ts';
export { getThrough, Layer, scanThrough } from './layer.ts';
export { DURABLE_MIGRATIONS, migrateStore, putOperations, type StoreMigration } from './migrateStore.ts';
export { KEY_RETENTION_MS, type KeyedEffect, keyedBy, Once, recordKey } from './once.ts';
export { OrderedTable } from './orderedTable.ts';
export {
  flushFolder,
  makePrivateFolder,
  PRIVATE_FILE,
  PRIVATE_FOLDER,
  syncFolder,
  tighten,
  writeSynced,
} from './privateFiles.ts';
export { decodeRecord, encodeRecord, expiryOf, textOf } from './recordCodec.ts';
export { names, removeNamingBatch } from './removeNaming.ts';
export { StoreDamagedError, StoreError } from './storeError.ts';
export {
  MAX_KEY_BYTES,
  type StoreEntry,
  type StoreOperation,
  type StorePort,
  type StoreRange,
} from './storePort.ts';
export { EXPIRY, TASK, timeKey } from './systemTables.ts';
export { Postponed } from './taskRunner.ts';
export { GIVEN_UP_TASK } from './taskTable.ts';
export { visitRecords } from './visitRecords.ts';
