import { StoreDamagedError, type StoreOperation } from '../index.ts';
import {
  type CopyMark,
  encodeFrame,
  randomId,
  readFrames,
  readOperations,
  sealFrame,
  splitName,
} from '../lmdb/index.ts';

/** Limit of a frame: PostgreSQL sends it as text of twice the length, and a string has at most 512 MiB. */
const MAX_FRAME_BYTES = 134_217_728;
/** Before the operations of a frame. */
const HEADER_BYTES = 52;

/** One write, as the log has it: the format of the journal (journalFrames.mjs), with an id as its history. */
export interface LogFrame {
  readonly bytes: Buffer;
  readonly payload: Buffer;
  /** The log up to this frame. */
  readonly mark: CopyMark;
}

/** Throws RangeError when a key or the whole write is too long. */
export function sealLogFrame(operations: readonly StoreOperation[], before: CopyMark): LogFrame {
  const encoded = encodeFrame(operations);
  if (encoded.end > MAX_FRAME_BYTES) {
    throw new RangeError(`A write may have ${MAX_FRAME_BYTES} bytes; got ${encoded.end}.`);
  }
  const bytes = encoded.bytes.subarray(0, encoded.end);
  const { store } = before;
  const [serial, frame] = [before.serial + 1, randomId()];
  const checksum = sealFrame(bytes, { serial, store, history: frame, previous: before.checksum });
  return { bytes, payload: bytes.subarray(HEADER_BYTES), mark: { store, serial, checksum, frame } };
}

/**
 * Opens a frame that the log has after `before`. Returns undefined when it does not follow `before`. Throws
 * StoreDamagedError when it is not what was written.
 */
export function openLogFrame(bytes: Buffer, before: CopyMark): LogFrame | undefined {
  const frame = readFrames(bytes).next().value;
  if (frame === undefined) {
    throw new StoreDamagedError(
      `A frame after ${before.serial} of the log is not what was written: its checksum does not match.`,
    );
  }
  const { serial, store, history, previous, checksum, payload } = frame;
  const follows = serial === before.serial + 1 && store === before.store && previous === before.checksum;
  if (!follows) return undefined;
  return { bytes, payload, mark: { store, serial, checksum, frame: history } };
}

export function operationsOf(payload: Buffer): readonly StoreOperation[] {
  return [...readOperations(payload)].map(({ key, value }) => ({
    ...splitName(key.toString()),
    text: value === null ? null : value.toString(),
  }));
}
