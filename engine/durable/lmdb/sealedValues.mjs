// @ts-check
import { crc32 } from 'node:zlib';

/**
 * The value of a record in the tree: a CRC-32 of the record's name and text (4 bytes, little-endian), then
 * the text. A CRC-32 finds every single flipped bit, and all of up to 32 bits in a row. Plain JavaScript,
 * like the thread that writes the tree (lmdbWriter.mjs).
 */
export const SUM_BYTES = 4;

/**
 * @param {Uint8Array} name key of the record in lmdb
 * @param {Uint8Array} text
 */
export function sealValue(name, text) {
  const sealed = Buffer.allocUnsafe(SUM_BYTES + text.length);
  sealed.writeUInt32LE(sumOf(name, text), 0);
  sealed.set(text, SUM_BYTES);
  return sealed;
}

/**
 * The text of a sealed value; undefined when it is not what was written.
 * @param {Uint8Array} name
 * @param {Buffer} sealed
 */
export function unsealValue(name, sealed) {
  if (sealed.length < SUM_BYTES) return undefined;
  const text = sealed.subarray(SUM_BYTES);
  return sumOf(name, text) === sealed.readUInt32LE(0) ? text : undefined;
}

/**
 * The checksum that a sealed value says it has; 0 for no value.
 * @param {Buffer | undefined} sealed
 */
export function sealOf(sealed) {
  return sealed === undefined || sealed.length < SUM_BYTES ? 0 : sealed.readUInt32LE(0);
}

/**
 * The checksum of a record. Begins with the length of the name, so that name and text cannot exchange bytes.
 * @param {Uint8Array} name
 * @param {Uint8Array} text
 */
export function sumOf(name, text) {
  return crc32(text, crc32(name, name.length));
}
