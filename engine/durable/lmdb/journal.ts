import { Layer, type StoreOperation } from '../index.ts';
import { createFrameBuffer, type FrameBuffer } from './frameBuffer.ts';
import { BLOCK_BYTES, randomId } from './journalFrames.mjs';
import type { FoundJournal, Mark, Segment } from './readSegments.ts';

/** Bytes of a segment from which on it is checkpointed, and the other one used. */
const SEGMENT_BYTES = 4_194_304;
/** Changes likewise: scans walk over those that remove. */
const SEGMENT_CHANGES = 16_384;
/** So many times SEGMENT_BYTES, a segment may have while the other one is being checkpointed; then writes wait. */
const MAX_SEGMENTS = 4;
/** A segment's file becomes longer by so many bytes at a time. */
const STEP = Buffer.alloc(262_144);
/** The last bytes of a file, kept for removals (J5). */
const RESERVE_BYTES = 64 * BLOCK_BYTES;
/** So many times what the tree does not have yet is to be free on the disk. */
const PLENTY = 4;
const NO_FRAME = Buffer.alloc(BLOCK_BYTES);

/**
 * A store's latest changes: appended to a file and synced, which is all that a write waits for, and laid over the tree
 * in memory. There are two segments. When one is full, what it holds is put into the tree (a
 * checkpoint), and the other one is used meanwhile.
 *
 * J1. The writes that come while one is being appended go together as the next frame, in their order. They are done
 *     when that is on the disk; before, nobody sees them.
 * J2. When a frame cannot be written, all writes given by then are refused. It is erased, should it be on the disk
 *     nevertheless: only where the disk refuses that too is it found later, if no other has been written over it. What a
 *     crash left of one is erased before the next, which it could otherwise be completed by.
 * J3. What is in the journal is laid over the tree until the tree has it. To checkpoint something twice does no harm: a
 *     segment is checkpointed whole, in the order of its frames, and the other one never before an earlier one.
 * J4. After a crash the journal goes on where it ended; frames that the tree has are known by its mark.
 * J5. What the journal takes finds room in the tree: where the disk has no more than PLENTY times of what is not in it yet,
 *     each frame is put there before the next one is taken. When the tree takes nothing more, nor does the journal, and
 *     each write has the checkpoint tried again first. What only removes is taken all the same, as long as there is room
 *     in the segments' files, of which the end is kept for it; and it is put into the tree before all else.
 */
export interface Journal {
  /** What lies over the tree, the lowest first. */
  readonly layers: readonly Layer[];
  write(operations: readonly StoreOperation[]): Promise<void>;
  /** Checkpoints everything, if the tree takes it, when what was given is done. */
  close(): Promise<void>;
}

/** What is to be put into the tree: of each segment the first so many bytes. */
export interface Checkpoint {
  readonly parts: readonly { readonly segment: number; readonly bytes: number }[];
  readonly mark: Mark;
}

interface Write {
  readonly operations: readonly StoreOperation[];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Writes that go together. */
interface Group {
  readonly frame: FrameBuffer;
  readonly writes: Write[];
  onlyRemoves: boolean;
  /** One that cannot be written, why, and those behind it. */
  readonly refused: Write[];
  fault: Error | undefined;
}

/**
 * `found`: what it had when it was closed, or its process ended. `checkpoint` puts a part of it into the tree; when that
 * resolves, reads of the tree find it. `failed` hears why that was not possible, the first of several times in a row; it
 * must not throw.
 */
export function openJournal(deps: {
  readonly found: FoundJournal;
  readonly checkpoint: (checkpoint: Checkpoint) => Promise<void>;
  readonly failed: (error: unknown) => void;
  /** Default SEGMENT_BYTES. */
  readonly segmentBytes?: number;
}): Journal {
  const { found, segmentBytes = SEGMENT_BYTES } = deps;
  const { store } = found;
  let { serial } = found;
  /** The one before the active one, which is being checkpointed, or has nothing that would have to be. */
  let lower: Segment = found.lower;
  /** Where frames are appended. */
  let active: Segment = found.active;
  let layers: readonly Layer[] = [lower.layer, active.layer];
  let gathering = newGroup(createFrameBuffer());
  let spare = createFrameBuffer();
  let appending: Promise<void> | undefined;
  /** What stands behind the segments' ends is no part of a frame that was not written whole. */
  let isErased = false;
  /** Of the lower segment; does not reject. */
  let checkpointing: Promise<void> | undefined;
  /** The last checkpoint was not possible. */
  let isFailing = false;
  let closing: Promise<void> | undefined;

  function use(segments: { readonly lower?: Segment; readonly active?: Segment }): void {
    ({ lower = lower, active = active } = segments);
    layers = [lower.layer, active.layer];
  }

  async function append(): Promise<void> {
    while (gathering.writes.length > 0 || gathering.refused.length > 0) {
      const group = gathering;
      gathering = newGroup(spare);
      await finish(group);
      group.frame.clear();
      spare = group.frame;
    }
    appending = undefined;
  }

  async function finish(group: Group): Promise<void> {
    const { writes, refused } = group;
    let { fault } = group;
    try {
      if (writes.length > 0) await appendFrame(group);
      for (const { operations, resolve } of writes) {
        active.layer.apply(operations);
        resolve();
      }
    } catch (error) {
      fault = error as Error;
      refused.unshift(...writes);
    }
    if (fault !== undefined) await refuse(refused, fault);
  }

  /** Also all that has been given by then: who was told that his write is done may give the next one first. */
  async function refuse(writes: readonly Write[], fault: Error): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const behind = [...gathering.writes, ...gathering.refused];
    gathering.frame.clear();
    gathering = newGroup(gathering.frame);
    [...writes, ...behind].forEach(({ reject }, index) => {
      reject(index === 0 ? fault : new Error('An earlier write failed.'));
    });
  }

