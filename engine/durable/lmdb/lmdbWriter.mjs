// @ts-check
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { open } from 'lmdb';
import { readFrames, readOperations } from './journalFrames.mjs';
import { LmdbRoom } from './lmdbRoom.mjs';
import { SUM_BYTES, sealOf, sealValue } from './sealedValues.mjs';
import { changedDigest, decodeMark, encodeMark, MARK_NAME } from './treeMark.mjs';

/** @typedef {import('./journal.ts').Checkpoint} Checkpoint */
/**
 * @typedef {readonly [key: string, value: Buffer | null]} Change `key`: one character a byte; null removes
 * the key
 */

/**
 * The thread that puts the journal into the tree. It gets a checkpoint (journal.ts) and answers null when all
 * of it is on the disk, or an error message. Plain JavaScript, so that it starts without the loader that runs
 * TypeScript in a checkout.
 *
 * The changes are written in parts, each a transaction, so that none occupies the disk for long or needs much
 * room at once. Reads do not see a half-done checkpoint, because the journal's layers over the tree have all
 * changes (J3). Each transaction also writes the digest of all records (treeMark.mjs).
 */
const MAX_CHANGES_AT_ONCE = 512;
const MAX_BYTES_AT_ONCE = 1_048_576;
/** Limit of the memory that is kept for the next checkpoint: a full segment, and a little more. */
const MAX_KEPT_BYTES = 4_718_592;

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
/** @type {{ options: import('lmdb').RootDatabaseOptionsWithPath, segments: readonly string[] }} */
const { options, segments } = workerData;
/** @type {import('./lmdbRoom.mjs').Database} */
const database = open({ ...options, encoding: 'binary' });
let memory = Buffer.alloc(0);
/** The mark in the tree; read at the first checkpoint. */
/** @type {import('./treeMark.mjs').TreeMark | undefined} */
let written;
const room = new LmdbRoom(/** @type {string} */ (options.path), database);

port.on('message', (/** @type {Checkpoint | null} */ checkpoint) => {
  if (checkpoint === null) {
    port.close();
    room.close();
    void database.close();
    return;
  }
  try {
    perform(checkpoint);
    port.postMessage(null);
  } catch (error) {
    port.postMessage(error instanceof Error ? error.message : String(error));
  }
});

/** @param {Checkpoint} checkpoint */
function perform({ parts, mark }) {
  written ??= decodeMark(/** @type {Buffer} */ (database.get(MARK_NAME)));
  if (written === undefined) throw new Error('The tree has no mark.');
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
  // Sorted, so that changes of one page are in one transaction.
  const changes = [...last].sort(([a], [b]) => (a < b ? -1 : 1));
  // Removals first: they make room.
  writeInParts(changes.filter(([, value]) => value === null));
  writeInParts(changes.filter(([, value]) => value !== null));
  write([], mark);
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

/** @param {readonly Change[]} changes */
function writeInParts(changes) {
  for (let from = 0; from < changes.length; ) {
    let to = from;
    let bytes = 0;
    do {
      bytes += sizeOf(/** @type {Change} */ (changes[to]));
      to++;
    } while (to < changes.length && to - from < MAX_CHANGES_AT_ONCE && bytes < MAX_BYTES_AT_ONCE);
    writeOrHalves(changes.slice(from, to));
    from = to;
  }
}

/**
 * Halves a transaction that finds no room: a smaller one may fit, and can use the pages that the one before
 * has freed.
 * @param {readonly Change[]} changes
 */
function writeOrHalves(changes) {
  try {
    write(changes);
  } catch (error) {
    if (changes.length === 1) throw error;
    const half = changes.length / 2;
    writeOrHalves(changes.slice(0, half));
    writeOrHalves(changes.slice(half));
  }
}

/**
 * @param {readonly Change[]} changes
 * @param {import('./readSegments.ts').CheckpointMark} [mark] when the tree has everything up to it
 */
function write(changes, mark) {
  room.make({
    records: changes.length + 1,
    bytes: changes.reduce((sum, change) => sum + sizeOf(change), 0),
    onlyRemoves: changes.every(([, value]) => value === null),
  });
  const before = /** @type {import('./treeMark.mjs').TreeMark} */ (written);
  let digest = before.digest;
  // An exception inside undoes the whole transaction.
  database.transactionSync(() => {
    for (const [key, value] of changes) {
      const name = Buffer.from(key, 'latin1');
      const replaced = sealOf(database.getBinaryFast(name));
      const sealed = value === null ? undefined : sealValue(name, value);
      digest = changedDigest(digest, replaced, sealOf(sealed));
      if (sealed === undefined) database.removeSync(name);
      else database.putSync(name, sealed);
    }
    database.putSync(MARK_NAME, encodeMark({ ...before, ...mark, digest }));
  });
  written = { ...before, ...mark, digest };
}

/** @param {Change} change */
function sizeOf([key, value]) {
  return key.length + (value === null ? 0 : SUM_BYTES + value.length);
}
