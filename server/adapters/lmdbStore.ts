import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { open } from 'lmdb';
import type { StoreEntry, StoreOperation, StorePort, StoreRange } from '../../engine/host/storePort.ts';
import { lockDirectory } from './directoryLock.ts';

/** Between a table's name and a key; no table's name holds it, so tables do not overlap. */
const SEPARATOR = '\0';
const AFTER_SEPARATOR = '\u0001';

/** In place of a value's length: the key is removed. */
const REMOVED = -1;

/**
 * An lmdb environment in the directory `path`, made when absent. One process at a time: it is locked until
 * close(). Throws DirectoryLockedError when another process has it.
 *
 * It is read here and written by a thread of its own (lmdbWriter.mjs), so that what is to be written next is computed
 * while the disk is waited for. overlappingSync is off: a write resolves only after it has been flushed.
 */
export function openLmdbStore({ path }: { readonly path: string }): StorePort {
  mkdirSync(path, { recursive: true });
  const lock = lockDirectory(path);
  const { database, writer } = openDatabase(path, lock.release);
  /** Writes that the thread has been given, in their order. */
  const given: { resolve(): void; reject(error: Error): void }[] = [];
  let failure: Error | undefined;
  let failures = 0;

  writer.on('message', (failed: FailedWrite | null) => {
    // What was just written is to be read.
    database.resetReadTxn();
    // In a part of the event loop's turn of its own. Up to 1,000 messages are handed out in a row, and those who go on
    // may have their next write done before the last of them: then nobody else would have a turn.
    setImmediate(settle, failed);
  });

  function settle(failed: FailedWrite | null): void {
    const write = given.shift();
    if (given.length === 0) writer.unref();
    if (failed !== null) failures = failed.failures;
    // Absent: the thread has ended since, and it was rejected.
    if (failed === null) write?.resolve();
    else write?.reject(new Error(failed.fault));
  }

  writer.on('error', (error) => {
    failure = error;
    for (const { reject } of given.splice(0)) reject(error);
  });
  writer.unref();

  return {
    get: (table, key) => database.get(toBytes(table, key)),

    *scan(table, range): Iterable<StoreEntry> {
      const keyStart = Buffer.byteLength(table) + SEPARATOR.length;
      for (const entry of database.getRange(toRange(table, range))) {
        yield { key: entry.key.toString('utf8', keyStart), text: entry.value };
      }
    },

    write(operations) {
      if (failure !== undefined) return Promise.reject(failure);
      const write = { ...pack(operations), failures } satisfies PackedWrite;
      return new Promise((resolve, reject) => {
        given.push({ resolve, reject });
        if (given.length === 1) writer.ref();
        // Copied: to give the memory away takes longer.
        writer.postMessage(write);
      });
    },

    async close() {
      writer.ref();
      writer.postMessage(null);
      if (failure === undefined) await once(writer, 'exit');
      await database.close();
      lock.release();
    },
  };
}

function openDatabase(path: string, onFailure: () => void) {
  const options = {
    path: join(path, 'orsay.mdb'),
    noSubdir: true,
    keyEncoding: 'binary',
    overlappingSync: false,
    // Nothing is put but in the writer's transactions.
    eventTurnBatching: false,
  } as const;
  try {
    const database = open<string, Buffer>({ ...options, encoding: 'string' });
    const program = new URL('./lmdbWriter.mjs', import.meta.url);
    return { database, writer: new Worker(program, { execArgv: [], workerData: options }) };
  } catch (error) {
    onFailure();
    throw error;
  }
}

/** A write as its thread is given it. */
export interface PackedWrite {
  /** How many writes had failed when it was given, as FailedWrite says. */
  readonly failures: number;
  readonly records: number;
  readonly onlyRemoves: boolean;
  /** One behind the other: lengths of key and value in bytes (32 bit, little-endian), the key, the value. */
  readonly packed: Uint8Array<ArrayBuffer>;
}

/** The thread's answer, in place of null. */
export interface FailedWrite {
  readonly fault: string;
  /** How many have failed; those not counted that were refused because of an earlier one. */
  readonly failures: number;
}

/** Bytes in which a write is packed before it is copied: most fit, and one that does not gets more for itself. */
const SCRATCH = Buffer.allocUnsafeSlow(262_144);
/** Bytes that a character of a string may become. */
const MAX_BYTES_OF_CHARACTER = 3;
/** Characters of a text whose bytes are counted, so that it does not get three times what it needs. */
const LONG_TEXT = 16_384;

/** What the bytes come to is known when they are there: to count them before would be a second way through all texts. */
function pack(operations: readonly StoreOperation[]): Omit<PackedWrite, 'failures'> {
  let packed = SCRATCH;
  let onlyRemoves = true;
  let at = 0;
  for (const { table, key, text } of operations) {
    const name = `${table}${SEPARATOR}${key}`;
    const most = at + 8 + mostBytes(name) + mostBytes(text ?? '');
    if (most > packed.length)
      packed = enlarged(packed, { used: at, length: Math.max(most, 2 * packed.length) });
    const keyLength = packed.write(name, at + 8);
    const valueAt = at + 8 + keyLength;
    const valueLength = text === null ? REMOVED : packed.write(text, valueAt);
    packed.writeInt32LE(keyLength, at);
    packed.writeInt32LE(valueLength, at + 4);
    at = valueAt + Math.max(valueLength, 0);
    if (text !== null) onlyRemoves = false;
  }
  return { records: operations.length, onlyRemoves, packed: new Uint8Array(packed.subarray(0, at)) };
}

function mostBytes(text: string): number {
  return text.length < LONG_TEXT ? MAX_BYTES_OF_CHARACTER * text.length : Buffer.byteLength(text);
}

function enlarged(from: Buffer, { used, length }: { readonly used: number; readonly length: number }) {
  const to = Buffer.allocUnsafeSlow(length);
  from.copy(to, 0, 0, used);
  return to;
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
