import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type BlobDraft, flushFolder, PRIVATE_FILE } from '../index.ts';
import { sumText, UNFINISHED } from './blobNames.ts';

/** A blob that is written piece by piece, under a name that no blob has. */
export class FileDraft implements BlobDraft {
  readonly #folder: string;
  readonly #id: string;
  readonly #file: FileHandle;
  #size = 0;
  #checksum = 0;
  #isOver = false;

  static async begin(folder: string, id: string): Promise<FileDraft> {
    return new FileDraft(folder, id, await open(join(folder, `${id}${UNFINISHED}`), 'wx', PRIVATE_FILE));
  }

  private constructor(folder: string, id: string, file: FileHandle) {
    this.#folder = folder;
    this.#id = id;
    this.#file = file;
  }

  get size(): number {
    return this.#size;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#file.writeFile(bytes);
    this.#size += bytes.length;
    this.#checksum = crc32(bytes, this.#checksum);
  }

  async finish(): Promise<string> {
    const name = `${this.#id}-${sumText(this.#size, this.#checksum)}`;
    try {
      await this.#file.sync();
      await this.#file.close();
      await rename(this.#unfinished, join(this.#folder, name));
      this.#isOver = true;
      await flushFolder(this.#folder);
      return name;
    } catch (error) {
      await rm(join(this.#folder, name), { force: true });
      await this.discard();
      throw error;
    }
  }

  async discard(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    // The file may be closed already, or the disk may refuse. The name must go in any case.
    await this.#file.close().catch(() => {});
    await rm(this.#unfinished, { force: true });
  }

  get #unfinished(): string {
    return join(this.#folder, `${this.#id}${UNFINISHED}`);
  }
}
