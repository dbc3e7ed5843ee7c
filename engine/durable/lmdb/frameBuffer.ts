import { createByteMemory } from '../../ports/index.ts';
import type { StoreOperation } from '../index.ts';
import {
  type FrameIds,
  HEADER_BYTES,
  LENGTHS_BYTES,
  REMOVED,
  sealFrame,
  wholeBlocks,
} from './journalFrames.mjs';
import { recordName } from './recordNames.ts';

/** Most frames fit; one that does not gets more for itself. */
const USUAL_BYTES = 262_144;
/** What lmdb takes, with pages of 4,096 bytes. */
const MAX_NAME_BYTES = 1_978;

/** Memory in which a frame is made (journalFrames.mjs), and used again for the next one. */
export interface FrameBuffer {
  /** Throws RangeError for a key that is too long; the frame has none of the operations then. */
  add(operations: readonly StoreOperation[]): void;
  /** Bytes that the frame takes on the disk. */
  readonly size: number;
  /** The frame as it is to be written, valid until the next add(). */
  seal(ids: FrameIds): Buffer;
  clear(): void;
}

export function createFrameBuffer(): FrameBuffer {
  const memory = createByteMemory(USUAL_BYTES);
  memory.skip(HEADER_BYTES);

  function addOne({ table, key, text }: StoreOperation): void {
    const at = memory.end;
    memory.skip(LENGTHS_BYTES);
    const keyLength = memory.write(recordName(table, key));
    if (keyLength > MAX_NAME_BYTES) {
      throw new RangeError(
        `A table's name, one byte, and a key may have ${MAX_NAME_BYTES} bytes together; got ${keyLength}.`,
      );
    }
    const valueLength = text === null ? REMOVED : memory.write(text);
    memory.bytes.writeInt32LE(keyLength, at);
    memory.bytes.writeInt32LE(valueLength, at + 4);
  }

  return {
    add(operations) {
      const before = memory.end;
      try {
        for (const operation of operations) addOne(operation);
      } catch (error) {
        memory.shorten(before);
        throw error;
      }
    },

    get size() {
      return wholeBlocks(memory.end);
    },

    seal(ids) {
      const { end } = memory;
      // A whole number of blocks is written.
      memory.skip(wholeBlocks(end) - end);
      const frame = memory.bytes.subarray(0, memory.end);
      memory.shorten(end);
      sealFrame(frame.subarray(0, end), ids);
      return frame;
    },

    clear() {
      memory.clear();
      memory.skip(HEADER_BYTES);
    },
  };
}
