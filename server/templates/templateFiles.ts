import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { VersionFiles } from './versionFiles.ts';

/** Bytes of all files in memory. */
const MAX_CACHED_BYTES = 33_554_432;
/** Installed files may be edited while the server runs: they are read again after this time. */
const INSTALLED_MS = 1_000;

type Read = () => Promise<Uint8Array | undefined>;

/**
 * Reads the files of templates, and keeps what it read: a session reads all files of its document when it
 * starts. Callers must not change the bytes.
 */
export class TemplateFiles {
  readonly #versions: VersionFiles;
  readonly #contents = new LRUCache<string, Uint8Array, Read>({
    maxSize: MAX_CACHED_BYTES,
    sizeCalculation: (bytes) => bytes.length + 1,
    // Sessions that start at the same time read a file once.
    fetchMethod: (_key, _stale, { context: read }) => read(),
  });

  constructor(versions: VersionFiles) {
    this.#versions = versions;
  }

  /** A file of an installed template. The caller knows that the template has it. */
  async readInstalled(folder: string, path: string): Promise<Uint8Array> {
    const file = join(folder, ...path.split('/'));
    const read = (): Promise<Uint8Array> => readFile(file);
    const bytes = await this.#contents.fetch(installedKey(folder, path), {
      ttl: INSTALLED_MS,
      context: read,
    });
    if (bytes === undefined) throw new Error(`The reading of '${file}' was given up.`);
    return bytes;
  }

  /** A file of a version, which never changes. Undefined: there is no such file. */
  readVersion(version: string, path: string): Promise<Uint8Array | undefined> {
    const read: Read = () => this.#versions.read(version, path);
    return this.#contents.fetch(`version ${version} ${path}`, { ttl: 0, context: read });
  }

  /** Milliseconds for which readInstalled() gives the same bytes; 0: it reads them again. */
  installedMs(folder: string, path: string): number {
    return this.#contents.getRemainingTTL(installedKey(folder, path));
  }
}

function installedKey(folder: string, path: string): string {
  return `installed ${folder} ${path}`;
}

/** The paths of all files in a folder and below it, with slashes. */
export function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
