export { type BackupEntry, readBackup, writeBackup } from './backupFile.ts';
export { StoreBuilder } from './buildStore.ts';
export { lockDirectory } from './directoryLock.ts';
export { inspectStore } from './inspectStore.ts';
export { type LmdbStore, openLmdbStore } from './lmdbStore.ts';
export { splitName } from './recordNames.ts';
export { repairStore } from './repairStore.ts';
export { storeFiles } from './storeFiles.ts';
