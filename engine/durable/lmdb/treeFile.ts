import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/**
 * Reads the file of an lmdb environment without lmdb. lmdb maps the file into memory and trusts it: a cut or
 * changed file gives wrong records, or ends the process by a signal. This reader checks everything that lmdb
 * trusts, and can only report.
 *
 * The format is version 2 of lmdb's data, as lmdb 3.5 for Node.js writes it (`mdb.c`): pages with a header of
 * 24 bytes (own number, transaction, flags, bounds or length); two meta pages, of which the later one is
 * valid; a tree of free pages and a tree of records; pages for each value that does not fit into a leaf.
 */
const HEADER_BYTES = 24;
const NODE_BYTES = 8;
const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
const BRANCH = 1;
const LEAF = 2;
const OVERFLOW = 4;
const META = 8;
/** The value of a node is on pages of its own. */
const BIG_DATA = 1;
const NO_PAGE = 0xffff_ffff_ffff_ffffn;
const MAX_DEPTH = 32;
const MIN_PAGE_BYTES = 512;
const MAX_PAGE_BYTES = 65_536;
/** Offset of the fields of a tree in a meta page, after the header: free pages, then records. */
const TREES_AT = HEADER_BYTES + 24;
const TREE_BYTES = 48;

interface TreeRoot {
  readonly flags: number;
  readonly depth: number;
  readonly branches: number;
  readonly leaves: number;
  readonly overflows: number;
  readonly entries: number;
  /** Undefined: the tree is empty. */
  readonly root: number | undefined;
}

interface Meta {
  readonly pageBytes: number;
  readonly free: TreeRoot;
  readonly records: TreeRoot;
  readonly lastPage: number;
  readonly transaction: number;
  /** Everything that two meta pages of one file have in common. */
  readonly constants: string;
}

export interface TreeVisitor {
  /** A record, in the order of the names. The buffers are valid during the call. */
  record(name: Buffer, value: Buffer): void;
  /** A part of the file is not what lmdb wrote; its records are not visited. */
  problem(text: string): void;
}

export interface TreeFacts {
  /** Number of records that the file says it has; undefined when neither meta page can be read. */
  readonly entries: number | undefined;
}

/** Visits the records of an environment's file. Returns undefined when there is no file, or an empty one. */
export function visitTree(path: string, visitor: TreeVisitor): TreeFacts | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    return size === 0 ? undefined : new TreeFile(file, size, visitor).visit();
  } finally {
    closeSync(file);
  }
}

class TreeFile {
  readonly #file: number;
  readonly #size: number;
  readonly #visitor: TreeVisitor;
  #meta!: Meta;
  /** A bit for each page that was visited. */
  #used = new Uint8Array(0);
  /** One page for each level, so that a branch stays while its children are read. */
  readonly #levels: Buffer[] = [];

  constructor(file: number, size: number, visitor: TreeVisitor) {
    this.#file = file;
    this.#size = size;
    this.#visitor = visitor;
  }

  visit(): TreeFacts {
    const meta = this.#readMeta();
    if (meta === undefined) return { entries: undefined };
    this.#meta = meta;
    this.#used = new Uint8Array(Math.ceil((meta.lastPage + 1) / 8));
    this.#visitTree(meta.records, (name, value) => this.#visitor.record(name, value));
    // Last, because a free page must not be in use.
    this.#visitTree(meta.free, (_, pages) => this.#checkFreePages(pages));
    return { entries: meta.records.entries };
  }

