// @ts-check
import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { freeOnDisk } from './freeOnDisk.mjs';

/** @typedef {import('lmdb').RootDatabase<Buffer, Buffer>} Database */
/** @typedef {{ treeBranchPageCount: number, treeLeafPageCount: number, overflowPages: number }} Tree */
/** @typedef {Tree & { pageSize: number, lastPageNumber: number, lastTxnId: number, free: Tree }} Stats */

/**
 * Pages that any write may need besides those of its records: branch pages, and lmdb's list of free pages.
 */
const PAGES_OF_A_WRITE = 16;
/**
 * Pages that a record may need besides those that its value fills: its leaf, a second leaf after a split,
 * their parent.
 */
const PAGES_OF_A_RECORD = 3;
/** Pages kept for removals. */
const RESERVE = 64;
/**
 * Pages made in addition when the filesystem has plenty, so that they are not counted (60 us) for every
 * write.
 */
const SPARE = 512;
/** Further bytes by which the file grows at a time. */
const STEP = Buffer.alloc(262_144);
/** Limit of pages made in advance for one write: flushing more at once would delay other writes for long. */
const AHEAD = 1_024;
/** A filesystem has plenty when it has this multiple of the wanted bytes free. */
const PLENTY = 4;
const META_PAGES = 2;
/** ms to wait until no reader needs freed pages: longer than an event-loop turn of the store's readers. */
const READERS_MS = 1_000;
const READERS_CHECK_MS = 5;
const SLEEP = new Int32Array(new SharedArrayBuffer(4));

/**
 * Room in the file of an lmdb environment, made before a transaction needs it. lmdb (3.5.6) crashes in a
 * commit that finds the disk full: it prints the error into memory that is too small for it (mdb_page_flush).
 * So the file is extended here by writing to it, where a full disk is an ordinary error.
 *
 * RM1. A write begins only when the file has all pages that it may need after the last page in use. If it may
 *      need more than AHEAD, the rest may be anywhere on the filesystem, provided that it has plenty.
 * RM2. On a full disk, RESERVE is left to removals, and to writes that fit into pages that removals have
 *      freed. lmdb uses freed pages first, so the reserve lasts. It does not use pages that a reader still
 *      needs, so such a write waits until no reader does.
 */
export class LmdbRoom {
  #path;
  #database;
  #freeBytes;
  #file;
  /** Pages after the last one in use. At most as many as there are, until they are counted again. */
  #behind = 0;
  /** Free pages before the last one in use, at the last count. */
  #within = 0;
  /** Pages of the tree, at the last count. */
  #tree = 0;
  #pageSize = 4096;

  /**
   * @param {string} path of the environment's file
   * @param {Database} database
   * @param {(path: string) => number} freeBytes of the file's filesystem
   */
  constructor(path, database, freeBytes = freeOnDisk) {
    this.#path = path;
    this.#database = database;
    this.#freeBytes = freeBytes;
    this.#file = openSync(path, 'r+');
  }

  /**
   * Makes room for a write. Throws when there is none.
   * @param {{ records: number, bytes: number, onlyRemoves: boolean }} write `bytes`: of its values
   */
  make({ records, bytes, onlyRemoves }) {
    const filled = Math.ceil(bytes / this.#pageSize);
    const atMost = PAGES_OF_A_WRITE + records * PAGES_OF_A_RECORD + filled;
    if (this.#behind < atMost + RESERVE) {
      this.#count();
      // Bound of any number of records: every page of the tree, and the filled pages, half empty at worst.
      let wanted = Math.min(atMost, PAGES_OF_A_WRITE + this.#tree + 3 * filled);
      const free = this.#freeBytes(this.#path);
      if (wanted > AHEAD && free > PLENTY * wanted * this.#pageSize) wanted = AHEAD;
      const spare = free > PLENTY * SPARE * this.#pageSize ? SPARE : 0;
      if (this.#behind < wanted + spare + RESERVE) this.#extend({ wanted, spare, onlyRemoves });
    }
    this.#behind -= atMost;
  }

  close() {
    closeSync(this.#file);
  }

  #count() {
    const stats = /** @type {Stats} */ (this.#database.getStats());
    this.#database.resetReadTxn();
    this.#pageSize = stats.pageSize;
    const inUse = stats.lastPageNumber + 1;
    this.#behind = Math.floor(fstatSync(this.#file).size / this.#pageSize) - inUse;
    this.#within = inUse - META_PAGES - pagesOf(stats) - pagesOf(stats.free);
    this.#tree = stats.treeBranchPageCount + stats.treeLeafPageCount;
  }

  /**
   * Throws if the file cannot be extended and the write has to leave the reserve alone (RM2).
   * @param {{ wanted: number, spare: number, onlyRemoves: boolean }} room
   */
  #extend({ wanted, spare, onlyRemoves }) {
    try {
      this.#appendPages(wanted + spare + RESERVE - this.#behind);
      this.#count();
    } catch (error) {
      this.#count();
      if (this.#behind < wanted) throw error;
      if (this.#behind >= wanted + RESERVE || onlyRemoves) return;
      if (this.#within < wanted + RESERVE || !this.#waitForReaders()) throw error;
    }
  }

  /** Waits until every freed page may be used. Returns whether that is so. */
  #waitForReaders() {
    for (let waited = 0; waited < READERS_MS; waited += READERS_CHECK_MS) {
      if (!this.#isReadEarlier()) return true;
      Atomics.wait(SLEEP, 0, 0, READERS_CHECK_MS);
    }
    return false;
  }

  /** Whether a reader reads an earlier state than the last one. */
  #isReadEarlier() {
    const { lastTxnId } = /** @type {Stats} */ (this.#database.getStats());
    this.#database.resetReadTxn();
    const readers = this.#database.readerList().matchAll(/ (\d+)$/gm);
    return [...readers].some(([, transaction]) => Number(transaction) < lastTxnId);
  }

  /** @param {number} pages */
  #appendPages(pages) {
    const from = fstatSync(this.#file).size;
    const to = from + pages * this.#pageSize + STEP.length;
    for (let at = from; at < to; ) at += writeSync(this.#file, STEP, 0, Math.min(STEP.length, to - at), at);
  }
}

/** @param {Tree} tree */
function pagesOf({ treeBranchPageCount, treeLeafPageCount, overflowPages }) {
  return treeBranchPageCount + treeLeafPageCount + overflowPages;
}
