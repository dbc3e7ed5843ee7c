import { type Batch, createLruMap, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import { type QueueBlock, sumUpBlock, type VirtualQueueEntry } from './queueBlock.ts';
import { createTurns } from './turns.ts';
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
export const SERIAL = 'routingSerial';

/** Blocks kept summed up in memory: about a million calls, 25 MB. Those above are summed up anew at each look. */
export const MAX_KNOWN_BLOCKS = 4_096;
/** Blocks summed up in one turn of the event loop: about 4,000 calls, 40 ms when they come from a cold disk. */
export const MAX_BLOCKS_IN_TURN = 16;
/** How often a look goes through the blocks that changed while it summed up others. */
export const MAX_PASSES = 4;
/** Queues whose list of blocks is kept in memory. */
export const MAX_KNOWN_QUEUES = 1_024;

/**
 * The calls that wait in virtual queues, by blocks.
 *
 * B1. Whatever changes a queue's entries gives a new revision to the queue and to the block, in the same batch. So
 *     a block that has the revision it was summed up at has the same entries, and needs no reading.
 * B2. A revision given out is above every one that this process has read or given out. So none comes twice with
 *     other entries: not after a commit that failed, and not when batches are joined and the last put counts.
 *     Of one call, one batch holds one change: it is computed against what is stored.
 * B3. Sums are in memory only. They are made from the entries, which are durable: none can disagree with them,
 *     and none is lost with the process.
 * B4. A look that has much to sum up pauses between the parts. What it summed up counts only where the block still has
 *     that revision when the look ends: the rest is read then, in the turn in which the look is answered.
 * B5. The record of a block lives as long as the last of its entries. An empty one goes when the next one begins.
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
  /**
   * Looks at all calls that wait in the queue: `view` is called once, with one state of it, and reads the same state.
   * Rejects with what it throws.
   */
  look<T>(vq: string, view: (blocks: readonly QueueBlock[]) => T): Promise<T>;
  /**
   * Sums up the long queues that are stored, in parts, before anybody looks: those among the first queues that have
   * MAX_KNOWN_BLOCKS together. Rejects when the store cannot be read, or with the reason of `closing`.
   */
  readAhead(): Promise<void>;
}

interface KnownBlock {
  readonly revision: number;
  /** ms since epoch at which the first of its entries expires. */
  readonly until: number;
  readonly block: QueueBlock;
}

interface BlockRef {
  readonly key: string;
  readonly revision: number;
}

interface KnownQueue {
  readonly revision: number;
  readonly blocks: readonly BlockRef[];
}

/** What a look has summed up so far, by the block's key: held until it ends, whatever is forgotten meanwhile. */
type Gathered = Map<string, KnownBlock>;

