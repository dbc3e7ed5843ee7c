import { getThrough, Layer, scanThrough } from './layer.ts';
import { StoreError } from './storeError.ts';
import type { StoreEntry, StoreOperation, StorePort, StoreRange } from './storePort.ts';

/**
 * The store as reads see it: durable records, with pending writes over them.
 *
 * O1. Group commit: writes that come while the store is writing are gathered and go together as the next
 *     write. So the store gets one write at a time, and each group is atomic.
 * O2. A read sees the gathered operations first, then those that the store is writing, then the store.
 * O3. When a write fails, everything that is not durable yet disappears and is rejected: a gathered operation
 *     may have been computed from the failed ones.
 */
export class Overlay {
  readonly #store: StorePort;
  readonly #write: StorePort['write'];
  #writing: Group | undefined;
  #gathering: Group | undefined;
  /** The layers of both groups, the lowest first. */
  #layers: readonly Layer[] = [];

  constructor(store: StorePort, write: StorePort['write'] = (operations) => store.write(operations)) {
    this.#store = store;
    this.#write = write;
  }

  /** Settles when everything that reads see is durable, or has failed; undefined when nothing is pending. */
  get pending(): Promise<void> | undefined {
    return (this.#gathering ?? this.#writing)?.promise;
  }

  get(table: string, key: string): string | undefined {
    const text = getThrough(this.#layers, table, key);
    if (text !== undefined) return text ?? undefined;
    return this.#store.get(table, key);
  }

  scan(table: string, range: StoreRange): Iterable<StoreEntry> {
    return scanThrough(this.#layers, this.#store.scan(table, range), table, range);
  }

  /** The durable entries as they are on disk, without those that a pending write removes. */
  *scanDurable(table: string, range: StoreRange): Iterable<StoreEntry> {
    for (const entry of this.#store.scan(table, range)) {
      if (getThrough(this.#layers, table, entry.key) !== null) yield entry;
    }
  }

  /** Resolves when the operations are durable; rejects with StoreError. */
  write(operations: readonly StoreOperation[]): Promise<void> {
    if (this.#gathering === undefined) {
      this.#use({ writing: this.#writing, gathering: new Group() });
      // Commits of callers that go on together, in one run of the microtask queue, share a write.
      if (this.#writing === undefined) queueMicrotask(() => void this.#writeGathered());
    }
    const group = this.#gathering!;
    for (const operation of operations) group.operations.push(operation);
    group.layer.apply(operations);
    return group.promise;
  }

  async #writeGathered(): Promise<void> {
    for (let group = this.#gathering; group !== undefined; group = this.#gathering) {
      this.#use({ writing: group });
      try {
        await this.#write(group.operations);
      } catch (cause) {
        return this.#failAll(cause);
      }
      this.#use({ gathering: this.#gathering });
      group.resolve();
    }
  }

  /** O3. */
  #failAll(cause: unknown): void {
    const failed = [this.#writing, this.#gathering];
    this.#use({});
    const error = cause instanceof StoreError ? cause : new StoreError('STORE_UNAVAILABLE', { cause });
    for (const group of failed) group?.reject(error);
  }

  #use({ writing, gathering }: { writing?: Group | undefined; gathering?: Group | undefined }): void {
    this.#writing = writing;
    this.#gathering = gathering;
    this.#layers = [writing, gathering].filter((group) => group !== undefined).map(({ layer }) => layer);
  }
}

/** Operations that go to the store in one write. */
class Group {
  readonly operations: StoreOperation[] = [];
  readonly layer = new Layer();
  readonly promise: Promise<void>;
  resolve: () => void = () => {};
  reject: (error: Error) => void = () => {};

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}
