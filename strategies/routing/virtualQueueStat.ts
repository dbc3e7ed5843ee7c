import type { Batch, Durable } from '../../engine/durable/index.ts';
import { ESTIMATE_WINDOW, remember } from './waitEstimate.ts';

/** Table `virtualQueueStat`, key: the queue's name. */
export interface VirtualQueueStat {
  /** Calls distributed since the queue came into use. */
  readonly hit: number;
  readonly distributedAt: readonly number[];
  readonly waits: readonly number[];
}

/**
 * Table `handlingTime`, key: the queue's name. A table of its own, because calls end while others are
 * distributed.
 */
export interface HandlingTimes {
  readonly handled: readonly number[];
}

const STAT = 'virtualQueueStat';
const HANDLING = 'handlingTime';
/** ms for which statistics are kept after the last call of a queue: clients may invent queues. */
export const QUEUE_STAT_KEPT_MS = 30 * 24 * 3_600_000;

export function readQueueStat(durable: Durable, vq: string): VirtualQueueStat {
  return durable.get<VirtualQueueStat>(STAT, vq) ?? { hit: 0, distributedAt: [], waits: [] };
}

export function readHandlingTimes(durable: Durable, vq: string): HandlingTimes {
  return durable.get<HandlingTimes>(HANDLING, vq) ?? { handled: [] };
}

/** The statistics of several queues as of one. */
export function mergeStats(stats: readonly VirtualQueueStat[]): VirtualQueueStat {
  if (stats.length === 1) return stats[0]!;
  return {
    hit: stats.reduce((sum, { hit }) => sum + hit, 0),
    distributedAt: stats
      .flatMap(({ distributedAt }) => distributedAt)
      .sort((a, b) => a - b)
      .slice(-ESTIMATE_WINDOW),
    waits: stats.flatMap(({ waits }) => waits),
  };
}

/** Counts a distributed call. */
export function distributedBatch(durable: Durable, vq: string, at: number, waitedMs: number): Batch {
  const stat = readQueueStat(durable, vq);
  const value: VirtualQueueStat = {
    hit: stat.hit + 1,
    distributedAt: remember(stat.distributedAt, at),
    waits: remember(stat.waits, waitedMs),
  };
  return { put: [{ table: STAT, key: vq, value, expiresAt: at + QUEUE_STAT_KEPT_MS }] };
}

/** Stores the handling time of an agent for a call of the queue that has just ended. */
export function handledBatch(durable: Durable, vq: string, endedAt: number, ms: number): Batch {
  const value: HandlingTimes = { handled: remember(readHandlingTimes(durable, vq).handled, ms) };
  return { put: [{ table: HANDLING, key: vq, value, expiresAt: endedAt + QUEUE_STAT_KEPT_MS }] };
}
