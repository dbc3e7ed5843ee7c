/**
 * What a database must be able to do to hold the state of Orsay: ordered tables of text, synchronous reads,
 * and atomic durable writes in their order. Everything else (records, expiry, tasks) is built above it, so an
 * adapter stays small.
 */
export interface StorePort {
  get(table: string, key: string): string | undefined;
  /**
   * Entries of one table, ordered by the UTF-8 bytes of their keys (compareKeys). What is written while the
   * caller iterates may or may not be seen.
   */
  scan(table: string, range: StoreRange): Iterable<StoreEntry>;
  /**
   * All of the operations or none, in their order; durable (on disk) when the promise resolves. The next write may be
   * given before the last one has resolved. They are done and resolve in the order in which they are given; one that
   * was given before an earlier one rejected changes nothing and rejects too.
   */
  write(operations: readonly StoreOperation[]): Promise<void>;
  close(): Promise<void>;
}

export interface StoreEntry {
  readonly key: string;
  readonly text: string;
}

/** `from` is included, `to` is not; absent means unbounded. */
export interface StoreRange {
  readonly from?: string;
  readonly to?: string;
  readonly reverse?: boolean;
}

/** `text: null` removes the key; one that does not exist is ignored. */
export interface StoreOperation {
  readonly table: string;
  readonly key: string;
  readonly text: string | null;
}

/** Bytes of UTF-8 that the name of a table and a key may have together (lmdb takes 1,978). */
export const MAX_KEY_BYTES = 1_900;
