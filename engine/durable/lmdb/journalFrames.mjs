// @ts-check
import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * The format of a journal's segment. It consists of frames. Each begins at a block, so that appending a frame
 * never writes to a block of an earlier one. A frame is a header and a payload of operations, one after the
 * other.
 *
 *   header      0  CRC-32 of the rest, 32 bit               payload  length of the key, 32 bit
 *   (52 bytes)  4  bytes of the payload, 32 bit                     length of the value, or REMOVED
 *               8  serial number of the frame, double               the key
 *              16  id of the store                                  the value
 *              32  id of the history
 *              48  CRC-32 of the frame before
 *
 * Numbers are little-endian. The checksum of the frame before makes the frames a chain, over both segments.
 * Each opening of the store begins a new history with a random id, so frames of an abandoned end, or bytes
 * that a client sent, are not mistaken for frames. Plain JavaScript, like the thread that reads them
 * (lmdbWriter.mjs).
 */
export const HEADER_BYTES = 52;
export const BLOCK_BYTES = 4096;
const ID_BYTES = 16;
const STORE_AT = 16;
const HISTORY_AT = STORE_AT + ID_BYTES;
const PREVIOUS_AT = HISTORY_AT + ID_BYTES;
/** Instead of a value's length: the key is removed. */
export const REMOVED = -1;
/** The two lengths before the key of each operation. */
export const LENGTHS_BYTES = 8;

/**
 * @typedef {{ readonly serial: number, readonly store: string, readonly history: string, readonly previous:
 * number }} FrameIds the ids in hexadecimal; `previous`: checksum of the frame before
 */
/**
 * @typedef {FrameIds & { readonly payload: Buffer, readonly checksum: number, readonly end: number }} Frame
 * `end`: start of the next frame
 */

/** For a store or a history. */
export function randomId() {
  return randomBytes(ID_BYTES).toString('hex');
}

/** @param {number} bytes */
export function wholeBlocks(bytes) {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
}

/**
 * Writes the header of a frame that has its payload. Returns the frame's checksum.
 * @param {Buffer} bytes header and payload of the frame
 * @param {FrameIds} ids
 */
export function sealFrame(bytes, { serial, store, history, previous }) {
  bytes.writeUInt32LE(bytes.length - HEADER_BYTES, 4);
  bytes.writeDoubleLE(serial, 8);
  bytes.write(store, STORE_AT, 'hex');
  bytes.write(history, HISTORY_AT, 'hex');
  bytes.writeUInt32LE(previous, PREVIOUS_AT);
  const checksum = crc32(bytes.subarray(4));
  bytes.writeUInt32LE(checksum, 0);
  return checksum;
}

/**
 * The frames of a segment, up to the first block that has no frame that follows the one before.
 * @param {Buffer} bytes
 * @returns {Generator<Frame, void>}
 */
export function* readFrames(bytes) {
  /** @type {Frame | undefined} */
  let last;
  for (let at = 0; at < bytes.length; at = last.end) {
    const frame = readFrame(bytes, at);
    if (frame === undefined) return;
    if (last !== undefined && (frame.serial !== last.serial + 1 || frame.previous !== last.checksum)) return;
    yield frame;
    last = frame;
  }
}

/**
 * Every frame of a history in a segment, wherever it begins, in any order.
 * @param {Buffer} bytes
 * @param {string} history
 * @returns {Generator<Frame, void>}
 */
export function* findFrames(bytes, history) {
  const id = Buffer.from(history, 'hex');
  for (let at = 0; at + HEADER_BYTES <= bytes.length; at += BLOCK_BYTES) {
    if (id.compare(bytes, at + HISTORY_AT, at + PREVIOUS_AT) !== 0) continue;
    const frame = readFrame(bytes, at);
    if (frame !== undefined) yield frame;
  }
}

/**
 * Bytes of a frame, in whole blocks, as its header says.
 * @param {Buffer} header
 */
export function lengthOfFrame(header) {
  return wholeBlocks(HEADER_BYTES + header.readUInt32LE(4));
}

/** @type {(bytes: Buffer, at: number) => Frame | undefined} */
function readFrame(bytes, at) {
  const payloadAt = at + HEADER_BYTES;
  if (payloadAt > bytes.length) return undefined;
  const length = bytes.readUInt32LE(at + 4);
  if (payloadAt + length > bytes.length) return undefined;
  const checksum = bytes.readUInt32LE(at);
  if (crc32(bytes.subarray(at + 4, payloadAt + length)) !== checksum) return undefined;
  return {
    serial: bytes.readDoubleLE(at + 8),
    store: bytes.toString('hex', at + STORE_AT, at + HISTORY_AT),
    history: bytes.toString('hex', at + HISTORY_AT, at + PREVIOUS_AT),
    previous: bytes.readUInt32LE(at + PREVIOUS_AT),
    checksum,
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
