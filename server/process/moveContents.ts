import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { type FileBlobs, openFileBlobs, UNFINISHED } from '../../engine/durable/files/index.ts';
import {
  flushFolder,
  makePrivateFolder,
  PRIVATE_FILE,
  StoreDamagedError,
  writeSynced,
} from '../../engine/durable/index.ts';
import type { CellFiles } from '../../engine/durable/postgres/index.ts';
import { CellConfig } from './cellConfig.ts';
import { BLOBS, filesUnder, TEMPLATES } from './dataDirectory.ts';

/** The contents that were moved besides the store. */
export interface MovedContents {
  readonly files: number;
  readonly bytes: number;
  /** One line for each that was damaged, and is not there now. */
  readonly problems: readonly string[];
}

/**
 * Copies blobs, templates and config.json of a data directory into the files of a cell. Files that the cell
 * has stay as they are, so it may be repeated; the configuration comes last, so it tells that the others are
 * there.
 */
export async function importContents(
  { dataDir, cell }: { readonly dataDir: string; readonly cell: string },
  files: CellFiles,
): Promise<MovedContents> {
  const moved = { files: 0, bytes: 0, problems: [] as string[] };
  const copy = async (name: string, stream: AsyncIterable<Buffer>): Promise<void> => {
    const draft = files.begin();
    try {
      for await (const chunk of stream) await draft.write(chunk);
      await draft.finish(name);
    } catch (error) {
      await draft.discard();
      throw error;
    }
    moved.files++;
    moved.bytes += draft.size;
  };
  for (const name of filesUnder(dataDir, TEMPLATES)) {
    if ((await files.find(name)) === undefined) await copy(name, createReadStream(join(dataDir, name)));
  }
  const blobs = blobsOf(dataDir);
  for (const { name } of (await blobs?.list()) ?? []) {
    if (name.endsWith(UNFINISHED)) continue;
    if ((await files.find(`${BLOBS}/${name}`)) !== undefined) continue;
    try {
      const blob = await blobs?.open(name);
      if (blob !== undefined) await copy(`${BLOBS}/${name}`, blob.stream);
    } catch (error) {
      if (!(error instanceof StoreDamagedError)) throw error;
      moved.problems.push(error.message);
    }
  }
  const config = join(dataDir, 'config.json');
  if (existsSync(config)) {
    const text = readFileSync(config, 'utf8');
    const isFirst = await new CellConfig(files, { cell, folder: dataDir }).add(1, text);
    if (isFirst) {
      moved.files++;
      moved.bytes += Buffer.byteLength(text);
    }
  }
  return moved;
}

/** Copies the files of a cell into a data directory that has none of them. Rejects with StoreDamagedError. */
export async function exportContents(
  files: CellFiles,
  { dataDir, cell }: { readonly dataDir: string; readonly cell: string },
): Promise<MovedContents> {
  const moved = { files: 0, bytes: 0, problems: [] as string[] };
  const folders = new Set<string>();
  for (const prefix of [`${TEMPLATES}/`, `${BLOBS}/`]) {
    for await (const { name } of files.list(prefix)) {
      const path = resolve(dataDir, name);
      if (!path.startsWith(`${resolve(dataDir)}${sep}`)) {
        throw new StoreDamagedError(`The cell has a file outside of a data directory: '${name}'.`);
      }
      makePrivateFolder(dirname(path));
      for (let folder = dirname(path); folder.length >= resolve(dataDir).length; folder = dirname(folder)) {
        folders.add(folder);
      }
      moved.bytes += await copyInto(path, files, name);
      moved.files++;
    }
  }
  const { text } = await new CellConfig(files, { cell, folder: dataDir }).read();
  if (text !== '') {
    writeSynced(join(dataDir, 'config.json'), text);
    moved.files++;
    moved.bytes += Buffer.byteLength(text);
  }
  for (const folder of folders) await flushFolder(folder);
  return moved;
}

/** Returns the number of bytes. */
async function copyInto(path: string, files: CellFiles, name: string): Promise<number> {
  const source = await files.open(name);
  // It was removed since it was listed.
  if (source === undefined) return 0;
  const target = await open(path, 'wx', PRIVATE_FILE);
  try {
    for (let part = await source.next(); part !== undefined; part = await source.next()) {
      await target.writeFile(part);
    }
    await target.sync();
  } finally {
    await target.close();
    await source.close();
  }
  return source.size;
}

/** Undefined: the data directory has none. */
function blobsOf(dataDir: string): FileBlobs | undefined {
  const path = join(dataDir, BLOBS);
  return existsSync(path) ? openFileBlobs({ path }) : undefined;
}
