import type { OnReadOpts } from 'node:net';

/** Read at a time. */
const READ_BYTES = 65_536;

/**
 * The option `onread` of a socket that reads into one buffer: what `onBytes` hears is written over when it has returned.
 * Without it Node.js takes new memory outside the heap for each read, for which V8 collects all of its old space
 * again and again.
 */
export function readingOf(onBytes: (bytes: Uint8Array) => void): OnReadOpts {
  return {
    buffer: Buffer.alloc(READ_BYTES),
    callback(length, buffer) {
      onBytes(buffer.subarray(0, length));
      return true;
    },
  };
}
