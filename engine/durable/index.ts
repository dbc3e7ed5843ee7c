export type { BlobPort } from './blobPort.ts';
export { compareKeys } from './compareKeys.ts';
export { createDurable } from './createDurable.ts';
export {
  type Batch,
  type Durable,
  joinBatches,
  type PutRecord,
  type Task,
  type TaskInfo,
} from './durable.ts';
export { expiryKey } from './expiry.ts';
export { createLayer, getThrough, type Layer, scanThrough } from './layer.ts';
export { createLruMap } from './lruMap.ts';
export { DURABLE_MIGRATIONS, migrateStore, type StoreMigration } from './migrateStore.ts';
export { createOnce, type KeyedEffect, keyedBy, type Once, recordKey } from './once.ts';
export { createOrderedTable, type OrderedTable } from './orderedTable.ts';
export { decodeRecord, encodeRecord } from './recordCodec.ts';
export { DEFAULT_RETENTION, type Retention } from './retention.ts';
export { StoreError, type StoreErrorCode } from './storeError.ts';
export type { StoreEntry, StoreOperation, StorePort, StoreRange } from './storePort.ts';
export { EXPIRY, timeKey } from './systemTables.ts';
