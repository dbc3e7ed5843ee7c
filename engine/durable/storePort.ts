/**
 * The abilities that Orsay needs from a database: ordered tables of text, synchronous reads, and atomic
 * durable writes. Records, expiry and tasks are built above it, so an adapter stays small.
 */
export interface StorePort {
  get(table: string, key: string): string | undefined;
  /**
   * Entries of one table, ordered by the UTF-8 bytes of their keys (compareKeys). An entry that is written
   * during the iteration may be given or not.
   */
  scan(table: string, range: StoreRange): Iterable<StoreEntry>;
  /**
   * Applies all of the operations in their order, or none. Resolves when they are durable (on disk). The
   * caller gives one write at a time, the next when the last has resolved or rejected.
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

/** `text: null` removes the entry, if there is one. */
export interface StoreOperation {
  readonly table: string;
  readonly key: string;
  readonly text: string | null;
}

/** Limit of a table's name and a key together, in bytes of UTF-8 (the limit of lmdb is 1,978). */
export const MAX_KEY_BYTES = 1_900;
