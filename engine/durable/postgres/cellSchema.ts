import { randomId } from '../lmdb/index.ts';
import type { CellConnection } from './cellConnection.ts';
import { CellError } from './cellError.ts';

/** Version of the tables in the schema `orsay`. */
export const SCHEMA_VERSION = 1;
/** Frames of one partition of a log. */
export const PARTITION_FRAMES = 100_000;
/** The advisory lock that is held while tables are made. Any constant. */
const LOCK_KEY = 7_021_437_118;

type Query = CellConnection['query'];

const TABLES = `
CREATE SCHEMA IF NOT EXISTS orsay;
CREATE TABLE orsay.schema_version (version integer NOT NULL);
INSERT INTO orsay.schema_version VALUES (${SCHEMA_VERSION});
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

/** The constant facts of a cell. */
export interface CellIdentity {
  /** The log is the table `orsay.log_<number>`. */
  readonly number: number;
  /** Random; in every frame, and in every copy. */
  readonly identity: string;
}

/**
 * Makes the tables at their first use, and the cell. Throws CellError when they are of another release, and
 * DatabaseError when the role may not make them.
 */
export async function prepareCell(connection: CellConnection, cell: string): Promise<CellIdentity> {
  const present = await schemaVersionOf((statement) => connection.query(statement));
  if (present === undefined) {
    await connection.transaction(async (query) => {
      await lockTables(query);
      if ((await schemaVersionOf(query)) === undefined) await query({ text: TABLES });
    });
  }
  const known = await identityOf((statement) => connection.query(statement), cell);
  if (known !== undefined) return known;
  return connection.transaction(async (query) => {
    await lockTables(query);
    await query({
      text: 'INSERT INTO orsay.cells (cell, identity, head_id) VALUES ($1, $2, $2) ON CONFLICT (cell) DO NOTHING',
      values: [cell, randomId()],
    });
    const made = (await identityOf(query, cell))!;
    await query({ text: logTable(made.number) });
    return made;
  });
}

/** Makes the partition of a frame and the next one. Returns the first frame that has no partition. */
export async function makePartitions(
  connection: CellConnection,
  { number, frame, frames }: { readonly number: number; readonly frame: number; readonly frames: number },
): Promise<number> {
  const first = Math.floor(frame / frames);
  await connection.transaction(async (query) => {
    await lockTables(query);
    for (const part of [first, first + 1]) await makePartition(query, { number, part, frames });
  });
  return (first + 2) * frames;
}

/** Attaches it: to make it as a partition would wait for all readers of the log, and hold up the appends. */
async function makePartition(
  query: Query,
  { number, part, frames }: { readonly number: number; readonly part: number; readonly frames: number },
): Promise<void> {
  const name = `orsay.log_${number}_${part}`;
  const [found] = await query<{ present: boolean }>({
    text: 'SELECT to_regclass($1) IS NOT NULL AS present',
    values: [name],
  });
  if (found!.present) return;
  await query({ text: `CREATE TABLE ${name} (LIKE orsay.log_${number} INCLUDING ALL)` });
  await query({
    text: `ALTER TABLE orsay.log_${number} ATTACH PARTITION ${name} FOR VALUES FROM (${part * frames}) TO (${(part + 1) * frames})`,
  });
}

function logTable(number: number): string {
  return `CREATE TABLE IF NOT EXISTS orsay.log_${number} (
  seq bigint PRIMARY KEY,
  epoch bigint NOT NULL,
  id text NOT NULL,
  before text NOT NULL,
  frame bytea NOT NULL
) PARTITION BY RANGE (seq);
ALTER TABLE orsay.log_${number} ALTER frame SET STORAGE EXTERNAL`;
}

/** Undefined before the tables were made. Throws CellError when they are of another release. */
export async function schemaVersionOf(query: Query): Promise<number | undefined> {
  const [found] = await query<{ present: boolean }>({
    text: "SELECT to_regclass('orsay.schema_version') IS NOT NULL AS present",
  });
  if (!found!.present) return undefined;
  const [row] = await query<{ version: number }>({ text: 'SELECT version FROM orsay.schema_version' });
  const version = row?.version ?? 0;
  if (version === SCHEMA_VERSION) return version;
  throw new CellError(
    'CELL_SCHEMA_VERSION',
    `Expected the tables of the schema 'orsay' in version ${SCHEMA_VERSION}, got version ${version}. ` +
      'Run the release of Orsay that made them, or give this one a database of its own.',
  );
}

async function identityOf(query: Query, cell: string): Promise<CellIdentity | undefined> {
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
