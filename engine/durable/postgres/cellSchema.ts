import type { Log } from '../../ports/index.ts';
import { randomId } from '../lmdb/index.ts';
import type { CellConnection } from './cellConnection.ts';
import { CellError } from './cellError.ts';

/** Version of the tables in the schema `orsay`. */
export const SCHEMA_VERSION = 3;
/** The advisory lock that is held while tables are made. Any constant. */
const LOCK_KEY = 7_021_437_118;

export type Query = CellConnection['query'];

const TABLES = `
CREATE SCHEMA IF NOT EXISTS orsay;
CREATE TABLE orsay.schema_version (version integer NOT NULL);
INSERT INTO orsay.schema_version VALUES (1);
CREATE TABLE orsay.cells (
  cell text PRIMARY KEY,
  number integer GENERATED ALWAYS AS IDENTITY,
  identity text NOT NULL,
  epoch bigint NOT NULL DEFAULT 0,
  claim text NOT NULL DEFAULT '',
  beat bigint NOT NULL DEFAULT 0,
  ttl_ms integer NOT NULL DEFAULT 0,
  owner text NOT NULL DEFAULT '',
  address text NOT NULL DEFAULT '',
  head bigint NOT NULL DEFAULT 0,
  head_id text NOT NULL
) WITH (fillfactor = 20)`;

/** The changes from the version before. A table of parts is made with each snapshot (cellSnapshots.ts). */
const MIGRATIONS: readonly { readonly version: number; readonly text: string }[] = [
  {
    version: 2,
    text: `
CREATE TABLE orsay.snapshots (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cell integer NOT NULL,
  node text NOT NULL,
  state text NOT NULL,
  seq bigint NOT NULL,
  frame_id text NOT NULL,
  checksum bigint NOT NULL,
  parts integer NOT NULL DEFAULT 0,
  records bigint NOT NULL DEFAULT 0,
  digest bigint NOT NULL DEFAULT 0,
  bytes bigint NOT NULL DEFAULT 0,
  touched_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE orsay.followers (
  cell integer NOT NULL,
  node text NOT NULL,
  seq bigint NOT NULL,
  lag_ms bigint NOT NULL,
  snapshot bigint NOT NULL,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (cell, node)
) WITH (fillfactor = 20)`,
  },
  // The node that gets the cell next, as an administrator wishes; empty for any.
  { version: 3, text: "ALTER TABLE orsay.cells ADD COLUMN next_owner text NOT NULL DEFAULT ''" },
];

/** The constant facts of a cell. */
export interface CellIdentity {
  /** The log is the table `orsay.log_<number>`. */
  readonly number: number;
  /** Random; in every frame, and in every copy. */
  readonly identity: string;
}

/**
 * Makes the tables at their first use, or brings them to this version, and makes the cell. Throws CellError
 * when they are of a later release, and DatabaseError when the role may not make them.
 */
export async function prepareCell(
  connection: CellConnection,
  cell: string,
  log: Pick<Log, 'warn'>,
): Promise<CellIdentity> {
  const present = await schemaVersionOf((statement) => connection.query(statement));
  if (present !== SCHEMA_VERSION) {
    await connection.transaction(async (query) => {
      await lockTables(query);
      await migrate(query, log);
    });
  }
  const known = await identityOf((statement) => connection.query(statement), cell);
  if (known !== undefined) return known;
  return connection.transaction(async (query) => {
    await lockTables(query);
    await refuseRemoved(query, cell);
    await query({
      text: 'INSERT INTO orsay.cells (cell, identity, head_id) VALUES ($1, $2, $2) ON CONFLICT (cell) DO NOTHING',
      values: [cell, randomId()],
    });
    const made = (await identityOf(query, cell))!;
    await query({ text: logTable(made.number, cell) });
    return made;
  });
}

async function migrate(query: Query, log: Pick<Log, 'warn'>): Promise<void> {
  const found = await schemaVersionOf(query);
  if (found === SCHEMA_VERSION) return;
  if (found === undefined) {
    await query({ text: TABLES });
  } else {
    log.warn(
      { from: found, to: SCHEMA_VERSION },
      "The tables of the schema 'orsay' get a new version. Nodes of an earlier release that run go on; they cannot start again with it.",
    );
  }
  for (const { version, text } of MIGRATIONS) {
    if (version > (found ?? 1)) await query({ text });
  }
  await query({ text: 'UPDATE orsay.schema_version SET version = $1', values: [SCHEMA_VERSION] });
}

/** A cell whose row was removed by hand would begin anew, without its records. */
async function refuseRemoved(query: Query, cell: string): Promise<void> {
  const [log] = await query<{ name: string }>({
    text: `SELECT relname AS name FROM pg_class
WHERE relnamespace = 'orsay'::regnamespace AND obj_description(oid, 'pg_class') = $1
AND NOT EXISTS (SELECT 1 FROM orsay.cells WHERE cell = $2 OR 'log_' || number = relname)`,
    values: [logComment(cell), cell],
  });
  if (log === undefined) return;
  throw new CellError(
    'CELL_ROW_MISSING',
    `Expected a row of the cell '${cell}' in the table orsay.cells: its log orsay.${log.name} is there, so the ` +
      `row was removed. Restore it from a backup. For an empty cell instead: DROP TABLE orsay.${log.name}.`,
  );
}

function logComment(cell: string): string {
  return `The log of the cell ${cell}.`;
}

function logTable(number: number, cell: string): string {
  return `CREATE TABLE IF NOT EXISTS orsay.log_${number} (
  seq bigint PRIMARY KEY,
  epoch bigint NOT NULL,
  id text NOT NULL,
  before text NOT NULL,
  frame bytea NOT NULL
) PARTITION BY RANGE (seq);
ALTER TABLE orsay.log_${number} ALTER frame SET STORAGE EXTERNAL;
COMMENT ON TABLE orsay.log_${number} IS '${logComment(cell)}'`;
}

/** Undefined before the tables were made. Throws CellError when they are of a later release. */
export async function schemaVersionOf(query: Query): Promise<number | undefined> {
  const [found] = await query<{ present: boolean }>({
    text: "SELECT to_regclass('orsay.schema_version') IS NOT NULL AS present",
  });
  if (!found!.present) return undefined;
  const [row] = await query<{ version: number }>({ text: 'SELECT version FROM orsay.schema_version' });
  const version = row?.version ?? 0;
  if (version >= 1 && version <= SCHEMA_VERSION) return version;
  throw new CellError(
    'CELL_SCHEMA_VERSION',
    `Expected the tables of the schema 'orsay' in version ${SCHEMA_VERSION}, got version ${version}. ` +
      'Run the release of Orsay that made them, or give this one a database of its own.',
  );
}

/** Undefined: there is no such cell. The tables exist. */
export async function identityOf(query: Query, cell: string): Promise<CellIdentity | undefined> {
  const [row] = await query<{ number: number; identity: string }>({
    text: 'SELECT number, identity FROM orsay.cells WHERE cell = $1',
    values: [cell],
  });
  return row;
}

/** For the transaction: one process at a time makes tables. */
export async function lockTables(query: Query): Promise<void> {
  await query({ text: 'SELECT pg_advisory_xact_lock($1)', values: [LOCK_KEY] });
}
