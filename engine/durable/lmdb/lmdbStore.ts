import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { open, type Transaction } from 'lmdb';
import {
  getThrough,
  Layer,
  makePrivateFolder,
  PRIVATE_FILE,
  PRIVATE_FOLDER,
  type StoreEntry,
  type StoreOperation,
  type StorePort,
  type StoreRange,
  scanThrough,
  syncFolder,
  tighten,
} from '../index.ts';
import { type DirectoryLock, lockDirectory } from './directoryLock.ts';
import { keepReserve, releaseReserve } from './diskReserve.ts';
import { inspectStore, requireSound } from './inspectStore.ts';
import { type Checkpoint, Journal } from './journal.ts';
import { JournalFileOnDisk } from './journalFile.ts';
import { randomId } from './journalFrames.mjs';
import { HeadFileOnDisk, type JournalHead } from './journalHead.ts';
import { migrateOldFormat } from './oldFormat.ts';
import { type FoundJournal, readSegments } from './readSegments.ts';
import { afterTable, nameRange, recordName, splitName } from './recordNames.ts';
import { readIfPresent, type StoreFiles, storeFiles } from './storeFiles.ts';
import { decodeMark, encodeMark, MARK_NAME } from './treeMark.mjs';
import { getFromTree, scanTree, type Tree, wellFormed } from './treeReads.ts';
import { TreeWriter } from './treeWriter.ts';

export interface LmdbStoreOptions {
  /** The data directory; created if it does not exist. */
  readonly path: string;
  /**
   * Gets the error when the journal could not be put into the tree, for the first of several failures in a
   * row.
   */
  readonly failed?: (error: unknown) => void;
}

/**
 * Opens the store of a data directory and locks it until close(): one process has it at a time. All files are
 * read and checked first. Throws DirectoryLockedError when another process has it, StoreDamagedError when a
 * file is not what was written, and JournalError when its files do not belong together.
 */
export function openLmdbStore({ path, failed = () => {} }: LmdbStoreOptions): LmdbStore {
  makePrivateFolder(path);
  tighten(path, PRIVATE_FOLDER);
  const opening = { path, failed };
  let store: LmdbStore;
  try {
    store = openLocked(opening);
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    if (!releaseReserve(path)) throw new Error(`${error.message}: the store in '${path}'`, { cause: error });
    store = openLocked(opening);
  }
  keepReserve(path);
  return store;
}

function openLocked({ path, failed }: Required<LmdbStoreOptions>): LmdbStore {
  const lock = lockDirectory(path, failed);
  try {
    return new LmdbStore({ path, failed, lock });
  } catch (error) {
    lock.release();
    throw error;
  }
}

function isDiskFull(error: unknown): error is Error {
  return (
    error instanceof Error && ('code' in error ? error.code === 'ENOSPC' : /no space/i.test(error.message))
  );
}

/**
 * An lmdb tree (`orsay.mdb`) with a journal of two segments before it (journal.ts). A write is durable when
 * the journal has it; a thread puts the journal into the tree (treeWriter.ts). Reads see the tree through the
 * layers of the journal.
 */
export class LmdbStore implements StorePort {
  readonly #tree: Tree;
  readonly #writer: TreeWriter<Checkpoint>;
  readonly #journal: Journal;
  readonly #head: HeadFileOnDisk;
  readonly #lock: DirectoryLock;
  /** The head that this opening has written. */
  readonly #opened: JournalHead;
  #closing: Promise<void> | undefined;

