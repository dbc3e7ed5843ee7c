import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files of a store. */
export interface StoreFiles {
  readonly tree: string;
  readonly segments: readonly [string, string];
  readonly head: string;
}

export function storeFiles(path: string): StoreFiles {
  return {
    tree: join(path, 'orsay.mdb'),
    segments: [join(path, 'orsay-journal-0'), join(path, 'orsay-journal-1')],
    head: join(path, 'orsay-journal-head'),
  };
}

/** Undefined when there is no such file. */
export function readIfPresent(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
