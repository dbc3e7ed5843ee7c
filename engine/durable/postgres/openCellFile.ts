import { createHash } from 'node:crypto';
import { StoreDamagedError } from '../index.ts';

/** The digest of a part. */
export function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** The digest of a file, of those of its parts. */
export function digestOf(parts: readonly Buffer[]): Buffer {
  return sha256(Buffer.concat(parts));
}

/** A file that is read part by part. */
export class OpenCellFile {
  readonly size: number;
  readonly #name: string;
  readonly #digests: readonly Buffer[];
  readonly #read: (part: number) => Promise<Buffer | undefined>;
  readonly #close: () => Promise<void>;
  #next = 0;
  #isClosed = false;

  constructor(deps: {
    readonly name: string;
    readonly size: number;
    /** The digest of each part. */
    readonly digests: readonly Buffer[];
    readonly read: (part: number) => Promise<Buffer | undefined>;
    readonly close: () => Promise<void>;
  }) {
    this.size = deps.size;
    this.#name = deps.name;
    this.#digests = deps.digests;
    this.#read = deps.read;
    this.#close = deps.close;
  }

  /** The next part; undefined after the last one. Rejects with StoreDamagedError. */
  async next(): Promise<Buffer | undefined> {
    const expected = this.#digests[this.#next];
    if (expected === undefined) return undefined;
    const content = await this.#read(this.#next);
    if (content === undefined || !sha256(content).equals(expected)) {
      throw new StoreDamagedError(
        `Part ${this.#next} of the file '${this.#name}' in the database is not what was written.`,
      );
    }
    this.#next++;
    return content;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#close();
  }
}
