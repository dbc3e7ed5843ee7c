import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { LRUCache } from 'lru-cache';
import { recentEntries } from '../../engine/ports/index.ts';

/** Bytes of all files in memory. */
const MAX_CACHED_BYTES = 33_554_432;
/** Versions whose lists of files are in memory. */
const MAX_CACHED_LISTS = 1_000;
/** Installed files may be edited while the server runs: they are read again after this time. */
const INSTALLED_MS = 1_000;

/**
 * Reads the files of templates, and keeps what it read: a session reads all files of its document when it
 * starts. Callers must not change the bytes.
 */
export class TemplateFiles {
  readonly #contents = new LRUCache<string, Uint8Array>({
    maxSize: MAX_CACHED_BYTES,
    sizeCalculation: (bytes) => bytes.length + 1,
    // Sessions that start at the same time read a file once.
    fetchMethod: (path) => readFile(path),
  });
  readonly #lists = recentEntries<string, ReadonlySet<string>>(MAX_CACHED_LISTS);

  /** A file of an installed template. The caller knows that the template has it. */
  readInstalled(folder: string, path: string): Promise<Uint8Array> {
    return this.#read(join(folder, ...path.split('/')), INSTALLED_MS);
  }

  /** A file of the folder of a version, which never changes. Undefined: it has no such file. */
  async readVersion(folder: string, path: string): Promise<Uint8Array | undefined> {
    if (!this.#listOf(folder).has(path)) return undefined;
    return this.#read(join(folder, ...path.split('/')), 0);
  }

  /** Milliseconds for which readInstalled() gives the same bytes; 0: it reads them again. */
  installedMs(folder: string, path: string): number {
    return this.#contents.getRemainingTTL(join(folder, ...path.split('/')));
  }

  /** `ttl` 0: for ever. */
  async #read(path: string, ttl: number): Promise<Uint8Array> {
    const bytes = await this.#contents.fetch(path, { ttl });
    if (bytes === undefined) throw new Error(`The reading of '${path}' was given up.`);
    return bytes;
  }

  #listOf(folder: string): ReadonlySet<string> {
    const known = this.#lists.get(folder);
    if (known !== undefined) return known;
    if (!existsSync(folder)) return new Set();
    const list = new Set(filesUnder(folder));
    this.#lists.set(folder, list);
    return list;
  }
}

/** The paths of all files in a folder and below it, with slashes. */
export function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
