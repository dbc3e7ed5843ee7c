import { DURABLE_MIGRATIONS, type StoreMigration } from '../../engine/durable/index.ts';
import { HOST_MIGRATIONS } from '../../engine/host/index.ts';
import { indexCalls } from '../../strategies/routing/index.ts';

/** Of all tables, in ascending order of their versions. */
export const STORE_MIGRATIONS: readonly StoreMigration[] = [
  ...DURABLE_MIGRATIONS,
  ...HOST_MIGRATIONS,
  { version: 4, operations: indexCalls },
].sort((a, b) => a.version - b.version);

/** Version of what this program writes into a store. */
export const STORE_VERSION = STORE_MIGRATIONS.at(-1)!.version;
