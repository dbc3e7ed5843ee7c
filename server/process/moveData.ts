import { join } from 'node:path';
import { StoreDamagedError } from '../../engine/durable/index.ts';
import { openLmdbStore, StoreBuilder } from '../../engine/durable/lmdb/index.ts';
import { exportCell, findCellFiles, importCell, openCellFiles } from '../../engine/durable/postgres/index.ts';
import type { Log } from '../../engine/ports/index.ts';
import { makeData, STORE, storeOf } from './dataDirectory.ts';
import { exportContents, importContents } from './moveContents.ts';

/** Bytes of records that are read between two waits for PostgreSQL. */
const READ_BYTES = 262_144;
const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Everything that was moved into a cell or out of it. */
export interface MovedData extends MovedFiles {
  readonly records: number;
  /** Sum of the checksums of all records, modulo 2^32. It is the same before and after. */
  readonly digest: number;
}

interface MovedFiles {
  /** Blobs, files of templates, and the configuration. */
  readonly files: number;
  /** One line for each file that was damaged, and was not moved. */
  readonly problems: readonly string[];
}

interface Move {
  readonly dataDir: string;
  readonly database: string;
  readonly cell: string;
}

/**
 * Moves a data directory that no server has into an empty cell. The directory stays as it is. Throws
 * DirectoryLockedError, StoreDamagedError and CellError.
 */
export async function importData({ dataDir, database, cell }: Move): Promise<MovedData> {
  const store = openLmdbStore({ path: storeOf(dataDir) });
  try {
    const snapshot = store.snapshot();
    try {
      const source = { next: inParts(snapshot.records()) };
      let moved: MovedFiles = { files: 0, problems: [] };
      const first = async (): Promise<void> => {
        moved = await importFiles({ dataDir, database, cell });
      };
      const { records, digest } = await importCell({ database, cell, log: SILENT, first }, source);
      const { files, problems } = moved;
      return { records, digest, files, problems };
    } finally {
      snapshot.release();
    }
  } finally {
    await store.close();
  }
}

/** As long as no node has the cell. */
async function importFiles({ dataDir, database, cell }: Move): Promise<MovedFiles> {
  const claim = (): string => '';
  const files = await openCellFiles({ database, cell, application: 'orsay cells', claim, log: SILENT });
  try {
    return await importContents({ dataDir, cell }, files);
  } finally {
    await files.end();
  }
}

async function exportFiles({ dataDir, database, cell }: Move): Promise<MovedFiles> {
  const files = await findCellFiles({ database, cell, application: 'orsay cells', log: SILENT });
  if (files === undefined) return { files: 0, problems: [] };
  try {
    return await exportContents(files, { dataDir, cell });
  } finally {
    await files.end();
  }
}

/** Gives some of the records at each call; none at the end. */
function inParts<Found extends { readonly name: Buffer; readonly content: Buffer }>(
  records: Iterable<Found>,
): () => readonly Found[] {
  const left = records[Symbol.iterator]();
  return () => {
    const part: Found[] = [];
    let bytes = 0;
    while (bytes < READ_BYTES) {
      const next = left.next();
      if (next.done === true) break;
      part.push(next.value);
      bytes += next.value.name.length + next.value.content.length;
    }
    return part;
  };
}

/**
 * Makes a data directory of a cell that no node has, and verifies it. The cell stays as it is. Throws
 * CellError and StoreDamagedError, and leaves nothing then.
 */
export async function exportData({ dataDir, database, cell }: Move): Promise<MovedData> {
  let moved: MovedData = { records: 0, digest: 0, files: 0, problems: [] };
  await makeData(dataDir, async (draft) => {
    const builder = new StoreBuilder(join(draft, STORE));
    let read: Awaited<ReturnType<typeof exportCell>>;
    try {
      read = await exportCell({ database, cell, log: SILENT }, builder);
    } catch (error) {
      await builder.abandon();
      throw error;
    }
    const { records, digest } = await builder.finish();
    if (records !== read.records || digest !== read.digest) {
      throw new StoreDamagedError(
        `Expected ${read.records} records with the checksum ${read.digest}, wrote ${records} with ${digest}.`,
      );
    }
    const { files, problems } = await exportFiles({ dataDir: draft, database, cell });
    moved = { records, digest, files, problems };
  });
  return moved;
}
