import { Layer, type StoreOperation } from '../index.ts';
import { type EncodedFrame, encodeFrame } from './encodeFrame.ts';
import type { JournalFile } from './journalFile.ts';
import { BLOCK_BYTES, sealFrame } from './journalFrames.mjs';
import type { CheckpointMark, FoundJournal, FoundSegment } from './readSegments.ts';

/** Size at which a segment is checkpointed and the other segment takes the writes. */
const SEGMENT_BYTES = 4_194_304;
/** Number of changes at which a segment is checkpointed: scans pass all removals in it. */
const SEGMENT_CHANGES = 16_384;
/**
 * Limit of a segment during the checkpoint of the other one, in SEGMENT_BYTES. Writes wait when it is
 * reached.
 */
const MAX_SEGMENTS = 4;
/** A segment's file grows by this many bytes at a time. */
const STEP = Buffer.alloc(262_144);
/** Bytes at the end of a file that are kept for removals (J5). */
const RESERVE_BYTES = 64 * BLOCK_BYTES;
/** Free disk space required for a frame, as a multiple of the bytes that the tree does not have yet. */
const PLENTY = 4;
const NO_FRAME = Buffer.alloc(BLOCK_BYTES);

/** The parts of the journal to put into the tree: the first `bytes` bytes of each of these segments. */
export interface Checkpoint {
  readonly parts: readonly { readonly segment: number; readonly bytes: number }[];
  readonly mark: CheckpointMark;
}

interface Segment extends FoundSegment {
  readonly file: JournalFile;
}

export interface JournalDeps {
  /** The files of the segments, by number. */
  readonly files: readonly [JournalFile, JournalFile];
  /** The state of the journal when it was closed, or when its process ended. */
  readonly found: FoundJournal;
  /** Id of the history that begins with this opening. */
  readonly history: string;
  /** Called when a frame is on the disk, before anybody is told (J6). */
  readonly acknowledge: (serial: number) => void;
  /** Throws when this process no longer has the data directory (J7). */
  readonly confirmLock: () => void;
  /** Puts a part of the journal into the tree. When it resolves, reads of the tree see that part. */
  readonly checkpoint: (checkpoint: Checkpoint) => Promise<void>;
  /** Gets the error of a checkpoint, for the first of several failures in a row. Must not throw. */
  readonly failed: (error: unknown) => void;
  /** Default SEGMENT_BYTES. */
  readonly segmentBytes?: number;
}

/**
 * The latest changes of a store. A write waits only until its frame is appended to a file and synced. Until
 * the tree has the changes as well, they are layers over it in memory. There are two segments: when one is
 * full, it is put into the tree (a checkpoint), and the other one takes the writes.
 *
 * J1. A write is one frame. Reads see it when the frame is on the disk. There is one write at a time.
 * J2. A frame that cannot be written is refused, and erased because a part of it may be on the disk. If the
 *     disk refuses the erasure as well, it is repeated before the next frame. The remains of a frame after a
 *     crash are erased before the next frame, which could complete them otherwise.
 * J3. The journal's layers stay over the tree until a checkpoint is complete. A repeated checkpoint does no
 *     harm: a segment is checkpointed as a whole, in the order of its frames, and never before an earlier
 *     segment.
 * J4. After a crash the journal continues at its end. The mark in the tree tells which frames the tree has.
 * J5. The tree has room for every frame that the journal takes. When free disk space is short of PLENTY, each
 *     frame is checkpointed before the next one. When the tree takes nothing more, the journal refuses
 *     writes, and each write tries the checkpoint again. Writes that only remove are taken as long as the
 *     segments' files have room; the end of the files is reserved for them, and the tree gets them first.
 * J6. Each frame has the checksum of the one before and the history of its opening, and the head of the
 *     journal (journalHead.ts) has the last acknowledged serial number. So a lost or changed frame is found
 *     at the next start.
 * J7. When this process has lost the lock of the directory, the journal acknowledges nothing, and leaves the
 *     files alone: they may be another process's.
 */
export class Journal {
  readonly #deps: JournalDeps;
  readonly #segmentBytes: number;
  /** Serial number and checksum of the last frame. */
  #last: { readonly serial: number; readonly checksum: number };
  /**
   * The segment before the active one. It is empty, is being checkpointed, or waits for another checkpoint.
   */
  #lower: Segment;
  /** The segment that takes frames. */
  #active: Segment;
  #writing: Promise<void> | undefined;
  /** The segments have no remains of a frame after their ends. */
  #isErased = false;
  /** The checkpoint of the lower segment. Does not reject. */
  #checkpointing: Promise<void> | undefined;
  /** The last checkpoint failed. */
  #isFailing = false;
  #closing: Promise<void> | undefined;

