import { v7 } from 'uuid';
import type { Clock } from '../../ports/index.ts';
import type { BlobPort } from '../index.ts';

/** Blobs in memory, for tests and temporary servers. */
export function createMemoryBlobs(clock: Pick<Clock, 'now'>): BlobPort {
  const blobs = new Map<string, { readonly bytes: Uint8Array; readonly writtenAt: number }>();
  return {
    async write(bytes) {
      const name = v7();
      blobs.set(name, { bytes: Uint8Array.from(bytes), writtenAt: clock.now() });
      return name;
    },
    read: async (name) => blobs.get(name)?.bytes,
    async remove(name) {
      blobs.delete(name);
    },
    list: async () => [...blobs].map(([name, { writtenAt }]) => ({ name, writtenAt })),
  };
}
