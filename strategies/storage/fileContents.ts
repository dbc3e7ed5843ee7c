import {
  type Batch,
  type BlobPort,
  type Durable,
  StoreDamagedError,
  StoreError,
} from '../../engine/durable/index.ts';
import type { Clock, Log } from '../../engine/ports/index.ts';

/** Files of at least this many bytes are blobs, apart from the store. */
export const MIN_BLOB_BYTES = 64 * 1024;
/** Interval of the sweeps for blobs without a record. */
export const SWEEP_INTERVAL_MS = 3_600_000;
/** A younger blob may belong to a commit that has not happened yet. */
export const SWEEP_AGE_MS = 3_600_000;

/** The bytes of a file, or the name of its blob. */
export type FileContent = { readonly bytes: Uint8Array } | { readonly blob: string };

/** Keys are the names of blobs. */
export const BLOB_TABLE = 'storage.blob';
const SWEEP = 'storage.sweepBlobs';
const REMOVE = 'storage.removeBlob';

/**
 * The contents of stored files. A record in BLOB_TABLE names the file of each blob, and expires with the
 * record of the file. A task removes the blob when the file expires, or is replaced or removed. A blob that a
 * crash left without a record is removed by a sweep.
 */
export class FileContents {
  readonly #durable: Durable;
  readonly #blobs: BlobPort;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #contentOf: (fileKey: string) => FileContent | undefined;

  constructor(deps: {
    readonly durable: Durable;
    readonly blobs: BlobPort;
    readonly clock: Clock;
    readonly log: Log;
    /** The present content of a file. */
    readonly contentOf: (fileKey: string) => FileContent | undefined;
  }) {
    this.#durable = deps.durable;
    this.#blobs = deps.blobs;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#contentOf = deps.contentOf;
    deps.durable.onTask(SWEEP, () => this.#sweep());
    deps.durable.onTask(REMOVE, (name: string) => this.#removeUnused(name));
  }

  /** Writes large contents as blobs. Rejects with STORE_UNAVAILABLE. */
  async keep(bytes: Uint8Array): Promise<FileContent> {
    if (bytes.length < MIN_BLOB_BYTES) return { bytes };
    // Before the blob, so that a sweep finds the blob after a crash.
    await this.#durable.commit(this.#sweepBatch());
    try {
      return { blob: await this.#blobs.write(bytes) };
    } catch (cause) {
      throw new StoreError({ cause });
    }
  }

  /** Rejects with STORE_DAMAGED when a blob is not what was written. */
  async read(content: FileContent): Promise<Uint8Array | undefined> {
    if ('bytes' in content) return content.bytes;
    const bytes = await this.#blobs.read(content.blob);
    // A file that was replaced or has expired since may have no blob any more.
    if (bytes !== undefined || !this.#isUsed(content.blob)) return bytes;
    throw new StoreDamagedError(
      `The blob '${content.blob}' of the file '${this.#durable.get<string>(BLOB_TABLE, content.blob)}' is missing.`,
    );
  }

  /** The batch that goes with a file of this content; empty for a content in the store. */
  keptBatch(
    content: FileContent,
    { key, expiresAt }: { readonly key: string; readonly expiresAt: number },
  ): Batch {
    if (!('blob' in content)) return {};
    return {
      put: [{ table: BLOB_TABLE, key: content.blob, value: key, expiresAt }],
      schedule: [removeTask(content.blob, expiresAt)],
    };
  }

  /** The batch that goes with the end of a file of this content. */
  droppedBatch(content: FileContent): Batch {
    if (!('blob' in content)) return {};
    return {
      remove: [{ table: BLOB_TABLE, key: content.blob }],
      schedule: [removeTask(content.blob, this.#clock.now())],
    };
  }

  async #removeUnused(name: string): Promise<void> {
    if (!this.#isUsed(name)) await this.#blobs.remove(name);
  }

  /** Removes blobs that no file uses any more. */
  async remove(names: readonly string[]): Promise<void> {
    const unused = names.filter((name) => !this.#isUsed(name));
    for (const name of unused) await this.#blobs.remove(name);
    await this.#durable.commit({ remove: unused.map((key) => ({ table: BLOB_TABLE, key })) });
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
    const fileKey = this.#durable.get<string>(BLOB_TABLE, name);
    const content = fileKey === undefined ? undefined : this.#contentOf(fileKey);
    return content !== undefined && 'blob' in content && content.blob === name;
  }

  /** One sweep in each interval. A task that every new file postponed would never be due. */
  #sweepBatch(): Batch {
    const interval = Math.floor(this.#clock.now() / SWEEP_INTERVAL_MS) + 2;
    const dueAt = interval * SWEEP_INTERVAL_MS;
    return { schedule: [{ key: `${SWEEP}.${interval}`, kind: SWEEP, payload: null, dueAt }] };
  }
}

/** There is one task for a blob: a later one replaces it. */
function removeTask(name: string, dueAt: number): NonNullable<Batch['schedule']>[number] {
  return { key: `${REMOVE}.${name}`, kind: REMOVE, payload: name, dueAt };
}
