import type { Durable, PutRecord } from '../../engine/durable/index.ts';
import type { EstimatorState } from '../estimates/index.ts';
import { QUEUE_STAT_KEPT_MS } from './virtualQueueStat.ts';

/** Table `waitEstimate`, key: the queue's name. */
const TABLE = 'waitEstimate';

/** EstimatorState with the bytes of its numbers, as the machine has them. */
interface StoredState {
  readonly slots: Uint8Array;
  readonly handled: Uint8Array;
  readonly patience: readonly [gaveUp: number, waitedMs: number];
  readonly ratios: readonly Uint8Array[];
  readonly accuracy: readonly Uint8Array[];
}

/** Undefined: the queue has none. */
export function readState(durable: Pick<Durable, 'get'>, vq: string): EstimatorState | undefined {
  const stored = durable.get<StoredState>(TABLE, vq);
  return (
    stored && {
      slots: floatsOf(stored.slots),
      handled: floatsOf(stored.handled),
      patience: stored.patience,
      ratios: stored.ratios.map(floatsOf),
      accuracy: stored.accuracy.map(floatsOf),
    }
  );
}

export function stateRecord(vq: string, state: EstimatorState, now: number): PutRecord {
  const value: StoredState = {
    slots: bytesOf(state.slots),
    handled: bytesOf(state.handled),
    patience: state.patience,
    ratios: state.ratios.map(bytesOf),
    accuracy: state.accuracy.map(bytesOf),
  };
  return { table: TABLE, key: vq, value, expiresAt: now + QUEUE_STAT_KEPT_MS };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

/** The bytes of a record may begin at any address; those of floats may not. */
function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}
