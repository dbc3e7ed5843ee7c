import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import {
  getThrough,
  Layer,
  PRIVATE_FILE,
  type StoreEntry,
  type StoreOperation,
  type StoreRange,
  scanThrough,
  writeSynced,
} from '../index.ts';
import { type CopyMark, CopySnapshot } from './copySnapshot.ts';
import { inspectTree } from './inspectStore.ts';
import { nameRange } from './recordNames.ts';
import { TreeBuilder } from './treeBuilder.ts';
import { decodeMark, encodeMark, MARK_NAME } from './treeMark.mjs';
import { getFromTree, scanTree, type Tree } from './treeReads.ts';
import { TreeWriter } from './treeWriter.ts';

/** Size at which the frames in memory go to the tree. */
const LAYER_BYTES = 4_194_304;
/** Number of changes at which they do: scans pass all removals in a layer. */
const LAYER_CHANGES = 16_384;
/** Limit of a layer while the other one goes to the tree, in LAYER_BYTES and LAYER_CHANGES. */
const MAX_LAYERS = 4;
const TREE_FILE = 'copy.mdb';
const STATE_FILE = 'copy.json';
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** A message to copyWriter.mjs. */
export interface CopyCheckpoint {
  readonly payloads: readonly Uint8Array[];
  readonly mark: CopyMark;
}

/** The files of a copy, as an earlier process left them. */
export type CopyState =
  | { readonly kind: 'absent' }
  /** It must not be used. `reason`: a clause about the copy. */
  | { readonly kind: 'unusable'; readonly reason: string }
  | { readonly kind: 'usable'; readonly mark: CopyMark; readonly claim: string };

interface StateFile {
  readonly state: 'open' | 'closed';
  /** Boot id of the machine that has it open; absent where unknown. */
  readonly boot: string | undefined;
  readonly claim: string;
}

/** Reads and checks the files of a copy in a folder (CP3). The caller has the lock of the folder. */
export function inspectCopy(folder: string): CopyState {
  const state = readState(folder);
  const tree = inspectTree(join(folder, TREE_FILE));
  if (state === undefined && tree.isEmpty) return { kind: 'absent' };
  if (state === undefined) return { kind: 'unusable', reason: `its file ${STATE_FILE} is missing` };
  const boot = bootId();
  if (state.state === 'open' && (boot === undefined || state.boot !== boot)) {
    return { kind: 'unusable', reason: 'the machine stopped while it was in use' };
  }
  const problem = [...tree.structure, ...tree.damaged][0];
  if (problem !== undefined) return { kind: 'unusable', reason: `${problem.file}: ${problem.text}` };
  const { mark } = tree;
  if (mark?.frame === undefined) return { kind: 'unusable', reason: 'it has no mark of a log' };
  return { kind: 'usable', mark: { ...mark, frame: mark.frame }, claim: state.claim };
}

export function removeCopy(folder: string): void {
  rmSync(join(folder, STATE_FILE), { force: true });
  for (const name of [TREE_FILE, `${TREE_FILE}-lock`]) rmSync(join(folder, name), { force: true });
}

/**
 * A tree for a copy in a folder that has none. Without its other file, a tree that was not finished is never
 * used (inspectCopy).
 */
export function buildCopy(folder: string): TreeBuilder {
  return new TreeBuilder(join(folder, TREE_FILE), { noSync: true });
}

export interface TreeCopyOptions {
  /** The caller has the lock of this folder. */
  readonly folder: string;
  /** The frame before the first one of an empty copy; that of the tree for a copy that is usable. */
  readonly mark: CopyMark;
  /** Kept beside the tree; see TreeCopy.claim. */
  readonly claim: string;
  /** As in LmdbStoreOptions. */
  readonly failed: (error: unknown) => void;
}

