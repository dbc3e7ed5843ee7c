import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { type FileHandle, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { v7 } from 'uuid';
import {
  type BlobDraft,
  type BlobEntry,
  type BlobPort,
  flushFolder,
  makePrivateFolder,
  type OpenBlob,
  PRIVATE_FILE,
  PRIVATE_FOLDER,
  StoreDamagedError,
  syncFolder,
  tighten,
  writeSynced,
} from '../index.ts';
import { sumInName, sumText, UNFINISHED } from './blobNames.ts';
import { FileDraft } from './fileDraft.ts';

/** Bytes that are in memory at one time while a blob is checked or read. */
const PIECE_BYTES = 256 * 1024;
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

  begin(): Promise<BlobDraft> {
    return FileDraft.begin(this.#path, v7());
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    const expected = this.#sumOf(name);
    if (expected === undefined) return undefined;
    const bytes = await unlessAbsent(readFile(join(this.#path, name)));
    if (bytes !== undefined) requireSum({ name, expected, got: sumOf(bytes) });
    return bytes;
  }

  /** The file stays open in between, so that a removal does not cut the reply to a reader. */
  async open(name: string): Promise<OpenBlob | undefined> {
    const expected = this.#sumOf(name);
    if (expected === undefined) return undefined;
    const file = await unlessAbsent(open(join(this.#path, name), 'r'));
    if (file === undefined) return undefined;
    try {
      const { size, got } = await sumOfFile(file);
      requireSum({ name, expected, got });
      const stream = file.createReadStream({ start: 0, highWaterMark: PIECE_BYTES });
      return { size, stream };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Removes what a crash left incomplete. For the start: no draft may be open. */
  async removeUnfinished(): Promise<number> {
    const names = (await readdir(this.#path)).filter((name) => name.endsWith(UNFINISHED));
    for (const name of names) await rm(join(this.#path, name), { force: true });
    return names.length;
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
    return sumInName(name) ?? this.#oldSums.get(name);
  }
}

function sumOf(bytes: Uint8Array): string {
  return sumText(bytes.length, crc32(bytes));
}

/** Reads a file piece by piece. */
async function sumOfFile(file: FileHandle): Promise<{ readonly size: number; readonly got: string }> {
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  let size = 0;
  let checksum = 0;
  for (;;) {
    const { bytesRead } = await file.read(piece, 0, PIECE_BYTES, size);
    if (bytesRead === 0) return { size, got: sumText(size, checksum) };
    size += bytesRead;
    checksum = crc32(piece.subarray(0, bytesRead), checksum);
  }
}

/** Throws StoreDamagedError. */
function requireSum({
  name,
  expected,
  got,
}: {
  readonly name: string;
  readonly expected: string;
  readonly got: string;
}): void {
  if (got === expected) return;
  throw new StoreDamagedError(
    `The blob '${name}' is not what was written: expected ${expected} (bytes and checksum, in hexadecimal), got ${got}.`,
  );
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
