import { once } from 'node:events';
import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { open, type RootDatabaseOptionsWithPath } from 'lmdb';
import {
  getThrough,
  type StoreEntry,
  type StoreOperation,
  type StorePort,
  type StoreRange,
  scanThrough,
} from '../index.ts';
import { lockDirectory } from './directoryLock.ts';
import { type Checkpoint, openJournal } from './journal.ts';
import { openJournalFile } from './journalFile.ts';
import { type Mark, readSegments } from './readSegments.ts';
import { nameRange, recordName } from './recordNames.ts';

/** No record is called so: it has no separator. */
const MARK_NAME = 'journal';

/**
 * A store in the directory `path`, made when absent: an lmdb tree (`orsay.mdb`), and before it a journal of two
 * segments (journal.ts). One process at a time: it is locked until close(). Throws DirectoryLockedError when another
 * process has it, and JournalError when the files do not belong together.
 *
 * What is written is durable in the journal first, and is put into the tree by a thread of its own (lmdbWriter.mjs).
 * Reads see the tree through the journal's layers.
 */
export function openLmdbStore({
  path,
  failed = () => {},
}: {
  readonly path: string;
  /** Hears why what is in the journal could not be put into the tree: the first of several times in a row. */
  readonly failed?: (error: unknown) => void;
}): StorePort {
  mkdirSync(path, { recursive: true });
  const lock = lockDirectory(path);
  try {
    return openLocked({ path, failed, release: lock.release });
  } catch (error) {
    lock.release();
    throw error;
  }
}

function openLocked(given: {
  readonly path: string;
  readonly failed: (error: unknown) => void;
  readonly release: () => void;
}): StorePort {
  const { path, failed, release } = given;
  const options = {
    path: join(path, 'orsay.mdb'),
    noSubdir: true,
    keyEncoding: 'binary',
    overlappingSync: false,
    // Nothing is put but in the writer's transactions.
    eventTurnBatching: false,
  } as const;
  const segments = [join(path, 'orsay-journal-0'), join(path, 'orsay-journal-1')] as const;
  const opened = openFiles({ options, segments, path });
  const { database } = opened;
  const writer = startWriter({ options, segments, markName: MARK_NAME }, failed, () => {
    database.resetReadTxn();
  });
  const journal = openJournal({ found: opened.found, checkpoint: writer.checkpoint, failed });

  function* scanTree(table: string, range: StoreRange): Iterable<StoreEntry> {
    const keyStart = Buffer.byteLength(recordName(table, ''));
    for (const entry of database.getRange(nameRange(table, range))) {
      yield { key: entry.key.toString('utf8', keyStart), text: entry.value };
    }
  }

  return {
    get(table, key) {
      const text = getThrough(journal.layers, table, key.toWellFormed());
      if (text !== undefined) return text ?? undefined;
      return database.get(Buffer.from(recordName(table, key)));
    },
    scan: (table, range) => scanThrough(journal.layers, scanTree(table, range), table, range),
    write: (operations) => journal.write(operations.map(wellFormed)),

    async close() {
      try {
        await journal.close();
        await writer.close();
        await database.close();
      } finally {
        release();
      }
    },
  };
}

/** The tree, and what the journal has beside it. Throws JournalError, and leaves nothing open. */
function openFiles(given: {
  readonly options: RootDatabaseOptionsWithPath;
  readonly segments: readonly [string, string];
  readonly path: string;
}) {
  const database = open<string, Buffer>({ ...given.options, encoding: 'string' });
  const files = [openJournalFile(given.segments[0]), openJournalFile(given.segments[1])] as const;
  try {
    syncDirectory(given.path);
    const mark = database.get(Buffer.from(MARK_NAME));
    return {
      database,
      found: readSegments(files, mark === undefined ? undefined : (JSON.parse(mark) as Mark)),
    };
  } catch (error) {
    for (const file of files) file.close();
    void database.close();
    throw error;
  }
}

/** As its bytes will have it when they are read again. */
function wellFormed(operation: StoreOperation): StoreOperation {
  const { table, key, text } = operation;
  if (key.isWellFormed() && (text === null || text.isWellFormed())) return operation;
  return { table, key: key.toWellFormed(), text: text?.toWellFormed() ?? null };
}

/** The thread that puts the journal into the tree. `written` is called before a checkpoint resolves. */
function startWriter(workerData: object, failed: (error: unknown) => void, written: () => void) {
  const thread = new Worker(new URL('./lmdbWriter.mjs', import.meta.url), { execArgv: [], workerData });
  /** There is one checkpoint at a time. */
  let waiting: { resolve(): void; reject(error: Error): void } | undefined;
  let ended: Error | undefined;

  thread.on('message', (fault: string | null) => {
    const asked = waiting;
    waiting = undefined;
    thread.unref();
    if (fault !== null) {
      asked?.reject(new Error(fault));
      return;
    }
    written();
    asked?.resolve();
  });
  thread.on('error', (error) => {
    ended = error;
    failed(error);
    waiting?.reject(error);
  });
  thread.unref();

  return {
    checkpoint(checkpoint: Checkpoint): Promise<void> {
      if (ended !== undefined) return Promise.reject(ended);
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        thread.ref();
        thread.postMessage(checkpoint);
      });
    },

    async close(): Promise<void> {
      thread.ref();
      thread.postMessage(null);
      if (ended === undefined) await once(thread, 'exit');
    },
  };
}

/** So that files that were just made are found after a power cut. Windows opens no directories. */
function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  fsyncSync(directory);
  closeSync(directory);
}
