import { type ByteMemory, createByteMemory } from '../../ports/index.ts';

const HEADER_BYTES = 8;
/** Of the array that the messages of a frame are. */
const [OPEN, COMMA, CLOSE] = Buffer.from('[,]') as unknown as [number, number, number];
/** Most frames fit. */
const USUAL_FRAME_BYTES = 65_536;
/** Kept of those that frames were made in: so many are on their way at once, mostly. */
const MAX_FREE_MEMORIES = 8;

export interface Frame {
  /** A JSON array of messages. */
  readonly text: string;
  /** Texts that messages have with them, one behind the other; they say how long each is. A part of what was read. */
  readonly kept: Buffer;
}

/** Makes frames: the lengths of a frame's parts in bytes (32 bit each, big-endian), then the parts, both UTF-8. */
export interface FrameWriter {
  /** A message in JSON, and a text that goes behind the messages. */
  add(message: string, kept?: string): void;
  /** Characters that were added since a frame was sent. */
  readonly chars: number;
  /** Sends what was added, if anything was. */
  send(): void;
}

/**
 * Frames are made in memory that is used again: what is allocated outside the heap for each has V8 collect all of
 * its old space again and again. `send` is to call `sent` when the bytes may be written over.
 */
export function createFrameWriter(send: (frame: Uint8Array, sent: () => void) => void): FrameWriter {
  const free: ByteMemory[] = [];
  let memory: ByteMemory | undefined;
  let chars = 0;
  const kept: string[] = [];

  function begin(): ByteMemory {
    const begun = free.pop() ?? createByteMemory(USUAL_FRAME_BYTES);
    begun.skip(HEADER_BYTES);
    begun.writeByte(OPEN);
    return begun;
  }

  return {
    add(message, text) {
      if (memory === undefined) memory = begin();
      else memory.writeByte(COMMA);
      memory.write(message);
      if (text !== undefined) kept.push(text);
      chars += message.length + (text?.length ?? 0);
    },

    get chars() {
      return chars;
    },

    send() {
      if (memory === undefined) return;
      const full = memory;
      full.writeByte(CLOSE);
      const textEnd = full.end;
      for (const text of kept) full.write(text);
      full.bytes.writeUInt32BE(textEnd - HEADER_BYTES, 0);
      full.bytes.writeUInt32BE(full.end - textEnd, 4);
      memory = undefined;
      kept.length = 0;
      chars = 0;
      send(full.bytes.subarray(0, full.end), () => {
        full.clear();
        if (free.length < MAX_FREE_MEMORIES) free.push(full);
      });
    },
  };
}

export class FrameTooLarge extends Error {
  constructor(length: number, limit: number) {
    super(`Expected a frame of at most ${limit} bytes, got one of ${length}.`);
    this.name = 'FrameTooLarge';
  }
}

/** The kept texts of a frame, to be taken in the order of its messages. */
export interface KeptTexts {
  /** The next one; undefined when there are not so many bytes left, or `bytes` is no number of them. */
  take(bytes: unknown): string | undefined;
  /** Bytes that are left. */
  readonly left: number;
}

export function createKeptTexts(kept: Buffer): KeptTexts {
  let at = 0;
  return {
    take(bytes) {
      if (!Number.isInteger(bytes)) return undefined;
      const end = at + (bytes as number);
      if (end < at || end > kept.length) return undefined;
      const text = kept.toString('utf8', at, end);
      at = end;
      return text;
    },
    get left() {
      return kept.length - at;
    },
  };
}

/**
 * Cuts a stream of bytes into its frames. Holds at most twice `limit` bytes, and throws FrameTooLarge as soon as a header
 * says so. Frames, and the chunk, are done with when the next one is read: both may lie in memory that is used again.
 */
export function createFrameReader(limit: number): (chunk: Uint8Array) => readonly Frame[] {
  /** What is there of a frame; the memory goes with its last bytes. */
  const begun = createByteMemory(0);
  let wanted = HEADER_BYTES;

  /** All that is there, copied only when a part was there before. */
  function join(chunk: Uint8Array): Buffer {
    if (begun.end === 0) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    begun.append(chunk);
    return begun.bytes.subarray(0, begun.end);
  }

  function keep(rest: Buffer): void {
    begun.clear();
    begun.append(rest);
  }

  return (chunk) => {
    const bytes = join(chunk);
    const size = bytes.length;
    if (size < wanted) {
      if (begun.end === 0) begun.append(bytes);
      return [];
    }
    const frames: Frame[] = [];
    let at = 0;
    wanted = HEADER_BYTES;
    while (size - at >= HEADER_BYTES) {
      const textLength = bytes.readUInt32BE(at);
      const length = textLength + bytes.readUInt32BE(at + 4);
      if (length > limit) throw new FrameTooLarge(length, limit);
      const textAt = at + HEADER_BYTES;
      const end = textAt + length;
      if (end > size) {
        wanted = HEADER_BYTES + length;
        break;
      }
      const keptAt = textAt + textLength;
      frames.push({ text: bytes.toString('utf8', textAt, keptAt), kept: bytes.subarray(keptAt, end) });
      at = end;
    }
    keep(bytes.subarray(at));
    return frames;
  };
}
