import { closeSync, openSync, readSync } from 'node:fs';

/**
 * A number that an engine child shows its parent at no cost: a word of its memory. A child that hangs says nothing
 * any more; but its parent may read what it holds (/proc/<pid>/mem, for which a process's own parent needs no
 * privilege, unless the system says otherwise: kernel.yama.ptrace_scope 2 and 3). A memory of WebAssembly is a mapping
 * of its own between two that cannot be accessed, so that its size and its first bytes are enough to find it.
 */

/** What is used of it here; the types of Node.js leave it out. */
declare const WebAssembly: {
  readonly Memory: new (pages: {
    readonly initial: number;
    readonly maximum: number;
  }) => { readonly buffer: ArrayBuffer };
};

const PAGE_BYTES = 65_536;
/** Few other mappings have as many. */
export const PAGES = 3;
/** In front of the number, which has to begin at a multiple of its size. */
const SIGN = Buffer.from('the call that an engine child is at:    ');
const BYTES = SIGN.length + Float64Array.BYTES_PER_ELEMENT;
/** Mappings of this size that are looked at, and what is read of the list of all: a hostile child may have many. */
const MAX_LOOKS = 16;
const MAX_MAPS_BYTES = 262_144;
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
      return findMark(file, readStart(`/proc/${pid}/maps`));
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

/** Of a file of /proc: they have no length. */
function readStart(path: string): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(MAX_MAPS_BYTES);
    let end = 0;
    for (let read = 1; read > 0 && end < bytes.length; end += read) {
      read = readSync(file, bytes, end, bytes.length - end, null);
    }
    return bytes.toString('latin1', 0, end);
  } finally {
    closeSync(file);
  }
}

function findMark(file: number, maps: string): number | undefined {
  const bytes = Buffer.alloc(BYTES);
  let looks = 0;
  for (const [, from = '', to = ''] of maps.matchAll(WRITABLE)) {
    const start = Number.parseInt(from, 16);
    if (Number.parseInt(to, 16) - start !== PAGES * PAGE_BYTES) continue;
    if (isReadFrom(file, bytes, start) && bytes.subarray(0, SIGN.length).equals(SIGN)) {
      return bytes.readDoubleLE(SIGN.length);
    }
    looks++;
    if (looks === MAX_LOOKS) return undefined;
  }
  return undefined;
}

/** It may have been given back since the mappings were listed. */
function isReadFrom(file: number, bytes: Buffer, start: number): boolean {
  try {
    return readSync(file, bytes, 0, bytes.length, start) === bytes.length;
  } catch {
    return false;
  }
}
