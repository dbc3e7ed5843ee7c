import { Writable } from 'node:stream';
import type { BlobDraft } from '../../engine/durable/index.ts';
import { ByteList } from './byteList.ts';
import { BODY_LIMITS } from './limits.ts';
import type { UploadDraft, UploadedFile } from './state.ts';

/** A file part as the parser knows it. */
export interface ParsedFile {
  readonly originalFilename: string | null;
  readonly mimetype: string | null;
}

/** Where the files of a multipart body go. */
export interface FileSink {
  readonly maxFiles: number;
  /** All files together. */
  readonly maxBytes: number;
  /** Whether the files are in memory, where bodies are counted. */
  readonly isMemory: boolean;
  writable(file: object): Writable;
}

/** Files in memory. */
export class MemorySink implements FileSink {
  readonly maxFiles = BODY_LIMITS.MAX_FILES;
  readonly maxBytes = BODY_LIMITS.MAX_FILE_BYTES;
  readonly isMemory = true;
  readonly #contents = new Map<object, ByteList>();

  writable(file: object): Writable {
    const bytes = new ByteList(BODY_LIMITS.MAX_FILE_BYTES);
    this.#contents.set(file, bytes);
    return new Writable({
      write(chunk: Buffer, _encoding, done) {
        bytes.add(chunk);
        done();
      },
    });
  }

  fileOf(name: string, file: ParsedFile): UploadedFile {
    return { name, ...namesOf(file), bytes: this.#contents.get(file)?.take() ?? Buffer.alloc(0) };
  }

  free(): void {
    for (const bytes of this.#contents.values()) bytes.free();
  }
}

/** Begins drafts for the files of a request. Rejects with a coded error when there may be no more. */
export interface FileStage {
  begin(address: string | undefined): Promise<BlobDraft>;
  /** File parts of one request; absent: MAX_STAGED_FILES. */
  readonly maxFiles?: number;
}

/** The first bytes of a file, by which its type is recognised. */
const HEAD_BYTES = 4_096;

/** Files that go to the disk while they arrive. Drafts that nobody finished end with the request. */
export class StagedSink implements FileSink {
  readonly maxFiles: number;
  /**
   * The stage has its own limits: a file beyond them is read and not kept, so that the client gets a reply.
   */
  readonly maxBytes = Number.MAX_SAFE_INTEGER;
  readonly isMemory = false;
  readonly #stage: FileStage;
  readonly #address: string | undefined;
  readonly #staged = new Map<object, { readonly draft: BlobDraft; head: Uint8Array }>();
  /** Each resolves when its draft has begun, or could not begin. */
  readonly #beginning: Promise<unknown>[] = [];
  /** The first refusal of the stage. The parser would tell only that the body is malformed. */
  #fault: unknown;

  constructor(stage: FileStage, address: string | undefined) {
    this.#stage = stage;
    this.maxFiles = stage.maxFiles ?? BODY_LIMITS.MAX_STAGED_FILES;
    this.#address = address;
  }

  get fault(): unknown {
    return this.#fault;
  }

  writable(file: object): Writable {
    const begun = this.#stage.begin(this.#address).then((draft) => {
      const staged = { draft, head: new Uint8Array() };
      this.#staged.set(file, staged);
      return staged;
    });
    this.#beginning.push(begun.catch(() => {}));
    const fail = (error: unknown, done: (error: Error) => void): void => {
      this.#fault ??= error;
      done(error as Error);
    };
    return new Writable({
      construct(done) {
        begun.then(
          () => done(),
          (error: unknown) => fail(error, done),
        );
      },
      write(chunk: Buffer, _encoding, done) {
        begun
          .then(async (staged) => {
            const missing = HEAD_BYTES - staged.head.length;
            if (missing > 0) staged.head = Buffer.concat([staged.head, chunk.subarray(0, missing)]);
            await staged.draft.write(chunk);
          })
          .then(
            () => done(),
            (error: unknown) => fail(error, done),
          );
      },
    });
  }

  draftOf(name: string, file: ParsedFile): UploadDraft {
    const { draft, head } = this.#staged.get(file)!;
    return { name, ...namesOf(file), draft, head };
  }

  /** Removes what was not finished. */
  async discard(): Promise<void> {
    await Promise.all(this.#beginning);
    for (const { draft } of this.#staged.values()) await draft.discard();
  }
}

function namesOf({ originalFilename, mimetype }: ParsedFile): Pick<UploadedFile, 'filename' | 'contentType'> {
  return { filename: originalFilename ?? '', contentType: mimetype ?? 'application/octet-stream' };
}
