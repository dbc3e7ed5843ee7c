import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import {
  getThrough,
  type StoreEntry,
  type StoreOperation,
  type StorePort,
  type StoreRange,
  scanThrough,
} from '../index.ts';
import { lockDirectory } from './directoryLock.ts';
import { Journal } from './journal.ts';
import { JournalFileOnDisk } from './journalFile.ts';
import { type CheckpointMark, type FoundJournal, readSegments } from './readSegments.ts';
import { nameRange, recordName } from './recordNames.ts';
import { TreeWriter } from './treeWriter.ts';

/** Name of the mark in the tree. It has no separator, so no record has this name. */
const MARK_NAME = 'journal';

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
 * Opens the store of a data directory and locks it until close(): one process has it at a time. Throws
 * DirectoryLockedError when another process has it, and JournalError when its files do not belong together.
 */
export function openLmdbStore({ path, failed = () => {} }: LmdbStoreOptions): StorePort {
  mkdirSync(path, { recursive: true });
  const { release } = lockDirectory(path);
  try {
    return new LmdbStore({ path, failed, release });
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * An lmdb tree (`orsay.mdb`) with a journal of two segments before it (journal.ts). A write is durable when
 * the journal has it; a thread puts the journal into the tree (treeWriter.ts). Reads see the tree through the
 * layers of the journal.
 */
class LmdbStore implements StorePort {
  readonly #tree: RootDatabase<string, Buffer>;
  readonly #writer: TreeWriter;
  readonly #journal: Journal;
  readonly #release: () => void;

  constructor({ path, failed, release }: Required<LmdbStoreOptions> & { readonly release: () => void }) {
    const options = {
      path: join(path, 'orsay.mdb'),
      noSubdir: true,
      keyEncoding: 'binary',
      overlappingSync: false,
      // Only the transactions of the writer put records.
      eventTurnBatching: false,
    } as const;
    const segments = [join(path, 'orsay-journal-0'), join(path, 'orsay-journal-1')] as const;
    this.#release = release;
    this.#tree = open<string, Buffer>({ ...options, encoding: 'string' });
    const found = findJournal(this.#tree, segments, path);
    this.#writer = new TreeWriter({
      data: { options, segments, markName: MARK_NAME },
      failed,
      written: () => this.#tree.resetReadTxn(),
    });
    this.#journal = new Journal({
      found,
      checkpoint: (checkpoint) => this.#writer.checkpoint(checkpoint),
      failed,
    });
  }

  get(table: string, key: string): string | undefined {
    const text = getThrough(this.#journal.layers, table, key.toWellFormed());
    if (text !== undefined) return text ?? undefined;
    return this.#tree.get(Buffer.from(recordName(table, key)));
  }

  scan(table: string, range: StoreRange): Iterable<StoreEntry> {
    return scanThrough(this.#journal.layers, this.#scanTree(table, range), table, range);
  }

  write(operations: readonly StoreOperation[]): Promise<void> {
    return this.#journal.write(operations.map(wellFormed));
  }

  async close(): Promise<void> {
    try {
      await this.#journal.close();
      await this.#writer.close();
      await this.#tree.close();
    } finally {
      this.#release();
    }
  }

  *#scanTree(table: string, range: StoreRange): Iterable<StoreEntry> {
    const keyStart = Buffer.byteLength(recordName(table, ''));
    for (const entry of this.#tree.getRange(nameRange(table, range))) {
      yield { key: entry.key.toString('utf8', keyStart), text: entry.value };
    }
  }
}

/**
 * Opens the segments and reads what the tree does not have yet. Throws JournalError, and leaves nothing open
 * then.
 */
function findJournal(
  tree: RootDatabase<string, Buffer>,
  [first, second]: readonly [string, string],
  path: string,
): FoundJournal {
  const files = [new JournalFileOnDisk(first), new JournalFileOnDisk(second)] as const;
  try {
    syncDirectory(path);
    const mark = tree.get(Buffer.from(MARK_NAME));
    return readSegments(files, mark === undefined ? undefined : (JSON.parse(mark) as CheckpointMark));
  } catch (error) {
    for (const file of files) file.close();
    void tree.close();
    throw error;
  }
}

/** Replaces lone surrogates as UTF-8 does, so that the layers hold the same text as the disk. */
function wellFormed(operation: StoreOperation): StoreOperation {
  const { table, key, text } = operation;
  if (key.isWellFormed() && (text === null || text.isWellFormed())) return operation;
  return { table, key: key.toWellFormed(), text: text?.toWellFormed() ?? null };
}

/** Makes new files survive a power failure. Windows cannot open directories. */
function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  fsyncSync(directory);
  closeSync(directory);
}
