/** The files of uploaded versions of templates. A version never changes. */
export interface VersionFiles {
  /** Resolves when all files are durable. Rejects with StoreError. A version that is there stays as it is. */
  write(version: string, files: ReadonlyMap<string, Uint8Array>): Promise<void>;
  /** Undefined: there is no such version, or it has no such file. */
  read(version: string, path: string): Promise<Uint8Array | undefined>;
}
