import type { CellConnection } from './cellConnection.ts';
import { lockTables } from './cellSchema.ts';

/**
 * Contents by name, in parts. A cell that is removed and made anew has another number, so it has none of the
 * files of the earlier one.
 */
const TABLES = `
CREATE TABLE IF NOT EXISTS orsay.files (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cell integer NOT NULL,
  name bytea NOT NULL,
  size bigint NOT NULL DEFAULT 0,
  digest bytea,
  written_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (cell, name)
);
CREATE TABLE IF NOT EXISTS orsay.file_parts (
  file bigint NOT NULL REFERENCES orsay.files ON DELETE CASCADE,
  part integer NOT NULL,
  content bytea NOT NULL,
  PRIMARY KEY (file, part)
);
ALTER TABLE orsay.file_parts ALTER content SET STORAGE EXTERNAL`;

/**
 * Makes the tables of files at their first use. They are an addition to the tables of the same version: a
 * node of a release without them works beside them.
 */
export async function prepareFiles(connection: CellConnection): Promise<void> {
  if (await hasFileTables(connection)) return;
  await connection.transaction(async (query) => {
    await lockTables(query);
    await query({ text: TABLES });
  });
}

export async function hasFileTables(connection: CellConnection): Promise<boolean> {
  const [found] = await connection.query<{ present: boolean }>({
    text: "SELECT to_regclass('orsay.file_parts') IS NOT NULL AS present",
  });
  return found!.present;
}
