import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { readZip, writeZip } from '../../server/templates/index.ts';

/** A template on this machine, as an upload sends it. */
export interface LocalTemplate {
  readonly bytes: Buffer;
  readonly type: 'application/zip' | 'application/xml';
}

/** Reads a document, a zip archive, or a folder with all files below it. */
export async function readLocalTemplate(path: string): Promise<LocalTemplate> {
  if (!(await stat(path)).isDirectory()) {
    const type = path.toLowerCase().endsWith('.zip') ? 'application/zip' : 'application/xml';
    return { bytes: await readFile(path), type };
  }
  const files = await filesBelow(path);
  const zip = writeZip(files, (file) => readFile(join(path, file)));
  return { bytes: await buffer(zip), type: 'application/zip' };
}

/** Its files by path. */
export async function filesOfLocalTemplate(path: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const { bytes, type } = await readLocalTemplate(path);
  return type === 'application/zip' ? readZip(bytes) : new Map([[basename(path), bytes]]);
}

/** Hidden files and folders are left out. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.split('/').some((part) => part.startsWith('.')))
    .sort();
}
