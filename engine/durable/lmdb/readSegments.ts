import { Layer, type StoreOperation } from '../index.ts';
import { type Frame, findFrames, readFrames, readOperations } from './journalFrames.mjs';
import type { JournalHead } from './journalHead.ts';
import { splitName } from './recordNames.ts';

/** The mark in a tree: the last frame of the journal that the tree has. */
export interface CheckpointMark {
  /** Id of the store. */
  readonly store: string;
  readonly serial: number;
  /** Checksum of that frame; 0 before the first one. */
  readonly checksum: number;
  /** In the copy of a log: the random id of that frame; before the first one, the id of the store. */
  readonly frame?: string;
}

export interface FoundSegment {
  readonly number: number;
  /** The changes of its frames. */
  readonly layer: Layer;
  /** Number of these changes. */
  readonly changes: number;
  /** End of its last frame; 0 when the tree has all of its frames. */
  readonly end: number;
  /** Serial number and checksum of its last frame. */
  readonly last: number;
  readonly checksum: number;
}

export interface FoundJournal {
  /** Id of the store. */
  readonly store: string;
  /** Serial number and checksum of the last frame. */
  readonly last: number;
  readonly checksum: number;
  /** The earlier segment; empty unless neither is checkpointed. */
  readonly lower: FoundSegment;
  readonly active: FoundSegment;
}

/** Frames that were acknowledged, and that the journal lacks or has in another form. */
export interface JournalDamage {
  /** Number of the segment that takes frames. */
  readonly segment: number /** Serial numbers of the first and the last frame in doubt. */;
  readonly from: number;
  readonly to: number;
}

export interface ReadJournal {
  readonly found: FoundJournal;
  readonly damage?: JournalDamage;
}

/** The journal belongs to another store. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/**
 * Reads the state of a journal when its process ended: the frames that the tree does not have, in one chain.
 *
 * The chain ends at the first frame that is not what was written. After a crash the last frame may be
 * incomplete, because nobody was told that it is durable. Everything else is damage: the chain ends before
 * the last acknowledged frame, or a whole frame of the same history follows its end. Throws JournalError.
 */
export function readSegments(
  contents: readonly [Buffer, Buffer],
  mark: CheckpointMark,
  head: Pick<JournalHead, 'history' | 'from' | 'acked'>,
): ReadJournal {
  const read = contents.map((bytes, number) => {
    const frames = [...readFrames(bytes)];
    if (frames.some(({ store }) => store !== mark.store)) throw foreign();
    return { number, bytes, frames, last: frames.at(-1)?.serial ?? 0 };
  });
  // The segment that takes frames is the last one; without frames, it is the first file.
  read.sort((a, b) => a.last - b.last || b.number - a.number);

  let last: Pick<Frame, 'serial' | 'checksum'> = mark;
  function follows(frame: Frame): boolean {
    if (frame.serial !== last.serial + 1 || frame.previous !== last.checksum) return false;
    // An abandoned end has serial numbers of this history under the id of another one.
    return frame.serial < head.from || frame.history === head.history;
  }
  const [lower, active] = read.map(({ number, frames }): FoundSegment => {
    const sound = frames.filter((frame) => frame.serial <= mark.serial);
    for (const frame of frames.slice(sound.length)) {
      if (!follows(frame)) break;
      sound.push(frame);
      last = frame;
    }
    return { number, ...contentOf((sound.at(-1)?.serial ?? 0) > mark.serial ? sound : []) };
  }) as [FoundSegment, FoundSegment];

  const found = { store: mark.store, last: last.serial, checksum: last.checksum, lower, active };
  const known = read.flatMap(({ bytes }) => [...findFrames(bytes, head.history)].map(({ serial }) => serial));
  const to = Math.max(head.acked, head.from - 1, ...known);
  if (to <= last.serial) return { found };
  return { found, damage: { segment: active.number, from: last.serial + 1, to } };
}

function contentOf(frames: readonly Frame[]): Omit<FoundSegment, 'number'> {
  const layer = new Layer();
  let changes = 0;
  for (const { payload } of frames) {
    const operations = [...operationsOf(payload)];
    layer.apply(operations);
    changes += operations.length;
  }
  const last = frames.at(-1);
  return {
    layer,
    changes,
    end: last?.end ?? 0,
    last: last?.serial ?? 0,
    checksum: last?.checksum ?? 0,
  };
}

/** The changes of a frame. */
export function* operationsOf(payload: Buffer): Generator<StoreOperation> {
  for (const { key, value } of readOperations(payload)) {
    yield { ...splitName(key.toString()), text: value === null ? null : value.toString() };
  }
}

function foreign(): JournalError {
  return new JournalError(
    'The journal beside the store belongs to another store. Restore all files from one backup.',
  );
}
