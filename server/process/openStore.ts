import { resolve } from 'node:path';
import type { StorePort } from '../../engine/durable/index.ts';
import { type LmdbStore, openLmdbStore } from '../../engine/durable/lmdb/index.ts';
import type { Log } from '../../engine/ports/index.ts';
import type { ClusterNode } from './clusterNode.ts';
import type { ClusterSide } from './compose.ts';

/** The store of this process. */
export type OpenedStore =
  | { readonly kind: 'embedded'; readonly store: LmdbStore }
  | {
      readonly kind: 'cell';
      readonly store: StorePort;
      readonly cluster: ClusterSide;
      /** The claim with which this node has the cell. */
      readonly claim: () => string;
      /** Resolves when another node has the cell: this process must end. */
      readonly lost: Promise<unknown>;
    };

/**
 * Opens the store in the data directory, or the cell of this node. A cell that another node has is followed
 * until this node takes it, so this may wait for as long as the other one lives.
 */
export async function openStore({
  dataDir,
  node,
  log,
}: {
  readonly dataDir: string;
  /** Absent: the store is in the data directory. */
  readonly node: ClusterNode | undefined;
  readonly log: Log;
}): Promise<OpenedStore> {
  if (node === undefined) {
    const store = openLmdbStore({
      path: resolve(dataDir, 'store'),
      failed: (error) =>
        log.error({ err: error }, 'The journal could not be written into the store; it is kept.'),
    });
    return { kind: 'embedded', store };
  }
  const store = await node.owned();
  const cluster = {
    ...node.side,
    mayAnswer: () => store.mayAnswer,
    figures: () => {
      const { epoch: claims, head: frames, unknownOutcomes } = store.counts;
      return { claims, frames, unknownOutcomes, upkeep: store.upkeep };
    },
  };
  return { kind: 'cell', store, cluster, claim: () => store.claim, lost: store.lost };
}
