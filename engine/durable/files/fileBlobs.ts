import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { v7 } from 'uuid';
import {
  type BlobEntry,
  type BlobPort,
  flushFolder,
  makePrivateFolder,
  PRIVATE_FILE,
  PRIVATE_FOLDER,
  StoreDamagedError,
  syncFolder,
  tighten,
  writeSynced,
} from '../index.ts';

const UNFINISHED = '.part';
/** A UUID, the number of bytes, and their CRC-32, in hexadecimal. */
const NAME = /^[0-9a-f-]{36}-([0-9a-f]+)-([0-9a-f]{8})$/;
/** The names of releases without checksums. */
const OLD_NAME = /^[0-9a-f-]{36}$/;
/** The checksums of blobs with an old name, as JSON: name to `<bytes>-<CRC-32>`. */
const OLD_SUMS = 'checksums.json';

/** Blobs as files of a directory, which is created if it does not exist. Throws StoreDamagedError. */
export function openFileBlobs({ path }: { readonly path: string }): FileBlobs {
  makePrivateFolder(path);
  tighten(path, PRIVATE_FOLDER);
  return new FileBlobs(path, oldSums(path));
}

/**
 * Blobs as files. A file is written and synced under another name, then renamed, and the directory is synced:
 * so a blob exists completely or not at all. Its name has its length and checksum, so the record that names
 * the blob also tells its content.
 */
export class FileBlobs implements BlobPort {
  readonly #path: string;
  readonly #oldSums: ReadonlyMap<string, string>;
  /** Backups under way. Blobs that are removed meanwhile stay until the last one ends. */
  #holds = 0;
  #removedMeanwhile: string[] = [];

  constructor(path: string, sums: ReadonlyMap<string, string>) {
    this.#path = path;
    this.#oldSums = sums;
  }

  async write(bytes: Uint8Array): Promise<string> {
    const name = `${v7()}-${sumOf(bytes)}`;
    const unfinished = join(this.#path, `${name}${UNFINISHED}`);
    try {
      await writeFile(unfinished, bytes, { flag: 'wx', flush: true, mode: PRIVATE_FILE });
      await rename(unfinished, join(this.#path, name));
      await flushFolder(this.#path);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
    return name;
  }

  /** Rejects with StoreDamagedError when the bytes are not what was written. */
  async read(name: string): Promise<Uint8Array | undefined> {
    const expected = this.#sumOf(name);
    if (expected === undefined) return undefined;
    const bytes = await unlessAbsent(readFile(join(this.#path, name)));
    if (bytes === undefined || sumOf(bytes) === expected) return bytes;
    throw new StoreDamagedError(
      `The blob '${name}' is not what was written: expected ${expected} (bytes and checksum, in hexadecimal), got ${sumOf(bytes)}.`,
    );
  }

  async remove(name: string): Promise<void> {
    if (this.#holds > 0) this.#removedMeanwhile.push(name);
    else await rm(join(this.#path, name), { force: true });
  }

  /**
   * Includes files that a crash left incomplete. No record names them, so they are removed like other unused
   * blobs.
   */
  async list(): Promise<readonly BlobEntry[]> {
    const names = (await readdir(this.#path)).filter((name) => name !== OLD_SUMS);
    const entries = await Promise.all(
      names.map(async (name) => {
        const found = await unlessAbsent(stat(join(this.#path, name)));
        return found === undefined ? [] : [{ name, writtenAt: found.mtimeMs }];
      }),
    );
    return entries.flat();
  }

  /** Keeps every blob until the returned function is called. */
  hold(): () => Promise<void> {
    this.#holds++;
    return async () => {
      this.#holds--;
      if (this.#holds > 0) return;
      for (const name of this.#removedMeanwhile.splice(0)) await this.remove(name);
    };
  }

  #sumOf(name: string): string | undefined {
    const [, bytes, checksum] = NAME.exec(name) ?? [];
    return bytes === undefined ? this.#oldSums.get(name) : `${bytes}-${checksum}`;
  }
}

function sumOf(bytes: Uint8Array): string {
  return `${bytes.length.toString(16)}-${crc32(bytes).toString(16).padStart(8, '0')}`;
}

/** The checksums of blobs with an old name. The first opening of such a directory computes them. */
function oldSums(path: string): ReadonlyMap<string, string> {
  const file = join(path, OLD_SUMS);
  if (existsSync(file)) {
    try {
      return new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>));
    } catch (cause) {
      throw new StoreDamagedError(`'${file}' is not what was written: expected JSON.`, { cause });
    }
  }
  const names = readdirSync(path).filter((name) => OLD_NAME.test(name));
  const sums = new Map(names.map((name) => [name, sumOf(readFileSync(join(path, name)))]));
  if (sums.size > 0) {
    writeSynced(`${file}${UNFINISHED}`, JSON.stringify(Object.fromEntries(sums)));
    renameSync(`${file}${UNFINISHED}`, file);
    syncFolder(path);
  }
  return sums;
}

async function unlessAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
