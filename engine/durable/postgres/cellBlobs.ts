import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { v7 } from 'uuid';
import type { Clock } from '../../ports/index.ts';
import { sumText, UNFINISHED } from '../files/index.ts';
import type { BlobDraft, BlobEntry, BlobPort, OpenBlob } from '../index.ts';
import type { CellFileDraft } from './cellFileDraft.ts';
import type { CellFiles } from './cellFiles.ts';
import type { OpenCellFile } from './openCellFile.ts';

/** Begins the names of blobs among the files of a cell, as it does in a data directory. */
const BLOBS = 'blobs/';
/** Names that blobs never have: of drafts. */
const DRAFT = new RegExp(`^(unfinished/.+)\\${UNFINISHED}$`);

/** Blobs as files of a cell. Their names are those that a folder would give them. */
export class CellBlobs implements BlobPort {
  readonly #files: CellFiles;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(files: CellFiles, clock: Pick<Clock, 'now'>) {
    this.#files = files;
    this.#clock = clock;
  }

  async write(bytes: Uint8Array): Promise<string> {
    const draft = await this.begin();
    try {
      await draft.write(bytes);
      return await draft.finish();
    } catch (error) {
      await draft.discard();
      throw error;
    }
  }

  async begin(): Promise<BlobDraft> {
    return new CellBlobDraft(this.#files.begin());
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    return this.#files.read(`${BLOBS}${name}`);
  }

  async open(name: string): Promise<OpenBlob | undefined> {
    const file = await this.#files.open(`${BLOBS}${name}`);
    return file && { size: file.size, stream: streamOf(file) };
  }

  remove(name: string): Promise<void> {
    return this.#files.remove(DRAFT.exec(name)?.[1] ?? `${BLOBS}${name}`);
  }

  /** Includes drafts. No record names them, so a sweep removes those that a crash left. */
  async list(): Promise<readonly BlobEntry[]> {
    const now = this.#clock.now();
    const entries: BlobEntry[] = [];
    for await (const { name, ageMs } of this.#files.list(BLOBS)) {
      entries.push({ name: name.slice(BLOBS.length), writtenAt: now - ageMs });
    }
    for await (const { name, ageMs } of this.#files.unfinished()) {
      entries.push({ name: `${name}${UNFINISHED}`, writtenAt: now - ageMs });
    }
    return entries;
  }
}

function streamOf(file: OpenCellFile): Readable {
  return new Readable({
    highWaterMark: 0,
    read() {
      file.next().then(
        (part) => this.push(part ?? null),
        (error: Error) => this.destroy(error),
      );
    },
    destroy(error, done) {
      file.close().then(
        () => done(error),
        // A sweep removes a blob that could not be removed now.
        () => done(error),
      );
    },
  });
}

class CellBlobDraft implements BlobDraft {
  readonly #draft: CellFileDraft;
  #checksum = 0;

  constructor(draft: CellFileDraft) {
    this.#draft = draft;
  }

  get size(): number {
    return this.#draft.size;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#draft.write(bytes);
    this.#checksum = crc32(bytes, this.#checksum);
  }

  async finish(): Promise<string> {
    const name = `${v7()}-${sumText(this.#draft.size, this.#checksum)}`;
    await this.#draft.finish(`${BLOBS}${name}`);
    return name;
  }

  discard(): Promise<void> {
    return this.#draft.discard();
  }
}
