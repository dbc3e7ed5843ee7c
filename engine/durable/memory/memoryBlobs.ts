import { Readable } from 'node:stream';
import { v7 } from 'uuid';
import type { Clock } from '../../ports/index.ts';
import type { BlobDraft, BlobEntry, BlobPort, OpenBlob } from '../index.ts';

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

  async begin(): Promise<BlobDraft> {
    return new MemoryDraft((bytes) => this.write(bytes));
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    return this.#blobs.get(name)?.bytes;
  }

  async open(name: string): Promise<OpenBlob | undefined> {
    const bytes = this.#blobs.get(name)?.bytes;
    return bytes && { size: bytes.length, stream: Readable.from([Buffer.from(bytes)]) };
  }

  async remove(name: string): Promise<void> {
    this.#blobs.delete(name);
  }

  async list(): Promise<readonly BlobEntry[]> {
    return [...this.#blobs].map(([name, { writtenAt }]) => ({ name, writtenAt }));
  }
}

class MemoryDraft implements BlobDraft {
  readonly #keep: (bytes: Uint8Array) => Promise<string>;
  #pieces: Uint8Array[] = [];
  #size = 0;

  constructor(keep: (bytes: Uint8Array) => Promise<string>) {
    this.#keep = keep;
  }

  get size(): number {
    return this.#size;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#pieces.push(Uint8Array.from(bytes));
    this.#size += bytes.length;
  }

  finish(): Promise<string> {
    return this.#keep(Buffer.concat(this.#pieces));
  }

  async discard(): Promise<void> {
    this.#pieces = [];
  }
}
