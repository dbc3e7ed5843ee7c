import type { Log } from '../../ports/index.ts';
import { CellConnection } from './cellConnection.ts';
import { CellFiles } from './cellFiles.ts';
import { identityOf, prepareCell, schemaVersionOf } from './cellSchema.ts';
import { hasFileTables, prepareFiles } from './fileTables.ts';
import { withReasons } from './openCell.ts';

export interface CellFilesOptions {
  /** Connection string of PostgreSQL. */
  readonly database: string;
  readonly cell: string;
  /** Shown by pg_stat_activity. */
  readonly application: string;
  /** The claim that must have the cell for each change; undefined: a tool beside the owner. */
  readonly claim?: () => string;
  /** A statement is repeated for so long while the database is away, in ms. Default 5,000. */
  readonly repeatMs?: number;
  /** As for followCell(). */
  readonly acceptsUnsafeSettings?: boolean;
  readonly log: Log;
}

/** Makes the tables and the cell at their first use. Throws CellError as followCell() does. */
export async function openCellFiles(options: CellFilesOptions): Promise<CellFiles> {
  const files = await opened(options, async (connection) => {
    const identity = await prepareCell(connection, options.cell, options.log);
    await prepareFiles(connection);
    return identity.number;
  });
  return files!;
}

/** As openCellFiles(), but makes nothing. Undefined: there is no such cell, or it has no files yet. */
export function findCellFiles(options: CellFilesOptions): Promise<CellFiles | undefined> {
  return opened(options, async (connection) => {
    const version = await schemaVersionOf((statement) => connection.query(statement));
    if (version === undefined || !(await hasFileTables(connection))) return undefined;
    return (await identityOf((statement) => connection.query(statement), options.cell))?.number;
  });
}

async function opened(
  { database, application, claim, repeatMs, acceptsUnsafeSettings = false, log }: CellFilesOptions,
  find: (connection: CellConnection) => Promise<number | undefined>,
): Promise<CellFiles | undefined> {
  const connection = new CellConnection({ database, application, acceptsUnsafeSettings, log });
  try {
    const number = await withReasons(database, () => find(connection));
    if (number !== undefined) return new CellFiles({ connection, number, claim, repeatMs });
  } catch (error) {
    await connection.end();
    throw error;
  }
  await connection.end();
  return undefined;
}
