import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore } from '../../engine/durable/lmdb/lmdbStore.ts';
import { MemoryStore } from '../../engine/durable/memory/memoryStore.ts';
import type { StorePort } from '../../engine/durable/storePort.ts';

/** The storage of one test. `open()` gives its store; after close() it may be opened again. */
export interface StorePlace {
  open(): StorePort;
  remove(): Promise<void>;
}

/** Every store adapter, for tests that all of them must pass. */
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
