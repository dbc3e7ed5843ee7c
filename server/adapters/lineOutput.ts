import { writeSync } from 'node:fs';
import type { Clock } from '../../engine/ports/index.ts';

/** Bytes of lines that wait for a slow reader; further lines are dropped and counted. */
export const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** After a drop, lines are accepted again when no more than this waits. */
const ROOM_BYTES = MAX_WAITING_BYTES / 2;
/** Bytes of one write: a pipe holds as many. */
const CHUNK_BYTES = 64 * 1024;
/** Time until a full pipe is tried again. */
const FULL_RETRY_MS = 20;
/** Time until a pipe without a reader, or a full disk, is tried again. */
const FAULT_RETRY_MS = 1_000;
/** Tries of an exiting process at a full pipe, FULL_RETRY_MS apart. */
const MAX_EXIT_TRIES = 50;

export interface LineOutputDeps {
  /** Returns the number of bytes written. Throws where it would block (EAGAIN) or fails. */
  readonly write: (bytes: Uint8Array) => number;
  readonly clock: Clock;
  /**
   * Reports how many lines were dropped, as soon as there is room. A line that it writes takes the position
   * of the dropped ones.
   */
  readonly onDropped: (lines: number) => void;
}

/**
 * Writes lines to a reader without ever waiting for it. No write can block, so it is always known which bytes
 * were written, also at the exit of the process. pino's own destination (sonic-boom 4) may have writes under
 * way in another thread at that moment, and its flushSync never ends when the reader has gone.
 */
export class LineOutput {
  readonly #write: (bytes: Uint8Array) => number;
  readonly #clock: Clock;
  readonly #onDropped: (lines: number) => void;
  readonly #chunks: string[] = [];
  #lastChunkBytes = 0;
  /** The rest of a chunk that was written in part. */
  #begun: Uint8Array = new Uint8Array();
  #waitingBytes = 0;
  #dropped = 0;
  #isArmed = false;

  constructor({ write, clock, onDropped }: LineOutputDeps) {
    this.#write = write;
    this.#clock = clock;
    this.#onDropped = onDropped;
  }

  /**
   * Accepts a line with its newline and writes it a moment later, together with other lines. Never throws.
   */
  write(line: string): void {
    const bytes = Buffer.byteLength(line);
    // After the first dropped line all are dropped until that is reported, so that the gap has one position.
    if (this.#dropped > 0 || this.#waitingBytes + bytes > MAX_WAITING_BYTES) this.#dropped++;
    else this.#append(line, bytes);
    if (!this.#isArmed) this.#arm(0);
  }

  /** Writes the lines that wait, for at most a second. */
  flushSync(): void {
    for (let tries = 0; tries < MAX_EXIT_TRIES && this.#flush() === 'EAGAIN'; tries++) {
      pause(FULL_RETRY_MS);
    }
  }

  #append(line: string, bytes: number): void {
    if (this.#chunks.length === 0 || this.#lastChunkBytes + bytes > CHUNK_BYTES) {
      this.#chunks.push('');
      this.#lastChunkBytes = 0;
    }
    this.#chunks[this.#chunks.length - 1] += line;
    this.#lastChunkBytes += bytes;
    this.#waitingBytes += bytes;
  }

  #arm(ms: number): void {
    this.#isArmed = true;
    this.#clock.at(this.#clock.now() + ms, () => {
      const fault = this.#flush();
      this.#isArmed = false;
      if (fault !== undefined) this.#arm(fault === 'EAGAIN' ? FULL_RETRY_MS : FAULT_RETRY_MS);
    });
  }

  /** Returns the code of the error that stopped it, if any. */
  #flush(): string | undefined {
    const fault = this.#writeChunks();
    if (this.#dropped === 0 || this.#waitingBytes > ROOM_BYTES) return fault;
    const lines = this.#dropped;
    this.#dropped = 0;
    this.#onDropped(lines);
    return fault ?? this.#writeChunks();
  }

  #writeChunks(): string | undefined {
    while (this.#waitingBytes > 0) {
      if (this.#begun.length === 0) this.#begun = Buffer.from(this.#chunks.shift()!);
      try {
        const written = this.#write(this.#begun);
        this.#begun = this.#begun.subarray(written);
        this.#waitingBytes -= written;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code ?? String(error);
      }
    }
    return undefined;
  }
}

/**
 * Standard output, flushed at every exit that the process can notice. Writes to a pipe or a socket never
 * block; writes to a file or a terminal do.
 */
export function openStandardOutput(deps: Omit<LineOutputDeps, 'write'>): LineOutput {
  // Reading process.stdout makes Node.js open the stream, which makes a pipe or socket non-blocking.
  const { fd } = process.stdout;
  const output = new LineOutput({ ...deps, write: (bytes) => writeSync(fd, bytes) });
  process.on('exit', () => output.flushSync());
  return output;
}

/** Blocks the whole process; only for one that is about to exit. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
