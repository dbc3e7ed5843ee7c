import { crc32 } from 'node:zlib';
import type { RootDatabase } from 'lmdb';
import { readOperations, wholeBlocks } from './journalFrames.mjs';
import { LmdbRoom } from './lmdbRoom.mjs';
import { JournalError } from './readSegments.ts';
import { sealOf, sealValue } from './sealedValues.mjs';
import { changedDigest, decodeOldMark, encodeMark, MARK_NAME } from './treeMark.mjs';

/**
 * The store files of the releases before checksums: values of the tree are plain text, the mark is JSON of
 * store and serial, and frames have no checksum of the frame before. A frame's header has 48 bytes: CRC-32 of
 * the rest, bytes of the payload, serial (double, at 8), id of the store (at 16), and an id of the segment's
 * generation (at 32).
 */
const HEADER_BYTES = 48;

interface OldFrame {
  readonly serial: number;
  readonly store: string;
  readonly generation: string;
  readonly payload: Buffer;
  readonly end: number;
}

/**
 * Brings an old tree and what its journal has in addition to the present format, in one transaction: a crash
 * leaves the old format or the present one. `store`: id for a store that has none. Throws JournalError.
 */
export function migrateOldFormat(deps: {
  readonly path: string;
  readonly tree: RootDatabase<Buffer, Buffer>;
  readonly segments: readonly [Buffer, Buffer];
  readonly store: string;
}): void {
  const { tree, segments } = deps;
  const markValue = tree.get(MARK_NAME);
  const mark = markValue === undefined ? undefined : decodeOldMark(markValue);
  const frames = openFrames(segments, mark);
  const last = new Map<string, Buffer | null>();
  for (const { payload } of frames) {
    for (const { key, value } of readOperations(payload)) last.set(key.toString('latin1'), value);
  }
  const keys = [...tree.getKeys()].map((key) => Buffer.from(key));
  const room = new LmdbRoom(deps.path, tree as never);
  try {
    const bytes = keys.reduce((sum, key) => sum + (tree.get(key)?.length ?? 0), 0);
    room.make({ records: keys.length + last.size, bytes, onlyRemoves: false });
  } finally {
    room.close();
  }
  tree.transactionSync(() => {
    let digest = 0;
    const put = (name: Buffer, text: Buffer): void => {
      const sealed = sealValue(name, text);
      digest = changedDigest(digest, 0, sealOf(sealed));
      tree.putSync(name, sealed);
    };
    for (const key of keys) {
      if (key.equals(MARK_NAME) || last.has(key.toString('latin1'))) continue;
      put(key, tree.get(key)!);
    }
    for (const [key, value] of last) {
      const name = Buffer.from(key, 'latin1');
      if (value === null) tree.removeSync(name);
      else put(name, value);
    }
    tree.putSync(
      MARK_NAME,
      encodeMark({
        store: mark?.store ?? frames[0]?.store ?? deps.store,
        serial: frames.at(-1)?.serial ?? mark?.serial ?? 0,
        checksum: 0,
        digest,
      }),
    );
  });
}

/** The frames that the tree does not have, in their order. */
function openFrames(
  segments: readonly [Buffer, Buffer],
  mark: { readonly store: string; readonly serial: number } | undefined,
): readonly OldFrame[] {
  const known = segments.flatMap((bytes) => [...readOldFrames(bytes)]);
  const store = mark?.store ?? known[0]?.store;
  if (known.some((frame) => frame.store !== store)) {
    throw new JournalError(
      'The journal beside the store belongs to another store. Restore all files from one backup.',
    );
  }
  const markedUpTo = mark?.serial ?? 0;
  const open = known.filter(({ serial }) => serial > markedUpTo).sort((a, b) => a.serial - b.serial);
  open.forEach(({ serial }, index) => {
    const expected = markedUpTo + 1 + index;
    if (serial === expected) return;
    throw new JournalError(
      `The journal beside the store should continue with frame ${expected}, but continues with ${serial}. Restore all files from one backup.`,
    );
  });
  return open;
}

function* readOldFrames(bytes: Buffer): Generator<OldFrame, void> {
  let last: OldFrame | undefined;
  for (let at = 0; at + HEADER_BYTES <= bytes.length; at = last.end) {
    const payloadAt = at + HEADER_BYTES;
    const end = payloadAt + bytes.readUInt32LE(at + 4);
    if (end > bytes.length || crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32LE(at)) return;
    const frame: OldFrame = {
      serial: bytes.readDoubleLE(at + 8),
      store: bytes.toString('hex', at + 16, at + 32),
      generation: bytes.toString('hex', at + 32, payloadAt),
      payload: bytes.subarray(payloadAt, end),
      end: wholeBlocks(end),
    };
    const follows =
      last === undefined || (frame.generation === last.generation && frame.serial === last.serial + 1);
    if (!follows) return;
    yield frame;
    last = frame;
  }
}
