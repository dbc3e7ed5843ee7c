import { codedError } from '../ports/index.ts';

const MESSAGES = {
  STORE_UNAVAILABLE: () => 'The store did not accept the change; nothing was changed.',
};

type StoreErrorCode = keyof typeof MESSAGES;

declare module '../ports/codedError.ts' {
  interface ErrorCodes extends Record<StoreErrorCode, true> {}
}

/** The store refuses a change, or is closed. The cause is not shown to clients. */
export class StoreError extends codedError('StoreError', MESSAGES) {
  constructor(options?: ErrorOptions) {
    super('STORE_UNAVAILABLE', '', options);
  }
}
