// @ts-check
import { statfsSync } from 'node:fs';

/**
 * Free bytes on the filesystem of a file; 0 where the filesystem does not tell.
 * @param {string} path
 */
export function freeOnDisk(path) {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
