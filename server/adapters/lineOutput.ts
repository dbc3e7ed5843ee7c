import { writeSync } from 'node:fs';
import type { Clock } from '../../engine/ports/index.ts';

/** Bytes of lines that wait for a reader who is behind; more are dropped, and counted. */
export const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** Lines that were dropped are said when so little waits that others are taken again. */
const ROOM_BYTES = MAX_WAITING_BYTES / 2;
/** What one write takes: what a pipe holds. */
const CHUNK_BYTES = 64 * 1024;
/** Until a full pipe is tried again. */
const FULL_RETRY_MS = 20;
/** Until one that nobody reads any more, or a full disk, is tried again. */
const FAULT_RETRY_MS = 1_000;
/** How often an exiting process tries a full pipe, FULL_RETRY_MS apart. */
const MAX_EXIT_TRIES = 50;

/**
 * Lines on their way to a reader whom nobody waits for. Every write is one that cannot block, so that at any time,
 * also at the exit of the process, it is known what was written. pino's own destination (sonic-boom 4) has writes
 * under way in another thread then, and its flushSync tries for ever when the reader has gone.
 */
export interface LineOutput {
  /** Takes a line with its newline; it is written a moment later, with others of that moment. Never throws. */
  write(line: string): void;
  /** `tell` hears how many lines were dropped, as soon as there is room; what it writes stands where they would. */
  onDropped(tell: (lines: number) => void): void;
  /** Writes what waits, for at most a second. */
  flushSync(): void;
}

/** `write` gives the number of bytes it took, and throws where it would have to wait (EAGAIN) or cannot. */
export function createLineOutput(deps: {
  readonly write: (bytes: Uint8Array) => number;
  readonly clock: Clock;
}): LineOutput {
  const { write, clock } = deps;
  const chunks: string[] = [];
  let lastChunkBytes = 0;
  let begun: Uint8Array = new Uint8Array();
  let waitingBytes = 0;
  let dropped = 0;
  let isArmed = false;
  let tellDropped: (lines: number) => void = () => {};

  function append(line: string, bytes: number): void {
    if (chunks.length === 0 || lastChunkBytes + bytes > CHUNK_BYTES) {
      chunks.push('');
      lastChunkBytes = 0;
    }
    chunks[chunks.length - 1] += line;
    lastChunkBytes += bytes;
    waitingBytes += bytes;
  }

  /** Returns the code of the error that ended it before all was written. */
  function writeChunks(): string | undefined {
    while (waitingBytes > 0) {
      if (begun.length === 0) begun = Buffer.from(chunks.shift()!);
      try {
        const taken = write(begun);
        begun = begun.subarray(taken);
        waitingBytes -= taken;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code ?? String(error);
      }
    }
    return undefined;
  }

  function flush(): string | undefined {
    const fault = writeChunks();
    if (dropped === 0 || waitingBytes > ROOM_BYTES) return fault;
    const lines = dropped;
    dropped = 0;
    tellDropped(lines);
    return fault ?? writeChunks();
  }

  function arm(ms: number): void {
    isArmed = true;
    clock.at(clock.now() + ms, () => {
      const fault = flush();
      isArmed = false;
      if (fault !== undefined) arm(fault === 'EAGAIN' ? FULL_RETRY_MS : FAULT_RETRY_MS);
    });
  }

  return {
    write(line) {
      const bytes = Buffer.byteLength(line);
      // Once one is dropped all are, until that is said: otherwise the gap could be anywhere.
      if (dropped > 0 || waitingBytes + bytes > MAX_WAITING_BYTES) dropped++;
      else append(line, bytes);
      if (!isArmed) arm(0);
    },

    onDropped(tell) {
      tellDropped = tell;
    },

    flushSync() {
      for (let tries = 0; tries < MAX_EXIT_TRIES && flush() === 'EAGAIN'; tries++) pause(FULL_RETRY_MS);
    },
  };
}

/**
 * Standard output, flushed at every exit that a process can still notice. A pipe or a socket is never waited for;
 * a file and a terminal are, as they take what they get.
 */
export function openStandardOutput(clock: Clock): LineOutput {
  // Node.js makes a pipe or socket non-blocking when it opens the stream, which is used for nothing else.
  const { fd } = process.stdout;
  const output = createLineOutput({ write: (bytes) => writeSync(fd, bytes), clock });
  process.on('exit', () => output.flushSync());
  return output;
}

/** Holds the whole process: for one that is about to exit. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
