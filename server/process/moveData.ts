import { join } from 'node:path';
import { StoreDamagedError } from '../../engine/durable/index.ts';
import { openLmdbStore, StoreBuilder } from '../../engine/durable/lmdb/index.ts';
import { exportCell, importCell } from '../../engine/durable/postgres/index.ts';
import type { Log } from '../../engine/ports/index.ts';
import { makeData, STORE, storeOf } from './dataDirectory.ts';

/** Bytes of records that are read between two waits for PostgreSQL. */
const READ_BYTES = 262_144;
const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Records that were moved into a cell or out of it. */
export interface MovedData {
  readonly records: number;
  /** Sum of the checksums of all records, modulo 2^32. It is the same before and after. */
  readonly digest: number;
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
      const { records, digest } = await importCell({ database, cell, log: SILENT }, source);
      return { records, digest };
    } finally {
      snapshot.release();
    }
  } finally {
    await store.close();
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
  let moved: MovedData = { records: 0, digest: 0 };
  await makeData(dataDir, async (draft) => {
    const builder = new StoreBuilder(join(draft, STORE));
    let read: MovedData;
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
    moved = { records, digest };
  });
  return moved;
}
