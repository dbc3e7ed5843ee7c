import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder } from '../index.ts';
import { StoreBuilder } from './buildStore.ts';
import { type Inspection, inspectStore } from './inspectStore.ts';
import { storeFiles } from './storeFiles.ts';

export interface Repair {
  readonly inspection: Inspection;
  /** Folder of the files as they were found; undefined when nothing was damaged. */
  readonly keptAt: string | undefined;
}

/**
 * Makes a new store of everything that is sound in a store, and keeps the damaged one beside it. The journal
 * is taken up to its first frame that is not what was written: later writes were based on it. The caller has
 * the lock of the directory.
 */
export async function repairStore(path: string): Promise<Repair> {
  const files = storeFiles(path);
  const inspection = inspectStore(files);
  if (inspection.problems.length === 0) return { inspection, keptAt: undefined };
  if (inspection.format === 'old') {
    throw new Error(
      `The store in '${path}' is of a release without checksums, and cannot be repaired: restore a backup.`,
    );
  }
  const draft = `${path}.repaired`;
  rmSync(draft, { recursive: true, force: true });
  const builder = new StoreBuilder(draft);
  try {
    inspectStore(files, (name, text) => builder.put(name, text));
    const { journal } = inspection;
    for (const segment of journal === undefined ? [] : [journal.lower, journal.active]) {
      builder.apply(segment.layer.changes());
    }
    await builder.finish();
  } catch (error) {
    await builder.abandon();
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
  const keptAt = freeName(path);
  renameSync(path, keptAt);
  renameSync(draft, path);
  syncFolder(dirname(path));
  return { inspection, keptAt };
}

function freeName(path: string): string {
  for (let number = 1; ; number++) {
    const name = `${path}.damaged-${number}`;
    if (!existsSync(name)) return name;
  }
}
