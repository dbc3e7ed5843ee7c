import { getThrough, scanThrough } from '../../../../engine/durable/layer.ts';
import { type Checkpoint, Journal } from '../../../../engine/durable/lmdb/journal.ts';
import type { JournalFile } from '../../../../engine/durable/lmdb/journalFile.ts';
import { randomId, readFrames, readOperations } from '../../../../engine/durable/lmdb/journalFrames.mjs';
import type { JournalHead } from '../../../../engine/durable/lmdb/journalHead.ts';
import {
  type CheckpointMark,
  type JournalDamage,
  readSegments,
} from '../../../../engine/durable/lmdb/readSegments.ts';
import { splitName } from '../../../../engine/durable/lmdb/recordNames.ts';
import type { StoreOperation } from '../../../../engine/durable/storePort.ts';

/** Unit in which a disk writes. */
const SECTOR_BYTES = 512;

/** Tells for each part, by its number, whether it was done before the crash or fault. */
export type Torn = (part: number) => boolean;

/** A file whose writes end when the test ends them. */
export interface SimulatedFile extends JournalFile {
  /** The content on the disk. */
  readonly content: Buffer;
  readonly isWriting: boolean;
  /** It is overwriting a part with zeros: a refused frame is being erased. */
  readonly isErasing: boolean;
  finish(): void;
  /** Ends the write with an error, with a part of it on the disk. */
  fail(message: string, torn: Torn): void;
  /** The file as the next process finds it. */
  afterCrash(torn: Torn): SimulatedFile;
}

export function createSimulatedFile(free: () => number, initial: Buffer = Buffer.alloc(0)): SimulatedFile {
  let content = initial;
  let writing: { bytes: Buffer; at: number; resolve: () => void; reject: (error: Error) => void } | undefined;

  function put(bytes: Uint8Array, at: number): void {
    if (content.length < at + bytes.length) {
      content = Buffer.concat([content, Buffer.alloc(at + bytes.length - content.length)]);
    }
    content.set(bytes, at);
  }

  function tear(torn: Torn): void {
    if (writing === undefined) return;
    const { bytes, at } = writing;
    for (let from = 0, sector = 0; from < bytes.length; from += SECTOR_BYTES, sector++) {
      if (torn(sector)) put(bytes.subarray(from, from + SECTOR_BYTES), at + from);
    }
  }

  return {
    get size() {
      return content.length;
    },
    get free() {
      return free();
    },
    get content() {
      return content;
    },
    get isWriting() {
      return writing !== undefined;
    },
    get isErasing() {
      return (
        writing !== undefined && writing.at < content.length && writing.bytes.every((byte) => byte === 0)
      );
    },
    write(bytes, at) {
      if (writing !== undefined) throw new Error('The journal writes one thing after the other.');
      return new Promise((resolve, reject) => {
        writing = { bytes: Buffer.from(bytes), at, resolve, reject };
      });
    },
    shorten(size) {
      content = content.subarray(0, size);
    },
    close() {},
    finish() {
      const { bytes, at, resolve } = writing!;
      put(bytes, at);
      writing = undefined;
      resolve();
    },
    fail(message, torn) {
      const { reject } = writing!;
      tear(torn);
      writing = undefined;
      reject(new Error(message));
    },
    afterCrash(torn) {
      tear(torn);
      return createSimulatedFile(free, Buffer.from(content));
    },
  };
}

/** A journal over simulated files and a simulated tree. Checkpoints end when the test ends them. */
export interface SimulatedJournal {
  readonly journal: Journal;
  readonly files: readonly [SimulatedFile, SimulatedFile];
  readonly isCheckpointing: boolean;
  /** Acknowledged frames that the journal lacks. */
  readonly damage: JournalDamage | undefined;
  readonly store: string;
  /** The reported errors of checkpoints. */
  readonly faults: readonly unknown[];
  finishCheckpoint(): void;
  /** Ends the checkpoint with an error, with a part of its changes in the tree. */
  failCheckpoint(torn: Torn): void;
  left(): LeftJournal;
  /** The journal as the next process opens it. */
  afterCrash(torn: Torn): SimulatedJournal;
  /** Ends all writes and checkpoints, including those that begin meanwhile. */
  finishAll(): Promise<void>;
  /** The records as reads see them. */
  seen(): readonly (readonly [key: string, text: string])[];
  get(key: string): string | undefined;
}

export const TABLE = 't';