export function createVirtualQueueIndex(deps: {
  readonly durable: Durable;
  readonly clock: Clock;
  /** Default CALLS_IN_BLOCK. */
  readonly callsInBlock?: number;
  /** Default MAX_BLOCKS_IN_TURN. */
  readonly blocksInTurn?: number;
  /** Default MAX_KNOWN_BLOCKS. */
  readonly maxKnownBlocks?: number;
  /** Once it is aborted nothing more is read: what pauses between parts rejects with its reason. */
  readonly closing?: AbortSignal;
}): VirtualQueueIndex {
  const { durable, clock, callsInBlock = CALLS_IN_BLOCK, blocksInTurn = MAX_BLOCKS_IN_TURN } = deps;
  const { maxKnownBlocks = MAX_KNOWN_BLOCKS } = deps;
  const turns = createTurns(clock);
  const knownBlocks = createLruMap<KnownBlock>(maxKnownBlocks);
  const knownQueues = createLruMap<KnownQueue>(MAX_KNOWN_QUEUES);
  /** Walks under way, by queue: looks that come meanwhile share them. */
  const walks = new Map<string, Promise<Gathered>>();
  /** The highest revision seen. B2. */
  let highest = 0;

  async function nextTurn(): Promise<void> {
    await turns();
    deps.closing?.throwIfAborted();
  }

  function see(record: Revision | undefined): Revision | undefined {
    if (record !== undefined) highest = Math.max(highest, record.revision);
    return record;
  }

  function entry(call: QueuedCall): VirtualQueueEntry | undefined {
    return durable.get<VirtualQueueEntry>(ENTRY, entryKey(call));
  }

  function listBlocks(vq: string): readonly BlockRef[] {
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

  function sumUp({ key, revision }: BlockRef): KnownBlock {
    const entries = entriesOf(key);
    const first = entries.reduce(
      (least, { enteredAt }) => Math.min(least, enteredAt),
      Number.POSITIVE_INFINITY,
    );
    const known = { revision, until: first + MAX_CALL_AGE_MS, block: sumUpBlock(entries) };
    knownBlocks.set(key, known);
    return known;
  }

  /** The blocks of the queue as it is now, undefined where they must be summed up, and how many those are. */
  function survey(vq: string, gathered: Gathered | undefined) {
    const refs = listBlocks(vq);
    const now = clock.now();
    const isCurrent = (known: KnownBlock | undefined, { revision }: BlockRef) =>
      known !== undefined && known.revision === revision && now < known.until;
    let unknown = 0;
    const found = refs.map((ref) => {
      const own = gathered?.get(ref.key);
      if (isCurrent(own, ref)) return own;
      const known = knownBlocks.get(ref.key);
      if (isCurrent(known, ref)) return known;
      unknown += 1;
      return undefined;
    });
    return { refs, found, unknown };
  }

  function walkThrough(vq: string): Promise<Gathered> {
    const underWay = walks.get(vq);
    if (underWay !== undefined) return underWay;
    const walk = gather(vq).finally(() => walks.delete(vq));
    walks.set(vq, walk);
    return walk;
  }

  /** Sums up in parts until no more is left than one turn may have, or MAX_PASSES are over. */
  async function gather(vq: string): Promise<Gathered> {
    const gathered: Gathered = new Map();
    for (let pass = 0; pass < MAX_PASSES; pass += 1) {
      const { refs, found, unknown } = survey(vq, gathered);
      if (unknown <= blocksInTurn) break;
      // What is known now must not be forgotten in favour of what is not.
      found.forEach((known, at) => {
        if (known !== undefined) gathered.set(refs[at]!.key, known);
      });
      const open = refs.filter((_, at) => found[at] === undefined);
      for (let from = 0; from < open.length; from += blocksInTurn) {
        for (const { key } of open.slice(from, from + blocksInTurn)) {
          // Read anew: it may have changed since the survey, and entries go with the revision they were read at.
          const record = see(durable.get<Revision>(BLOCK, key));
          if (record !== undefined) gathered.set(key, sumUp({ key, revision: record.revision }));
        }
        await nextTurn();
      }
    }
    return gathered;
  }

  function entriesOf(key: string, limit?: number): readonly VirtualQueueEntry[] {
    const range = { prefix: `${key}/`, ...(limit === undefined ? {} : { limit }) };
    return [...durable.scan<VirtualQueueEntry>(ENTRY, range)].map(({ value }) => value);
  }

  /** B5. */
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

    async look(vq, view) {
      const before = survey(vq, undefined);
      const isMuch = before.unknown > blocksInTurn;
      const { refs, found } = isMuch ? survey(vq, await walkThrough(vq)) : before;
      return view(refs.map((ref, at) => (found[at] ?? sumUp(ref)).block));
    },

    async readAhead() {
      let room = maxKnownBlocks;
      // Each has a block at least.
      for (const vq of [...durable.scan<Revision>(QUEUE, { limit: room })].map(({ key }) => key)) {
        await nextTurn();
        const { refs, unknown } = survey(vq, undefined);
        if (unknown > blocksInTurn) await walkThrough(vq);
        room -= refs.length;
        if (room <= 0) return;
      }
    },
  };
}
