import type { Transaction } from 'lmdb';
import { StoreDamagedError } from '../index.ts';
import type { CheckpointMark } from './readSegments.ts';
import { readableName } from './recordNames.ts';
import { unsealValue } from './sealedValues.mjs';
import { decodeMark, MARK_NAME } from './treeMark.mjs';
import type { Tree } from './treeReads.ts';

/** Bytes of records that one call reads: the event loop waits for them. */
const READ_BYTES = 262_144;

/** The last frame of the log that a copy has. */
export type CopyMark = CheckpointMark & { readonly frame: string };

export interface CopiedRecord {
  /** Key of the record in lmdb. */
  readonly name: Buffer;
  readonly content: Buffer;
}

/**
 * The records of a copy at one frame. The tree keeps their pages until release(). No iterator of lmdb is open
 * between two calls, so a release at any time is safe.
 */
export class CopySnapshot {
  readonly #tree: Tree;
  readonly #transaction: Transaction;
  readonly #released: () => void;
  readonly #mark: CopyMark;
  /** Digest of all records, as the tree has it. */
  readonly digest: number;
  #after = Buffer.alloc(1);
  #isReleased = false;

  /** The tree has all that its mark says: no checkpoint is under way. `released`: called by release(). */
  constructor(tree: Tree, released: () => void) {
    this.#tree = tree;
    this.#released = released;
    tree.resetReadTxn();
    this.#transaction = tree.useReadTransaction();
    const mark = decodeMark(tree.get(MARK_NAME, { transaction: this.#transaction })!);
    if (mark?.frame === undefined) {
      throw new StoreDamagedError('The mark of the copy is not what was written.');
    }
    this.#mark = { store: mark.store, serial: mark.serial, checksum: mark.checksum, frame: mark.frame };
    this.digest = mark.digest;
  }

  get mark(): CopyMark {
    return this.#mark;
  }

  /** The next records, in the order of their names; none at the end. Throws StoreDamagedError. */
  next(): readonly CopiedRecord[] {
    if (this.#isReleased) throw new Error('The copy was closed.');
    const found: CopiedRecord[] = [];
    let bytes = 0;
    const range = { start: this.#after, exclusiveStart: true, transaction: this.#transaction };
    for (const { key, value } of this.#tree.getRange(range)) {
      const name = Buffer.from(key);
      this.#after = name;
      if (name.equals(MARK_NAME)) continue;
      const content = unsealValue(name, Buffer.from(value));
      if (content === undefined) {
        throw new StoreDamagedError(`${readableName(name)} is not what was written.`);
      }
      found.push({ name, content });
      bytes += name.length + content.length;
      if (bytes >= READ_BYTES) break;
    }
    return found;
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#transaction.done();
    this.#released();
  }
}
