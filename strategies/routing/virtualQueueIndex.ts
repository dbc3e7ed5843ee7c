import type { LRUCache } from 'lru-cache';
import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { type Clock, defined, recentEntries } from '../../engine/ports/index.ts';
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
export const SERIAL = 'routingSerial';

/** Blocks whose sums are kept in memory: about a million calls, 25 MB. Others are summed up for each view. */
export const MAX_KNOWN_BLOCKS = 4_096;
/** Blocks summed up in one macrotask: about 4,000 calls, 40 ms when they come from a cold disk. */
export const MAX_BLOCKS_IN_MACROTASK = 16;
/** Passes over the blocks that changed while a view summed up others. */
export const MAX_PASSES = 4;
/** Queues whose list of blocks is kept in memory. */
export const MAX_KNOWN_QUEUES = 1_024;

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

/** The present blocks of a queue. */
interface Survey {
  readonly refs: readonly BlockRef[];
  /** In the order of `refs`; undefined: must be summed up. */
  readonly found: readonly (KnownBlock | undefined)[];
  /** Number of blocks that must be summed up. */
  readonly unknown: number;
}

/**
 * The sums of one reading of a queue, by the block's key. They are held until it ends, whatever the caches
 * drop.
 */
type Gathered = Map<string, KnownBlock>;

/** Number of arrival and block of a call. */
export interface QueueLocation {
  readonly serial: number;
  readonly block: number;
}

/**
 * The calls that wait in virtual queues, by blocks.
 *
 * VQ1. Every change of a queue's entries gives a new revision to the queue and to the block, in the same
 *      batch. So a block with the revision at which it was summed up has the same entries, and needs no
 *      reading.
 * VQ2. A new revision is higher than every revision that this process has read or given. So no revision comes
 *      twice with other entries: not after a commit that failed, and not when batches are joined and the last
 *      put counts. One batch holds one change of a call; the change is computed against the stored entry.
 * VQ3. Sums are in memory only. They are computed from the durable entries: no sum can disagree with them,
 *      and no count is lost with the process.
 * VQ4. A view that has many blocks to sum up pauses between the parts. A sum counts only if the block still
 *      has its revision when the view ends. The other blocks are read then, in the macrotask that
 *      answers the view.
 * VQ5. The record of a block lives as long as the last of its entries. Empty blocks are removed when the next
 *      block begins.
 */
