// @ts-check
import { sealValue, unsealValue } from './sealedValues.mjs';

/**
 * The mark in the tree tells which frames of the journal the tree has, and has a digest of all its records:
 * the sum of their checksums, modulo 2^32. A record that is lost, or is an earlier version of itself, changes
 * the sum. Plain JavaScript, like the thread that writes the tree (lmdbWriter.mjs).
 */

/** Name of the mark in the tree. It has no separator, so no record has this name. */
export const MARK_NAME = Buffer.from('journal');
const FORMAT = 2;

/** @typedef {import('./readSegments.ts').CheckpointMark & { readonly digest: number }} TreeMark */

/**
 * The digest after a change of one record. Each change is reduced: a plain sum of some millions of checksums
 * has more bits than a number.
 * @param {number} digest
 * @param {number} before checksum of the record that is replaced or removed; 0: there was none
 * @param {number} after checksum of the new record; 0: there is none
 */
export function changedDigest(digest, before, after) {
  return (digest - before + after) >>> 0;
}

/** @param {TreeMark} mark */
export function encodeMark({ store, serial, checksum, frame, digest }) {
  const text = JSON.stringify({ format: FORMAT, store, serial, checksum, frame, digest });
  return sealValue(MARK_NAME, Buffer.from(text));
}

/**
 * Undefined when the value is not what was written.
 * @param {Buffer} sealed
 * @returns {TreeMark | undefined}
 */
export function decodeMark(sealed) {
  const text = unsealValue(MARK_NAME, sealed);
  return text === undefined ? undefined : JSON.parse(text.toString());
}

/**
 * The mark of the format before checksums (store version 1 of the files), which is plain JSON.
 * @param {Buffer} value
 * @returns {{ readonly store: string, readonly serial: number } | undefined}
 */
export function decodeOldMark(value) {
  if (!value.toString('latin1').startsWith('{')) return undefined;
  try {
    return JSON.parse(value.toString());
  } catch {
    // Bytes of a checksum.
    return undefined;
  }
}
