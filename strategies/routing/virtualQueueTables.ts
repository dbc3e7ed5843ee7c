import { createHash } from 'node:crypto';
import type { PutRecord } from '../../engine/durable/index.ts';
import type { VirtualQueueEntry } from './queueBlock.ts';

/** A virtual interaction that nobody removed is forgotten after this. Far above every queue time-to-live. */
export const MAX_CALL_AGE_MS = 30 * 86_400_000;
/** Calls that arrive one after the other in a queue and share a block. */
export const CALLS_IN_BLOCK = 256;

/** `vq/block/serial`: VirtualQueueEntry. What positions need, of the calls that wait. */
export const ENTRY = 'virtualQueueEntry';
/** `vq/block`: Revision. */
export const BLOCK = 'virtualQueueBlock';
/** `vq`: Revision. */
export const QUEUE = 'virtualQueueRevision';
/** `vq`: calls that have arrived; counts anew in a queue where nobody came for as long as a call may live. */
export const ARRIVALS = 'virtualQueueArrivals';

/** A queue's name is in its keys up to this many characters, encoded; beyond it stands its hash. */
const MAX_NAME_IN_KEY = 255;
/** Records about several calls outlive them by up to this, so that not every call moves their end. */
const EXPIRY_STEP_MS = 86_400_000;

/** Tells that entries changed. */
export interface Revision {
  readonly revision: number;
  /** ms since epoch: no entry expires later. */
  readonly until: number;
}

/** Where a call's entry is. */
export interface QueuedCall {
  readonly vq: string;
  readonly block: number;
  readonly serial: number;
  readonly enteredAt: number;
}

/**
 * Begins the keys of a queue's blocks and entries. What is encoded has no '%' that two hexadecimal digits do not follow.
 */
export function queuePrefix(vq: string): string {
  // Through bytes, as the store has it: half a surrogate pair cannot be encoded.
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

/** What follows `before` when these calls' entries change. */
export function nextRevision(
  revision: number,
  calls: readonly QueuedCall[],
  before: Revision | undefined,
): Revision {
  const ends = calls.map((call) => endOfStep(expiryOfCall(call)));
  return { revision, until: Math.max(before?.until ?? 0, ...ends) };
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
