const HEADER_BYTES = 4;

/** The frame of a message: its length in bytes (32 bit, big-endian), then its JSON in UTF-8. */
export function frameOf(json: string): Buffer {
  const length = Buffer.byteLength(json);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length);
  frame.writeUInt32BE(length, 0);
  frame.write(json, HEADER_BYTES);
  return frame;
}

export class FrameTooLarge extends Error {
  constructor(length: number, limit: number) {
    super(`Expected a frame of at most ${limit} bytes, got one of ${length}.`);
    this.name = 'FrameTooLarge';
  }
}

/** Cuts a stream of bytes into the messages of its frames. */
export class FrameReader {
  readonly #limit: number;
  /** The bytes of a frame that is not complete. */
  #parts: Buffer[] = [];
  #length = 0;
  /** Bytes until the next header or message is complete. */
  #wanted = HEADER_BYTES;

  /** `limit`: bytes of one message. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The messages that this chunk completes, as JSON. Throws FrameTooLarge as soon as a header says so. */
  read(chunk: Buffer): readonly string[] {
    this.#parts.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#wanted) return [];
    const bytes = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts);
    const messages: string[] = [];
    let start = 0;
    this.#wanted = HEADER_BYTES;
    while (bytes.length - start >= HEADER_BYTES) {
      const length = bytes.readUInt32BE(start);
      if (length > this.#limit) throw new FrameTooLarge(length, this.#limit);
      const end = start + HEADER_BYTES + length;
      if (end > bytes.length) {
        this.#wanted = HEADER_BYTES + length;
        break;
      }
      messages.push(bytes.toString('utf8', start + HEADER_BYTES, end));
      start = end;
    }
    const rest = bytes.subarray(start);
    this.#parts = rest.length === 0 ? [] : [rest];
    this.#length = rest.length;
    return messages;
  }
}