export class VirtualQueueIndex {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #callsInBlock: number;
  readonly #blocksInMacrotask: number;
  readonly #maxKnownBlocks: number;
  readonly #closing: AbortSignal | undefined;
  readonly #knownBlocks: LRUCache<string, KnownBlock>;
  readonly #knownQueues = recentEntries<string, KnownQueue>(MAX_KNOWN_QUEUES);
  /** Readings that run, by queue; views that come meanwhile share them. */
  readonly #readings = new Map<string, Promise<Gathered>>();
  /** Pauses of all readings, one after the other, so that the queues take turns. */
  #lastPause = Promise.resolve();
  /** The highest revision read or given. VQ2. */
  #highest = 0;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    /** Default: CALLS_IN_BLOCK. */
    readonly callsInBlock?: number;
    /** Default: MAX_BLOCKS_IN_MACROTASK. */
    readonly blocksInMacrotask?: number;
    /** Default: MAX_KNOWN_BLOCKS. */
    readonly maxKnownBlocks?: number;
    /** Nothing is read after it is aborted: a reading that pauses rejects with its reason. */
    readonly closing?: AbortSignal;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#callsInBlock = deps.callsInBlock ?? CALLS_IN_BLOCK;
    this.#blocksInMacrotask = deps.blocksInMacrotask ?? MAX_BLOCKS_IN_MACROTASK;
    this.#maxKnownBlocks = deps.maxKnownBlocks ?? MAX_KNOWN_BLOCKS;
    this.#closing = deps.closing;
    this.#knownBlocks = recentEntries(this.#maxKnownBlocks);
  }

  /** The location of a new call at the end of the queue, and the batch that takes it. */
  enter(vq: string): { readonly location: QueueLocation; readonly batch: Batch } {
    const serial = (this.#durable.get<number>(SERIAL, 'last') ?? 0) + 1;
    const earlier = this.#durable.get<number>(ARRIVALS, vq) ?? 0;
    const isFirstOfBlock = earlier > 0 && earlier % this.#callsInBlock === 0;
    const taken = {
      put: [
        { table: SERIAL, key: 'last', value: serial },
        arrivalsRecord(vq, earlier + 1, this.#clock.now()),
      ],
    };
    return {
      location: { serial, block: Math.floor(earlier / this.#callsInBlock) },
      batch: joinBatches(taken, isFirstOfBlock ? this.#emptyBlocksBatch(vq) : {}),
    };
  }

  /** Stores the entry of a call; undefined: the call no longer waits. */
  changeBatch(call: QueuedCall, after: VirtualQueueEntry | undefined): Batch {
    const before = this.entry(call);
    if (JSON.stringify(before) === JSON.stringify(after)) return {};
    const key = blockKey(call);
    const block = this.#see(this.#durable.get<Revision>(BLOCK, key));
    const queue = this.#see(this.#durable.get<Revision>(QUEUE, call.vq));
    this.#highest += 1;
    return {
      put: [
        ...(after === undefined ? [] : [entryRecord(call, after)]),
        revisionRecord(BLOCK, key, nextRevision(this.#highest, [call], block)),
        revisionRecord(QUEUE, call.vq, nextRevision(this.#highest, [call], queue)),
      ],
      remove: after === undefined ? [{ table: ENTRY, key: entryKey(call) }] : [],
    };
  }

  /** The call's entry; undefined: the call no longer waits. */
  entry(call: QueuedCall): VirtualQueueEntry | undefined {
    return this.#durable.get<VirtualQueueEntry>(ENTRY, entryKey(call));
  }

  /**
   * Reads all calls that wait in the queue. `view` is called once, with one state of the queue; what it reads
   * itself is of the same state. Rejects with the error that `view` throws, or with the reason of `closing`.
   */
  async read<T>(vq: string, view: (blocks: readonly QueueBlock[]) => T): Promise<T> {
    const before = this.#survey(vq, undefined);
    const isLong = before.unknown > this.#blocksInMacrotask;
    const { refs, found } = isLong ? this.#survey(vq, await this.#gatherShared(vq)) : before;
    return view(refs.map((ref, at) => (found[at] ?? this.#sumUp(ref)).block));
  }

  /**
   * Sums up the long queues that are stored, in parts, before the first view: the first queues that have
   * MAX_KNOWN_BLOCKS together. Rejects when the store cannot be read, or with the reason of `closing`.
   */
  async readAhead(): Promise<void> {
    let room = this.#maxKnownBlocks;
    // Every queue has at least one block.
    for (const vq of [...this.#durable.scan<Revision>(QUEUE, { limit: room })].map(({ key }) => key)) {
      await this.#pause();
      const { refs, unknown } = this.#survey(vq, undefined);
      if (unknown > this.#blocksInMacrotask) await this.#gatherShared(vq);
      room -= refs.length;
      if (room <= 0) return;
    }
  }

  /** Resolves in a later macrotask, one waiting reading in each. */
  async #pause(): Promise<void> {
    this.#lastPause = this.#lastPause.then(
      () => new Promise((resolve) => void this.#clock.at(this.#clock.now(), resolve)),
    );
    await this.#lastPause;
    this.#closing?.throwIfAborted();
  }

  #see(record: Revision | undefined): Revision | undefined {
    if (record !== undefined) this.#highest = Math.max(this.#highest, record.revision);
    return record;
  }

  #listBlocks(vq: string): readonly BlockRef[] {
    const queue = this.#see(this.#durable.get<Revision>(QUEUE, vq));
    const known = this.#knownQueues.get(vq);
    if (known !== undefined && known.revision === queue?.revision) return known.blocks;
    const blocks = [...this.#durable.scan<Revision>(BLOCK, { prefix: queuePrefix(vq) })].map(
      ({ key, value }) => {
        this.#see(value);
        return { key, revision: value.revision };
      },
    );
    if (queue !== undefined) this.#knownQueues.set(vq, { revision: queue.revision, blocks });
    return blocks;
  }

  #sumUp({ key, revision }: BlockRef): KnownBlock {
    const entries = this.#entriesOf(key);
    const first = entries.reduce(
      (least, { enteredAt }) => Math.min(least, enteredAt),
      Number.POSITIVE_INFINITY,
    );
    const known = { revision, until: first + MAX_CALL_AGE_MS, block: sumUpBlock(entries) };
    this.#knownBlocks.set(key, known);
    return known;
  }

  #survey(vq: string, gathered: Gathered | undefined): Survey {
    const refs = this.#listBlocks(vq);
    const now = this.#clock.now();
    const isCurrent = (known: KnownBlock | undefined, { revision }: BlockRef) =>
      known !== undefined && known.revision === revision && now < known.until;
    let unknown = 0;
    const found = refs.map((ref) => {
      const own = gathered?.get(ref.key);
      if (isCurrent(own, ref)) return own;
      const known = this.#knownBlocks.get(ref.key);
      if (isCurrent(known, ref)) return known;
      unknown += 1;
      return undefined;
    });
    return { refs, found, unknown };
  }

  #gatherShared(vq: string): Promise<Gathered> {
    const underWay = this.#readings.get(vq);
    if (underWay !== undefined) return underWay;
    const reading = this.#gather(vq).finally(() => this.#readings.delete(vq));
    this.#readings.set(vq, reading);
    return reading;
  }

  /** Sums up in parts, until one macrotask can sum up the remaining blocks, or after MAX_PASSES. */
  async #gather(vq: string): Promise<Gathered> {
    const gathered: Gathered = new Map();
    for (let pass = 0; pass < MAX_PASSES; pass += 1) {
      const { refs, found, unknown } = this.#survey(vq, gathered);
      if (unknown <= this.#blocksInMacrotask) break;
      // Held here, because the sums that follow may drop these from the cache.
      found.forEach((known, at) => {
        if (known !== undefined) gathered.set(refs[at]!.key, known);
      });
      const open = refs.filter((_, at) => found[at] === undefined);
      for (let from = 0; from < open.length; from += this.#blocksInMacrotask) {
        this.#gatherPart(open.slice(from, from + this.#blocksInMacrotask), gathered);
        await this.#pause();
      }
    }
    return gathered;
  }

  /** The revision is read again: the block may have changed since the survey. */
  #gatherPart(refs: readonly BlockRef[], gathered: Gathered): void {
    for (const { key } of refs) {
      const record = this.#see(this.#durable.get<Revision>(BLOCK, key));
      if (record !== undefined) gathered.set(key, this.#sumUp({ key, revision: record.revision }));
    }
  }

  #entriesOf(key: string, limit?: number): readonly VirtualQueueEntry[] {
    const range = { prefix: `${key}/`, ...defined({ limit }) };
    return [...this.#durable.scan<VirtualQueueEntry>(ENTRY, range)].map(({ value }) => value);
  }

  /** VQ5. */
  #emptyBlocksBatch(vq: string): Batch {
    const empty = this.#listBlocks(vq).filter(({ key }) => this.#entriesOf(key, 1).length === 0);
    return { remove: empty.map(({ key }) => ({ table: BLOCK, key })) };
  }
}
