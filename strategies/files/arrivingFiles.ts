import {
  type Batch,
  type BlobDraft,
  type Durable,
  joinBatches,
  type KeptBlobs,
} from '../../engine/durable/index.ts';
import { type Clock, type Ids, ownId } from '../../engine/ports/index.ts';
import type { InteractionId } from '../ids/index.ts';
import { FileError } from './errors.ts';
import type { FileLimits } from './fileLimits.ts';
import { shownName } from './fileName.ts';
import { type ChatFile, type FileId, type FileParty, fileRecordPut, fileUser } from './fileRecord.ts';
import { fileTypeOf } from './fileTypes.ts';
import { type FileAmount, FileUsage } from './fileUsage.ts';

/** A file that comes with a new interaction. */
export interface ArrivingFile {
  readonly draft: BlobDraft;
  /** The first bytes, by which the type is recognised. */
  readonly head: Uint8Array;
  /** As the client sent it. */
  readonly filename: string;
}

/** How many files may come with one interaction. */
export interface ArrivalLimits {
  readonly files: number;
  /** All files together. */
  readonly bytes: number;
  /** Extensions without a dot, in lower case. */
  readonly types: readonly string[];
}

/** Files whose contents are on the disk, and that no interaction has yet. */
export interface ArrivedFiles {
  /** The files of this interaction, for the commit that creates it. Throws FileError QUOTA_EXCEEDED. */
  batch(id: InteractionId): Batch;
  /** Removes the contents that no file uses. */
  dropUnused(): Promise<void>;
}

interface Sender {
  readonly by: FileParty;
  /** Whose limits count; absent: only those in all. */
  readonly account?: string;
}

/** Files that come with a new interaction. FL1 and FL2 of ChatFiles apply. */
export class ArrivingFiles {
  readonly #blobs: KeptBlobs;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #limits: FileLimits;
  readonly #usage: FileUsage;
  readonly #watchBatch: (id: InteractionId) => Batch;

  constructor(deps: {
    readonly durable: Durable;
    readonly blobs: KeptBlobs;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly limits: FileLimits;
    /** Removes the files of an interaction that is no longer kept. */
    readonly watchBatch: (id: InteractionId) => Batch;
  }) {
    this.#blobs = deps.blobs;
    this.#clock = deps.clock;
    this.#ids = deps.ids;
    this.#limits = deps.limits;
    this.#usage = new FileUsage(deps);
    this.#watchBatch = deps.watchBatch;
  }

  /**
   * Checks the files and finishes their contents. Rejects with FileError. Call `dropUnused` after the commit
   * that uses them, made or not.
   */
  async take(files: readonly ArrivingFile[], sender: Sender, limits: ArrivalLimits): Promise<ArrivedFiles> {
    const checked = files.map((file) => checkedFile(file, limits.types));
    const amount = { files: checked.length, bytes: checked.reduce((sum, { size }) => sum + size, 0) };
    this.#requireAllowed(amount, limits);
    this.#usage.requireRoom(sender.account, amount);
    const blobs: string[] = [];
    const dropUnused = () => this.#blobs.remove(blobs);
    try {
      for (const { draft } of files) blobs.push(await draft.finish());
    } catch (error) {
      await dropUnused();
      throw error;
    }
    return {
      dropUnused,
      batch: (chatId) => {
        if (checked.length === 0) return {};
        this.#usage.requireRoom(sender.account, amount);
        return joinBatches(
          checked.map((file, index) => this.#addedBatch({ ...file, chatId, ...sender }, blobs[index]!)),
          this.#usage.changeBatch([{ account: sender.account, amount }]),
          this.#watchBatch(chatId),
        );
      },
    };
  }

  #requireAllowed({ files, bytes }: FileAmount, limits: ArrivalLimits): void {
    const maxFiles = Math.min(limits.files, this.#limits.filesOfChat);
    if (files > maxFiles) throw new FileError('FILE_COUNT', String(maxFiles));
    const maxBytes = Math.min(limits.bytes, this.#limits.bytesOfChat);
    if (bytes > maxBytes) throw new FileError('FILE_SIZE', String(maxBytes));
  }

  #addedBatch(file: CheckedFile & Sender & { readonly chatId: InteractionId }, blob: string): Batch {
    const id = ownId<FileId>(this.#ids.hex(16).toUpperCase());
    const record: ChatFile = { ...file, id, userData: {}, at: this.#clock.now(), downloads: 0, blob };
    return joinBatches(
      { put: [fileRecordPut(record)] },
      this.#blobs.keptBatch(blob, { user: fileUser(record) }),
    );
  }
}

type CheckedFile = Pick<ChatFile, 'name' | 'size' | 'contentType'>;

/** Throws FileError FILE_TYPE. */
function checkedFile({ draft, head, filename }: ArrivingFile, types: readonly string[]): CheckedFile {
  const name = shownName(filename);
  const { contentType } = fileTypeOf(name, head, types);
  return { name, size: draft.size, contentType };
}
