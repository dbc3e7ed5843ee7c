import type { Clock, Log } from '../ports/index.ts';
import type { BlobDraft, BlobPort, OpenBlob } from './blobPort.ts';
import type { Batch, Durable } from './durable.ts';
import { StoreDamagedError, StoreError } from './storeError.ts';

/** Interval of the sweeps for blobs without a record. */
export const SWEEP_INTERVAL_MS = 3_600_000;
/** A younger blob may belong to a commit that has not happened yet. */
export const SWEEP_AGE_MS = 3_600_000;

/** Keys are the names of blobs, values the keys of the things that use them. */
export const BLOB_TABLE = 'storage.blob';
const SWEEP = 'storage.sweepBlobs';
const REMOVE = 'storage.removeBlob';

/**
 * Blobs, each with a record that names its user.
 *
 * KB1. A blob is complete before the commit that has its record, and its record is in the commit of its user.
 * KB2. A task removes the blob when its record expires or is removed. A sweep removes a blob that a crash
 *      left without a record; it is scheduled before the blob is written.
 */
export class KeptBlobs {
  readonly #durable: Durable;
  readonly #blobs: BlobPort;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(deps: {
    readonly durable: Durable;
    readonly blobs: BlobPort;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#durable = deps.durable;
    this.#blobs = deps.blobs;
    this.#clock = deps.clock;
    this.#log = deps.log;
    deps.durable.onTask(SWEEP, () => this.#sweep());
    deps.durable.onTask(REMOVE, (name: string) => this.#removeUnused(name));
  }

  /** Resolves with the name of a new blob. Rejects with STORE_UNAVAILABLE. */
  async write(bytes: Uint8Array): Promise<string> {
    await this.#durable.commit(this.#sweepBatch());
    return this.#asStoreFault(this.#blobs.write(bytes));
  }

  /** Begins a new blob. Its methods, too, reject with STORE_UNAVAILABLE. */
  async begin(): Promise<BlobDraft> {
    await this.#durable.commit(this.#sweepBatch());
    const draft = await this.#asStoreFault(this.#blobs.begin());
    return {
      get size() {
        return draft.size;
      },
      write: (bytes) => this.#asStoreFault(draft.write(bytes)),
      finish: () => this.#asStoreFault(draft.finish()),
      discard: () => draft.discard(),
    };
  }

  /** Rejects with STORE_DAMAGED when a blob that is used is missing, or is not what was written. */
  async read(name: string): Promise<Uint8Array | undefined> {
    return this.#requireBlob(name, await this.#blobs.read(name));
  }

  /** As read, but the bytes are not in memory together. */
  async open(name: string): Promise<OpenBlob | undefined> {
    return this.#requireBlob(name, await this.#blobs.open(name));
  }

  /** The batch that goes with the user of a blob. `expiresAt`: the expiry of the user, if it has one. */
  keptBatch(
    name: string,
    { user, expiresAt }: { readonly user: string; readonly expiresAt?: number },
  ): Batch {
    const record = { table: BLOB_TABLE, key: name, value: user };
    if (expiresAt === undefined) return { put: [record] };
    return { put: [{ ...record, expiresAt }], schedule: [removeTask(name, expiresAt)] };
  }

  /** The batch that goes with the end of the user of a blob. */
  droppedBatch(name: string): Batch {
    return {
      remove: [{ table: BLOB_TABLE, key: name }],
      schedule: [removeTask(name, this.#clock.now())],
    };
  }

  /** Removes at once those blobs that nothing uses any more. */
  async remove(names: readonly string[]): Promise<void> {
    for (const name of names) await this.#removeUnused(name);
  }

  #requireBlob<Blob>(name: string, found: Blob | undefined): Blob | undefined {
    const user = this.#durable.get<string>(BLOB_TABLE, name);
    // Its user may have ended since.
    if (found !== undefined || user === undefined) return found;
    throw new StoreDamagedError(`The blob '${name}' of the file '${user}' is missing.`);
  }

  async #removeUnused(name: string): Promise<void> {
    if (!this.#isUsed(name)) await this.#blobs.remove(name);
  }

  async #sweep(): Promise<void> {
    const entries = await this.#blobs.list();
    const limit = this.#clock.now() - SWEEP_AGE_MS;
    const unused = entries.filter(({ name, writtenAt }) => writtenAt < limit && !this.#isUsed(name));
    for (const { name } of unused) await this.#blobs.remove(name);
    if (unused.length > 0) this.#log.info({ blobs: unused.length }, 'Unused blobs were removed.');
    // Other blobs may become unused later.
    if (entries.length > unused.length) await this.#durable.commit(this.#sweepBatch());
  }

  #isUsed(name: string): boolean {
    return this.#durable.has(BLOB_TABLE, name);
  }

  /** One sweep in each interval. A task that every new blob postponed would never be due. */
  #sweepBatch(): Batch {
    const interval = Math.floor(this.#clock.now() / SWEEP_INTERVAL_MS) + 2;
    const dueAt = interval * SWEEP_INTERVAL_MS;
    return { schedule: [{ key: `${SWEEP}.${interval}`, kind: SWEEP, payload: null, dueAt }] };
  }

  async #asStoreFault<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (cause) {
      throw new StoreError('STORE_UNAVAILABLE', { cause });
    }
  }
}

/** There is one task for a blob: a later one replaces it. */
function removeTask(name: string, dueAt: number): NonNullable<Batch['schedule']>[number] {
  return { key: `${REMOVE}.${name}`, kind: REMOVE, payload: name, dueAt };
}
