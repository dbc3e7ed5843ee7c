import type { Readable } from 'node:stream';

/**
 * Large binary values outside the store. A blob is written completely before the commit that names it, so a
 * record never names an incomplete one. KeptBlobs removes a blob that no record names any more, or never did
 * because of a crash in between.
 */
export interface BlobPort {
  /** Resolves with a new name when all bytes are on disk. */
  write(bytes: Uint8Array): Promise<string>;
  /** Begins a blob whose bytes arrive one after the other. */
  begin(): Promise<BlobDraft>;
  /** Rejects with StoreDamagedError when the bytes are not what was written; so does `open`. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Opens a blob after all of its bytes were checked. Destroy the stream that is not read to its end. */
  open(name: string): Promise<OpenBlob | undefined>;
  /** A name without a blob is ignored. */
  remove(name: string): Promise<void>;
  list(): Promise<readonly BlobEntry[]>;
}

/** A blob that is not complete. It ends with `finish` or `discard`. */
export interface BlobDraft {
  /** Bytes so far. */
  readonly size: number;
  /** Wait for the promise before the next call. */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves with the name of the blob when all bytes are on disk. */
  finish(): Promise<string>;
  /** Removes what was written. After the end of the draft it does nothing. */
  discard(): Promise<void>;
}

export interface OpenBlob {
  readonly size: number;
  readonly stream: Readable;
}

export interface BlobEntry {
  readonly name: string;
  /** ms since epoch. */
  readonly writtenAt: number;
}
