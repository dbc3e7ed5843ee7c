import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import type { StoreEntry, StorePort, StoreRange } from '../../engine/host/storePort.ts';
import { lockDirectory } from './directoryLock.ts';

/** Between a table's name and a key; no table's name holds it, so tables do not overlap. */
const SEPARATOR = '\0';
const AFTER_SEPARATOR = '\u0001';

/**
 * An lmdb environment in the directory `path`, made when absent. One process at a time: it is locked until
 * close(). Throws DirectoryLockedError when another process has it.
 *
 * overlappingSync is off, so a write resolves only after it has been flushed to the disk.
 */
export function openLmdbStore({ path }: { readonly path: string }): StorePort {
  mkdirSync(path, { recursive: true });
  const lock = lockDirectory(path);
  const database = openDatabase(path, lock.release);

  return {
    get: (table, key) => database.get(toBytes(table, key)),

    *scan(table, range): Iterable<StoreEntry> {
      const keyStart = Buffer.byteLength(table) + SEPARATOR.length;
      for (const entry of database.getRange(toRange(table, range))) {
        yield { key: entry.key.toString('utf8', keyStart), text: entry.value };
      }
    },

    async write(operations) {
      const prepared = operations.map(({ table, key, text }) => ({ bytes: toBytes(table, key), text }));
      try {
        // A child transaction: what throws inside takes back all of it. It is also the way that survives a full
        // disk; failed commits of lmdb's plain asynchronous puts corrupt the process's memory (3.5.6).
        await database.childTransaction(() => {
          for (const { bytes, text } of prepared) {
            if (text === null) database.removeSync(bytes);
            else database.putSync(bytes, text);
          }
        });
      } catch (error) {
        watchCommitError(error);
        throw error;
      }
    },

    async close() {
      await database.close();
      lock.release();
    },
  };
}

function openDatabase(path: string, onFailure: () => void) {
  try {
    return open<string, Buffer>({
      path: join(path, 'orsay.mdb'),
      noSubdir: true,
      keyEncoding: 'binary',
      encoding: 'string',
      overlappingSync: false,
      // Each write is one transaction already (the host groups them). Batching by event turn would make a failed
      // commit reject a promise of lmdb's own that nobody can handle.
      eventTurnBatching: false,
    });
  } catch (error) {
    onFailure();
    throw error;
  }
}

/** A failed commit carries the promise of its cause, which rejects a moment later; lmdb has written it to stderr. */
function watchCommitError(error: unknown): void {
  if (!(error instanceof Error) || !('commitError' in error)) return;
  const { commitError } = error;
  if (commitError instanceof Promise) commitError.catch(() => {});
}

function toBytes(table: string, key: string): Buffer {
  return Buffer.from(`${table}${SEPARATOR}${key}`);
}

/** lmdb walks backwards from `start` down to `end`; the bounds' inclusion is turned round accordingly. */
function toRange(table: string, range: StoreRange) {
  const low = toBytes(table, range.from ?? '');
  const high = range.to === undefined ? Buffer.from(`${table}${AFTER_SEPARATOR}`) : toBytes(table, range.to);
  if (range.reverse !== true) return { start: low, end: high };
  return { start: high, end: low, reverse: true, exclusiveStart: true, inclusiveEnd: true };
}