  constructor({ path, failed, lock }: Required<LmdbStoreOptions> & { readonly lock: DirectoryLock }) {
    const files = storeFiles(path);
    const options = {
      path: files.tree,
      noSubdir: true,
      keyEncoding: 'binary',
      overlappingSync: false,
      // Only the transactions of the writer put records.
      eventTurnBatching: false,
      permissionsMode: PRIVATE_FILE,
    } as const;
    for (const name of readdirSync(path)) tighten(join(path, name), PRIVATE_FILE);
    const inspection = inspectStore(files);
    requireSound(path, inspection);
    const segments = [
      new JournalFileOnDisk(files.segments[0]),
      new JournalFileOnDisk(files.segments[1]),
    ] as const;
    const head = new HeadFileOnDisk(files.head);
    const toClose: { close(): unknown }[] = [...segments, head];
    try {
      const history = randomId();
      if (inspection.format !== 'present') {
        const state = inspection.format === 'new' ? 'new' : 'migrating';
        head.write({ state, store: randomId(), history, from: 1, acked: 0 });
      }
      // A crash may have left a part of a tree that was never used.
      if (inspection.format === 'new') rmSync(files.tree, { force: true });
      syncFolder(path);
      const tree = open<Buffer, Buffer>({ ...options, encoding: 'binary' });
      toClose.push(tree);
      const found = inspection.journal ?? prepareTree(tree, files, inspection.format);
      // The name of a new tree, before the head says that there is one.
      syncFolder(path);
      this.#opened = { state: 'open', store: found.store, history, from: found.last + 1, acked: found.last };
      head.write(this.#opened);
      this.#tree = tree;
      this.#head = head;
      this.#lock = lock;
      this.#writer = new TreeWriter({
        program: new URL('./lmdbWriter.mjs', import.meta.url),
        data: { options, segments: files.segments },
        failed,
        written: () => tree.resetReadTxn(),
      });
      this.#journal = new Journal({
        found,
        files: segments,
        history,
        acknowledge: (serial) => head.acknowledge(serial),
        confirmLock: () => lock.confirm(),
        checkpoint: (checkpoint) => this.#writer.checkpoint(checkpoint),
        failed,
      });
    } catch (error) {
      for (const one of toClose) void one.close();
      throw error;
    }
  }

  /** Throws StoreDamagedError. */
  get(table: string, key: string): string | undefined {
    const text = getThrough(this.#journal.layers, table, key.toWellFormed());
    if (text !== undefined) return text ?? undefined;
    return getFromTree(this.#tree, table, key);
  }

  /** The iteration throws StoreDamagedError. */
  scan(table: string, range: StoreRange): Iterable<StoreEntry> {
    return scanThrough(this.#journal.layers, this.#scanTree(table, range), table, range);
  }

  /** All durable records as they are now. The tree keeps their pages until `release()`. */
  snapshot(): StoreSnapshot {
    const layers = this.#journal.layers.map((layer) => {
      const copy = new Layer();
      copy.apply([...layer.changes()]);
      return copy;
    });
    const transaction = this.#tree.useReadTransaction();
    return new StoreSnapshot({ tree: this.#tree, layers, transaction });
  }

  write(operations: readonly StoreOperation[]): Promise<void> {
    return this.#journal.write(operations.map(wellFormed));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.#journal.close();
      await this.#writer.close();
      await this.#tree.close();
      if (this.#journal.isCheckpointed) {
        this.#head.write({ ...this.#opened, state: 'closed', acked: this.#journal.last });
      }
      this.#head.close();
    } finally {
      this.#lock.release();
    }
  }

  #scanTree(table: string, range: StoreRange): Iterable<StoreEntry> {
    return scanTree(this.#tree, table, nameRange(table, range));
  }
}

interface StoreSnapshotDeps {
  readonly tree: Tree;
  readonly layers: readonly Layer[];
  readonly transaction: Transaction;
}

/** The records of a store at one point in time. */
export class StoreSnapshot {
  readonly #deps: StoreSnapshotDeps;

  constructor(deps: StoreSnapshotDeps) {
    this.#deps = deps;
  }

  /** Every record. The iteration throws StoreDamagedError. */
  *records(): Iterable<{ readonly name: Buffer; readonly content: Buffer }> {
    const { tree, layers, transaction } = this.#deps;
    for (const table of this.#tables()) {
      const below = scanTree(tree, table, { ...nameRange(table, {}), transaction });
      for (const { key, text } of scanThrough(layers, below, table, {})) {
        yield { name: Buffer.from(recordName(table, key)), content: Buffer.from(text) };
      }
    }
  }

  release(): void {
    this.#deps.transaction.done();
  }

  #tables(): ReadonlySet<string> {
    const { tree, layers, transaction } = this.#deps;
    const tables = new Set(layers.flatMap((layer) => layer.tables));
    let start = Buffer.from([0]);
    for (;;) {
      const [name] = tree.getKeys({ start, limit: 1, transaction });
      if (name === undefined) return tables;
      if (name.equals(MARK_NAME)) {
        start = Buffer.concat([MARK_NAME, Buffer.from([0])]);
        continue;
      }
      const { table } = splitName(name.toString());
      tables.add(table);
      start = Buffer.from(afterTable(table));
    }
  }
}

/** Gives a new tree its mark, or brings an old one to the present format. */
function prepareTree(tree: Tree, files: StoreFiles, format: 'new' | 'old' | 'present'): FoundJournal {
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = files.segments.map(readIfPresent);
  const store = randomId();
  if (format === 'old') {
    migrateOldFormat({ path: files.tree, tree, segments: [first, second], store });
  } else {
    const mark = encodeMark({ store, serial: 0, checksum: 0, digest: 0 });
    tree.transactionSync(() => tree.putSync(MARK_NAME, mark));
  }
  const mark = decodeMark(tree.get(MARK_NAME)!)!;
  return readSegments([first, second], mark, { history: '', from: mark.serial + 1, acked: mark.serial })
    .found;
}
