import type { Batch, KeptBlobs } from '../../engine/durable/index.ts';

/** Files of at least this many bytes are blobs, apart from the store. */
export const MIN_BLOB_BYTES = 64 * 1024;

/** The bytes of a file, or the name of its blob. */
export type FileContent = { readonly bytes: Uint8Array } | { readonly blob: string };

/** The contents of stored files: small ones are in the store, large ones are blobs. */
export class FileContents {
  readonly #blobs: KeptBlobs;

  constructor(blobs: KeptBlobs) {
    this.#blobs = blobs;
  }

  /** Writes large contents as blobs. Rejects with STORE_UNAVAILABLE. */
  async keep(bytes: Uint8Array): Promise<FileContent> {
    return bytes.length < MIN_BLOB_BYTES ? { bytes } : { blob: await this.#blobs.write(bytes) };
  }

  /**
   * Rejects with STORE_DAMAGED when a blob is not what was written. A file that was replaced or has expired
   * since may have no blob any more.
   */
  async read(content: FileContent): Promise<Uint8Array | undefined> {
    return 'bytes' in content ? content.bytes : this.#blobs.read(content.blob);
  }

  /** The batch that goes with a file of this content; empty for a content in the store. */
  keptBatch(
    content: FileContent,
    { key, expiresAt }: { readonly key: string; readonly expiresAt: number },
  ): Batch {
    return 'blob' in content ? this.#blobs.keptBatch(content.blob, { user: key, expiresAt }) : {};
  }

  /** The batch that goes with the end of a file of this content. */
  droppedBatch(content: FileContent): Batch {
    return 'blob' in content ? this.#blobs.droppedBatch(content.blob) : {};
  }

  /** Removes blobs that no file uses any more. */
  remove(names: readonly string[]): Promise<void> {
    return this.#blobs.remove(names);
  }
}
