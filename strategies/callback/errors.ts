/** Faults of whoever uses a service. What HTTP makes of a code stands in server/errors.ts. */
export type ServiceErrorCode =
  | 'SERVICE_UNKNOWN'
  | 'SERVICE_NOT_FOUND'
  | 'SERVICE_REQUEST_REFUSED'
  | 'SERVICE_MISCONFIGURED'
  | 'ORS_REQUEST_FAILED'
  | 'CALLBACK_NOT_FOUND'
  | 'CALLBACK_INVALID'
  | 'CALLBACK_OPERATION_INVALID'
  | 'STORAGE_NOT_FOUND'
  | 'STORAGE_KEY_NOT_FOUND'
  | 'STORAGE_KEY_INVALID';

export class ServiceError extends Error {
  readonly code: ServiceErrorCode;

  constructor(code: ServiceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ServiceError';
    this.code = code;
  }
}