  async function appendFrame({ frame, writes, onlyRemoves }: Group): Promise<void> {
    const bytes = frame.size;
    await eraseTails();
    await makeRoom(bytes, onlyRemoves);
    const { file, end } = active;
    const generation = end === 0 ? randomId() : active.generation;
    try {
      await file.write(frame.seal({ serial, store, generation }), end);
    } catch (error) {
      isErased = false;
      await eraseTails().catch(() => {});
      throw error;
    }
    const changes = writes.reduce((sum, { operations }) => sum + operations.length, active.changes);
    use({ active: { ...active, generation, end: end + bytes, last: serial, changes } });
    serial++;
  }

  /** J2. */
  async function eraseTails(): Promise<void> {
    if (isErased) return;
    for (const { file, end } of [active, lower]) {
      if (file.size > end) await file.write(NO_FRAME, end);
    }
    isErased = true;
  }

  /** So that the frame fits behind the end of the active segment, whichever that is then; throws when it cannot be. */
  async function makeRoom(bytes: number, onlyRemoves: boolean): Promise<void> {
    const reserve = onlyRemoves ? 0 : RESERVE_BYTES;
    for (;;) {
      if (fits(bytes) && (onlyRemoves || isWelcome(bytes))) {
        const fault = (await lengthen(active, bytes + reserve)) ?? (await lengthen(lower, reserve));
        if (fault === undefined) return;
        if (active.end === 0 && lower.end === 0) throw fault;
      }
      if (lower.end === 0) {
        use({ lower: active, active: lower });
        checkpointLower();
      } else if (checkpointing !== undefined) {
        await checkpointing;
      } else {
        const fault = await checkpointAll();
        if (fault !== undefined) throw fault;
      }
    }
  }

  function fits(bytes: number): boolean {
    if (active.end === 0) return true;
    if (lower.end > 0) return active.end + bytes <= MAX_SEGMENTS * segmentBytes;
    return active.end + bytes <= segmentBytes && active.changes < SEGMENT_CHANGES;
  }

  /** J5. */
  function isWelcome(bytes: number): boolean {
    const pending = lower.end + active.end;
    if (pending === 0) return true;
    const isStuck = lower.end > 0 && checkpointing === undefined;
    return !isStuck && active.file.free >= PLENTY * (pending + bytes);
  }

  function checkpointLower(): void {
    checkpointing = checkpoint([lower]).then((fault) => {
      checkpointing = undefined;
      if (fault === undefined) use({ lower: emptied(lower) });
    });
  }

  /** Also of the active one, whose removals may make room for the rest. */
  async function checkpointAll(): Promise<unknown> {
    const fault = await checkpoint([lower, active]);
    if (fault === undefined) use({ lower: emptied(lower), active: emptied(active) });
    return fault;
  }

  /** Why it was not possible. */
  async function checkpoint(segments: readonly Segment[]): Promise<unknown> {
    const parts = segments.filter(({ end }) => end > 0);
    try {
      await deps.checkpoint({
        parts: parts.map(({ number, end }) => ({ segment: number, bytes: end })),
        mark: { store, serial: parts.at(-1)!.last },
      });
      isFailing = false;
      return undefined;
    } catch (error) {
      if (!isFailing) deps.failed(error);
      isFailing = true;
      return error;
    }
  }

  async function close(): Promise<void> {
    await appending;
    await checkpointing;
    await eraseTails().catch(() => {});
    if (lower.end > 0 || active.end > 0) await checkpointAll();
    for (const { file } of [lower, active]) file.close();
  }

  /** All of it is in the tree. */
  function emptied(segment: Segment): Segment {
    const most = MAX_SEGMENTS * segmentBytes;
    try {
      if (segment.file.size > most) segment.file.shorten(most);
    } catch (error) {
      // Room that is not given back yet.
      deps.failed(error);
    }
    return { ...segment, layer: new Layer(), end: 0, changes: 0 };
  }

  if (lower.end > 0) checkpointLower();

  return {
    get layers() {
      return layers;
    },

    write(operations) {
      if (closing !== undefined) return Promise.reject(new Error('The store is closed.'));
      return new Promise((resolve, reject) => {
        add(gathering, { operations, resolve, reject });
        appending ??= Promise.resolve().then(append);
      });
    },

    close() {
      closing ??= close();
      return closing;
    },
  };
}

function newGroup(frame: FrameBuffer): Group {
  return { frame, writes: [], onlyRemoves: true, refused: [], fault: undefined };
}

function add(group: Group, write: Write): void {
  try {
    if (group.fault === undefined) group.frame.add(write.operations);
  } catch (error) {
    group.fault = error as Error;
  }
  if (group.fault !== undefined) {
    group.refused.push(write);
    return;
  }
  group.writes.push(write);
  if (write.operations.some(({ text }) => text !== null)) group.onlyRemoves = false;
}

/** Makes its file so long that so many bytes fit behind its end; tells why that is not possible. */
async function lengthen({ file, end }: Segment, bytes: number): Promise<unknown> {
  try {
    while (file.size < end + bytes) await file.write(STEP, file.size);
    return undefined;
  } catch (error) {
    return error;
  }
}
