import { createHash } from 'node:crypto';
import type { PutRecord } from '../../engine/durable/index.ts';
import type { VirtualQueueEntry } from './queueBlock.ts';

/** Virtual interactions expire after this time; far longer than the time to live of any queue. */
export const MAX_CALL_AGE_MS = 30 * 86_400_000;
/** Number of successive calls of a queue that share a block. */
export const CALLS_IN_BLOCK = 256;

/** `vq/block/serial`: VirtualQueueEntry of a call that waits, for the positions in the queue. */
export const ENTRY = 'virtualQueueEntry';
/** `vq/block`: Revision. */
export const BLOCK = 'virtualQueueBlock';
/** `vq`: Revision. */
export const QUEUE = 'virtualQueueRevision';
/** `vq`: number of calls that have arrived. It expires when no call arrives for MAX_CALL_AGE_MS. */
export const ARRIVALS = 'virtualQueueArrivals';

/** Longest encoded name of a queue in keys; for a longer name, the keys have its hash. */
const MAX_NAME_IN_KEY = 255;
/**
 * Records about several calls expire up to this much later than the calls, so that not every call changes the
 * expiry.
 */
const EXPIRY_STEP_MS = 86_400_000;

/** Changes with every change of the entries. */
export interface Revision {
  readonly revision: number;
  /** ms since epoch: no entry expires later. */
  readonly until: number;
}

/** The fields of a call that locate its entry. */
export interface QueuedCall {
  readonly vq: string;
  readonly block: number;
  readonly serial: number;
  readonly enteredAt: number;
}

/**
 * Prefix of the keys of a queue's blocks and entries. In an encoded name two hexadecimal digits follow each
 * '%', so no name has the prefix of a hash.
 */
export function queuePrefix(vq: string): string {
  // The store keeps names as UTF-8 bytes; encodeURIComponent throws on half a surrogate pair.
  const name = encodeURIComponent(Buffer.from(vq).toString());
  return name.length <= MAX_NAME_IN_KEY ? `${name}/` : `%sha256-${hashOf(vq)}/`;
}

function hashOf(vq: string): string {
  return createHash('sha256').update(vq).digest('hex');
}

export function blockKey({ vq, block }: Pick<QueuedCall, 'vq' | 'block'>): string {
  return `${queuePrefix(vq)}${String(block).padStart(10, '0')}`;
}

export function entryKey(call: QueuedCall): string {
  return `${blockKey(call)}/${String(call.serial).padStart(16, '0')}`;
}

/** ms since epoch. */
export function expiryOfCall({ enteredAt }: Pick<QueuedCall, 'enteredAt'>): number {
  return enteredAt + MAX_CALL_AGE_MS;
}

export function entryRecord(call: QueuedCall, value: VirtualQueueEntry): PutRecord {
  return { table: ENTRY, key: entryKey(call), value, expiresAt: expiryOfCall(call) };
}

/** The revision after `before` when the entries of these calls change. */
export function nextRevision(
  revision: number,
  calls: readonly QueuedCall[],
  before: Revision | undefined,
): Revision {
  const until = calls.reduce((end, call) => Math.max(end, endOfStep(expiryOfCall(call))), before?.until ?? 0);
  return { revision, until };
}

export function revisionRecord(table: typeof BLOCK | typeof QUEUE, key: string, value: Revision): PutRecord {
  return { table, key, value, expiresAt: value.until };
}

export function arrivalsRecord(vq: string, arrivals: number, lastAt: number): PutRecord {
  return { table: ARRIVALS, key: vq, value: arrivals, expiresAt: endOfStep(lastAt + MAX_CALL_AGE_MS) };
}

function endOfStep(time: number): number {
  return Math.ceil(time / EXPIRY_STEP_MS) * EXPIRY_STEP_MS;
}
