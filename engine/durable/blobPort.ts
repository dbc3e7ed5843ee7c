/**
 * Large binary values outside the store. A blob is written completely before the commit that names it, so a
 * record never names an incomplete one. A blob that no record names any more, or never did because of a crash
 * in between, is removed by the part that writes blobs.
 */
export interface BlobPort {
  /** Resolves with a new name when all bytes are on disk. */
  write(bytes: Uint8Array): Promise<string>;
  read(name: string): Promise<Uint8Array | undefined>;
  /** A name without a blob is ignored. */
  remove(name: string): Promise<void>;
  list(): Promise<readonly BlobEntry[]>;
}

export interface BlobEntry {
  readonly name: string;
  /** ms since epoch. */
  readonly writtenAt: number;
}
