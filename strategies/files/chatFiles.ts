import {
  type Batch,
  type BlobDraft,
  type Durable,
  joinBatches,
  type KeptBlobs,
  keyedBy,
  Once,
  type OpenBlob,
} from '../../engine/durable/index.ts';
import { type Clock, defined, type Ids, type Log, ownId } from '../../engine/ports/index.ts';
import {
  ChatError,
  type ChatEvent,
  type ChatRecord,
  EntryType,
  type FileEntry,
  PartyType,
  participantsOf,
  Visibility,
} from '../chat/index.ts';
import type { InteractionId } from '../ids/index.ts';
import { FileError } from './errors.ts';
import type { ClientFileOptions, FileLimits } from './fileLimits.ts';
import { shownName } from './fileName.ts';
import {
  type ChatFile,
  FILES,
  type FileId,
  type FileParty,
  fileKey,
  fileRecordPut,
  fileUser,
  isOfCustomer,
  isSameParty,
} from './fileRecord.ts';
import { fileTypeOf } from './fileTypes.ts';
import { FileUsage } from './fileUsage.ts';

/** A file that has arrived, and is not kept yet. */
export interface Upload {
  readonly by: FileParty;
  readonly draft: BlobDraft;
  /** The first bytes, by which the type is recognised. */
  readonly head: Uint8Array;
  /** As the client sent it. */
  readonly filename: string;
  readonly description?: string;
  readonly userData?: Readonly<Record<string, string>>;
  /** Whose limits count; absent: only those in all. */
  readonly account?: string;
  /** Idempotency key of this party. */
  readonly key?: string;
}

/** The limits of the customer of a chat, and their use so far. */
export interface ClientFileState {
  readonly options: ClientFileOptions;
  readonly usedFiles: number;
  readonly usedBytes: number;
  readonly usedDownloads: number;
}

/** The methods that files need of chats. */
export interface FileChats {
  get(chatId: InteractionId): ChatRecord | undefined;
  /** Whether an interaction that is no chat, and has files, is still kept. Absent: only chats have files. */
  keepsOther?(id: InteractionId): boolean;
  /** Throws ChatError CHAT_NOT_FOUND, CHAT_ENDED or CHAT_FULL. */
  fileEntryBatch(chatId: InteractionId, entry: FileEntry): Batch;
  /** Tells the desktops of the agents who have the chat, with the commit of the change. */
  tellAgentBatch(chatId: InteractionId, event: ChatEvent): Batch;
}

/** Characters of what a sender says about a file, as JSON. */
const MAX_DATA_CHARS = 8_192;
/** Interval at which files are looked for whose chat is no longer kept. */
const CHECK_INTERVAL_MS = 3_600_000;

const CHECK = 'chat.files.check';

/**
 * The files of chats.
 *
 * FL1. The content is complete and on the disk before the commit that has the record of the file, the entry
 *      of the transcript and the amounts that it uses. So nobody hears of a file that is not there.
 * FL2. The checks of an upload are made before its content is finished, so that a refusal costs little, and
 *      again in its commit, because others upload meanwhile.
 * FL3. A deleted file keeps a record without a content until its chat goes. A task of each chat that has
 *      files removes them when the chat is no longer kept.
 */
export class ChatFiles {
  readonly #durable: Durable;
  readonly #blobs: KeptBlobs;
  readonly #chats: FileChats;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #log: Log;
  readonly #limits: FileLimits;
  readonly #client: () => ClientFileOptions;
  readonly #usage: FileUsage;
  readonly #once: Once;

