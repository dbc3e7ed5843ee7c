import type { BlobDraft, KeptBlobs } from '../../engine/durable/index.ts';
import { FileError } from './errors.ts';
import type { FileLimits } from './fileLimits.ts';

/**
 * The uploads that are under way. A draft keeps at most `fileBytes` on the disk; it counts the rest, so that
 * the sender learns that the file is too large.
 */
export class Uploads {
  readonly #blobs: Pick<KeptBlobs, 'begin'>;
  readonly #limits: FileLimits;
  readonly #ofAddress = new Map<string, number>();
  #count = 0;

  constructor(deps: { readonly blobs: Pick<KeptBlobs, 'begin'>; readonly limits: FileLimits }) {
    this.#blobs = deps.blobs;
    this.#limits = deps.limits;
  }

  /** Rejects with FileError UPLOADS_LIMITED. `address` undefined: only the limit in all counts. */
  async begin(address: string | undefined): Promise<BlobDraft> {
    const { uploads, uploadsOfAddress, fileBytes } = this.#limits;
    const present = address === undefined ? 0 : (this.#ofAddress.get(address) ?? 0);
    if (present >= uploadsOfAddress) throw tooMany('uploadsOfAddress', uploadsOfAddress);
    if (this.#count >= uploads) throw tooMany('uploads', uploads);
    this.#count += 1;
    if (address !== undefined) this.#ofAddress.set(address, present + 1);
    const end = (): void => this.#end(address);
    try {
      return new BoundedDraft(await this.#blobs.begin(), fileBytes, end);
    } catch (error) {
      end();
      throw error;
    }
  }

  #end(address: string | undefined): void {
    this.#count -= 1;
    if (address === undefined) return;
    const left = (this.#ofAddress.get(address) ?? 0) - 1;
    if (left > 0) this.#ofAddress.set(address, left);
    else this.#ofAddress.delete(address);
  }
}

class BoundedDraft implements BlobDraft {
  readonly #draft: BlobDraft;
  readonly #maxBytes: number;
  readonly #onEnd: () => void;
  #size = 0;
  #isOver = false;

  constructor(draft: BlobDraft, maxBytes: number, onEnd: () => void) {
    this.#draft = draft;
    this.#maxBytes = maxBytes;
    this.#onEnd = onEnd;
  }

  get size(): number {
    return this.#size;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#size += bytes.length;
    if (this.#size <= this.#maxBytes) await this.#draft.write(bytes);
  }

  async finish(): Promise<string> {
    if (this.#size > this.#maxBytes) throw new FileError('FILE_SIZE', String(this.#maxBytes));
    const name = await this.#draft.finish();
    this.#end();
    return name;
  }

  async discard(): Promise<void> {
    await this.#draft.discard();
    this.#end();
  }

  #end(): void {
    if (!this.#isOver) this.#onEnd();
    this.#isOver = true;
  }
}

function tooMany(limit: 'uploads' | 'uploadsOfAddress', max: number): FileError {
  return new FileError('UPLOADS_LIMITED', `There are ${max} uploads under way (limits.files.${limit}).`);
}
