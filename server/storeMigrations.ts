import { HOST_MIGRATIONS, type StoreMigration } from '../engine/host/migrateStore.ts';
import { indexCalls } from '../strategies/routing/migrateCalls.ts';

/** Of all tables, in ascending order of their versions. */
export const STORE_MIGRATIONS: readonly StoreMigration[] = [
  ...HOST_MIGRATIONS,
  { version: 4, operations: indexCalls },
].sort((a, b) => a.version - b.version);

/** Version of what this program writes into a store. */
export const STORE_VERSION = STORE_MIGRATIONS.at(-1)!.version;