  constructor(deps: {
    readonly durable: Durable;
    readonly blobs: KeptBlobs;
    readonly chats: FileChats;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    readonly limits: FileLimits;
    readonly client: () => ClientFileOptions;
  }) {
    this.#durable = deps.durable;
    this.#blobs = deps.blobs;
    this.#chats = deps.chats;
    this.#clock = deps.clock;
    this.#ids = deps.ids;
    this.#log = deps.log;
    this.#limits = deps.limits;
    this.#client = deps.client;
    this.#usage = new FileUsage(deps);
    this.#once = new Once(deps);
    deps.durable.onTask(CHECK, (chatId: InteractionId) => this.#check(chatId));
  }

  clientState(chatId: InteractionId): ClientFileState {
    const files = this.#all(chatId);
    const own = this.#counted(files);
    return {
      options: this.#client(),
      usedFiles: own.length,
      usedBytes: bytesOf(own),
      usedDownloads: files.reduce((sum, { downloads }) => sum + downloads, 0),
    };
  }

  /** The files that were not deleted, the oldest first. */
  list(chatId: InteractionId): readonly ChatFile[] {
    return this.#all(chatId)
      .filter(({ blob }) => blob !== undefined)
      .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  }

  /**
   * Keeps a file and tells all parties. Resolves with its id. A repeated key of the party gets the first id.
   * Rejects with FileError, or ChatError CHAT_NOT_FOUND, CHAT_ENDED or CHAT_FULL, or STORE_UNAVAILABLE.
   */
  async upload(chatId: InteractionId, upload: Upload): Promise<FileId> {
    const { by, draft, key } = upload;
    const keyed = keyedBy(key, 'chat.file', chatId, by.party.type, by.agentId ?? '');
    const earlier = keyed && (await this.#once.earlier<{ readonly id: FileId }>(keyed));
    if (earlier !== undefined) return earlier.answer.id;
    this.#added(chatId, upload);
    const blob = await draft.finish();
    try {
      let file: Omit<ChatFile, 'blob'> | undefined;
      const { id } = await this.#once.commit(keyed, () => {
        file = this.#added(chatId, upload);
        const batch = joinBatches(
          this.#addedBatch({ ...file, blob }),
          this.#chats.tellAgentBatch(chatId, eventOf('uploaded', file)),
        );
        return { batch, answer: { id: file.id } };
      });
      if (file === undefined) await this.#blobs.remove([blob]);
      this.#log.info({ interactionId: chatId, fileId: id, bytes: draft.size }, 'A file was uploaded.');
      return id;
    } catch (error) {
      await this.#blobs.remove([blob]);
      throw error;
    }
  }

