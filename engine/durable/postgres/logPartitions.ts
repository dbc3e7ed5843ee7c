import type { CellConnection, Statement } from './cellConnection.ts';
import { lockTables, type Query } from './cellSchema.ts';

/** Frames of one partition of a log. */
export const PARTITION_FRAMES = 100_000;
/** First key of the advisory locks of trimLog(); the second one is the number of the cell. Any constant. */
const TRIM_KEY = 1_702_143;
/** A drop that waits for a reader of the log for longer is tried again later, in ms. */
const TRIM_WAIT_MS = 1_000;

/** A part of a log, as the catalog of PostgreSQL has it. */
export interface LogPartition {
  readonly name: string;
  /** The first frame for which it is made, and the first one after it; 0 when it is detached. */
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
  /** `detaching`, `detached`: a node was ended in the middle of trimLog(). */
  readonly state: 'attached' | 'detaching' | 'detached';
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

/** The partitions of a log, in the order of their frames. */
export async function partitionsOf(query: Query, number: number): Promise<readonly LogPartition[]> {
  const rows = await query<{
    name: string;
    bounds: string | null;
    isPending: boolean;
    bytes: number;
  }>({
    name: 'partitions',
    text: `SELECT 'orsay.' || relname AS name, pg_get_expr(relpartbound, pg_class.oid) AS bounds,
  coalesce(inhdetachpending, false) AS "isPending", pg_total_relation_size(pg_class.oid)::float8 AS bytes
FROM pg_class LEFT JOIN pg_inherits ON inhrelid = pg_class.oid
WHERE relnamespace = 'orsay'::regnamespace AND relkind = 'r' AND relname ~ ('^log_' || $1::integer || '_[0-9]+$')`,
    values: [number],
  });
  return rows
    .map(({ name, bounds, isPending, bytes }): LogPartition => {
      const [, from = '0', to = '0'] = /FROM \('(\d+)'\) TO \('(\d+)'\)/.exec(bounds ?? '') ?? [];
      const state = isPending ? 'detaching' : bounds === null ? 'detached' : 'attached';
      return { name, from: Number(from), to: Number(to), bytes, state };
    })
    .sort((a, b) => a.from - b.from);
}

/**
 * Drops the partitions whose frames are all at or before `upTo`, and what an earlier call has left. Returns
 * their names. A partition is detached first, because that does not wait with a lock that the appends need.
 * Nothing is dropped while another process trims, or withoutTrimming() runs.
 */
export async function trimLog(
  connection: CellConnection,
  { number, upTo }: { readonly number: number; readonly upTo: number },
): Promise<readonly string[]> {
  const query: Query = (statement) => connection.query(statement);
  const parts = (await partitionsOf(query, number)).filter(
    ({ to, state }) => state !== 'attached' || to <= upTo + 1,
  );
  if (parts.length === 0) return [];
  const [lock] = await query<{ isMine: boolean }>({
    text: 'SELECT pg_try_advisory_lock($1, $2) AS "isMine"',
    values: [TRIM_KEY, number],
  });
  if (!lock!.isMine) return [];
  try {
    await query({ text: `SET lock_timeout = ${TRIM_WAIT_MS}` });
    const dropped: string[] = [];
    for (const part of parts) {
      if (await dropPartition(query, { part, number, upTo })) dropped.push(part.name);
    }
    return dropped;
  } finally {
    await query(unlock(number)).catch(() => {});
  }
}

async function dropPartition(
  query: Query,
  { part, number, upTo }: { readonly part: LogPartition; readonly number: number; readonly upTo: number },
): Promise<boolean> {
  const { name, state } = part;
  const detach = `ALTER TABLE orsay.log_${number} DETACH PARTITION ${name}`;
  if (state === 'attached') await query({ text: `${detach} CONCURRENTLY` });
  if (state === 'detaching') await query({ text: `${detach} FINALIZE` });
  // The bounds of a detached one are unknown.
  const [last] = await query<{ seq: number }>({ text: `SELECT max(seq)::float8 AS seq FROM ${name}` });
  if ((last!.seq ?? 0) > upTo) return false;
  await query({ text: `DROP TABLE ${name}` });
  return true;
}

/** Waits for a trim under way, and allows none during `work`. */
export async function withoutTrimming<T>(
  connection: CellConnection,
  number: number,
  work: () => Promise<T>,
): Promise<T> {
  await connection.query({ text: 'SELECT pg_advisory_lock_shared($1, $2)', values: [TRIM_KEY, number] });
  return work();
}

function unlock(number: number): Statement {
  return { text: 'SELECT pg_advisory_unlock($1, $2)', values: [TRIM_KEY, number] };
}
