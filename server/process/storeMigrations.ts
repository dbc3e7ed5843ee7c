import { DURABLE_MIGRATIONS, type StoreMigration } from '../../engine/durable/index.ts';
import { HOST_MIGRATIONS } from '../../engine/host/index.ts';
import { indexCalls } from '../../strategies/routing/index.ts';

/** The migrations of all tables, in ascending order of their versions. */
export const STORE_MIGRATIONS: readonly StoreMigration[] = [
  ...DURABLE_MIGRATIONS,
  ...HOST_MIGRATIONS,
  { version: 4, operations: indexCalls },
].sort((a, b) => a.version - b.version);

/** The version of the stores that this program writes. */
export const STORE_VERSION = STORE_MIGRATIONS.at(-1)!.version;