/**
 * The records of a log that is kept elsewhere: an lmdb tree with two layers in memory over it. It is never
 * the truth, so nothing waits for its disk.
 *
 * CP1. A frame is applied as a whole, to the upper layer, in the order of the log. Reads see it at once.
 * CP2. A layer stays over the tree until the tree has it. Its frames and the mark of the last one are in the
 *      tree's transactions (treeChanges.mjs), so the mark tells after a crash of the process where to go on.
 * CP3. The tree is written without sync. What the kernel has of it survives the process, not the machine. So
 *      a copy that was not closed is used only on the same start of the machine (boot id).
 * CP4. Memory is bounded: room() waits when the thread is behind.
 * CP5. A snapshot is taken between two checkpoints, when the tree has exactly the frames up to its mark. A
 *      copy that closes releases its snapshots.
 */
export class TreeCopy {
  readonly #folder: string;
  readonly #tree: Tree;
  readonly #writer: TreeWriter<CopyCheckpoint>;
  readonly #failed: (error: unknown) => void;
  #claim: string;
  #mark: CopyMark;
  /** The layer that goes to the tree; its layer is empty when none does. */
  #lower = new Gathered();
  #upper = new Gathered();
  #checkpointing: Promise<void> | undefined;
  /** The error of the last checkpoint, if it failed. */
  #fault: { readonly error: unknown } | undefined;
  #wanted: WantedSnapshot[] = [];
  readonly #snapshots = new Set<CopySnapshot>();
  #closing: Promise<void> | undefined;

