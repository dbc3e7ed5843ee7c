import { asGiven, codedError } from '../../engine/ports/index.ts';

const MESSAGES = {
  STORAGE_FULL: asGiven,
  STORAGE_KEY_INVALID: asGiven,
  QUOTA_EXCEEDED: asGiven,
};

type StorageErrorCode = keyof typeof MESSAGES;

declare module '../../engine/ports/codedError.ts' {
  interface ErrorCodes extends Record<StorageErrorCode, true> {}
}

/** A fault of the caller of storage areas. */
export class StorageError extends codedError('StorageError', MESSAGES) {}
