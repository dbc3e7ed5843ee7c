import { closeSync, constants, fdatasync, fstatSync, ftruncateSync, openSync, write } from 'node:fs';
import { promisify } from 'node:util';
import { freeOnDisk } from './freeOnDisk.mjs';

/** A segment of the journal on a disk. */
export interface JournalFile {
  /** Its size in bytes. */
  readonly size: number;
  /** Free bytes on its filesystem. */
  readonly free: number;
  /** Resolves when the bytes are on the disk. */
  write(bytes: Uint8Array, at: number): Promise<void>;
  shorten(size: number): void;
  close(): void;
}

/** On Linux a write returns when it is on the disk: one system call instead of two. */
const SYNCED = process.platform === 'linux' ? constants.O_DSYNC : 0;

const writeSome = promisify(write);
const sync = promisify(fdatasync);

export class JournalFileOnDisk implements JournalFile {
  readonly #path: string;
  readonly #file: number;
  #size: number;

  /** Creates the file if it does not exist. */
  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT | SYNCED, 0o600);
    this.#size = fstatSync(this.#file).size;
  }

  get size(): number {
    return this.#size;
  }

  get free(): number {
    return freeOnDisk(this.#path);
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    // A disk that becomes full writes a part only.
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await writeSome(this.#file, bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
      this.#size = Math.max(this.#size, at + done);
    }
    if (SYNCED === 0) await sync(this.#file);
  }

  shorten(size: number): void {
    ftruncateSync(this.#file, size);
    this.#size = size;
  }

  close(): void {
    closeSync(this.#file);
  }
}
