import { StoreError } from '../index.ts';
import { digestOf, sha256 } from './openCellFile.ts';

export interface CellFileDraftDeps {
  readonly partBytes: number;
  readonly maxBytes: number;
  /** Makes the file without a name. Resolves with its id. */
  readonly begin: () => Promise<string>;
  readonly put: (id: string, part: number, content: Uint8Array) => Promise<void>;
  readonly finish: (
    id: string,
    finished: { readonly name: string; readonly size: number; readonly digest: Buffer },
  ) => Promise<boolean>;
  readonly discard: () => Promise<void>;
}

/** A file that is written part by part. At most one part of it is in memory. */
export class CellFileDraft {
  readonly #deps: CellFileDraftDeps;
  readonly #part: Buffer;
  readonly #digests: Buffer[] = [];
  #gathered = 0;
  #size = 0;
  #id: string | undefined;
  #isOver = false;

  constructor(deps: CellFileDraftDeps) {
    this.#deps = deps;
    this.#part = Buffer.allocUnsafe(deps.partBytes);
  }

  get size(): number {
    return this.#size;
  }

  /** Wait for the promise before the next call. */
  async write(bytes: Uint8Array): Promise<void> {
    const { maxBytes } = this.#deps;
    this.#size += bytes.length;
    if (this.#size > maxBytes) {
      throw new StoreError('STORE_UNAVAILABLE', {
        cause: new RangeError(`A file may have ${maxBytes} bytes.`),
      });
    }
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + this.#part.length - this.#gathered);
      this.#part.set(piece, this.#gathered);
      this.#gathered += piece.length;
      at += piece.length;
      if (this.#gathered === this.#part.length) await this.#flush();
    }
  }

  /** Resolves with true when the file is durable and has its name, with false when another file has it. */
  async finish(name: string): Promise<boolean> {
    if (this.#gathered > 0) await this.#flush();
    const id = await this.#begun();
    const isNamed = await this.#deps.finish(id, { name, size: this.#size, digest: digestOf(this.#digests) });
    this.#isOver = isNamed;
    if (!isNamed) await this.discard();
    return isNamed;
  }

  /** Removes what was written. A draft that cannot be removed now is removed by a sweep. */
  async discard(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#id !== undefined) await this.#deps.discard().catch(() => {});
  }

  async #begun(): Promise<string> {
    this.#id ??= await this.#deps.begin();
    return this.#id;
  }

  async #flush(): Promise<void> {
    const content = this.#part.subarray(0, this.#gathered);
    await this.#deps.put(await this.#begun(), this.#digests.length, content);
    this.#digests.push(sha256(content));
    this.#gathered = 0;
  }
}
