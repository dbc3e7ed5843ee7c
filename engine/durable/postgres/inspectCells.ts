import { type Clock, type Log, steadyClock } from '../../ports/index.ts';
import { CellConnection } from './cellConnection.ts';
import { CellError } from './cellError.ts';
import { SCHEMA_VERSION, schemaVersionOf } from './cellSchema.ts';
import { withReasons } from './openCell.ts';

/** Time between the two looks at the beats, in ms. */
const LOOK_MS = 1_000;
const SILENT: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A cell of a database. */
export interface ListedCell {
  readonly cell: string;
  /** Name of the node that has it; empty when none has. */
  readonly owner: string;
  readonly address: string;
  /** Counts the claims. */
  readonly epoch: number;
  /** Number of the last frame. */
  readonly head: number;
  /** Beats and appends during one second. An idle owner has three in `ttlMs`. */
  readonly beats: number;
  readonly ttlMs: number;
  /** Size of the log with its indexes. */
  readonly logBytes: number;
  /** Frame of the latest snapshot that counts; 0: there is none. */
  readonly snapshot: number;
  /** Names of the standbys that were seen in the last minute. */
  readonly standbys: readonly string[];
}

/** The row of a cell, for those who inspect it. */
export interface InspectedCell extends Omit<ListedCell, 'beats'> {
  readonly number: number;
  readonly identity: string;
  readonly beat: number;
  readonly headId: string;
}

const ROWS = `SELECT cell, number, identity, owner, address, epoch::float8 AS epoch, beat::float8 AS beat,
  ttl_ms AS "ttlMs", head::float8 AS head, head_id AS "headId",
  (SELECT coalesce(sum(pg_total_relation_size(inhrelid)), 0)::float8 FROM pg_inherits
   WHERE inhparent = to_regclass('orsay.log_' || number)) AS "logBytes",
  (SELECT coalesce(max(seq), 0)::float8 FROM orsay.snapshots
   WHERE snapshots.cell = number AND state = 'verified') AS snapshot,
  ARRAY(SELECT node FROM orsay.followers WHERE followers.cell = number
   AND seen_at > clock_timestamp() - interval '60 s' ORDER BY node) AS standbys
FROM orsay.cells ORDER BY cell`;

/** The cells of a database, which takes a second. Throws CellError as followCell() does. */
export function listCells(
  database: string,
  { clock = steadyClock }: { readonly clock?: Clock } = {},
): Promise<readonly ListedCell[]> {
  return inspecting(database, async (connection) => {
    const before = new Map((await cellRowsOf(connection)).map(({ cell, beat }) => [cell, beat]));
    if (before.size === 0) return [];
    await new Promise<void>((resolve) => void clock.at(clock.now() + LOOK_MS, resolve));
    return (await cellRowsOf(connection)).map(({ number, identity, headId, beat, ...cell }) => {
      return { ...cell, beats: beat - (before.get(cell.cell) ?? beat) };
    });
  });
}

export async function cellRowsOf(connection: CellConnection): Promise<readonly InspectedCell[]> {
  const version = await schemaVersionOf((statement) => connection.query(statement));
  if (version !== undefined && version < SCHEMA_VERSION) {
    throw new CellError(
      'CELL_SCHEMA_VERSION',
      `Expected the tables of the schema 'orsay' in version ${SCHEMA_VERSION}, got version ${version}. Start a node of this release: it changes them.`,
    );
  }
  return version === undefined ? [] : connection.query<InspectedCell>({ text: ROWS });
}

export async function inspecting<T>(
  database: string,
  work: (connection: CellConnection) => Promise<T>,
): Promise<T> {
  const connection = new CellConnection({
    database,
    application: 'orsay cells',
    // It acknowledges nothing.
    acceptsUnsafeSettings: true,
    log: SILENT,
  });
  try {
    return await withReasons(database, () => work(connection));
  } finally {
    await connection.end();
  }
}
