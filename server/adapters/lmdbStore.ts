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
      await database.batch(() => {
        for (const { table, key, text } of operations) {
          if (text === null) void database.remove(toBytes(table, key));
          else void database.put(toBytes(table, key), text);
        }
      });
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
    });
  } catch (error) {
    onFailure();
    throw error;
  }
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
