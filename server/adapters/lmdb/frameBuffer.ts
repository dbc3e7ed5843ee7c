import type { StoreOperation } from '../../../engine/host/storePort.ts';
import {
  BLOCK_BYTES,
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
/** Bytes that a character of a string may become. */
const MAX_BYTES_OF_CHARACTER = 3;
/** Characters of a text whose bytes are counted, so that it does not get three times what it needs. */
const LONG_TEXT = 16_384;
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
  let bytes = Buffer.alloc(USUAL_BYTES);
  let end = HEADER_BYTES;

  function makeRoom(most: number): void {
    // Up to the end of its last block: a whole number of them is written.
    if (most + BLOCK_BYTES <= bytes.length) return;
    const larger = Buffer.alloc(Math.max(wholeBlocks(most) + BLOCK_BYTES, 2 * bytes.length));
    bytes.copy(larger, 0, 0, end);
    bytes = larger;
  }

  /** What a text comes to is known when it is there: to count its bytes before would be a second way through it. */
  function addOne({ table, key, text }: StoreOperation, at: number): number {
    const name = recordName(table, key);
    makeRoom(at + LENGTHS_BYTES + mostBytes(name) + mostBytes(text ?? ''));
    const keyLength = bytes.write(name, at + LENGTHS_BYTES);
    if (keyLength > MAX_NAME_BYTES) {
      throw new RangeError(
        `A table's name, one byte, and a key may have ${MAX_NAME_BYTES} bytes together; got ${keyLength}.`,
      );
    }
    const valueAt = at + LENGTHS_BYTES + keyLength;
    const valueLength = text === null ? REMOVED : bytes.write(text, valueAt);
    bytes.writeInt32LE(keyLength, at);
    bytes.writeInt32LE(valueLength, at + 4);
    return valueAt + Math.max(valueLength, 0);
  }

  return {
    add(operations) {
      const before = end;
      try {
        // What is copied when it becomes larger: all that is there so far.
        for (const operation of operations) end = addOne(operation, end);
      } catch (error) {
        end = before;
        throw error;
      }
    },

    get size() {
      return wholeBlocks(end);
    },

    seal(ids) {
      sealFrame(bytes.subarray(0, end), ids);
      return bytes.subarray(0, wholeBlocks(end));
    },

    clear() {
      if (bytes.length > USUAL_BYTES) bytes = Buffer.alloc(USUAL_BYTES);
      end = HEADER_BYTES;
    },
  };
}

function mostBytes(text: string): number {
  return text.length < LONG_TEXT ? MAX_BYTES_OF_CHARACTER * text.length : Buffer.byteLength(text);
}
