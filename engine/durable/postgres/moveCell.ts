import type { Log } from '../../ports/index.ts';
import { StoreDamagedError } from '../index.ts';
import { type RecordSum, RecordSums, randomId } from '../lmdb/index.ts';
import { CellConnection } from './cellConnection.ts';
import { CellError } from './cellError.ts';
import { CellLog, type CellRow } from './cellLog.ts';
import { firstMark, type RecordSink, replayLog, visitSnapshot } from './cellReplay.ts';
import { identityOf, prepareCell, type Query, schemaVersionOf } from './cellSchema.ts';
import { CellSnapshots, type SnapshotRow } from './cellSnapshots.ts';
import { withReasons } from './openCell.ts';
import { type RecordSource, writeSnapshot } from './snapshotParts.ts';

/** Not the name of a node. */
const IMPORT = '(import)';

export interface MovedCellOptions {
  /** Connection string of PostgreSQL. */
  readonly database: string;
  readonly cell: string;
  readonly log: Log;
}

/** The records that were moved, and the frame of the cell after which they are as they are. */
export interface MovedRecords extends RecordSum {
  readonly frame: number;
}

/**
 * Gives an empty cell the records of a source. They are its first snapshot, at frame 1, and count as a whole
 * when all of them were read again: until then, the cell is empty. Makes the cell if there is none. Throws
 * CellError when the cell is not empty, when a node has it, and as followCell() does.
 */
export function importCell(
  options: MovedCellOptions & {
    /** Performed when the cell is there, empty and free, before the records. */
    readonly first?: () => Promise<void>;
  },
  source: RecordSource,
): Promise<MovedRecords> {
  return moving(options, async (connection) => {
    const { cell, log } = options;
    const identity = await prepareCell(connection, cell, log);
    const cellLog = new CellLog(connection, { cell, number: identity.number });
    requireEmpty(cell, await cellLog.row());
    await options.first?.();
    const snapshots = new CellSnapshots(connection, identity);
    const mark = { store: identity.identity, serial: 1, checksum: 0, frame: randomId() };
    const written = await writeSnapshot(snapshots, { node: IMPORT, mark, source });
    if (written === undefined) throw inUse(cell, 'another process writes a snapshot of it');
    await connection.transaction(async (query) => {
      await snapshots.verify(written, query);
      const rows = await query({
        text: `UPDATE orsay.cells SET head = $2, head_id = $3, beat = beat + 1
WHERE cell = $1 AND head = 0 AND claim = '' RETURNING head`,
        values: [cell, mark.serial, mark.frame],
      });
      if (rows.length === 0) throw inUse(cell, 'a node has taken it meanwhile');
    });
    const { records, digest } = written;
    return { frame: mark.serial, records, digest };
  });
}

/**
 * Reads all records of a cell that no node has. Resolves with their sum, as snapshots and log give it. Throws
 * CellError when there is no such cell, or a node has it, and StoreDamagedError.
 */
export function exportCell(options: MovedCellOptions, sink: RecordSink): Promise<MovedRecords> {
  return moving(options, async (connection) => {
    const { cell } = options;
    const query: Query = (statement) => connection.query(statement);
    const isMade = (await schemaVersionOf(query)) !== undefined;
    const identity = isMade ? await identityOf(query, cell) : undefined;
    if (identity === undefined) {
      throw new CellError('CELL_NAME_INVALID', `Expected the name of a cell of the database, got '${cell}'.`);
    }
    const cellLog = new CellLog(connection, { cell, number: identity.number });
    const row = await cellLog.row();
    requireFree(cell, row);
    const sums = new RecordSums();
    const both: RecordSink = {
      put(name, content) {
        sums.put(name, content);
        sink.put(name, content);
      },
    };
    const snapshots = new CellSnapshots(connection, identity);
    const snapshot = await latestSound(snapshots, options.log);
    if (snapshot !== undefined) {
      await visitSnapshot(snapshots, snapshot, ({ name, content }) => both.put(name, content));
    }
    const { head, headId } = row;
    const mark = snapshot?.mark ?? firstMark(identity.identity);
    await replayLog(cellLog, { mark, head, headId }, { sink: both });
    const after = await cellLog.row();
    requireFree(cell, after);
    if (after.headId !== headId) throw inUse(cell, 'a node has changed it meanwhile');
    return { frame: head, ...sums.sum };
  });
}

/** Read to its end, because a sink cannot forget the records of one that is damaged. */
async function latestSound(snapshots: CellSnapshots, log: Log): Promise<SnapshotRow | undefined> {
  for (const snapshot of await snapshots.verified()) {
    try {
      await visitSnapshot(snapshots, snapshot, () => {});
      return snapshot;
    } catch (error) {
      if (!(error instanceof StoreDamagedError)) throw error;
      log.error({ err: error }, 'A snapshot of the cell is damaged; it is not used.');
    }
  }
  return undefined;
}

function requireEmpty(cell: string, row: CellRow): void {
  requireFree(cell, row);
  if (row.head === 0) return;
  throw new CellError(
    'CELL_NOT_EMPTY',
    `Expected an empty cell for the import, and '${cell}' has ${row.head} frames. Give the name of another one.`,
  );
}

function requireFree(cell: string, { claim, owner }: CellRow): void {
  if (claim !== '') throw inUse(cell, `the node '${owner}' has it`);
}

function inUse(cell: string, reason: string): CellError {
  return new CellError(
    'CELL_IN_USE',
    `Expected a cell that no node has, got '${cell}': ${reason}. Stop the nodes of the cell with SIGTERM, so that they hand it over.`,
  );
}

async function moving<T>(
  { database, log }: MovedCellOptions,
  work: (connection: CellConnection) => Promise<T>,
): Promise<T> {
  const connection = new CellConnection({
    database,
    application: 'orsay cells',
    acceptsUnsafeSettings: false,
    log,
  });
  try {
    return await withReasons(database, () => work(connection));
  } finally {
    await connection.end();
  }
}