  #problem(text: string): void {
    this.#visitor.problem(text);
  }

  /** The later meta page, or the earlier one when the later one is damaged. */
  #readMeta(): Meta | undefined {
    const first = this.#parseMeta(0);
    const pageBytes = first?.pageBytes ?? this.#guessPageBytes();
    const second = pageBytes === undefined ? undefined : this.#parseMeta(pageBytes);
    if (first === undefined || second === undefined) {
      this.#problem(`the meta page ${first === undefined ? 0 : 1} is not what was written`);
      return first ?? second;
    }
    const [earlier, later] = first.transaction > second.transaction ? [second, first] : [first, second];
    const follow = later.transaction - earlier.transaction;
    const isFirstUse = later.transaction === 0;
    // lmdb writes the two pages in turn.
    const isInTurn = isFirstUse || (follow === 1 && first.transaction % 2 === 0);
    if (first.constants !== second.constants || !isInTurn) {
      this.#problem('the two meta pages do not belong together');
    }
    return later;
  }

  /** The size of pages, when the first meta page does not tell it: the second one is at the next page. */
  #guessPageBytes(): number | undefined {
    for (let bytes = MIN_PAGE_BYTES; bytes <= MAX_PAGE_BYTES; bytes *= 2) {
      if (this.#parseMeta(bytes)?.pageBytes === bytes) return bytes;
    }
    return undefined;
  }

  #parseMeta(at: number): Meta | undefined {
    const page = Buffer.alloc(TREES_AT + 2 * TREE_BYTES + 24);
    if (readSync(this.#file, page, 0, page.length, at) < page.length) return undefined;
    const [magic, version] = [page.readUInt32LE(HEADER_BYTES), page.readUInt32LE(HEADER_BYTES + 4)];
    if (page.readUInt16LE(18) !== META || magic !== MAGIC || version !== DATA_VERSION) return undefined;
    const [free, records] = [0, 1].map((index) => parseTree(page, TREES_AT + index * TREE_BYTES));
    const pageBytes = page.readUInt32LE(TREES_AT);
    const lastAt = TREES_AT + 2 * TREE_BYTES;
    const meta = {
      pageBytes,
      free: free!,
      records: records!,
      lastPage: numberAt(page, lastAt),
      transaction: numberAt(page, lastAt + 8),
      constants: [pageBytes, page.readBigUInt64LE(HEADER_BYTES + 8), free!.flags, records!.flags].join(),
    };
    const isPower = (pageBytes & (pageBytes - 1)) === 0;
    const isSane =
      isPower &&
      pageBytes >= MIN_PAGE_BYTES &&
      pageBytes <= MAX_PAGE_BYTES &&
      page.readBigUInt64LE(0) === BigInt(at / pageBytes) &&
      page.readBigUInt64LE(HEADER_BYTES + 8) === 0n &&
      meta.lastPage >= 1 &&
      meta.lastPage * pageBytes <= numberAt(page, HEADER_BYTES + 16);
    return isSane ? meta : undefined;
  }

  #visitTree(tree: TreeRoot, entry: (name: Buffer, value: Buffer) => void): void {
    if (tree.root === undefined) {
      if (tree.entries > 0) this.#problem(`a tree of ${tree.entries} records has no root`);
      return;
    }
    const visit = new TreeVisit(entry);
    this.#visitPage(tree.root, { tree, visit, depth: 1, low: undefined, high: undefined });
    const counted = [visit.branches, visit.leaves, visit.overflows, visit.entries].join();
    const expected = [tree.branches, tree.leaves, tree.overflows, tree.entries].join();
    if (counted !== expected && visit.isWhole) {
      this.#problem(`expected ${expected} branch, leaf and value pages and records, found ${counted}`);
    }
  }

  #visitPage(number: number, place: Place): void {
    const { visit, depth, tree } = place;
    const page = this.#readPage(number, depth);
    const isLeaf = depth === tree.depth;
    const fault =
      typeof page === 'string'
        ? page
        : (this.#markUsed(number, 1) ?? nodesFault(page, isLeaf ? LEAF : BRANCH));
    if (fault !== undefined || typeof page === 'string') {
      this.#fail(number, place, fault ?? '');
      return;
    }
    if (isLeaf) {
      visit.leaves++;
      this.#visitLeaf(number, page, place);
    } else {
      visit.branches++;
      this.#visitBranch(number, page, place);
    }
  }

  #fail(number: number, { visit, low }: Place, fault: string): void {
    visit.isWhole = false;
    const where = low === undefined ? '' : `, from ${nameText(low)}`;
    this.#problem(`page ${number}${where}: ${fault}`);
  }

  #visitBranch(number: number, page: Buffer, place: Place): void {
    const nodes = nodesOf(page);
    for (let index = 0; index < nodes.length; index++) {
      const { key, flags, size } = nodeAt(page, nodes[index]!);
      // The first key of a branch is not used.
      const low = index === 0 ? place.low : Buffer.from(key);
      const next = nodes[index + 1];
      const high = next === undefined ? place.high : Buffer.from(nodeAt(page, next).key);
      if (index > 0 && !isWithin(low!, place)) {
        this.#fail(number, place, 'its keys are not in order');
        return;
      }
      this.#visitPage(size + flags * 2 ** 32, { ...place, depth: place.depth + 1, low, high });
    }
  }

  #visitLeaf(number: number, page: Buffer, place: Place): void {
    const { visit, tree } = place;
    const isFree = tree === this.#meta.free;
    for (const at of nodesOf(page)) {
      const { key, flags, size, dataAt } = nodeAt(page, at);
      const isInOrder =
        isWithin(key, place) && (visit.last === undefined || compare(visit.last, key, isFree) < 0);
      if (!isInOrder) {
        this.#fail(number, place, 'its keys are not in order');
        return;
      }
      const last = Buffer.from(key);
      visit.last = last;
      visit.entries++;
      const value =
        flags === BIG_DATA ? this.#readValue(page, dataAt, size) : page.subarray(dataAt, dataAt + size);
      if (typeof value === 'string') {
        visit.isWhole = false;
        this.#problem(`the value of ${nameText(last)}: ${value}`);
        continue;
      }
      if (flags === BIG_DATA) visit.overflows += numberAt(page, dataAt + 16);
      visit.entry(last, value);
    }
  }

  /** A value on pages of its own, or what is wrong with them. */
  #readValue(page: Buffer, at: number, size: number): Buffer | string {
    const first = numberAt(page, at);
    const pages = numberAt(page, at + 16);
    const { pageBytes, lastPage, transaction } = this.#meta;
    // lmdb may keep the pages of a longer value.
    if (pages * pageBytes < HEADER_BYTES + size) return `${pages} pages are too few for ${size} bytes`;
    if (first < 2 || first + pages - 1 > lastPage) return `page ${first} is outside of the file`;
    if (first * pageBytes + HEADER_BYTES + size > this.#size) return 'the file ends before it';
    const bytes = Buffer.allocUnsafe(HEADER_BYTES + size);
    readSync(this.#file, bytes, 0, bytes.length, first * pageBytes);
    if (numberAt(bytes, 0) !== first || bytes.readUInt16LE(18) !== OVERFLOW) {
      return `page ${first} is another page`;
    }
    if (bytes.readUInt32LE(20) !== pages || numberAt(bytes, 8) > transaction) {
      return `page ${first} has a header that is not what was written`;
    }
    return this.#markUsed(first, pages) ?? bytes.subarray(HEADER_BYTES);
  }

  /** A page in the memory of its level, or what is wrong with it. */
  #readPage(number: number, depth: number): Buffer | string {
    const { pageBytes, lastPage, transaction } = this.#meta;
    if (depth > MAX_DEPTH) return 'the tree is deeper than lmdb makes it';
    if (number < 2 || number > lastPage) return 'it is outside of the file';
    if ((number + 1) * pageBytes > this.#size) return 'the file ends before it';
    let page = this.#levels[depth];
    if (page === undefined || page.length !== pageBytes) {
      page = Buffer.allocUnsafeSlow(pageBytes);
      this.#levels[depth] = page;
    }
    readSync(this.#file, page, 0, pageBytes, number * pageBytes);
    if (numberAt(page, 0) !== number) return 'it is another page';
    if (numberAt(page, 8) > transaction) return 'it is of a later transaction';
    return page;
  }

  /** Marks pages as used. Returns what is wrong when one of them is in use already. */
  #markUsed(first: number, count: number): string | undefined {
    for (let page = first; page < first + count; page++) {
      if (this.#isUsed(page)) return `page ${page} is used twice`;
      this.#used[page >> 3]! |= 1 << (page & 7);
    }
    return undefined;
  }

  #isUsed(page: number): boolean {
    return (this.#used[page >> 3]! & (1 << (page & 7))) !== 0;
  }

  /**
   * A list of free pages: its length, then page numbers. A negative number is the length of a block that
   * begins at the page after it; 0 is an unused place.
   */
  #checkFreePages(list: Buffer): void {
    const places = list.length / 8 - 1;
    const length = list.length < 8 ? -1 : numberAt(list, 0);
    if (length < 0 || length > places) {
      this.#problem('a list of free pages has another length than it says');
      return;
    }
    let block = 1;
    for (let place = 1; place <= length; place++) {
      const entry = Number(list.readBigInt64LE(place * 8));
      if (entry < 0) {
        block = -entry;
        continue;
      }
      if (entry === 0) continue;
      for (let page = entry; page < entry + block; page++) {
        if (page >= 2 && page <= this.#meta.lastPage && !this.#isUsed(page)) continue;
        this.#problem(`page ${page} is in use, or outside of the file, and also in the list of free pages`);
        return;
      }
      block = 1;
    }
  }
}

/** The course of a visit of one tree. */
class TreeVisit {
  readonly entry: (name: Buffer, value: Buffer) => void;
  branches = 0;
  leaves = 0;
  overflows = 0;
  entries = 0;
  /** The last key. */
  last: Buffer | undefined;
  /** Every page could be read. */
  isWhole = true;

  constructor(entry: (name: Buffer, value: Buffer) => void) {
    this.entry = entry;
  }
}

/** A page in its tree. Its keys are at or after `low`, and before `high`. */
interface Place {
  readonly tree: TreeRoot;
  readonly visit: TreeVisit;
  /** 1 for the root. */
  readonly depth: number;
  readonly low: Buffer | undefined;
  readonly high: Buffer | undefined;
}

function parseTree(page: Buffer, at: number): TreeRoot {
  const root = page.readBigUInt64LE(at + 40);
  return {
    flags: page.readUInt16LE(at + 4),
    depth: page.readUInt16LE(at + 6),
    branches: numberAt(page, at + 8),
    leaves: numberAt(page, at + 16),
    overflows: numberAt(page, at + 24),
    entries: numberAt(page, at + 32),
    root: root === NO_PAGE ? undefined : Number(root),
  };
}

/** Describes the first fault of a page's nodes; undefined when there is none. */
function nodesFault(page: Buffer, kind: number): string | undefined {
  const flags = page.readUInt16LE(18);
  if (flags !== kind) return `expected a page of kind ${kind}, got ${flags}`;
  const lower = page.readUInt16LE(20);
  const upper = page.readUInt16LE(22);
  const space = page.length - HEADER_BYTES;
  if (lower % 2 !== 0 || lower > upper || upper > space) return 'its bounds are not what was written';
  for (const at of nodesOf(page)) {
    if (at < upper + HEADER_BYTES || at + NODE_BYTES > page.length || at % 2 !== 0) {
      return 'a record is outside of it';
    }
    const { flags: nodeFlags, size, dataAt } = nodeAt(page, at);
    if (kind === LEAF && nodeFlags !== 0 && nodeFlags !== BIG_DATA) return 'a record has unknown flags';
    const dataBytes = kind === BRANCH ? 0 : nodeFlags === BIG_DATA ? 24 : size;
    if (dataAt + dataBytes > page.length) return 'a record is longer than it';
  }
  return undefined;
}

/** Offsets of the nodes of a page. */
function nodesOf(page: Buffer): readonly number[] {
  const count = page.readUInt16LE(20) >> 1;
  return Array.from(
    { length: count },
    (_, index) => page.readUInt16LE(HEADER_BYTES + 2 * index) + HEADER_BYTES,
  );
}

/** `size`: of the value; in a branch, with `flags` above it, the number of a page. */
function nodeAt(page: Buffer, at: number) {
  const keyAt = at + NODE_BYTES;
  const dataAt = keyAt + page.readUInt16LE(at + 6);
  return {
    size: page.readUInt32LE(at),
    flags: page.readUInt16LE(at + 4),
    key: page.subarray(keyAt, dataAt),
    dataAt,
  };
}

function isWithin(key: Buffer, { low, high, tree }: Place): boolean {
  const isNumber = (tree.flags & 8) !== 0;
  return (
    (low === undefined || compare(low, key, isNumber) <= 0) &&
    (high === undefined || compare(key, high, isNumber) < 0)
  );
}

/** The keys of the tree of free pages are numbers. */
function compare(a: Buffer, b: Buffer, asNumbers: boolean): number {
  if (!asNumbers) return Buffer.compare(a, b);
  return a.length === 8 && b.length === 8 ? numberAt(a, 0) - numberAt(b, 0) : Number.NaN;
}

/** A number of 64 bits. Those of a sound file are below 2^53. */
function numberAt(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;
}

/** A record's name in a message. */
function nameText(name: Buffer): string {
  return `'${name.toString().replace('\0', "' of '").slice(0, 120)}'`;
}
