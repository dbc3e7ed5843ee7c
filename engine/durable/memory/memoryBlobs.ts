import { v7 } from 'uuid';
import type { Clock } from '../../ports/index.ts';
import type { BlobEntry, BlobPort } from '../index.ts';

/** Blobs in memory, for tests and temporary servers. */
export class MemoryBlobs implements BlobPort {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #blobs = new Map<string, { readonly bytes: Uint8Array; readonly writtenAt: number }>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  async write(bytes: Uint8Array): Promise<string> {
    const name = v7();
    this.#blobs.set(name, { bytes: Uint8Array.from(bytes), writtenAt: this.#clock.now() });
    return name;
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    return this.#blobs.get(name)?.bytes;
  }

  async remove(name: string): Promise<void> {
    this.#blobs.delete(name);
  }

  async list(): Promise<readonly BlobEntry[]> {
    return [...this.#blobs].map(([name, { writtenAt }]) => ({ name, writtenAt }));
  }
}
