import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore } from '../../engine/durable/lmdb/lmdbStore.ts';
import { MemoryStore } from '../../engine/durable/memory/memoryStore.ts';
import { openCell } from '../../engine/durable/postgres/index.ts';
import type { StorePort } from '../../engine/durable/storePort.ts';
import { requirePostgres, sharedPostgres } from './postgres.ts';
import { silentLog } from './silentLog.ts';

/** The storage of one test. `open()` gives its store; after close() it may be opened again. */
export interface StorePlace {
  open(): StorePort;
  remove(): Promise<void>;
}

/** The store adapters that open at once, for tests that all of them must pass. */
export const STORES: readonly { readonly name: string; make(): Promise<StorePlace> }[] = [
  {
    name: 'memory store',
    async make() {
      const store = new MemoryStore();
      return { open: () => store, remove: async () => {} };
    },
  },
  {
    name: 'lmdb store',
    async make() {
      const path = await mkdtemp(join(tmpdir(), 'orsay-lmdb-'));
      return {
        open: () => openLmdbStore({ path }),
        remove: () => rm(path, { recursive: true, force: true }),
      };
    },
  },
];

/** As StorePlace, for a store that needs time to open. */
export interface ContractPlace {
  open(): Promise<StorePort>;
  remove(): Promise<void>;
}

export interface ContractStore {
  readonly name: string;
  /** For `before`: skips the tests where the store cannot run. */
  require(context: { skip(): void }): Promise<void>;
  make(): Promise<ContractPlace>;
}

/** The cells of the tests of one process are in one database. */
let database: Promise<string> | undefined;
let cells = 0;

/** Every store adapter, for the contracts of a store and of the engine. */
export const CONTRACT_STORES: readonly ContractStore[] = [
  ...STORES.map(({ name, make }) => ({
    name,
    require: async () => {},
    async make(): Promise<ContractPlace> {
      const place = await make();
      return { open: async () => place.open(), remove: () => place.remove() };
    },
  })),
  {
    name: 'cell store',
    async require(context) {
      await requirePostgres(context);
    },
    async make() {
      const server = await sharedPostgres();
      database ??= server.createDatabase();
      const path = await mkdtemp(join(tmpdir(), 'orsay-cell-'));
      const options = { database: await database, cell: `c${cells++}`, node: 'n1', path, log: silentLog };
      return {
        open: () => openCell(options),
        remove: () => rm(path, { recursive: true, force: true }),
      };
    },
  },
];
