import { type Clock, type Log, steadyClock } from '../../ports/index.ts';
import { StoreDamagedError } from '../index.ts';
import { CellConnection } from './cellConnection.ts';
import { CellLog } from './cellLog.ts';
import { schemaVersionOf } from './cellSchema.ts';
import { openLogFrame, operationsOf } from './logFrame.ts';
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
}

/** The outcome of reading a whole log. */
export interface VerifiedCell {
  readonly frames: number;
  /** Records that were set or removed. */
  readonly changes: number;
  /** Records that there are at the end of the log. */
  readonly records: number;
  /** At most one, because no frame after a wrong one can be checked. */
  readonly problems: readonly string[];
}

interface Row extends Omit<ListedCell, 'beats'> {
  readonly number: number;
  readonly identity: string;
  readonly beat: number;
  readonly headId: string;
}

const ROWS = `SELECT cell, number, identity, owner, address, epoch::float8 AS epoch, beat::float8 AS beat,
  ttl_ms AS "ttlMs", head::float8 AS head, head_id AS "headId",
  (SELECT coalesce(sum(pg_total_relation_size(inhrelid)), 0)::float8 FROM pg_inherits
   WHERE inhparent = to_regclass('orsay.log_' || number)) AS "logBytes"
FROM orsay.cells ORDER BY cell`;

/** The cells of a database, which takes a second. Throws CellError as followCell() does. */
export function listCells(
  database: string,
  { clock = steadyClock }: { readonly clock?: Clock } = {},
): Promise<readonly ListedCell[]> {
  return inspecting(database, async (connection) => {
    const before = new Map((await rowsOf(connection)).map(({ cell, beat }) => [cell, beat]));
    if (before.size === 0) return [];
    await new Promise<void>((resolve) => void clock.at(clock.now() + LOOK_MS, resolve));
    return (await rowsOf(connection)).map(({ cell, owner, address, epoch, head, beat, ttlMs, logBytes }) => {
      const beats = beat - (before.get(cell) ?? beat);
      return { cell, owner, address, epoch, head, beats, ttlMs, logBytes };
    });
  });
}

/**
 * Reads the log of a cell up to its present end, and checks that each frame is as it was written and follows
 * the one before. Undefined when there is no such cell. Throws CellError as followCell() does.
 */
export function verifyCell(database: string, cell: string): Promise<VerifiedCell | undefined> {
  return inspecting(database, async (connection) => {
    const row = (await rowsOf(connection)).find((one) => one.cell === cell);
    return row === undefined ? undefined : verifyLog(new CellLog(connection, row), row);
  });
}

async function verifyLog(log: CellLog, { identity, head, headId }: Row): Promise<VerifiedCell> {
  let mark = { store: identity, serial: 0, checksum: 0, frame: identity };
  let changes = 0;
  const names = new Set<string>();
  const found = (...problems: string[]): VerifiedCell => ({
    frames: mark.serial,
    changes,
    records: names.size,
    problems,
  });
  while (mark.serial < head) {
    const frames = await log.tail(mark.serial);
    if (frames.length === 0) return found(`Frame ${mark.serial + 1} of ${head} is missing.`);
    for (const { seq, before, frame } of frames.slice(0, head - mark.serial)) {
      const opened = before === mark.frame ? openedOf(frame, mark) : undefined;
      if (opened === undefined) {
        return found(`Frame ${seq} is damaged, or does not follow frame ${mark.serial}.`);
      }
      mark = opened.mark;
      for (const { table, key, text } of operationsOf(opened.payload)) {
        changes++;
        if (text === null) names.delete(`${table}\0${key}`);
        else names.add(`${table}\0${key}`);
      }
    }
  }
  return mark.frame === headId
    ? found()
    : found(`The last frame, ${head}, is not the one that the cell names.`);
}

function openedOf(...[frame, mark]: Parameters<typeof openLogFrame>): ReturnType<typeof openLogFrame> {
  try {
    return openLogFrame(frame, mark);
  } catch (error) {
    if (error instanceof StoreDamagedError) return undefined;
    throw error;
  }
}

async function rowsOf(connection: CellConnection): Promise<readonly Row[]> {
  const version = await schemaVersionOf((statement) => connection.query(statement));
  return version === undefined ? [] : connection.query<Row>({ text: ROWS });
}

async function inspecting<T>(database: string, work: (connection: CellConnection) => Promise<T>): Promise<T> {
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
