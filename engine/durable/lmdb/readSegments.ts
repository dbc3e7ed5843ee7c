import { Layer, type StoreOperation } from '../index.ts';
import type { JournalFile } from './journalFile.ts';
import { type Frame, randomId, readFrames, readOperations } from './journalFrames.mjs';
import { splitName } from './recordNames.ts';

/** The mark in a tree: the last frame of the journal that the tree has. */
export interface CheckpointMark {
  /** Id of the store. */
  readonly store: string;
  readonly serial: number;
}

export interface Segment {
  readonly file: JournalFile;
  readonly number: number;
  /** The changes of its frames. */
  readonly layer: Layer;
  /** Number of these changes. */
  readonly changes: number;
  /** End of its last frame; 0 when the tree has all of its frames. */
  readonly end: number;
  readonly generation: string;
  /** Serial number of its last frame. */
  readonly last: number;
}

export interface FoundJournal {
  readonly store: string;
  /** Serial number of the next frame. */
  readonly serial: number;
  /** The earlier segment; empty unless neither is checkpointed. */
  readonly lower: Segment;
  readonly active: Segment;
}

/** The journal belongs to another store, or lacks changes that the tree does not have. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** Reads the state of a journal when its process ended. Throws JournalError. */
export function readSegments(
  files: readonly [JournalFile, JournalFile],
  mark: CheckpointMark | undefined,
): FoundJournal {
  const read = files.map((file, number) => ({ file, number, frames: [...readFrames(file.readAll())] }));
  const known = read.flatMap(({ frames }) => frames);
  const store = mark?.store ?? known[0]?.store ?? randomId();
  if (known.some((frame) => frame.store !== store)) throw foreign();
  const markedUpTo = mark?.serial ?? 0;
  const open = known.filter(({ serial }) => serial > markedUpTo).sort((a, b) => a.serial - b.serial);
  open.forEach(({ serial }, index) => {
    const expected = markedUpTo + 1 + index;
    if (serial !== expected) throw incomplete(expected, serial);
  });
  const [first, second] = read.map(({ file, number, frames }): Segment => {
    const last = frames.at(-1);
    if (last === undefined || last.serial <= markedUpTo) {
      return { file, number, layer: new Layer(), changes: 0, end: 0, generation: '', last: 0 };
    }
    const { end, generation, serial } = last;
    return { file, number, ...layerOf(frames), end, generation, last: serial };
  }) as [Segment, Segment];
  const isFirstActive = first.last >= second.last;
  return {
    store,
    serial: (open.at(-1)?.serial ?? markedUpTo) + 1,
    lower: isFirstActive ? second : first,
    active: isFirstActive ? first : second,
  };
}

function layerOf(frames: readonly Frame[]): Pick<Segment, 'layer' | 'changes'> {
  const layer = new Layer();
  let changes = 0;
  for (const { payload } of frames) {
    const operations = [...operationsOf(payload)];
    layer.apply(operations);
    changes += operations.length;
  }
  return { layer, changes };
}

function* operationsOf(payload: Buffer): Generator<StoreOperation> {
  for (const { key, value } of readOperations(payload)) {
    yield { ...splitName(key.toString()), text: value === null ? null : value.toString() };
  }
}

function foreign(): JournalError {
  return new JournalError(
    'The journal beside the store belongs to another store. Restore all files from one backup.',
  );
}

function incomplete(expected: number, found: number): JournalError {
  return new JournalError(
    `The journal beside the store should continue with frame ${expected}, but continues with ${found}. Restore all files from one backup.`,
  );
}
