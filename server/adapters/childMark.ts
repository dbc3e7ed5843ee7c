import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/**
 * A number that an engine child shows its parent at no cost: a word of its memory. A child that hangs says nothing
 * any more; but its parent may read what it holds (/proc/<pid>/mem, for which a process's own parent needs no
 * privilege). A memory of WebAssembly is a mapping of its own between two that cannot be accessed, so that its size and
 * its first bytes are enough to find it.
 */

/** What is used of it here; the types of Node.js leave it out. */
declare const WebAssembly: {
  readonly Memory: new (pages: {
    readonly initial: number;
    readonly maximum: number;
  }) => { readonly buffer: ArrayBuffer };
};

const PAGE_BYTES = 65_536;
/** No other mapping of a child has so many. */
const PAGES = 3;
/** In front of the number, which has to begin at a multiple of its size. */
const SIGN = Buffer.from('the call that an engine child is at:    ');
const BYTES = SIGN.length + Float64Array.BYTES_PER_ELEMENT;
/** Mappings of this size that are looked at: a hostile child may have as many as it likes. */
const MAX_LOOKS = 16;
/** A mapping of no file in /proc/<pid>/maps, with its ends. */
const WRITABLE = /^([0-9a-f]+)-([0-9a-f]+) rw-p 0+ 00:00 0 *$/gm;

/** In the child, once: gives what sets the number. Where there is no room for the memory, it shows nothing. */
export function createChildMark(): (number: number) => void {
  let buffer: ArrayBuffer;
  try {
    ({ buffer } = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES }));
  } catch {
    return () => {};
  }
  Buffer.from(buffer).set(SIGN);
  const mark = new Float64Array(buffer, SIGN.length, 1);
  return (number) => {
    mark[0] = number;
  };
}

/** In the parent. Undefined where the system does not let it read, or nothing is shown. */
export function readChildMark(pid: number): number | undefined {
  try {
    const file = openSync(`/proc/${pid}/mem`, 'r');
    try {
      return findMark(file, readFileSync(`/proc/${pid}/maps`, 'latin1'));
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

function findMark(file: number, maps: string): number | undefined {
  const bytes = Buffer.alloc(BYTES);
  let looks = 0;
  for (const [, from = '', to = ''] of maps.matchAll(WRITABLE)) {
    const start = Number.parseInt(from, 16);
    if (Number.parseInt(to, 16) - start !== PAGES * PAGE_BYTES) continue;
    if (readSync(file, bytes, 0, BYTES, start) === BYTES && bytes.subarray(0, SIGN.length).equals(SIGN)) {
      return bytes.readDoubleLE(SIGN.length);
    }
    looks++;
    if (looks === MAX_LOOKS) return undefined;
  }
  return undefined;
}
