import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Rights of folders and files that hold data of customers: only their owner may read them. */
export const PRIVATE_FOLDER = 0o700;
export const PRIVATE_FILE = 0o600;

/** Creates a folder that only its owner may read, with the folders above it. It survives a power failure. */
export function makePrivateFolder(path: string): void {
  const first = mkdirSync(path, { recursive: true, mode: PRIVATE_FOLDER });
  if (first === undefined) return;
  for (let created = path; ; created = dirname(created)) {
    syncFolder(dirname(created));
    if (created === first || created === dirname(created)) return;
  }
}

/** Takes away rights that others have. Ignores a file that is absent, or belongs to another user. */
export function tighten(path: string, mode: number): void {
  try {
    const found = statSync(path).mode & 0o777;
    if ((found & ~mode) !== 0) chmodSync(path, found & mode);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ENOENT' && code !== 'EPERM' && code !== 'EROFS') throw error;
  }
}

/** Writes a file that only its owner may read, and waits for the disk. */
export function writeSynced(path: string, content: string | Uint8Array): void {
  writeFileSync(path, content, { mode: PRIVATE_FILE, flush: true });
}

/** As syncFolder, without holding up the event loop. */
export async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Makes the names in a folder survive a power failure. Windows cannot open folders. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
