import type { StoreOperation } from '../index.ts';
import { HEADER_BYTES, LENGTHS_BYTES, REMOVED, wholeBlocks } from './journalFrames.mjs';
import { recordName } from './recordNames.ts';

/** The limit of lmdb with pages of 4,096 bytes. */
const MAX_NAME_BYTES = 1_978;

/** A frame without its header (journalFrames.mjs). */
export interface EncodedFrame {
  /** Whole blocks. */
  readonly bytes: Buffer;
  /** End of the payload; zeros follow it. */
  readonly end: number;
  readonly onlyRemoves: boolean;
}

/** Throws RangeError when a key is too long. */
export function encodeFrame(operations: readonly StoreOperation[]): EncodedFrame {
  const parts = operations.map(({ table, key, text }) => {
    const name = recordName(table, key);
    return {
      name,
      text,
      nameBytes: nameBytesOf(name),
      textBytes: text === null ? 0 : Buffer.byteLength(text),
    };
  });
  const end = parts.reduce(
    (sum, part) => sum + LENGTHS_BYTES + part.nameBytes + part.textBytes,
    HEADER_BYTES,
  );
  const bytes = Buffer.alloc(wholeBlocks(end));
  let at = HEADER_BYTES;
  for (const { name, text, nameBytes, textBytes } of parts) {
    at = bytes.writeInt32LE(nameBytes, at);
    at = bytes.writeInt32LE(text === null ? REMOVED : textBytes, at);
    at += bytes.write(name, at);
    if (text !== null) at += bytes.write(text, at);
  }
  return { bytes, end, onlyRemoves: operations.every(({ text }) => text === null) };
}

function nameBytesOf(name: string): number {
  const bytes = Buffer.byteLength(name);
  if (bytes <= MAX_NAME_BYTES) return bytes;
  throw new RangeError(
    `A table's name, one byte, and a key may have ${MAX_NAME_BYTES} bytes together; got ${bytes}.`,
  );
}
