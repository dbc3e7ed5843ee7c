const HEADER_BYTES = 8;

export interface Frame {
  /** A JSON array of messages. */
  readonly text: string;
  /** Texts that messages have with them, one behind the other; they say how long each is. */
  readonly kept: Buffer;
}

/** A frame: the lengths of its parts in bytes (32 bit each, big-endian), then the parts, both UTF-8. */
export function encodeFrame(text: string, kept = ''): Uint8Array {
  const length = Buffer.byteLength(text);
  const keptLength = Buffer.byteLength(kept);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length + keptLength);
  frame.writeUInt32BE(length, 0);
  frame.writeUInt32BE(keptLength, 4);
  frame.write(text, HEADER_BYTES);
  frame.write(kept, HEADER_BYTES + length);
  return frame;
}

/** The message texts of one frame, joined. */
export function frameText(messages: readonly string[]): string {
  return `[${messages.join(',')}]`;
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
 * Cuts a stream of bytes into its frames. Never holds more than one frame of `limit` bytes and
 * one chunk. Throws FrameTooLarge as soon as a header says so.
 */
export function createFrameReader(limit: number): (chunk: Uint8Array) => readonly Frame[] {
  let chunks: Uint8Array[] = [];
  let size = 0;
  let wanted = HEADER_BYTES;

  return (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size < wanted) return [];
    const bytes =
      chunks.length === 1 ? Buffer.from(chunk.buffer, chunk.byteOffset, size) : Buffer.concat(chunks);
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
    chunks = at === size ? [] : [bytes.subarray(at)];
    size -= at;
    return frames;
  };
}
