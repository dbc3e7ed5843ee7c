import { join } from 'node:path';
import { DatabaseError } from 'pg';
import { type Clock, type Log, sinceBoot, steadyClock } from '../../ports/index.ts';
import { makePrivateFolder, PRIVATE_FOLDER, tighten } from '../index.ts';
import { lockDirectory } from '../lmdb/index.ts';
import { CellConnection, OutageError } from './cellConnection.ts';
import { CellError } from './cellError.ts';
import { CellLog } from './cellLog.ts';
import { prepareCell } from './cellSchema.ts';
import { CellSnapshots } from './cellSnapshots.ts';
import { CellStandby } from './cellStandby.ts';
import { PARTITION_FRAMES } from './logPartitions.ts';
import type { OwnedCell } from './ownedCell.ts';
import { SNAPSHOT_POLICY, SnapshotKeeper, type SnapshotPolicy } from './snapshotKeeper.ts';

const TTL_MS = 3_000;
const POLL_MS = 50;
const END_MS = 5_000;
/** Bounds of the time to live: beats cost a write each, and a dead owner holds the cell for so long. */
export const LEAST_TTL_MS = 500;
export const MOST_TTL_MS = 300_000;
/** Names of cells and nodes: in folders, in ids later, and in messages. */
export const CELL_NAME = /^[a-z][a-z0-9-]{0,39}$/;

export interface CellOptions {
  /** Connection string of PostgreSQL, as `postgres://user:password@host:5432/database`. */
  readonly database: string;
  /** Name of the cell: a lower-case letter, then up to 39 of a-z, 0-9 and `-`. */
  readonly cell: string;
  /** Name of this node, in the same form. No two nodes of a cell have the same. */
  readonly node: string;
  /** Folder on this machine for the copies; the cell's is a folder in it. */
  readonly path: string;
  /** Where other nodes reach this one. Default ''. */
  readonly address?: string;
  /** Time after which a silent owner is over, in ms: 500 to 300,000. Default 3,000. */
  readonly ttlMs?: number;
  /** Interval at which a standby reads the log, in ms. Default 50. */
  readonly pollMs?: number;
  /** Time that close() waits for the database, in ms. Default 5,000. */
  readonly endMs?: number;
  /** Frames of one partition of the log. Default 100,000. */
  readonly partitionFrames?: number;
  readonly snapshots?: Partial<SnapshotPolicy>;
  /** Goes on with settings of the database with which acknowledged changes can be lost. Default false. */
  readonly acceptsUnsafeSettings?: boolean;
  /** Monotonic. Default: that of the machine. */
  readonly clock?: Clock;
  /** ms since the start of the machine, with its suspensions. Default: that of the machine. */
  readonly sinceBoot?: () => number;
  readonly log: Log;
}

/**
 * Opens a cell as its owner. Resolves when this node has it, with all of its log in the copy: at once, or
 * when the present owner hands it over or is silent. Rejects as followCell() does.
 */
export async function openCell(options: CellOptions): Promise<OwnedCell> {
  return (await followCell(options)).owned;
}

/**
 * Follows a cell, and takes it when nobody else has it. Makes the tables of the database and the cell at
 * their first use. Throws CellError when the database is away, refuses, is of another release, or could lose
 * acknowledged changes, and DirectoryLockedError when another process has the copy.
 */
export async function followCell(options: CellOptions): Promise<CellStandby> {
  const { database, cell, node, path, address = '', ttlMs = TTL_MS, log } = options;
  const { acceptsUnsafeSettings = false, clock = steadyClock } = options;
  requireName('cell', cell);
  requireName('node', node);
  if (!(ttlMs >= LEAST_TTL_MS && ttlMs <= MOST_TTL_MS)) {
    throw new RangeError(`Expected a ttlMs from ${LEAST_TTL_MS} to ${MOST_TTL_MS}, got ${ttlMs}.`);
  }
  const connect = (): CellConnection =>
    new CellConnection({ database, application: `orsay ${node} ${cell}`, acceptsUnsafeSettings, log });
  const connection = connect();
  const folder = join(path, cell);
  makePrivateFolder(folder);
  tighten(folder, PRIVATE_FOLDER);
  const lock = lockDirectory(folder, (error) =>
    log.error({ cell, err: error }, 'The copy of the cell is in doubt.'),
  );
  try {
    const identity = await withReasons(database, () => prepareCell(connection, cell, log));
    const { number } = identity;
    const tables = connect();
    const upkeep = connect();
    const snapshots = new CellSnapshots(upkeep, identity);
    const policy = { ...SNAPSHOT_POLICY, ...options.snapshots };
    return new CellStandby({
      cell,
      identity,
      claimant: { owner: node, address, ttlMs: Math.round(ttlMs) },
      folder,
      lock,
      connection,
      tables,
      cellLog: new CellLog(connection, { cell, number }),
      besideLog: new CellLog(tables, { cell, number }),
      snapshots,
      keep: (kept) =>
        new SnapshotKeeper({ cell, node, number, connection: upkeep, snapshots, policy, clock, log }, kept),
      pollMs: options.pollMs ?? POLL_MS,
      endMs: options.endMs ?? END_MS,
      partitionFrames: options.partitionFrames ?? PARTITION_FRAMES,
      clock,
      sinceBoot: options.sinceBoot ?? sinceBoot,
      log,
    });
  } catch (error) {
    lock.release();
    await connection.end();
    throw error;
  }
}

function requireName(kind: string, name: string): void {
  if (CELL_NAME.test(name)) return;
  throw new CellError(
    'CELL_NAME_INVALID',
    `Expected a ${kind} name of a lower-case letter and up to 39 of a-z, 0-9 and '-', got '${name.slice(0, 80)}'.`,
  );
}

/** Its errors of PostgreSQL become CellError, which tells an administrator what to do. */
export async function withReasons<T>(database: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const cause = { cause: error };
    if (error instanceof OutageError) {
      throw new CellError(
        'CELL_DATABASE_UNREACHABLE',
        `Expected PostgreSQL at ${placeOf(database)}, got: ${error.message}`,
        cause,
      );
    }
    if (error instanceof DatabaseError) {
      throw new CellError(
        'CELL_DATABASE_REFUSED',
        `PostgreSQL at ${placeOf(database)} refuses: ${error.message} (SQLSTATE ${error.code}).`,
        cause,
      );
    }
    throw error;
  }
}

/** Host, port and database of a connection string, without its password. */
function placeOf(database: string): string {
  try {
    const { host, pathname, searchParams } = new URL(database);
    return `${host === '' ? (searchParams.get('host') ?? 'this machine') : host}${pathname}`;
  } catch {
    // Not a URL; pg may take it, but it may show a password.
    return 'the given address';
  }
}
