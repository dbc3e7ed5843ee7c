import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { readZip, writeZip, ZipRefused } from '../../server/templates/index.ts';
import { wrongUse } from '../commandFault.ts';
import { filesBelow } from '../filesBelow.ts';
import type { TemplateFiles } from './filesOfTemplate.ts';

/** A template on this machine, as an upload sends it. */
export interface LocalTemplate {
  readonly bytes: Buffer;
  readonly type: 'application/zip' | 'application/xml';
}

/** Reads a document, a zip archive, or a folder with all files below it. */
export async function readLocalTemplate(path: string): Promise<LocalTemplate> {
  if (!(await stat(path)).isDirectory()) {
    return { bytes: await readFile(path), type: isZipName(path) ? 'application/zip' : 'application/xml' };
  }
  const files = await filesBelow(path);
  return { bytes: await zipOf(files, (file) => readFile(join(path, file))), type: 'application/zip' };
}

/** A zip archive with these files. */
export function zipOf(paths: readonly string[], read: (path: string) => Promise<Buffer>): Promise<Buffer> {
  return buffer(writeZip(paths, read));
}

export function isZipName(path: string): boolean {
  return path.toLowerCase().endsWith('.zip');
}

/** Its files by path. */
export async function filesOfLocalTemplate(path: string): Promise<TemplateFiles> {
  const { bytes, type } = await readLocalTemplate(path);
  return type === 'application/zip' ? unzip(bytes) : new Map([[basename(path), bytes]]);
}

/** Rejects with a CommandFault. */
export async function unzip(bytes: Buffer): Promise<TemplateFiles> {
  try {
    return await readZip(bytes);
  } catch (error) {
    if (error instanceof ZipRefused) throw wrongUse(error.problems.join(' '), { cause: error });
    throw error;
  }
}
