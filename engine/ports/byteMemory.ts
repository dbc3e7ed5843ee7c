/** Bytes, and texts in UTF-8, one behind the other in memory that is used again after clear(). */
export interface ByteMemory {
  /** The first `end` of them are in use; others than these after the next of the calls below. */
  readonly bytes: Buffer;
  readonly end: number;
  /** Appends a text; bytes that it takes. */
  write(text: string): number;
  writeByte(byte: number): void;
  /** Appends a copy of them. */
  append(more: Uint8Array): void;
  /** Appends so many bytes that hold anything. */
  skip(count: number): void;
  /** Takes back what is behind `end`. */
  shorten(end: number): void;
  clear(): void;
}

/** Bytes that a character of a string may become. */
const MAX_BYTES_OF_CHARACTER = 3;
/** Characters of a text whose bytes are counted before, so that it does not get three times what it needs. */
const LONG_TEXT = 16_384;

/** `usual`: bytes that it has; when it needs more, only until clear(). */
export function createByteMemory(usual: number): ByteMemory {
  let bytes = Buffer.alloc(usual);
  let end = 0;

  function makeRoom(count: number): void {
    if (end + count <= bytes.length) return;
    const larger = Buffer.alloc(Math.max(end + count, 2 * bytes.length));
    bytes.copy(larger, 0, 0, end);
    bytes = larger;
  }

  return {
    get bytes() {
      return bytes;
    },
    get end() {
      return end;
    },
    write(text) {
      // What a short text comes to is known when it is there: to count before would be a second way through
      // it.
      makeRoom(text.length < LONG_TEXT ? MAX_BYTES_OF_CHARACTER * text.length : Buffer.byteLength(text));
      const length = bytes.write(text, end);
      end += length;
      return length;
    },
    writeByte(byte) {
      makeRoom(1);
      bytes[end] = byte;
      end++;
    },
    append(more) {
      makeRoom(more.length);
      bytes.set(more, end);
      end += more.length;
    },
    skip(count) {
      makeRoom(count);
      end += count;
    },
    shorten(to) {
      end = to;
    },
    clear() {
      if (bytes.length > usual) bytes = Buffer.alloc(usual);
      end = 0;
    },
  };
}
