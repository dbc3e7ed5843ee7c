// @ts-check
import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * The parts of a journal's segment: frames, each at the beginning of a block, so that none that is on the disk is
 * written again with the next one. A frame is a header and its payload, one operation behind the other.
 *
 *   header      0  CRC-32 of all that follows, 32 bit        payload   length of the key, 32 bit
 *   (48 bytes)  4  bytes of the payload, 32 bit                        length of the value, 32 bit, or REMOVED
 *               8  serial number of the frame, double                  the key
 *              16  id of the store                                     the value
 *              32  id of the segment's generation
 *
 * Numbers are little-endian. A segment is used over and over: each time its frames carry another generation, drawn
 * at random, so that what stands behind the last one, be it left from before or a client's bytes, is not taken for one.
 * Plain JavaScript, like the thread that reads them (lmdbWriter.mjs).
 */
export const HEADER_BYTES = 48;
export const BLOCK_BYTES = 4096;
const ID_BYTES = 16;
/** In place of a value's length: the key is removed. */
export const REMOVED = -1;
/** Of each operation, before its key. */
export const LENGTHS_BYTES = 8;

/** @typedef {{ readonly serial: number, readonly store: string, readonly generation: string }} FrameIds in hexadecimal */
/** @typedef {FrameIds & { readonly payload: Buffer, readonly end: number }} Frame `end`: where the next one begins */

/** Of a store, or a generation. */
export function randomId() {
  return randomBytes(ID_BYTES).toString('hex');
}

/** @param {number} bytes */
export function wholeBlocks(bytes) {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
}

/**
 * Writes the header of a frame whose payload is there.
 * @param {Buffer} bytes of the frame: header and payload
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
 * The frames of a segment, up to the first place that holds none that follows the one before it.
 * @param {Buffer} bytes
 * @returns {Generator<Frame, void>}
 */
export function* readFrames(bytes) {
  /** @type {Frame | undefined} */
  let last;
  for (let at = 0; at + HEADER_BYTES <= bytes.length; at = last.end) {
    const frame = readFrame(bytes, at);
    if (frame === undefined) return;
    if (last !== undefined && (frame.generation !== last.generation || frame.serial !== last.serial + 1))
      return;
    yield frame;
    last = frame;
  }
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
 * The operations of a payload; a value of null means that the key is removed.
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
