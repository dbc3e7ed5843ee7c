import { mkdirSync } from 'node:fs';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 } from 'uuid';
import type { BlobPort } from '../index.ts';

const UNFINISHED = '.part';
const NAME = /^[0-9a-f-]{36}$/;

/**
 * Blobs as files of a directory, which is created if it does not exist. A file is written and synced under
 * another name, then renamed, and the directory is synced: so a blob exists completely or not at all.
 */
export function openFileBlobs({ path }: { readonly path: string }): BlobPort {
  mkdirSync(path, { recursive: true });

  return {
    async write(bytes) {
      const name = v7();
      const unfinished = join(path, `${name}${UNFINISHED}`);
      try {
        const file = await open(unfinished, 'wx');
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(unfinished, join(path, name));
        await flushDirectory(path);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
      return name;
    },

    async read(name) {
      if (!NAME.test(name)) return undefined;
      return unlessAbsent(readFile(join(path, name)));
    },

    async remove(name) {
      await rm(join(path, name), { force: true });
    },

    /**
     * Includes files that a crash left incomplete. No record names them, so they are removed like other
     * unused blobs.
     */
    async list() {
      const names = await readdir(path);
      const entries = await Promise.all(
        names.map(async (name) => {
          const found = await unlessAbsent(stat(join(path, name)));
          return found === undefined ? [] : [{ name, writtenAt: found.mtimeMs }];
        }),
      );
      return entries.flat();
    },
  };
}

async function flushDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function unlessAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
