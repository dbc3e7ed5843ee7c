import { asGiven, codedError } from '../../engine/ports/index.ts';

const MESSAGES = { STORAGE_FULL: asGiven };

export type StorageErrorCode = keyof typeof MESSAGES;

/** A fault of the caller of storage areas. */
export class StorageError extends codedError('StorageError', MESSAGES) {}
