import { type Batch, type Durable, joinBatches } from '../../engine/host/durable.ts';
import { createLruMap } from '../../engine/host/lruMap.ts';
import type { Clock } from '../../engine/ports.ts';
import { type QueueBlock, sumUpBlock, type VirtualQueueEntry } from './queueBlock.ts';
import {
  ARRIVALS,
  arrivalsRecord,
  BLOCK,
  blockKey,
  CALLS_IN_BLOCK,
  ENTRY,
  entryKey,
  entryRecord,
  MAX_CALL_AGE_MS,
  nextRevision,
  QUEUE,
  type QueuedCall,
  queuePrefix,
  type Revision,
  revisionRecord,
} from './virtualQueueTables.ts';

/** `last`: the highest number of arrival over all queues. */
const SERIAL = 'routingSerial';

/** Blocks kept summed up in memory: about a million calls, 25 MB. More are summed up anew at each look. */
export const MAX_KNOWN_BLOCKS = 4_096;
/** Queues whose list of blocks is kept in memory. */
export const MAX_KNOWN_QUEUES = 1_024;

/**
 * The calls that wait in virtual queues, by blocks.
 *
 * B1. Whatever changes a queue's entries gives a new revision to the queue and to the block, in the same batch. So
 *     a block that has the revision it was summed up at has the same entries, and needs no reading.
 * B2. A revision given out is above every one that this process has read or given out. So none comes twice with
 *     other entries: not after a commit that failed, and not when batches are joined and the last put counts.
 * B3. Sums are in memory only. They are made from the entries, which are durable: none can disagree with them,
 *     and none is lost with the process.
 *     Of one call, one batch holds one change: it is computed against what is stored.
 * B4. The record of a block lives as long as the last of its entries. An empty one goes when the next one begins.
 */
export interface VirtualQueueIndex {
  /** The place of a new call: its number of arrival and its block, and the batch that takes both. */
  enter(vq: string): {
    readonly place: { readonly serial: number; readonly block: number };
    readonly batch: Batch;
  };
  /** Makes the call's entry be this one; undefined: it waits no more. */
  changeBatch(call: QueuedCall, entry: VirtualQueueEntry | undefined): Batch;
  /** The call's entry; undefined: it waits no more. */
  entry(call: QueuedCall): VirtualQueueEntry | undefined;
  /** All calls that wait in the queue. */
  blocks(vq: string): readonly QueueBlock[];
}

interface KnownBlock {
  readonly revision: number;
  /** ms since epoch at which the first of its entries expires. */
  readonly until: number;
  readonly block: QueueBlock;
}

interface KnownQueue {
  readonly revision: number;
  readonly blocks: readonly { readonly key: string; readonly revision: number }[];
}

export function createVirtualQueueIndex(deps: {
  readonly durable: Durable;
  readonly clock: Clock;
  /** Default CALLS_IN_BLOCK. */
  readonly callsInBlock?: number;
}): VirtualQueueIndex {
  const { durable, clock, callsInBlock = CALLS_IN_BLOCK } = deps;
  const knownBlocks = createLruMap<KnownBlock>(MAX_KNOWN_BLOCKS);
  const knownQueues = createLruMap<KnownQueue>(MAX_KNOWN_QUEUES);
  /** The highest revision seen. B2. */
  let highest = 0;

  function see(record: Revision | undefined): Revision | undefined {
    if (record !== undefined) highest = Math.max(highest, record.revision);
    return record;
  }

  function entry(call: QueuedCall): VirtualQueueEntry | undefined {
    return durable.get<VirtualQueueEntry>(ENTRY, entryKey(call));
  }

  function listBlocks(vq: string): KnownQueue['blocks'] {
    const queue = see(durable.get<Revision>(QUEUE, vq));
    const known = knownQueues.get(vq);
    if (known !== undefined && known.revision === queue?.revision) return known.blocks;
    const blocks = [...durable.scan<Revision>(BLOCK, { prefix: queuePrefix(vq) })].map(({ key, value }) => {
      see(value);
      return { key, revision: value.revision };
    });
    if (queue !== undefined) knownQueues.set(vq, { revision: queue.revision, blocks });
    return blocks;
  }

  function readBlock({ key, revision }: KnownQueue['blocks'][number]): QueueBlock {
    const known = knownBlocks.get(key);
    if (known?.revision === revision && clock.now() < known.until) return known.block;
    const entries = entriesOf(key);
    const block = sumUpBlock(entries);
    const first = entries.reduce(
      (least, { enteredAt }) => Math.min(least, enteredAt),
      Number.POSITIVE_INFINITY,
    );
    knownBlocks.set(key, { revision, until: first + MAX_CALL_AGE_MS, block });
    return block;
  }

  function entriesOf(key: string, limit?: number): readonly VirtualQueueEntry[] {
    const range = { prefix: `${key}/`, ...(limit === undefined ? {} : { limit }) };
    return [...durable.scan<VirtualQueueEntry>(ENTRY, range)].map(({ value }) => value);
  }

  /** B4. */
  function emptyBlocksBatch(vq: string): Batch {
    const empty = listBlocks(vq).filter(({ key }) => entriesOf(key, 1).length === 0);
    return { remove: empty.map(({ key }) => ({ table: BLOCK, key })) };
  }

  return {
    enter(vq) {
      const serial = (durable.get<number>(SERIAL, 'last') ?? 0) + 1;
      const earlier = durable.get<number>(ARRIVALS, vq) ?? 0;
      const isFirstOfBlock = earlier > 0 && earlier % callsInBlock === 0;
      const taken = {
        put: [{ table: SERIAL, key: 'last', value: serial }, arrivalsRecord(vq, earlier + 1, clock.now())],
      };
      return {
        place: { serial, block: Math.floor(earlier / callsInBlock) },
        batch: joinBatches(taken, isFirstOfBlock ? emptyBlocksBatch(vq) : {}),
      };
    },

    changeBatch(call, after) {
      const before = entry(call);
      if (JSON.stringify(before) === JSON.stringify(after)) return {};
      const key = blockKey(call);
      const block = see(durable.get<Revision>(BLOCK, key));
      const queue = see(durable.get<Revision>(QUEUE, call.vq));
      highest += 1;
      return {
        put: [
          ...(after === undefined ? [] : [entryRecord(call, after)]),
          revisionRecord(BLOCK, key, nextRevision(highest, [call], block)),
          revisionRecord(QUEUE, call.vq, nextRevision(highest, [call], queue)),
        ],
        remove: after === undefined ? [{ table: ENTRY, key: entryKey(call) }] : [],
      };
    },

    entry,
    blocks: (vq) => listBlocks(vq).map(readBlock),
  };
}
