// @ts-check
import { statfsSync } from 'node:fs';

/**
 * Bytes that are free on the filesystem of a file: none, where it does not say.
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
