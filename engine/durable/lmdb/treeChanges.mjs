// @ts-check
import { parentPort } from 'node:worker_threads';
import { open } from 'lmdb';
import { LmdbRoom } from './lmdbRoom.mjs';
import { SUM_BYTES, sealOf, sealValue } from './sealedValues.mjs';
import { changedDigest, decodeMark, encodeMark, MARK_NAME } from './treeMark.mjs';

/**
 * @typedef {readonly [key: string, value: Buffer | null]} Change `key`: one character a byte; null removes
 * the key
 */
/** @typedef {import('./treeMark.mjs').TreeMark} TreeMark */
/** @typedef {import('./readSegments.ts').CheckpointMark} CheckpointMark */

const MAX_CHANGES_AT_ONCE = 512;
const MAX_BYTES_AT_ONCE = 1_048_576;

/**
 * Puts changes into a tree that has a mark, in the thread of the tree's writer. The changes are written in
 * parts, each a transaction, so that none occupies the disk for long or needs much room at once. Reads do not
 * see a half-done checkpoint, because the layers over the tree have all changes (J3, CP2). Each transaction
 * also writes the digest of all records (treeMark.mjs).
 */
export class TreeChanges {
  /** @type {import('./lmdbRoom.mjs').Database} */
  #database;
  #room;
  /**
   * The mark in the tree; read at the first checkpoint.
   * @type {TreeMark | undefined}
   */
  #written;

  /** @param {import('lmdb').RootDatabaseOptionsWithPath} options */
  constructor(options) {
    this.#database = open({ ...options, encoding: 'binary' });
    this.#room = new LmdbRoom(/** @type {string} */ (options.path), this.#database);
  }

  /**
   * @param {ReadonlyMap<string, Buffer | null>} last the last change of each key
   * @param {CheckpointMark} mark
   */
  perform(last, mark) {
    this.#written ??= decodeMark(/** @type {Buffer} */ (this.#database.get(MARK_NAME)));
    if (this.#written === undefined) throw new Error('The tree has no mark.');
    // Sorted, so that changes of one page are in one transaction.
    const changes = [...last].sort(([a], [b]) => (a < b ? -1 : 1));
    // Removals first: they make room.
    this.#writeInParts(changes.filter(([, value]) => value === null));
    this.#writeInParts(changes.filter(([, value]) => value !== null));
    this.#write([], mark);
  }

  close() {
    this.#room.close();
    void this.#database.close();
  }

  /** @param {readonly Change[]} changes */
  #writeInParts(changes) {
    for (let from = 0; from < changes.length; ) {
      let to = from;
      let bytes = 0;
      do {
        bytes += sizeOf(/** @type {Change} */ (changes[to]));
        to++;
      } while (to < changes.length && to - from < MAX_CHANGES_AT_ONCE && bytes < MAX_BYTES_AT_ONCE);
      this.#writeOrHalves(changes.slice(from, to));
      from = to;
    }
  }

  /**
   * Halves a transaction that finds no room: a smaller one may fit, and can use the pages that the one before
   * has freed.
   * @param {readonly Change[]} changes
   */
  #writeOrHalves(changes) {
    try {
      this.#write(changes);
    } catch (error) {
      if (changes.length === 1) throw error;
      const half = changes.length / 2;
      this.#writeOrHalves(changes.slice(0, half));
      this.#writeOrHalves(changes.slice(half));
    }
  }

  /**
   * @param {readonly Change[]} changes
   * @param {CheckpointMark} [mark] when the tree has everything up to it
   */
  #write(changes, mark) {
    this.#room.make({
      records: changes.length + 1,
      bytes: changes.reduce((sum, change) => sum + sizeOf(change), 0),
      onlyRemoves: changes.every(([, value]) => value === null),
    });
    const database = this.#database;
    const before = /** @type {TreeMark} */ (this.#written);
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
    this.#written = { ...before, ...mark, digest };
  }
}

/**
 * Performs the checkpoints that the thread gets. It answers null when one is in the tree, or an error
 * message. Null as a checkpoint ends the thread.
 * @template Checkpoint
 * @param {TreeChanges} tree
 * @param {(checkpoint: Checkpoint) => void} perform
 */
export function serveTree(tree, perform) {
  const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
  port.on('message', (/** @type {Checkpoint | null} */ checkpoint) => {
    if (checkpoint === null) {
      port.close();
      tree.close();
      return;
    }
    try {
      perform(checkpoint);
      port.postMessage(null);
    } catch (error) {
      port.postMessage(error instanceof Error ? error.message : String(error));
    }
  });
}

/** @param {Change} change */
function sizeOf([key, value]) {
  return key.length + (value === null ? 0 : SUM_BYTES + value.length);
}
