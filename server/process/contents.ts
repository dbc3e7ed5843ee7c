import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type FileBlobs, openFileBlobs } from '../../engine/durable/files/index.ts';
import type { BlobPort } from '../../engine/durable/index.ts';
import {
  CellBlobs,
  type CellFiles,
  type CellFilesOptions,
  findCellFiles,
  openCellFiles,
} from '../../engine/durable/postgres/index.ts';
import { type Log, systemClock } from '../../engine/ports/index.ts';
import { CellVersions, type VersionFiles } from '../templates/index.ts';
import { CellConfig } from './cellConfig.ts';
import { type Config, initialText, parseConfigText, peekConfigFile, readConfigFile } from './config.ts';
import { ConfigFile } from './configFile.ts';
import type { ConfigText } from './configText.ts';
import { BLOBS } from './dataDirectory.ts';
import type { CellSettings } from './environment.ts';
import { importContents } from './moveContents.ts';

const CONFIG = 'config.json';
/** A younger draft may be of a command that still writes it. */
const DRAFT_AGE_MS = 3_600_000;
/** Ends the name of config.json after a cell has taken it. */
const IMPORTED = '.imported';

/** Everything that a server keeps besides its store: in its data directory, or in its cell. */
export interface Contents {
  readonly configText: ConfigText;
  /** The configuration as it was at the opening. */
  readonly config: Config;
  readonly blobs: BlobPort;
  /** Absent: uploaded templates are in the data directory. */
  readonly versionFiles?: VersionFiles;
}

/**
 * The configuration with which a node of a cell begins to follow, as its next owner would have it. Without a
 * cell that has one, it is that of the data directory, which is not written. Rejects with CellError or
 * ConfigError.
 */
export async function peekConfig({
  dataDir,
  cell,
  log,
}: {
  readonly dataDir: string;
  readonly cell: CellSettings | undefined;
  readonly log: Log;
}): Promise<Config> {
  const files = cell && (await findCellFiles({ ...cellOptions(cell), log }));
  if (files === undefined) return peekConfigFile(dataDir);
  try {
    const configText = new CellConfig(files, { cell: cell!.name, folder: dataDir });
    const { text } = await configText.read();
    return text === '' ? await peekConfigFile(dataDir) : await parseConfigText(text, configText);
  } finally {
    await files.end();
  }
}

/** The contents of a data directory that this process has locked. Rejects with ConfigError. */
export async function openFolderContents(
  dataDir: string,
  log: Log,
): Promise<Contents & { readonly blobs: FileBlobs }> {
  const config = await readConfigFile(dataDir);
  const blobs = openFileBlobs({ path: resolve(dataDir, BLOBS) });
  const unfinished = await blobs.removeUnfinished();
  if (unfinished > 0) {
    log.info({ unfinished }, 'Uploads that an earlier process did not finish were removed.');
  }
  return { configText: new ConfigFile(resolve(dataDir, CONFIG)), config, blobs };
}

/**
 * The contents of a cell that this node owns. The first owner puts the contents of its data directory into
 * the cell. Rejects with CellError, StoreError or ConfigError.
 */
export async function openCellContents({
  dataDir,
  cell,
  claim,
  log,
}: {
  readonly dataDir: string;
  readonly cell: CellSettings;
  /** The claim that must have the cell for each change. */
  readonly claim: () => string;
  readonly log: Log;
}): Promise<Contents> {
  const files = await openCellFiles({ ...cellOptions(cell), claim, log });
  const configText = new CellConfig(files, { cell: cell.name, folder: dataDir });
  await removeDrafts(files, log);
  let { text } = await configText.read();
  if (text === '') {
    await takeContents({ dataDir, cell: cell.name, log }, files, configText);
    ({ text } = await configText.read());
  }
  warnOfOther(join(dataDir, CONFIG), text, log);
  const config = await parseConfigText(text, configText);
  return {
    configText,
    config,
    blobs: new CellBlobs(files, systemClock),
    versionFiles: new CellVersions(files),
  };
}

/** Removes files that an earlier owner did not finish. */
async function removeDrafts(files: CellFiles, log: Log): Promise<void> {
  let unfinished = 0;
  for await (const { name, ageMs } of files.unfinished()) {
    if (ageMs < DRAFT_AGE_MS) continue;
    await files.remove(name);
    unfinished++;
  }
  if (unfinished > 0) log.info({ unfinished }, 'Files that an earlier owner did not finish were removed.');
}

/** Puts the contents of the data directory into a cell that has none. */
async function takeContents(
  { dataDir, cell, log }: { readonly dataDir: string; readonly cell: string; readonly log: Log },
  files: CellFiles,
  configText: CellConfig,
): Promise<void> {
  log.info({ cell, dataDir }, 'The cell has no configuration: it takes the files of the data directory.');
  const moved = await importContents({ dataDir, cell }, files);
  for (const problem of moved.problems) log.error({ cell }, problem);
  await configText.add(1, initialText());
  log.info({ cell, files: moved.files, bytes: moved.bytes }, 'The cell has the files of the data directory.');
  const config = join(dataDir, CONFIG);
  if (!existsSync(config)) return;
  try {
    renameSync(config, `${config}${IMPORTED}`);
  } catch (err) {
    // The folder may be read-only. A later difference is logged at each start.
    log.warn({ err, file: config }, 'The file has no effect any more, and could not be renamed.');
  }
}

/** A file that somebody believes to count must not be passed over in silence. */
function warnOfOther(path: string, text: string, log: Log): void {
  if (!existsSync(path)) return;
  const own = readFileSync(path, 'utf8');
  try {
    if (isDeepStrictEqual(JSON.parse(own), JSON.parse(text))) return;
  } catch {
    // It is not JSON, so it is another one.
  }
  log.warn(
    { file: path },
    'The file has no effect: the configuration is in the cell, and is another one. Use `orsay config put`, or remove the file.',
  );
}

function cellOptions({ database, name, node }: CellSettings): Omit<CellFilesOptions, 'log'> {
  return { database, cell: name, application: `orsay ${node} ${name} files` };
}