  /**
   * Opens a file, and counts a download of the customer before its first byte leaves. Rejects with FileError
   * FILE_NOT_FOUND or FILE_DOWNLOADS, or STORE_DAMAGED. Destroy a stream that is not read to its end.
   */
  async open(
    chatId: InteractionId,
    id: FileId | undefined,
    { by, key }: { readonly by: FileParty; readonly key?: string },
  ): Promise<{ readonly file: ChatFile; readonly content: OpenBlob }> {
    const { blob } = this.#require(chatId, id);
    const content = await this.#blobs.open(blob);
    try {
      // The file may have been deleted while it was opened.
      const file = this.#require(chatId, id);
      if (content === undefined) throw new FileError('FILE_NOT_FOUND', file.id);
      const isCounted = by.party.type === PartyType.CLIENT;
      await this.#once.commit(keyedBy(key, 'chat.file.download', chatId, file.id), () => ({
        batch: isCounted ? this.#downloadedBatch(this.#require(chatId, id)) : {},
        answer: null,
      }));
      return { file, content };
    } catch (error) {
      content?.stream.destroy();
      throw error;
    }
  }

  /**
   * Deletes a file and tells all parties. Rejects with FileError FILE_NOT_FOUND or FILE_NOT_YOURS, or with
   * ChatError CHAT_NOT_FOUND, CHAT_ENDED or CHAT_FULL.
   */
  async remove(
    chatId: InteractionId,
    id: FileId | undefined,
    { by, key }: { readonly by: FileParty; readonly key?: string },
  ): Promise<void> {
    const removed: (ChatFile & { readonly blob: string })[] = [];
    await this.#once.commit(keyedBy(key, 'chat.file.delete', chatId, id ?? ''), () => {
      const file = this.#require(chatId, id);
      if (!isSameParty(file.by, by)) throw new FileError('FILE_NOT_YOURS', file.id);
      const { blob, ...rest } = file;
      removed.push({ ...file, by });
      const batch = joinBatches(
        { put: [fileRecordPut(rest)] },
        this.#blobs.droppedBatch(blob),
        this.#usage.changeBatch([{ account: file.account, amount: { files: -1, bytes: -file.size } }]),
        this.#chats.fileEntryBatch(chatId, entryOf(EntryType.FILE_DELETED, { ...rest, by })),
        this.#chats.tellAgentBatch(chatId, eventOf('deleted', { ...file, by })),
      );
      return { batch, answer: null };
    });
    await this.#blobs.remove(removed.map(({ blob }) => blob));
  }

  /** Number of the files of a chat, and their blobs for removeBlobs. */
  filesOf(chatId: InteractionId): { readonly files: number; readonly blobs: readonly string[] } {
    const present = this.#all(chatId).filter(hasContent);
    return { files: present.length, blobs: present.map(({ blob }) => blob) };
  }

  /** Removes all files of a chat. Commit it before the next one: the files of one account share amounts. */
  removeBatch(chatId: InteractionId): Batch {
    const all = this.#all(chatId);
    const present = all.filter(hasContent);
    return joinBatches(
      {
        remove: all.map(({ id }) => ({ table: FILES, key: fileKey(chatId, id) })),
        cancel: [checkKey(chatId)],
      },
      present.map(({ blob }) => this.#blobs.droppedBatch(blob)),
      this.#usage.changeBatch(
        present.map(({ account, size }) => ({ account, amount: { files: -1, bytes: -size } })),
      ),
    );
  }

  /** Removes blobs at once, after the commit that removed their files. */
  removeBlobs(names: readonly string[]): Promise<void> {
    return this.#blobs.remove(names);
  }

  /** FL3. */
  async #check(chatId: InteractionId): Promise<void> {
    if (this.#chats.get(chatId) !== undefined || this.#chats.keepsOther?.(chatId) === true) {
      await this.#durable.commit(this.watchBatch(chatId));
      return;
    }
    const { files } = this.filesOf(chatId);
    await this.#durable.commit(this.removeBatch(chatId));
    this.#log.info(
      { interactionId: chatId, files },
      'The files of a chat that is no longer kept were removed.',
    );
  }

  /** FL3. Looks from time to time whether the interaction is still kept. */
  watchBatch(chatId: InteractionId): Batch {
    const dueAt = this.#clock.now() + CHECK_INTERVAL_MS;
    return { schedule: [{ key: checkKey(chatId), kind: CHECK, payload: chatId, dueAt }] };
  }

  /** FL2. The record of an upload that may be kept, without its blob. */
  #added(chatId: InteractionId, upload: Upload): Omit<ChatFile, 'blob'> {
    const chat = this.#chats.get(chatId);
    if (chat === undefined) throw new ChatError('CHAT_NOT_FOUND', chatId);
    if (chat.status.kind === 'ended') throw new ChatError('CHAT_ENDED', chatId);
    const { by, draft, head, description, userData = {}, account } = upload;
    const isClient = by.party.type === PartyType.CLIENT;
    const { size } = draft;
    const name = shownName(upload.filename);
    const files = this.#all(chatId);
    if (isClient) this.#requireClientMay(chat, files, size);
    requireSize(size, this.#limits.fileBytes);
    const { contentType } = fileTypeOf(name, head, isClient ? this.#client().uploadFileTypes : undefined);
    this.#requireRoomInChat(files, size);
    this.#usage.requireRoom(account, { files: 1, bytes: size });
    requireSmallData({ description, ...userData });
    return {
      id: ownId<FileId>(this.#ids.hex(16).toUpperCase()),
      chatId,
      name,
      size,
      contentType,
      userData,
      by,
      at: this.#clock.now(),
      downloads: 0,
      ...defined({ description, account }),
    };
  }

  #addedBatch(file: ChatFile & { readonly blob: string }): Batch {
    const { chatId, size, account } = file;
    return joinBatches(
      { put: [fileRecordPut(file)] },
      this.#blobs.keptBatch(file.blob, { user: fileUser(file) }),
      this.#usage.changeBatch([{ account, amount: { files: 1, bytes: size } }]),
      this.#chats.fileEntryBatch(chatId, entryOf(EntryType.FILE_UPLOADED, file)),
      this.watchBatch(chatId),
    );
  }

  #requireClientMay(chat: ChatRecord, files: readonly ChatFile[], size: number): void {
    const { uploadNeedAgent, uploadMaxFiles, uploadMaxFileSize, uploadMaxTotalSize } = this.#client();
    if (uploadNeedAgent && !hasAgent(chat)) throw new FileError('FILE_NEEDS_AGENT', chat.id);
    requireSize(size, uploadMaxFileSize);
    const own = this.#counted(files);
    if (own.length >= uploadMaxFiles) throw new FileError('FILE_COUNT', String(uploadMaxFiles));
    requireSize(bytesOf(own) + size, uploadMaxTotalSize);
  }

  #requireRoomInChat(files: readonly ChatFile[], size: number): void {
    const { filesOfChat, bytesOfChat } = this.#limits;
    // Records of deleted files count: a client could make any number of them.
    if (files.length >= filesOfChat) throw quotaOfChat('filesOfChat', filesOfChat, 'files');
    const bytes = bytesOf(files.filter(hasContent)) + size;
    if (bytes > bytesOfChat) throw quotaOfChat('bytesOfChat', bytesOfChat, 'bytes');
  }

  #downloadedBatch(file: ChatFile): Batch {
    const { downloadAttempts } = this.#client();
    if (file.downloads >= downloadAttempts) throw new FileError('FILE_DOWNLOADS', String(downloadAttempts));
    return { put: [fileRecordPut({ ...file, downloads: file.downloads + 1 })] };
  }

  /** The customer's files that count for their limits. */
  #counted(files: readonly ChatFile[]): readonly ChatFile[] {
    return files.filter(
      (file) => isOfCustomer(file) && (hasContent(file) || this.#client().deleteFile === 'none'),
    );
  }

  /** Throws FileError FILE_NOT_FOUND. */
  #require(chatId: InteractionId, id: FileId | undefined): ChatFile & { readonly blob: string } {
    const file = id && this.#durable.get<ChatFile>(FILES, fileKey(chatId, id));
    if (file !== undefined && hasContent(file)) return file;
    throw new FileError('FILE_NOT_FOUND', id ?? '');
  }

  #all(chatId: InteractionId): readonly ChatFile[] {
    return [...this.#durable.scan<ChatFile>(FILES, { prefix: `${chatId} ` })].map(({ value }) => value);
  }
}

