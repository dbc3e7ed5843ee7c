import { resolve } from 'node:path';
import type { StorePort } from '../../engine/durable/index.ts';
import { type LmdbStore, openLmdbStore } from '../../engine/durable/lmdb/index.ts';
import { openCell } from '../../engine/durable/postgres/index.ts';
import type { Log } from '../../engine/ports/index.ts';
import type { CellSettings } from './environment.ts';

/** The store of this process. */
export type OpenedStore =
  | { readonly kind: 'embedded'; readonly store: LmdbStore }
  | {
      readonly kind: 'cell';
      readonly store: StorePort;
      /** Whether this node may answer now. */
      readonly mayAnswer: () => boolean;
      /** Resolves when another node has the cell: this process must end. */
      readonly lost: Promise<unknown>;
    };

/**
 * Opens the store in the data directory, or the cell in PostgreSQL with its copy there. A cell that another
 * node has is followed until this node takes it, so this may wait for as long as the other one lives.
 */
export async function openStore({
  dataDir,
  cell,
  address,
  log,
}: {
  readonly dataDir: string;
  readonly cell: CellSettings | undefined;
  /** URL of this server; others see it in the cell's row. */
  readonly address: string | undefined;
  readonly log: Log;
}): Promise<OpenedStore> {
  if (cell === undefined) {
    const store = openLmdbStore({
      path: resolve(dataDir, 'store'),
      failed: (error) =>
        log.error({ err: error }, 'The journal could not be written into the store; it is kept.'),
    });
    return { kind: 'embedded', store };
  }
  const { name, node, ...options } = cell;
  log.info({ cell: name, node }, 'This node follows the cell until it has it.');
  const path = resolve(dataDir, 'cells');
  const owned = await openCell({ ...options, cell: name, node, path, address: address ?? '', log });
  return { kind: 'cell', store: owned, mayAnswer: () => owned.mayAnswer, lost: owned.lost };
}
