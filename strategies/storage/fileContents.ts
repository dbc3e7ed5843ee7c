import {
  type Batch,
  type BlobPort,
  type Durable,
  type PutRecord,
  StoreError,
} from '../../engine/durable/index.ts';
import type { Clock, Log } from '../../engine/ports/index.ts';

/** Bytes from which on a file stands beside the store, not in it. */
export const MIN_BLOB_BYTES = 64 * 1024;
/** How often blobs that no record names are looked for. */
export const SWEEP_INTERVAL_MS = 3_600_000;
/** A blob younger than this may belong to a commit that is still on its way. */
export const SWEEP_AGE_MS = 3_600_000;

/** The bytes of a file, or the name of the blob that has them. */
export type FileContent = { readonly bytes: Uint8Array } | { readonly blob: string };

const BLOBS = 'storage.blob';
const SWEEP = 'storage.sweepBlobs';

/**
 * Where the contents of stored files are. A record in BLOBS, which lives as long as the file's own, says which
 * file a blob belongs to; a blob without one, or whose file has another content now, is swept.
 */
export interface FileContents {
  /** Writes what is large beside the store. Rejects with STORE_UNAVAILABLE. */
  keep(bytes: Uint8Array): Promise<FileContent>;
  read(content: FileContent): Promise<Uint8Array | undefined>;
  /** The record that goes with a file of this content; empty for one that stands in the store. */
  records(
    content: FileContent,
    file: { readonly key: string; readonly expiresAt: number },
  ): readonly PutRecord[];
}

export function createFileContents(deps: {
  readonly durable: Durable;
  readonly blobs: BlobPort;
  readonly clock: Clock;
  readonly log: Log;
  /** The present content of a file. */
  readonly contentOf: (fileKey: string) => FileContent | undefined;
}): FileContents {
  const { durable, blobs, clock, log } = deps;

  function isUsed(name: string): boolean {
    const fileKey = durable.get<string>(BLOBS, name);
    const content = fileKey === undefined ? undefined : deps.contentOf(fileKey);
    return content !== undefined && 'blob' in content && content.blob === name;
  }

  /** Due once in each interval, however many files come: a task put off each time would never be due. */
  function sweepTask(): Batch {
    const turn = Math.floor(clock.now() / SWEEP_INTERVAL_MS) + 2;
    const task = { key: `${SWEEP}.${turn}`, kind: SWEEP, payload: null, dueAt: turn * SWEEP_INTERVAL_MS };
    return { schedule: [task] };
  }

  durable.onTask(SWEEP, async () => {
    const entries = await blobs.list();
    const limit = clock.now() - SWEEP_AGE_MS;
    const unused = entries.filter(({ name, writtenAt }) => writtenAt < limit && !isUsed(name));
    for (const { name } of unused) await blobs.remove(name);
    if (unused.length > 0) log.info({ blobs: unused.length }, 'Blobs that nobody needs were removed.');
    // As long as there is something that may end.
    if (entries.length > unused.length) await durable.commit(sweepTask());
  });

  return {
    async keep(bytes) {
      if (bytes.length < MIN_BLOB_BYTES) return { bytes };
      // Before the blob, so that whatever a crash leaves is looked for.
      await durable.commit(sweepTask());
      try {
        return { blob: await blobs.write(bytes) };
      } catch (cause) {
        throw new StoreError({ cause });
      }
    },

    read: async (content) => ('bytes' in content ? content.bytes : blobs.read(content.blob)),

    records(content, { key, expiresAt }) {
      return 'blob' in content ? [{ table: BLOBS, key: content.blob, value: key, expiresAt }] : [];
    },
  };
}