/** True when an agent has accepted the chat, and has not left it. */
function hasAgent(chat: ChatRecord): boolean {
  return participantsOf(chat).some(
    ({ type, visibility, isPresent }) =>
      type === PartyType.AGENT && isPresent && visibility === Visibility.ALL,
  );
}

function hasContent(file: ChatFile): file is ChatFile & { readonly blob: string } {
  return file.blob !== undefined;
}

function checkKey(chatId: InteractionId): string {
  return `${CHECK} ${chatId}`;
}

function bytesOf(files: readonly ChatFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** The entry of the transcript. What the sender said about the file does not hide what is known of it. */
function entryOf(
  type: FileEntry['type'],
  { id, name, size, description, userData, by }: ChatFile,
): FileEntry {
  return {
    type,
    party: by.party,
    userData: {
      ...userData,
      ...defined({ 'file-description': description }),
      'file-id': id,
      'file-name': name,
      'file-size': String(size),
    },
  };
}

function eventOf(change: 'uploaded' | 'deleted', { by, id, name, size }: ChatFile): ChatEvent {
  return { type: 'file', party: by.party, change, fileId: id, name, size };
}

function requireSize(size: number, max: number): void {
  if (size > max) throw new FileError('FILE_SIZE', String(max));
}

function requireSmallData(data: Readonly<Record<string, string | undefined>>): void {
  const chars = JSON.stringify(data).length;
  if (chars <= MAX_DATA_CHARS) return;
  throw new FileError(
    'FILE_DATA',
    `Expected the data about a file to have at most ${MAX_DATA_CHARS} characters (MAX_DATA_CHARS), got ${chars}.`,
  );
}

function quotaOfChat(name: keyof FileLimits, max: number, what: string): FileError {
  return new FileError(
    'QUOTA_EXCEEDED',
    `The chat would have more than ${max} ${what} (limits.files.${name}).`,
  );
}
