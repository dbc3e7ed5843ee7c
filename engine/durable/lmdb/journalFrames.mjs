// @ts-check
import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * The format of a journal's segment. It consists of frames. Each begins at a block, so that appending a frame
 * never writes to a block of an earlier one. A frame is a header and a payload of operations, one after the
 * other.
 *
 *   header      0  CRC-32 of the rest, 32 bit                payload   length of the key, 32 bit
 *   (48 bytes) 4 bytes of the payload, 32 bit length of the value, 32 bit, or REMOVED
 *               8  serial number of the frame, double                  the key
 *              16  id of the store                                     the value
 *              32  id of the segment's generation
 *
 * Numbers are little-endian. A segment is used again and again. Each time its frames have a new random
 * generation, so that old frames after the last one, or bytes that a client sent, are not mistaken for
 * frames. Plain JavaScript, like the thread that reads them (lmdbWriter.mjs).
 */
export const HEADER_BYTES = 48;
export const BLOCK_BYTES = 4096;
const ID_BYTES = 16;
/** Instead of a value's length: the key is removed. */
export const REMOVED = -1;
/** The two lengths before the key of each operation. */
export const LENGTHS_BYTES = 8;

/**
 * @typedef {{ readonly serial: number, readonly store: string, readonly generation: string }} FrameIds in
 * hexadecimal
 */
/**
 * @typedef {FrameIds & { readonly payload: Buffer, readonly end: number }} Frame `end`: start of the next
 * frame
 */

/** For a store or a generation. */
export function randomId() {
  return randomBytes(ID_BYTES).toString('hex');
}

/** @param {number} bytes */
export function wholeBlocks(bytes) {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
}

/**
 * Writes the header of a frame that has its payload.
 * @param {Buffer} bytes header and payload of the frame
 * @param {FrameIds} ids
 */
export function sealFrame(bytes, { serial, store, generation }) {
  bytes.writeUInt32LE(bytes.length - HEADER_BYTES, 4);
  bytes.writeDoubleLE(serial, 8);
  bytes.write(store, 16, 'hex');
  bytes.write(generation, 16 + ID_BYTES, 'hex');
  bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0);
}

/**
 * The frames of a segment, up to the first block that has no frame that follows the one before.
 * @param {Buffer} bytes
 * @returns {Generator<Frame, void>}
 */
export function* readFrames(bytes) {
  /** @type {Frame | undefined} */
  let last;
  for (let at = 0; at + HEADER_BYTES <= bytes.length; at = last.end) {
    const frame = readFrame(bytes, at);
    if (frame === undefined) return;
    if (last !== undefined && !follows(frame, last)) return;
    yield frame;
    last = frame;
  }
}

/** @type {(frame: Frame, last: Frame) => boolean} */
function follows({ generation, serial }, last) {
  return generation === last.generation && serial === last.serial + 1;
}

/** @type {(bytes: Buffer, at: number) => Frame | undefined} */
function readFrame(bytes, at) {
  const payloadAt = at + HEADER_BYTES;
  const length = bytes.readUInt32LE(at + 4);
  if (payloadAt + length > bytes.length) return undefined;
  if (crc32(bytes.subarray(at + 4, payloadAt + length)) !== bytes.readUInt32LE(at)) return undefined;
  return {
    serial: bytes.readDoubleLE(at + 8),
    store: bytes.toString('hex', at + 16, at + 16 + ID_BYTES),
    generation: bytes.toString('hex', at + 16 + ID_BYTES, payloadAt),
    payload: bytes.subarray(payloadAt, payloadAt + length),
    end: wholeBlocks(payloadAt + length),
  };
}

/**
 * The operations of a payload. A value of null removes the key.
 * @param {Buffer} payload
 * @returns {Generator<{ readonly key: Buffer, readonly value: Buffer | null }, void>}
 */
export function* readOperations(payload) {
  for (let at = 0; at < payload.length; ) {
    const keyAt = at + LENGTHS_BYTES;
    const valueAt = keyAt + payload.readInt32LE(at);
    const length = payload.readInt32LE(at + 4);
    at = valueAt + Math.max(length, 0);
    yield {
      key: payload.subarray(keyAt, valueAt),
      value: length === REMOVED ? null : payload.subarray(valueAt, at),
    };
  }
}
