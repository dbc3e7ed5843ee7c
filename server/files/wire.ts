import { defined, type Json, textOf } from '../../engine/ports/index.ts';
import { ChatError, type ChatRecord } from '../../strategies/chat/index.ts';
import {
  type ClientFileState,
  FileError,
  type FileErrorCode,
  type FileId,
  readFileId,
} from '../../strategies/files/index.ts';
import type { Form } from '../bodies/index.ts';

type Body = { readonly [name: string]: Json };

/** The requests for files, by their names at /genesys/2/chat-ntf. gms-api 7.6. */
export type FileOperation = 'limits' | 'upload' | 'download' | 'delete';

/** `fileGetsLimits` and `download` are the spellings of some clients. */
const OPERATIONS: Readonly<Record<string, FileOperation>> = {
  fileGetLimits: 'limits',
  fileGetsLimits: 'limits',
  fileUpload: 'upload',
  fileDownload: 'download',
  download: 'download',
  fileDelete: 'delete',
};

export const OPERATION_NAMES: readonly string[] = Object.keys(OPERATIONS);

/** Undefined: none is known. Some clients send a file without an operation. */
export function readOperation(form: Form, hasFile: boolean): FileOperation | undefined {
  const name = fieldOf(form, 'operation');
  if (name === undefined) return hasFile ? 'upload' : undefined;
  return Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
}

/** The first value of a field. An empty one counts as none. */
export function fieldOf(form: Form, name: string): string | undefined {
  const value = form[name];
  const text = textOf(Array.isArray(value) ? value[0] : value);
  return text === '' ? undefined : text;
}

/** An id of an older client, which is checked only when it says something. */
export function idOf(form: Form, name: string): string | undefined {
  const id = fieldOf(form, name);
  return id === 'deprecated' ? undefined : id;
}

export function fileIdOf(form: Form): FileId | undefined {
  return readFileId(fieldOf(form, 'fileId'));
}

const DESCRIPTION = 'file-description';

/** The fields `userData[key]` of a form, or the object `userData` of JSON. */
export function fileDataOf(form: Form): {
  readonly description?: string;
  readonly userData: Readonly<Record<string, string>>;
} {
  const nested = form.userData;
  const pairs =
    typeof nested === 'object' && nested !== null && !Array.isArray(nested)
      ? Object.entries(nested)
      : Object.entries(form).flatMap(([name, value]): [string, Json][] => {
          const key = /^userData\["?([^\]"]+)"?\]$/.exec(name)?.[1];
          return key === undefined ? [] : [[key, value]];
        });
  const texts = pairs.map(([key, value]) => [key, textOf(value)] as const);
  const description = texts.find(([key]) => key === DESCRIPTION)?.[1];
  const userData = Object.fromEntries(texts.filter(([key]) => key !== DESCRIPTION));
  return { userData, ...defined({ description }) };
}

/** The fields of every reply. The keys of a chat that has ended are worth nothing. */
function chatFields({ id, secureKey, userId, status }: ChatRecord): Body {
  const isOver = status.kind === 'ended';
  const keys = isOver ? {} : { secureKey, userId };
  return { chatEnded: isOver, statusCode: 0, alias: '0', ...keys, chatId: id };
}

export function limitsReply(chat: ChatRecord, state: ClientFileState, now: number): Body {
  const { options, usedFiles, usedBytes, usedDownloads } = state;
  const notice = {
    from: { nickname: chat.nickname, participantId: 1, type: 'Client' },
    text: 'file-client-cfg-get',
    type: 'Notice',
    utcTime: now,
    userData: {
      'download-attempts': String(options.downloadAttempts),
      'upload-max-files': String(options.uploadMaxFiles),
      'delete-file': options.deleteFile,
      'upload-max-file-size': String(options.uploadMaxFileSize),
      'used-download-attempts': String(usedDownloads),
      'used-upload-max-total-size': String(usedBytes),
      'upload-need-agent': String(options.uploadNeedAgent),
      'used-upload-max-files': String(usedFiles),
      'upload-max-total-size': String(options.uploadMaxTotalSize),
      'upload-file-types': options.uploadFileTypes.join(':'),
    },
  };
  return { messages: [notice], ...chatFields(chat) };
}

export function uploadedReply(chat: ChatRecord, fileId: FileId): Body {
  return { messages: [], ...chatFields(chat), userData: { 'file-id': fileId } };
}

export function deletedReply(chat: ChatRecord): Body {
  return { messages: [], ...chatFields(chat) };
}

/** A reply that is an error for the client. */
export interface ErrorReply {
  readonly status: 200 | 400;
  readonly body: Body;
}

/** The chat cannot do the request: gms-api 7.6. */
const CHAT_FAULT = 249;
/** No chat has the secure key. gms-api 7.5. */
const CHAT_UNKNOWN = 8201;
/** Input that no repetition makes right. */
const BAD_INPUT = 400;

/** gms-api 7.6. Clients show the number in the advice of 201 and 202. */
const CODES: Readonly<Record<FileErrorCode, number>> = {
  FILE_COUNT: 201,
  FILE_SIZE: 202,
  FILE_TYPE: 203,
  FILE_NEEDS_AGENT: CHAT_FAULT,
  FILE_NOT_FOUND: 404,
  FILE_NOT_YOURS: CHAT_FAULT,
  FILE_DOWNLOADS: CHAT_FAULT,
  FILE_DATA: BAD_INPUT,
  QUOTA_EXCEEDED: CHAT_FAULT,
  UPLOADS_LIMITED: 503,
};

/** HTTP 400 for what the sender can correct, 200 with statusCode 2 for a chat that has ended. */
export function errorReply(thrown: unknown, chat: ChatRecord): ErrorReply | undefined {
  if (thrown instanceof FileError) {
    const advice =
      thrown.code === 'FILE_COUNT' || thrown.code === 'FILE_SIZE' ? thrown.detail : thrown.message;
    return { status: 400, body: { errors: [{ code: CODES[thrown.code], advice }] } };
  }
  if (!(thrown instanceof ChatError)) return undefined;
  return { status: 200, body: sessionFault(thrown.message, chat) };
}

/** A fault of the chat session. `chat` undefined: no chat has the secure key. */
export function sessionFault(advice: string, chat?: ChatRecord): Body {
  return {
    messages: [],
    chatEnded: chat === undefined || chat.status.kind === 'ended',
    statusCode: 2,
    alias: '0',
    ...defined({ chatId: chat?.id }),
    errors: [{ code: chat === undefined ? CHAT_UNKNOWN : CHAT_FAULT, advice }],
  };
}

export function badRequest(advice: string): ErrorReply {
  return { status: 400, body: { errors: [{ code: BAD_INPUT, advice }] } };
}

/** The page that a browser shows in place of a file. */
export function errorPage(referenceId: string): string {
  return `<!DOCTYPE html>\n<html lang="en"><head><title>Error 500</title></head><body><h1>The file could not be downloaded.</h1><p>referenceId[${referenceId}]</p></body></html>\n`;
}
