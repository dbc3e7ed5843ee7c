const HEADER_BYTES = 4;

const LINE_BREAK = 0x0a;
const NO_BYTES = Buffer.alloc(0);

/**
 * A message is JSON. Texts of documents follow it after a line break (JSON.stringify writes none), as UTF-8:
 * the server passes programs on and never decodes them, because that takes time that a document chooses.
 */
export interface Message {
  readonly json: string;
  readonly text?: Buffer;
}

/**
 * The frame of a message: its length in bytes (32 bit, big-endian), its JSON, and its text. The text is not
 * copied: it is the second part.
 */
export function frameOf({ json, text }: Message): readonly Buffer[] {
  const jsonBytes = Buffer.byteLength(json);
  const extra = text === undefined ? 0 : 1;
  const head = Buffer.allocUnsafe(HEADER_BYTES + jsonBytes + extra);
  head.writeUInt32BE(jsonBytes + extra + (text?.length ?? 0), 0);
  head.write(json, HEADER_BYTES);
  if (text === undefined) return [head];
  head[head.length - 1] = LINE_BREAK;
  return [head, text];
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

  /** The messages that this chunk completes. Throws FrameTooLarge as soon as a header says so. */
  read(chunk: Buffer): readonly Required<Message>[] {
    this.#parts.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#wanted) return [];
    const bytes = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts);
    const messages: Required<Message>[] = [];
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
      messages.push(messageOf(bytes.subarray(start + HEADER_BYTES, end)));
      start = end;
    }
    const rest = bytes.subarray(start);
    this.#parts = rest.length === 0 ? [] : [rest];
    this.#length = rest.length;
    return messages;
  }
}

function messageOf(frame: Buffer): Required<Message> {
  const end = frame.indexOf(LINE_BREAK);
  if (end === -1) return { json: frame.toString('utf8'), text: NO_BYTES };
  return { json: frame.toString('utf8', 0, end), text: frame.subarray(end + 1) };
}
