import { codedError } from '../codedError.ts';

/** What storage areas refuse. The detail is the whole message. */
export const STORAGE_ERRORS = {
  STORAGE_FULL: { status: 413, message: (detail: string) => detail },
} as const;

/** A fault of the caller of storage areas. `code` is stable. */
export class StorageError extends codedError('StorageError', STORAGE_ERRORS) {}
