import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  write,
} from 'node:fs';
import { freeOnDisk } from './freeOnDisk.mjs';

/** A segment of the journal on a disk. */
export interface JournalFile {
  /** Bytes that it has. */
  readonly size: number;
  /** Bytes that are free on its filesystem; where there are more than AMPLE_BYTES, as they were within FRESH_MS. */
  readonly free: number;
  readAll(): Buffer;
  /** Resolves when they are on the disk. */
  write(bytes: Uint8Array, at: number): Promise<void>;
  shorten(size: number): void;
  close(): void;
}

/** A look at the filesystem before each write costs the server's thread a twentieth of what it does for the write. */
const FRESH_MS = 20;
/** Several times what the journal asks for (PLENTY of both segments at their longest), and what a disk takes in FRESH_MS. */
const AMPLE_BYTES = 1_073_741_824;
/** Where the system can, a write is on the disk when it returns: one call in place of two. */
const SYNCED = process.platform === 'linux' ? constants.O_DSYNC : 0;

/** Made when absent. */
export function openJournalFile(path: string): JournalFile {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT | SYNCED, 0o644);
  let size = fstatSync(file).size;
  let seen = { free: 0, at: 0 };

  function writeSome(bytes: Uint8Array, at: number): Promise<number> {
    return new Promise((resolve, reject) => {
      write(file, bytes, 0, bytes.length, at, (error, written) => {
        if (error === null) resolve(written);
        else reject(error);
      });
    });
  }

  function sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fdatasync(file, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  }

  return {
    get size() {
      return size;
    },

    get free() {
      const now = performance.now();
      const isFresh = seen.free > AMPLE_BYTES && now - seen.at < FRESH_MS;
      if (!isFresh) seen = { free: freeOnDisk(path), at: now };
      return seen.free;
    },

    readAll: () => readFileSync(path),

    async write(bytes, at) {
      // A disk that becomes full takes a part.
      for (let done = 0; done < bytes.length; ) {
        done += await writeSome(done === 0 ? bytes : bytes.subarray(done), at + done);
        size = Math.max(size, at + done);
      }
      if (SYNCED === 0) await sync();
    },

    shorten(to) {
      ftruncateSync(file, to);
      size = to;
    },

    close: () => closeSync(file),
  };
}
