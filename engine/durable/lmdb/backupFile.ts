import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StoreDamagedError } from '../index.ts';
import {
  type Frame,
  HEADER_BYTES,
  LENGTHS_BYTES,
  lengthOfFrame,
  randomId,
  readFrames,
  readOperations,
  sealFrame,
  wholeBlocks,
} from './journalFrames.mjs';

/**
 * A backup is one file of frames, as the journal has them (journalFrames.mjs): a chain with checksums. The
 * key of an entry begins with its kind. The last frame has only the count of all entries, so a backup that
 * was cut is found.
 */
export type BackupEntry =
  /** `name`: key of the record in lmdb. */
  | { readonly kind: 'record'; readonly name: Buffer; readonly content: Buffer }
  /** `name`: path in the data directory. `rest` continues the file of the entry before it. */
  | { readonly kind: 'file' | 'rest'; readonly name: string; readonly content: Buffer };

const KINDS = { record: 'r', file: 'f', rest: 'c', end: 'e' } as const;
const MAX_BYTES_OF_FRAME = 1_048_576;

/** The bytes of a backup, one frame after the other. */
export async function* writeBackup(
  entries: AsyncIterable<BackupEntry> | Iterable<BackupEntry>,
): AsyncGenerator<Buffer, void> {
  const chain = new FrameChain();
  let count = 0;
  let gathered: { readonly key: Buffer; readonly value: Buffer }[] = [];
  let bytes = 0;
  for await (const { kind, name, content } of entries) {
    gathered.push({ key: Buffer.concat([Buffer.from(KINDS[kind]), Buffer.from(name)]), value: content });
    bytes += name.length + content.length;
    count++;
    if (bytes < MAX_BYTES_OF_FRAME) continue;
    yield chain.frame(gathered);
    gathered = [];
    bytes = 0;
  }
  if (gathered.length > 0) yield chain.frame(gathered);
  yield chain.frame([{ key: Buffer.from(KINDS.end), value: Buffer.from(String(count)) }]);
}

/** Makes the frames of a new chain. */
class FrameChain {
  readonly #ids = { store: randomId(), history: randomId() };
  #serial = 0;
  #previous = 0;

  frame(entries: readonly { readonly key: Buffer; readonly value: Buffer }[]): Buffer {
    const end = entries.reduce(
      (sum, { key, value }) => sum + LENGTHS_BYTES + key.length + value.length,
      HEADER_BYTES,
    );
    const bytes = Buffer.alloc(wholeBlocks(end));
    let at = HEADER_BYTES;
    for (const { key, value } of entries) {
      at = bytes.writeInt32LE(key.length, at);
      at = bytes.writeInt32LE(value.length, at);
      at += key.copy(bytes, at);
      at += value.copy(bytes, at);
    }
    this.#serial++;
    const ids = { ...this.#ids, serial: this.#serial, previous: this.#previous };
    this.#previous = sealFrame(bytes.subarray(0, end), ids);
    return bytes;
  }
}

/** Reads a backup from its beginning to its end. The iteration throws StoreDamagedError. */
export function* readBackup(path: string): Generator<BackupEntry, void> {
  const decoder = new BackupDecoder(`The backup '${path}'`);
  for (const { frame, at } of framesOf(path)) yield* decoder.entries(frame, `from byte ${at} on`);
  decoder.requireEnd();
}

/** Checks the frames of a backup one after the other, and reads their entries. */
export class BackupDecoder {
  readonly #name: string;
  #previous: Frame | undefined;
  #count = 0;
  #hasEnded = false;

  /** `name`: begins the messages of errors. */
  constructor(name: string) {
    this.#name = name;
  }

  /** Entries of the next frame. `where`: its place, for messages. The iteration throws StoreDamagedError. */
  *entries(bytes: Buffer, where: string): Generator<BackupEntry, void> {
    const [frame] = readFrames(bytes);
    const isNext =
      !this.#hasEnded &&
      frame !== undefined &&
      frame.serial === (this.#previous?.serial ?? 0) + 1 &&
      frame.previous === (this.#previous?.checksum ?? 0);
    if (!isNext) throw new StoreDamagedError(`${this.#name} is not what was written, ${where}.`);
    this.#previous = frame;
    for (const { key, value } of readOperations(frame.payload)) {
      const kind = key.toString('latin1', 0, 1);
      const name = key.subarray(1);
      const content = value ?? Buffer.alloc(0);
      if (kind === KINDS.end) {
        this.#end(Number(content.toString()));
        return;
      }
      this.#count++;
      if (kind === KINDS.record) yield { kind: 'record', name, content };
      else yield { kind: kind === KINDS.rest ? 'rest' : 'file', name: name.toString(), content };
    }
  }

  /** Throws StoreDamagedError when frames are missing at the end. */
  requireEnd(): void {
    if (this.#hasEnded) return;
    throw new StoreDamagedError(`${this.#name} is cut: it has ${this.#count} entries, and no end.`);
  }

  #end(expected: number): void {
    this.#hasEnded = true;
    if (expected === this.#count) return;
    throw new StoreDamagedError(`${this.#name} should have ${expected} entries, and has ${this.#count}.`);
  }
}

/** Bytes of each frame, as its header says. */
function* framesOf(path: string): Generator<{ readonly frame: Buffer; readonly at: number }, void> {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    for (let at = 0; at < size; ) {
      const header = Buffer.alloc(HEADER_BYTES);
      readSync(file, header, 0, HEADER_BYTES, at);
      const frame = Buffer.alloc(Math.min(lengthOfFrame(header), size - at));
      readSync(file, frame, 0, frame.length, at);
      yield { frame, at };
      at += frame.length;
    }
  } finally {
    closeSync(file);
  }
}
