import { asGiven, codedError } from '../ports/index.ts';

const MESSAGES = {
  STORE_UNAVAILABLE: () => 'The store did not accept the change; nothing was changed.',
  STORE_OUTCOME_UNKNOWN: () => 'The store did not confirm the change; it may have been made.',
  STORE_DAMAGED: asGiven,
};

type StoreErrorCode = keyof typeof MESSAGES;

declare module '../ports/codedError.ts' {
  interface ErrorCodes extends Record<StoreErrorCode, true> {}
}

const CodedStoreError = codedError('StoreError', MESSAGES);

/** The store refuses a change, does not confirm it, or is closed. The cause is not shown to clients. */
export class StoreError extends CodedStoreError {
  constructor(code: 'STORE_UNAVAILABLE' | 'STORE_OUTCOME_UNKNOWN', options?: ErrorOptions) {
    super(code, '', options);
  }
}

/** A record, a blob or a file of the store is not what was written. The message names it. */
export class StoreDamagedError extends CodedStoreError {
  constructor(message: string, options?: ErrorOptions) {
    super('STORE_DAMAGED', message, options);
    this.name = 'StoreDamagedError';
  }
}