  constructor({ folder, mark, claim, failed }: TreeCopyOptions) {
    const options = {
      path: join(folder, TREE_FILE),
      noSubdir: true,
      keyEncoding: 'binary',
      noSync: true,
      overlappingSync: false,
      eventTurnBatching: false,
      permissionsMode: PRIVATE_FILE,
    } as const;
    this.#folder = folder;
    this.#claim = claim;
    this.#mark = mark;
    this.#failed = failed;
    this.#writeState('open');
    this.#tree = open<Buffer, Buffer>({ ...options, encoding: 'binary' });
    if (this.#tree.get(MARK_NAME) === undefined) {
      this.#tree.transactionSync(() => this.#tree.putSync(MARK_NAME, encodeMark({ ...mark, digest: 0 })));
    } else if (decodeMark(this.#tree.get(MARK_NAME)!)?.serial !== mark.serial) {
      throw new Error('The copy has another mark than the caller expects.');
    }
    this.#writer = new TreeWriter({
      program: new URL('./copyWriter.mjs', import.meta.url),
      data: { options },
      failed,
      written: () => this.#tree.resetReadTxn(),
    });
  }

  /** The last frame that reads see. */
  get mark(): CopyMark {
    return this.#mark;
  }

  /** The claim under which this folder's process had, or tried to get, the cell (OC2). */
  get claim(): string {
    return this.#claim;
  }

  set claim(claim: string) {
    this.#claim = claim;
    this.#writeState('open');
  }

  get(table: string, key: string): string | undefined {
    const text = getThrough(this.#layers, table, key.toWellFormed());
    if (text !== undefined) return text ?? undefined;
    return getFromTree(this.#tree, table, key);
  }

  scan(table: string, range: StoreRange): Iterable<StoreEntry> {
    const below = scanTree(this.#tree, table, nameRange(table, range));
    return scanThrough(this.#layers, below, table, range);
  }

  /**
   * Resolves when the next frame may be applied. Rejects when the tree does not take what is in memory; the
   * next call tries again.
   */
  async room(): Promise<void> {
    while (this.#upper.isFull(MAX_LAYERS)) {
      if (this.#fault !== undefined && this.#checkpointing === undefined) this.#checkpoint();
      await this.#checkpointing;
      if (this.#fault !== undefined) throw this.#fault.error;
    }
  }

  /** CP1. `payload`: the operations as the thread reads them (journalFrames.mjs). */
  apply(operations: readonly StoreOperation[], payload: Uint8Array, mark: CopyMark): void {
    this.#upper.add(operations, payload);
    this.#mark = mark;
    if (this.#upper.isFull(1)) this.#checkpoint();
  }

  /**
   * CP5. The records at a recent frame: the last one, when no checkpoint is under way. Rejects when the tree
   * does not take what is in memory, or the copy closes.
   */
  snapshot(): Promise<CopySnapshot> {
    if (this.#closing !== undefined) return Promise.reject(closed());
    return new Promise((resolve, reject) => {
      this.#wanted.push({ resolve, reject });
      if (this.#lower.changes + this.#upper.changes > 0) this.#checkpoint();
      else this.#takeSnapshots();
    });
  }

  #takeSnapshots(): void {
    for (const { resolve, reject } of this.#wanted.splice(0)) {
      try {
        const snapshot = new CopySnapshot(this.#tree, () => this.#snapshots.delete(snapshot));
        this.#snapshots.add(snapshot);
        resolve(snapshot);
      } catch (error) {
        reject(error);
      }
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const { reject } of this.#wanted.splice(0)) reject(closed());
    for (const snapshot of this.#snapshots) snapshot.release();
    await this.#checkpointing;
    while (this.#fault === undefined && this.#upper.changes > 0) {
      this.#checkpoint();
      await this.#checkpointing;
    }
    await this.#writer.close();
    await this.#tree.close();
    const file = openSync(join(this.#folder, TREE_FILE), 'r+');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    this.#writeState('closed');
  }

  get #layers(): readonly Layer[] {
    return [this.#lower.layer, this.#upper.layer];
  }

  /** Begins to put the lower layer, or else the upper one, into the tree. One at a time. */
  #checkpoint(): void {
    if (this.#checkpointing !== undefined) return;
    if (this.#lower.changes === 0) {
      this.#lower = this.#upper;
      this.#lower.mark = this.#mark;
      this.#upper = new Gathered();
    }
    const { payloads, mark } = this.#lower;
    this.#checkpointing = this.#writer.checkpoint({ payloads, mark: mark! }).then(
      () => {
        this.#checkpointing = undefined;
        this.#fault = undefined;
        this.#lower = new Gathered();
        this.#takeSnapshots();
        if (this.#upper.isFull(1)) this.#checkpoint();
      },
      (error: unknown) => {
        this.#checkpointing = undefined;
        if (this.#fault === undefined) this.#failed(error);
        this.#fault = { error };
        for (const { reject } of this.#wanted.splice(0)) reject(error);
      },
    );
  }

  #writeState(state: StateFile['state']): void {
    const content: StateFile = { state, claim: this.#claim, boot: bootId() };
    const path = join(this.#folder, STATE_FILE);
    writeSynced(`${path}.new`, JSON.stringify(content));
    renameSync(`${path}.new`, path);
  }
}

interface WantedSnapshot {
  resolve(snapshot: CopySnapshot): void;
  reject(error: unknown): void;
}

/** Frames of the log that the tree does not have. */
class Gathered {
  readonly layer = new Layer();
  readonly payloads: Uint8Array[] = [];
  changes = 0;
  /** The last frame, when the layer goes to the tree. */
  mark: CopyMark | undefined;
  #bytes = 0;

  add(operations: readonly StoreOperation[], payload: Uint8Array): void {
    this.layer.apply(operations);
    this.payloads.push(payload);
    this.changes += Math.max(1, operations.length);
    this.#bytes += payload.length;
  }

  isFull(times: number): boolean {
    return this.#bytes >= times * LAYER_BYTES || this.changes >= times * LAYER_CHANGES;
  }
}

function closed(): Error {
  return new Error('The copy was closed.');
}

function bootId(): string | undefined {
  try {
    return readFileSync(BOOT_ID, 'utf8').trim();
  } catch {
    // Only Linux has it. Elsewhere, a copy that was not closed is not used again.
    return undefined;
  }
}

function readState(folder: string): StateFile | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, STATE_FILE), 'utf8')) as StateFile;
  } catch {
    // Absent, or a crash has cut it: the copy is made anew.
    return undefined;
  }
}
