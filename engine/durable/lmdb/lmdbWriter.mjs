// @ts-check
import { closeSync, openSync, readSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { readFrames, readOperations } from './journalFrames.mjs';
import { serveTree, TreeChanges } from './treeChanges.mjs';

/** @typedef {import('./journal.ts').Checkpoint} Checkpoint */

/**
 * The thread that puts the journal into the tree. It gets a checkpoint (journal.ts) and answers null when all
 * of it is on the disk, or an error message. Plain JavaScript, so that it starts without the loader that runs
 * TypeScript in a checkout.
 */

/** Limit of the memory that is kept for the next checkpoint: a full segment, and a little more. */
const MAX_KEPT_BYTES = 4_718_592;

/** @type {{ options: import('lmdb').RootDatabaseOptionsWithPath, segments: readonly string[] }} */
const { options, segments } = workerData;
let memory = Buffer.alloc(0);
const tree = new TreeChanges(options);

serveTree(tree, perform);

/** @param {Checkpoint} checkpoint */
function perform({ parts, mark }) {
  /** @type {Map<string, Buffer | null>} */
  const last = new Map();
  let serial = 0;
  let at = 0;
  const bytes = memoryFor(parts.reduce((sum, part) => sum + part.bytes, 0));
  for (const part of parts) {
    const end = at + part.bytes;
    const read = readPart(part, bytes.subarray(at, end));
    at = end;
    for (const frame of readFrames(read)) {
      for (const { key, value } of readOperations(frame.payload)) last.set(key.toString('latin1'), value);
      serial = frame.serial;
    }
  }
  if (serial !== mark.serial) {
    throw new Error(`The journal should end with frame ${mark.serial}, but ends with frame ${serial}.`);
  }
  tree.perform(last, mark);
}

/**
 * Memory for the segments, kept for the next checkpoint: allocating that much takes as long as reading the
 * segments.
 * @param {number} bytes
 */
function memoryFor(bytes) {
  if (bytes <= memory.length) return memory;
  const larger = Buffer.allocUnsafeSlow(bytes);
  if (bytes <= MAX_KEPT_BYTES) memory = larger;
  return larger;
}

/**
 * Reads a part of a segment, or as much of it as the segment has.
 * @param {Checkpoint['parts'][number]} part
 * @param {Buffer} into
 */
function readPart({ segment }, into) {
  const file = openSync(/** @type {string} */ (segments[segment]), 'r');
  try {
    let at = 0;
    for (let read = 1; read > 0; at += read) read = readSync(file, into, at, into.length - at, at);
    return into.subarray(0, at);
  } finally {
    closeSync(file);
  }
}
