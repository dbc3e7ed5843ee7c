import { closeSync, constants, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/**
 * `new`: the store was never used, and its tree may be unfinished. `migrating`: the tree may have the old
 * format. `closed`: the tree has everything that was acknowledged.
 */
export type HeadState = 'new' | 'open' | 'closed' | 'migrating';

/** The journal that the store expects to find. */
export interface JournalHead {
  readonly state: HeadState;
  /** Id of the store. */
  readonly store: string;
  /** Id of the present history. */
  readonly history: string;
  /** Serial number of the first frame of this history. */
  readonly from: number;
  /**
   * The last frame that was acknowledged. After a power failure it may be an earlier one, because it is
   * written without a sync.
   */
  readonly acked: number;
}

/** The file of a journal's head. A write of it is one sector, so it is old or new after a crash. */
export interface HeadFile {
  /** The head survives a power failure when this returns. */
  write(head: JournalHead): void;
  /** Without a sync: survives the end of the process. */
  acknowledge(serial: number): void;
  close(): void;
}

/**
 *   0  CRC-32 of the rest           4  state
 *   8  first serial, double        16  last acknowledged serial, double
 *  24  id of the store             40  id of the history
 *
 * Numbers are little-endian.
 */
const HEAD_BYTES = 56;
const STATES: readonly HeadState[] = ['new', 'open', 'closed', 'migrating'];

export function encodeHead({ state, store, history, from, acked }: JournalHead): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES);
  bytes.writeUInt32LE(STATES.indexOf(state), 4);
  bytes.writeDoubleLE(from, 8);
  bytes.writeDoubleLE(acked, 16);
  bytes.write(store, 24, 'hex');
  bytes.write(history, 40, 'hex');
  bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0);
  return bytes;
}

/** Undefined when the bytes are not a head. */
export function decodeHead(bytes: Buffer): JournalHead | undefined {
  if (bytes.length !== HEAD_BYTES || crc32(bytes.subarray(4)) !== bytes.readUInt32LE(0)) return undefined;
  const state = STATES[bytes.readUInt32LE(4)];
  if (state === undefined) return undefined;
  return {
    state,
    from: bytes.readDoubleLE(8),
    acked: bytes.readDoubleLE(16),
    store: bytes.toString('hex', 24, 40),
    history: bytes.toString('hex', 40, HEAD_BYTES),
  };
}

export class HeadFileOnDisk implements HeadFile {
  readonly #file: number;
  #head: JournalHead | undefined;

  /** Creates the file if it does not exist. */
  constructor(path: string) {
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  }

  write(head: JournalHead): void {
    this.#put(head);
    fdatasyncSync(this.#file);
  }

  acknowledge(serial: number): void {
    this.#put({ ...this.#head!, acked: serial });
  }

  close(): void {
    closeSync(this.#file);
  }

  #put(head: JournalHead): void {
    writeSync(this.#file, encodeHead(head), 0, HEAD_BYTES, 0);
    this.#head = head;
  }
}
