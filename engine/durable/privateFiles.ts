import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Rights of folders and files that hold data of customers: only their owner may read them. */
const PRIVATE_FOLDER = 0o700;
export const PRIVATE_FILE = 0o600;

/**
 * Creates a folder that only its owner may read, with the folders above it, so that it survives a power
 * failure. An existing folder gets these rights.
 */
export function makePrivateFolder(path: string): void {
  const first = mkdirSync(path, { recursive: true, mode: PRIVATE_FOLDER });
  if (first === undefined) {
    tighten(path, PRIVATE_FOLDER);
    return;
  }
  for (let created = path; ; created = dirname(created)) {
    syncFolder(dirname(created));
    if (created === first || created === dirname(created)) return;
  }
}

/** Takes away rights that others have; ignores a file that is absent, or belongs to another user. */
export function tighten(path: string, mode: number): void {
  try {
    const found = statSync(path).mode & 0o777;
    if ((found & ~mode) !== 0) chmodSync(path, found & mode);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ENOENT' && code !== 'EPERM' && code !== 'EROFS') throw error;
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
