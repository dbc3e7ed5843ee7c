import { type CellFilesOptions, findCellFiles, openCellFiles } from '../../engine/durable/postgres/index.ts';
import type { Log } from '../../engine/ports/index.ts';
import { CellConfig } from './cellConfig.ts';
import { parseConfigText } from './config.ts';

const SILENT: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** The configuration of a cell, for the commands, beside the owner of the cell. */
export interface ConfigOfCell {
  /** Connection string of PostgreSQL. */
  readonly database: string;
  readonly cell: string;
  /** Paths of files that the configuration names are relative to it. */
  readonly folder: string;
}

export interface ShownConfig {
  readonly version: number;
  readonly text: string;
}

/** The newest version, or another one. Undefined: there is none. Rejects with CellError or StoreError. */
export function readCellConfig(given: ConfigOfCell, number?: number): Promise<ShownConfig | undefined> {
  return reading(given, undefined, async (config) => {
    const version = number ?? (await config.versions()).at(-1)?.number ?? 0;
    const text = await config.textOf(version);
    return text === undefined ? undefined : { version, text };
  });
}

/** The versions that are kept, oldest first. `writtenAt`: as ISO 8601. */
export function listCellConfigs(
  given: ConfigOfCell,
  now: number,
): Promise<readonly { readonly version: number; readonly writtenAt: string; readonly bytes: number }[]> {
  return reading(given, [], async (config) =>
    (await config.versions()).map(({ number: version, bytes, ageMs }) => {
      return { version, writtenAt: new Date(now - ageMs).toISOString(), bytes };
    }),
  );
}

/**
 * Adds a version after `replaces` (0: the first one), after a check of it. `isAdded` is false when `present`
 * is another one. Makes the cell at its first use. Rejects with ConfigError, CellError or StoreError.
 */
export async function putCellConfig(
  given: ConfigOfCell,
  { text, replaces }: { readonly text: string; readonly replaces: number },
): Promise<{ readonly isAdded: boolean; readonly present: number }> {
  await parseConfigText(text, { place: 'of the file', folder: given.folder });
  const files = await openCellFiles(optionsOf(given));
  try {
    const config = new CellConfig(files, given);
    const newest = async (): Promise<number> => (await config.versions()).at(-1)?.number ?? 0;
    const isAdded = (await newest()) === replaces && (await config.add(replaces + 1, text));
    return { isAdded, present: await newest() };
  } finally {
    await files.end();
  }
}

async function reading<T>(
  given: ConfigOfCell,
  absent: T,
  work: (config: CellConfig) => Promise<T>,
): Promise<T> {
  const files = await findCellFiles(optionsOf(given));
  if (files === undefined) return absent;
  try {
    return await work(new CellConfig(files, given));
  } finally {
    await files.end();
  }
}

function optionsOf({ database, cell }: ConfigOfCell): CellFilesOptions {
  return { database, cell, application: 'orsay config', log: SILENT };
}
