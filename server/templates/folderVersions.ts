import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  flushFolder,
  makePrivateFolder,
  PRIVATE_FILE,
  PRIVATE_FOLDER,
  StoreError,
  tighten,
} from '../../engine/durable/index.ts';
import { recentEntries } from '../../engine/ports/index.ts';
import { filesUnder } from './templateFiles.ts';
import type { VersionFiles } from './versionFiles.ts';

/** Begins the name of a folder that is being written. */
const DRAFT = '.';
/** Versions whose lists of files are in memory. */
const MAX_CACHED_LISTS = 1_000;

/** Versions as folders. */
export class FolderVersions implements VersionFiles {
  #folder: string | undefined;
  readonly #lists = recentEntries<string, ReadonlySet<string>>(MAX_CACHED_LISTS);

  /** `folder`: a folder for each version; undefined: a temporary one. */
  constructor(folder: string | undefined) {
    this.#folder = folder;
    if (folder !== undefined) removeDrafts(folder);
  }

  /** Writes to another folder and renames it, so a folder with the name of a version is always complete. */
  async write(version: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const uploads = this.#uploads();
    const target = join(uploads, version);
    if (existsSync(target)) return;
    const draft = join(uploads, `${DRAFT}${version}-${randomUUID()}`);
    try {
      makePrivateFolder(uploads);
      tighten(uploads, PRIVATE_FOLDER);
      await writeDraft(draft, files);
      await rename(draft, target);
      await flushFolder(uploads);
    } catch (cause) {
      // A full disk, for example: nothing is left of the draft.
      await rm(draft, { recursive: true, force: true });
      // Another request may have uploaded the same content at the same time.
      if (!existsSync(target)) throw new StoreError('STORE_UNAVAILABLE', { cause });
    }
  }

  /** The list keeps paths that lead out of the folder from being read. */
  async read(version: string, path: string): Promise<Uint8Array | undefined> {
    const folder = join(this.#uploads(), version);
    if (!this.#listOf(folder).has(path)) return undefined;
    return readFile(join(folder, ...path.split('/')));
  }

  #listOf(folder: string): ReadonlySet<string> {
    const known = this.#lists.get(folder);
    if (known !== undefined) return known;
    if (!existsSync(folder)) return new Set();
    const list = new Set(filesUnder(folder));
    this.#lists.set(folder, list);
    return list;
  }

  #uploads(): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), 'orsay-'));
    return this.#folder;
  }
}

/** Removes what a crash left unfinished. */
function removeDrafts(uploads: string): void {
  const names = existsSync(uploads) ? readdirSync(uploads) : [];
  for (const name of names.filter((one) => one.startsWith(DRAFT))) {
    rmSync(join(uploads, name), { recursive: true });
  }
}

/** The folders are synced as well, because the record of the template points to them. */
async function writeDraft(draft: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const folders = new Set([draft]);
  const made = new Set<string>();
  for (const [path, content] of files) {
    const file = join(draft, ...path.split('/'));
    for (let folder = dirname(file); folder !== draft; folder = dirname(folder)) folders.add(folder);
    if (!made.has(dirname(file))) await mkdir(dirname(file), { recursive: true, mode: PRIVATE_FOLDER });
    made.add(dirname(file));
    await writeFile(file, content, { flush: true, mode: PRIVATE_FILE });
  }
  for (const folder of folders) await flushFolder(folder);
}
