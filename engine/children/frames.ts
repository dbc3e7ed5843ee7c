const HEADER_BYTES = 4;

/** A frame: its length in bytes (32 bit, big-endian), then that much UTF-8: a JSON array of messages. */
export function encodeFrame(text: string): Uint8Array {
  const length = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length);
  frame.writeUInt32BE(length, 0);
  frame.write(text, HEADER_BYTES);
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

/**
 * Cuts a stream of bytes into the texts of its frames. Never holds more than one frame of `limit` bytes and
 * one chunk. Throws FrameTooLarge as soon as a header says so.
 */
export function createFrameReader(limit: number): (chunk: Uint8Array) => readonly string[] {
  let chunks: Uint8Array[] = [];
  let size = 0;
  let wanted = HEADER_BYTES;

  return (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size < wanted) return [];
    const bytes =
      chunks.length === 1 ? Buffer.from(chunk.buffer, chunk.byteOffset, size) : Buffer.concat(chunks);
    const texts: string[] = [];
    let at = 0;
    wanted = HEADER_BYTES;
    while (size - at >= HEADER_BYTES) {
      const length = bytes.readUInt32BE(at);
      if (length > limit) throw new FrameTooLarge(length, limit);
      const end = at + HEADER_BYTES + length;
      if (end > size) {
        wanted = HEADER_BYTES + length;
        break;
      }
      texts.push(bytes.toString('utf8', at + HEADER_BYTES, end));
      at = end;
    }
    chunks = at === size ? [] : [bytes.subarray(at)];
    size -= at;
    return texts;
  };
}
