import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeSynced } from '../index.ts';
import { freeOnDisk } from './freeOnDisk.mjs';

/** Bytes that the first steps of a start may need on a full disk. */
const RESERVE = Buffer.alloc(131_072);
/** The reserve is made when the filesystem has this multiple of it free. */
const PLENTY = 8;

/** Makes the file that is removed when a start finds the disk full, if there is room for it. */
export function keepReserve(path: string): void {
  const file = fileOf(path);
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size >= RESERVE.length || freeOnDisk(path) < PLENTY * RESERVE.length) return;
  try {
    writeSynced(file, RESERVE);
  } catch {
    // The disk has become full: the store works without a reserve.
    rmSync(file, { force: true });
  }
}

/** False when there is no reserve. */
export function releaseReserve(path: string): boolean {
  const file = fileOf(path);
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return false;
  rmSync(file);
  return true;
}

function fileOf(path: string): string {
  return join(path, 'orsay-reserve');
}
