import { asGiven, codedError } from '../../engine/ports/index.ts';

const MESSAGES = {
  /** The detail is the greatest number of files. */
  FILE_COUNT: (max: string) => `Expected at most ${max} files of the customer, got more.`,
  /** The detail is the greatest number of bytes. */
  FILE_SIZE: (max: string) => `Expected at most ${max} bytes, got more.`,
  FILE_TYPE: asGiven,
  FILE_NEEDS_AGENT: (id: string) => `Expected an agent in chat '${id}' before the upload, got none.`,
  FILE_NOT_FOUND: (id: string) => `No file '${id}' in this chat, or it was deleted.`,
  FILE_NOT_YOURS: (id: string) =>
    `Expected the party that uploaded file '${id}' to delete it, got another one.`,
  FILE_DOWNLOADS: (max: string) =>
    `Expected at most ${max} downloads of this file by the customer, got one more.`,
  FILE_DATA: asGiven,
  QUOTA_EXCEEDED: asGiven,
  UPLOADS_LIMITED: asGiven,
};

export type FileErrorCode = keyof typeof MESSAGES;

declare module '../../engine/ports/codedError.ts' {
  interface ErrorCodes extends Record<FileErrorCode, true> {}
}

/** A fault of the party that uploads, downloads or deletes a file. */
export class FileError extends codedError('FileError', MESSAGES) {}
