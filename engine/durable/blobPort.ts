/**
 * Large binary values beside the store: written whole before the commit that names them, so a record never names
 * half a blob. What no record names any more (or never did, after a crash in between) is swept by whoever writes.
 */
export interface BlobPort {
  /** Resolves with a fresh name when the bytes are on disk, all of them; rejects when they are not. */
  write(bytes: Uint8Array): Promise<string>;
  read(name: string): Promise<Uint8Array | undefined>;
  /** One that does not exist is ignored. */
  remove(name: string): Promise<void>;
  list(): Promise<readonly BlobEntry[]>;
}

export interface BlobEntry {
  readonly name: string;
  /** ms since epoch. */
  readonly writtenAt: number;
}