/** The files, the tree and the head of a journal when its process ended. */
export interface LeftJournal {
  readonly files: readonly [SimulatedFile, SimulatedFile];
  readonly tree: Map<string, string>;
  readonly mark: CheckpointMark;
  readonly head: Pick<JournalHead, 'history' | 'from' | 'acked'>;
}

export function newJournal(free: () => number): LeftJournal {
  return {
    files: [createSimulatedFile(free), createSimulatedFile(free)],
    tree: new Map(),
    mark: { store: randomId(), serial: 0, checksum: 0 },
    head: { history: randomId(), from: 1, acked: 0 },
  };
}

/** Lets everything happen that waits only for promises. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

export function createSimulatedJournal(
  given: { readonly segmentBytes: number; readonly free: () => number; readonly confirmLock?: () => void },
  left: LeftJournal = newJournal(given.free),
): SimulatedJournal {
  const { files, tree } = left;
  let { mark } = left;
  let checkpointing:
    | { checkpoint: Checkpoint; resolve: () => void; reject: (error: Error) => void }
    | undefined;
  const faults: unknown[] = [];
  const { found, damage } = readSegments([files[0].content, files[1].content], mark, left.head);
  const history = randomId();
  let head = { history, from: found.last + 1, acked: found.last };
  const journal = new Journal({
    found,
    files,
    history,
    acknowledge: (serial) => {
      head = { ...head, acked: serial };
    },
    confirmLock: () => given.confirmLock?.(),
    segmentBytes: given.segmentBytes,
    failed: (error) => faults.push(error),
    checkpoint: (checkpoint) =>
      new Promise((resolve, reject) => {
        if (checkpointing !== undefined) throw new Error('There is one checkpoint at a time.');
        checkpointing = { checkpoint, resolve, reject };
      }),
  });

  function changes({ parts, mark: expected }: Checkpoint): StoreOperation[] {
    const operations: StoreOperation[] = [];
    let serial = 0;
    for (const { segment, bytes } of parts) {
      for (const frame of readFrames(files[segment]!.content.subarray(0, bytes))) {
        for (const { key, value } of readOperations(frame.payload)) {
          operations.push({ ...splitName(key.toString()), text: value?.toString() ?? null });
        }
        serial = frame.serial;
      }
    }
    if (serial !== expected.serial) throw new Error(`Expected frame ${expected.serial}, got ${serial}.`);
    return operations;
  }

  function put({ key, text }: StoreOperation): void {
    if (text === null) tree.delete(key);
    else tree.set(key, text);
  }

  /** Puts the last change of each record, in parts of any order, as the real thread does. */
  function tear(torn: Torn): void {
    if (checkpointing === undefined) return;
    const last = new Map(changes(checkpointing.checkpoint).map((change) => [change.key, change]));
    [...last.values()].forEach((change, part) => {
      if (torn(part)) put(change);
    });
  }

  const simulated: SimulatedJournal = {
    journal,
    files,
    faults,
    damage,
    store: mark.store,
    get isCheckpointing() {
      return checkpointing !== undefined;
    },
    finishCheckpoint() {
      const { checkpoint, resolve } = checkpointing!;
      changes(checkpoint).forEach(put);
      mark = checkpoint.mark;
      checkpointing = undefined;
      resolve();
    },
    failCheckpoint(torn) {
      const { reject } = checkpointing!;
      tear(torn);
      checkpointing = undefined;
      reject(new Error('The tree takes nothing.'));
    },
    left: () => ({ files, tree, mark, head }),
    afterCrash(torn) {
      tear(torn);
      const [first, second] = files;
      return createSimulatedJournal(given, {
        files: [first.afterCrash(torn), second.afterCrash(torn)],
        tree: new Map(tree),
        mark,
        // Written without a sync: a power failure may lose the latest of it.
        head: torn(0) ? head : { ...head, acked: Math.max(head.from - 1, head.acked - 2) },
      });
    },
    async finishAll() {
      for (;;) {
        await settled();
        const file = files.find(({ isWriting }) => isWriting);
        if (file !== undefined) file.finish();
        else if (checkpointing !== undefined) simulated.finishCheckpoint();
        else return;
      }
    },
    seen() {
      const below = [...tree].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, text]) => ({ key, text }));
      return [...scanThrough(journal.layers, below, TABLE, {})].map(({ key, text }) => [key, text] as const);
    },
    get: (key) => {
      const text = getThrough(journal.layers, TABLE, key);
      return text === undefined ? tree.get(key) : (text ?? undefined);
    },
  };
  return simulated;
}
