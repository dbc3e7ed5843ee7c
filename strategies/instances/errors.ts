import { asGiven, codedError, type Json } from '../../engine/ports/index.ts';

const MESSAGES = {
  SERVICE_UNKNOWN: asGiven,
  SERVICE_NOT_FOUND: (id: string) => `No service '${id}', or it has expired.`,
  SERVICE_REQUEST_REFUSED: asGiven,
  SERVICE_MISCONFIGURED: asGiven,
  SERVICE_NO_MATCH: asGiven,
  ACCESS_UNAVAILABLE: asGiven,
  ORS_REQUEST_FAILED: asGiven,
  CALLBACK_NOT_FOUND: asGiven,
  CALLBACK_INVALID: asGiven,
  CALLBACK_NUMBER_INVALID: asGiven,
  CALLBACK_OPERATION_INVALID: asGiven,
  CALLBACK_UNAVAILABLE: asGiven,
  CALLBACK_CLOSED: asGiven,
  CALLBACK_SLOT_FULL: asGiven,
  CALLBACK_NEW_SLOT_FULL: asGiven,
  CALLBACK_SLOTS_FULL: asGiven,
};

type ServiceErrorCode = keyof typeof MESSAGES;

declare module '../../engine/ports/codedError.ts' {
  interface ErrorCodes extends Record<ServiceErrorCode, true> {}
}

/** A fault of the caller of services and callbacks. */
export class ServiceError extends codedError('ServiceError', MESSAGES) {
  /** Further fields of the answer. */
  readonly details: Readonly<Record<string, Json>>;

  constructor(
    code: ServiceErrorCode,
    detail: string,
    options: ErrorOptions & { readonly details?: Readonly<Record<string, Json>> } = {},
  ) {
    super(code, detail, options);
    this.details = options.details ?? {};
  }
}
