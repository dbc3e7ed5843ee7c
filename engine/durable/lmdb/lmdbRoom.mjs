// @ts-check
import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { freeOnDisk } from './freeOnDisk.mjs';

/** @typedef {import('lmdb').RootDatabase<Buffer, Buffer>} Database */
/** @typedef {{ pageSize: number, lastPageNumber: number, treeBranchPageCount: number, treeLeafPageCount: number, overflowPages: number, free: { treeBranchPageCount: number, treeLeafPageCount: number, overflowPages: number } }} Stats */

/** Pages that any write may need beside those of its records: the way down to them, and what lmdb keeps of free pages. */
const PAGES_OF_A_WRITE = 16;
/** Pages that a record may need beside those that its value fills: its leaf, another when that is split, the one above. */
const PAGES_OF_A_RECORD = 3;
/** Pages kept for removals when nothing else has room any more. */
const RESERVE = 64;
/** Pages beside what is wanted, where the filesystem has plenty: so they are not counted for every write, which takes 60 us. */
const SPARE = 512;
/** Bytes by which the file becomes longer at a time, beside that. */
const STEP = Buffer.alloc(262_144);
/** Pages up to which room is made in the file itself: to flush more of them at once would hold up writes for long. */
const AHEAD = 1_024;
/** A filesystem has plenty when so many times what is wanted is free. */
const PLENTY = 4;
/** The first two. */
const META_PAGES = 2;

/**
 * Room in the file of an lmdb environment, made before a transaction needs it: lmdb (3.5.6) does not survive a commit
 * that finds none, since it prints the error into memory that is too small for it (mdb_page_flush). So the file is made
 * longer here, by writing to it, where a full disk is an error like any other.
 *
 * R1. A write goes on only when all that it may need lies in the file, behind the last page in use. Of one that may need
 *     more than AHEAD the rest may be anywhere on the filesystem, when that has plenty.
 * R2. When the disk is full, RESERVE is for removals, and for what finds as much room among the pages that removals
 *     have freed: lmdb takes those first, so the reserve lasts.
 * @param {string} path of the file
 * @param {Database} database
 * @param {(path: string) => number} freeBytes of the file's filesystem
 */
export function createRoom(path, database, freeBytes = freeOnDisk) {
  const file = openSync(path, 'r+');
  /** Pages behind the last one in use; less than there are, until they are counted again. */
  let behind = 0;
  /** Pages within that were free when they were counted last. */
  let within = 0;
  /** Pages of the tree, by the same count. */
  let tree = 0;
  let pageSize = 4096;

  function count() {
    const stats = /** @type {Stats} */ (database.getStats());
    database.resetReadTxn();
    pageSize = stats.pageSize;
    const inUse = stats.lastPageNumber + 1;
    behind = Math.floor(fstatSync(file).size / pageSize) - inUse;
    within = inUse - META_PAGES - pagesOf(stats) - pagesOf(stats.free);
    tree = stats.treeBranchPageCount + stats.treeLeafPageCount;
  }

  /** @param {number} pages */
  function extend(pages) {
    const from = fstatSync(file).size;
    const to = from + pages * pageSize + STEP.length;
    for (let at = from; at < to; ) at += writeSync(file, STEP, 0, Math.min(STEP.length, to - at), at);
  }

  /** @type {(wanted: number, spare: number, onlyRemoves: boolean) => void} */
  function lengthen(wanted, spare, onlyRemoves) {
    try {
      extend(wanted + spare + RESERVE - behind);
      count();
    } catch (error) {
      count();
      const isSpared = onlyRemoves || within >= wanted + RESERVE;
      if (behind < wanted || (behind < wanted + RESERVE && !isSpared)) throw error;
    }
  }

  return {
    /**
     * Throws when there is none.
     * @param {{ records: number, bytes: number, onlyRemoves: boolean }} write `bytes`: of its values
     */
    make({ records, bytes, onlyRemoves }) {
      const filled = Math.ceil(bytes / pageSize);
      const atMost = PAGES_OF_A_WRITE + records * PAGES_OF_A_RECORD + filled;
      let wanted = atMost;
      if (behind < wanted + RESERVE) {
        count();
        // However many they are: every page of the tree anew, and as many as they fill, half empty at worst.
        wanted = Math.min(wanted, PAGES_OF_A_WRITE + tree + 3 * filled);
        const free = freeBytes(path);
        if (wanted > AHEAD && free > PLENTY * wanted * pageSize) wanted = AHEAD;
        const spare = free > PLENTY * SPARE * pageSize ? SPARE : 0;
        if (behind < wanted + spare + RESERVE) lengthen(wanted, spare, onlyRemoves);
      }
      behind -= atMost;
    },

    close: () => closeSync(file),
  };
}

/** @param {{ treeBranchPageCount: number, treeLeafPageCount: number, overflowPages: number }} tree */
function pagesOf({ treeBranchPageCount, treeLeafPageCount, overflowPages }) {
  return treeBranchPageCount + treeLeafPageCount + overflowPages;
}