  constructor(deps: JournalDeps) {
    this.#deps = deps;
    this.#segmentBytes = deps.segmentBytes ?? SEGMENT_BYTES;
    this.#last = { serial: deps.found.last, checksum: deps.found.checksum };
    const { lower, active } = deps.found;
    this.#lower = { ...lower, file: deps.files[lower.number]! };
    this.#active = { ...active, file: deps.files[active.number]! };
    if (this.#lower.end > 0) this.#checkpointLower();
  }

  /** The changes over the tree, the lowest layer first. */
  get layers(): readonly Layer[] {
    return [this.#lower.layer, this.#active.layer];
  }

  async write(operations: readonly StoreOperation[]): Promise<void> {
    if (this.#closing !== undefined) throw new Error('The store is closed.');
    if (this.#writing !== undefined) throw new Error('A store takes one write at a time.');
    this.#writing = this.#append(operations);
    try {
      await this.#writing;
    } finally {
      this.#writing = undefined;
    }
  }

  /** Serial number of the last acknowledged frame. */
  get last(): number {
    return this.#last.serial;
  }

  /** The tree has all frames, and the files are still this process's. */
  get isCheckpointed(): boolean {
    return this.#lower.end === 0 && this.#active.end === 0 && this.#hasLock();
  }

  /** Checkpoints everything after the present write, if the tree accepts it. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #append(operations: readonly StoreOperation[]): Promise<void> {
    const frame = encodeFrame(operations);
    this.#deps.confirmLock();
    await this.#eraseTails();
    await this.#makeRoom(frame);
    const { file, end, changes, layer } = this.#active;
    const serial = this.#last.serial + 1;
    const checksum = sealFrame(frame.bytes.subarray(0, frame.end), {
      serial,
      store: this.#deps.found.store,
      history: this.#deps.history,
      previous: this.#last.checksum,
    });
    try {
      await file.write(frame.bytes, end);
      this.#deps.confirmLock();
      this.#deps.acknowledge(serial);
    } catch (error) {
      this.#isErased = false;
      if (this.#hasLock()) await this.#eraseTails().catch(() => {});
      throw error;
    }
    this.#last = { serial, checksum };
    this.#active = {
      ...this.#active,
      end: end + frame.bytes.length,
      last: serial,
      checksum,
      changes: changes + operations.length,
    };
    layer.apply(operations);
  }

  /** J2. */
  async #eraseTails(): Promise<void> {
    if (this.#isErased) return;
    for (const { file, end } of [this.#active, this.#lower]) {
      if (file.size > end) await file.write(NO_FRAME, end);
    }
    this.#isErased = true;
  }

  /**
   * Makes room for the frame after the end of the active segment, which may change meanwhile. Throws without
   * room.
   */
  async #makeRoom({ bytes: { length }, onlyRemoves }: EncodedFrame): Promise<void> {
    const reserve = onlyRemoves ? 0 : RESERVE_BYTES;
    for (;;) {
      if (this.#fits(length) && (onlyRemoves || this.#isWelcome(length))) {
        const fault =
          (await lengthen(this.#active, length + reserve)) ?? (await lengthen(this.#lower, reserve));
        if (fault === undefined) return;
        if (this.#active.end === 0 && this.#lower.end === 0) throw fault;
      }
      if (this.#lower.end === 0) {
        [this.#lower, this.#active] = [this.#active, this.#lower];
        this.#checkpointLower();
      } else if (this.#checkpointing !== undefined) {
        await this.#checkpointing;
      } else {
        const fault = await this.#checkpointAll();
        if (fault !== undefined) throw fault;
      }
    }
  }

  #fits(bytes: number): boolean {
    const { end, changes } = this.#active;
    if (end === 0) return true;
    if (this.#lower.end > 0) return end + bytes <= MAX_SEGMENTS * this.#segmentBytes;
    return end + bytes <= this.#segmentBytes && changes < SEGMENT_CHANGES;
  }

  /** J5. */
  #isWelcome(bytes: number): boolean {
    const pending = this.#lower.end + this.#active.end;
    if (pending === 0) return true;
    const isStuck = this.#lower.end > 0 && this.#checkpointing === undefined;
    return !isStuck && this.#active.file.free >= PLENTY * (pending + bytes);
  }

  #checkpointLower(): void {
    this.#checkpointing = this.#checkpoint([this.#lower]).then((fault) => {
      this.#checkpointing = undefined;
      if (fault === undefined) this.#lower = this.#emptied(this.#lower);
    });
  }

  /**
   * Includes the active segment, whose removals may make room for the rest. Returns the error, if there is
   * one.
   */
  async #checkpointAll(): Promise<unknown> {
    const fault = await this.#checkpoint([this.#lower, this.#active]);
    if (fault === undefined) {
      this.#lower = this.#emptied(this.#lower);
      this.#active = this.#emptied(this.#active);
    }
    return fault;
  }

  /** Returns the error, if there is one. */
  async #checkpoint(segments: readonly Segment[]): Promise<unknown> {
    const parts = segments.filter(({ end }) => end > 0);
    try {
      const { last: serial, checksum } = parts.at(-1)!;
      await this.#deps.checkpoint({
        parts: parts.map(({ number, end }) => ({ segment: number, bytes: end })),
        mark: { store: this.#deps.found.store, serial, checksum },
      });
      this.#isFailing = false;
      return undefined;
    } catch (error) {
      if (!this.#isFailing) this.#deps.failed(error);
      this.#isFailing = true;
      return error;
    }
  }

  async #close(): Promise<void> {
    await this.#writing?.catch(() => {});
    await this.#checkpointing;
    if (this.#hasLock()) {
      await this.#eraseTails().catch(() => {});
      if (this.#lower.end > 0 || this.#active.end > 0) await this.#checkpointAll();
    }
    for (const { file } of [this.#lower, this.#active]) file.close();
  }

  #hasLock(): boolean {
    try {
      this.#deps.confirmLock();
      return true;
    } catch {
      return false;
    }
  }

  /** The segment after a checkpoint of all of it. */
  #emptied(segment: Segment): Segment {
    const most = MAX_SEGMENTS * this.#segmentBytes;
    try {
      if (segment.file.size > most) segment.file.shorten(most);
    } catch (error) {
      // The file stays longer than necessary.
      this.#deps.failed(error);
    }
    return { ...segment, layer: new Layer(), end: 0, changes: 0 };
  }
}

/**
 * Makes the segment's file so long that `bytes` bytes fit after its end. Returns the error, if there is one.
 */
async function lengthen({ file, end }: Segment, bytes: number): Promise<unknown> {
  try {
    while (file.size < end + bytes) await file.write(STEP, file.size);
    return undefined;
  } catch (error) {
    return error;
  }
}
