import { DocumentError, formatProblem } from '../../engine/interpreter/index.ts';
import { CodedError, type ErrorCode, type Json } from '../../engine/ports/index.ts';
import { ServiceError } from '../../strategies/instances/index.ts';
import { WIRE_ERRORS, WireError, type WireErrorCode } from './wireErrors.ts';

/**
 * The codes of parts that clients see as another code. The others have their own row in WIRE_ERRORS. A new
 * code that is in neither table does not compile.
 */
export const WIRE_CODES: Readonly<Record<Exclude<ErrorCode, WireErrorCode>, WireErrorCode>> = {
  CHAT_FULL: 'CONFLICT',
  TEXT_INVALID: 'PARAMETER_INVALID',
  POSITION_INVALID: 'PARAMETER_INVALID',
  FILE_COUNT: 'QUOTA_EXCEEDED',
  FILE_SIZE: 'BODY_TOO_LARGE',
  FILE_TYPE: 'BODY_TYPE_UNSUPPORTED',
  FILE_NEEDS_AGENT: 'CONFLICT',
  FILE_NOT_FOUND: 'NOT_FOUND',
  FILE_NOT_YOURS: 'FORBIDDEN',
  FILE_DOWNLOADS: 'QUOTA_EXCEEDED',
  FILE_DATA: 'PARAMETER_INVALID',
  UPLOADS_LIMITED: 'TOO_MANY_REQUESTS',
  SUBSCRIPTION_INVALID: 'PARAMETER_INVALID',
  EVENT_INVALID: 'PARAMETER_INVALID',
  TYPE_NOT_ENABLED: 'NOT_FOUND',
  DELIVERY_FAILED: 'NOTIFICATION_FAILED',
  OUTCOME_INVALID: 'PARAMETER_INVALID',
  DESTINATION_INVALID: 'PARAMETER_INVALID',
  AGENT_NOT_FREE: 'CONFLICT',
  INTERACTION_FULL: 'CONFLICT',
  QUEUE_UNKNOWN: 'UNAVAILABLE',
  OPEN_MEDIA_NOT_FOUND: 'INTERACTION_NOT_FOUND',
  OPEN_MEDIA_ENDED: 'INTERACTION_STATE',
  OPEN_MEDIA_LIMITED: 'SERVER_BUSY',
  REPLY_REFUSED: 'INTERACTION_STATE',
  MAIL_TOO_LONG: 'PARAMETER_INVALID',
  AGENT_INVALID: 'PARAMETER_INVALID',
  ROUTING_REQUEST_INVALID: 'PARAMETER_INVALID',
  ROUTING_LIMITED: 'TOO_MANY_REQUESTS',
  SKILL_EXPRESSION_INVALID: 'PARAMETER_INVALID',
  STRATEGY_UNKNOWN: 'PARAMETER_INVALID',
  TARGET_INVALID: 'PARAMETER_INVALID',
  DOCUMENT_NOT_BLOCKED: 'NOT_FOUND',
  SESSION_DEBUGGED: 'CONFLICT',
  SESSION_NOT_DEBUGGABLE: 'CONFLICT',
  SESSIONS_LIMITED: 'QUOTA_EXCEEDED',
  PATTERN_INVALID: 'PARAMETER_INVALID',
  PATTERN_VALUES_INVALID: 'PARAMETER_INVALID',
  STARTS_LIMITED: 'TOO_MANY_REQUESTS',
  EVENTS_LIMITED: 'TOO_MANY_REQUESTS',
  CELL_DATABASE_UNREACHABLE: 'UNAVAILABLE',
  CELL_DATABASE_REFUSED: 'UNAVAILABLE',
  CELL_SETTINGS_UNSAFE: 'UNAVAILABLE',
  CELL_SCHEMA_VERSION: 'UNAVAILABLE',
  CELL_NAME_INVALID: 'UNAVAILABLE',
  CELL_NODE_NAME_TAKEN: 'UNAVAILABLE',
  CELL_MADE_ANEW: 'UNAVAILABLE',
  CELL_NOT_EMPTY: 'UNAVAILABLE',
  CELL_IN_USE: 'UNAVAILABLE',
  CELL_ROW_MISSING: 'UNAVAILABLE',
  CELL_LOST: 'UNAVAILABLE',
  CELL_CLOSED: 'UNAVAILABLE',
  STORE_OUTCOME_UNKNOWN: 'OUTCOME_UNKNOWN',
};

/**
 * The only translation from thrown errors to replies. Errors made for the caller (WireError, CodedError,
 * DocumentError, an HTTP error with `expose`) show their message; any other error becomes INTERNAL.
 */
export function toWireError(thrown: unknown): WireError {
  if (thrown instanceof WireError) return thrown;
  if (thrown instanceof CodedError) {
    const code = wireCodeOf(thrown.code);
    const headers = code === 'TOO_MANY_REQUESTS' ? { 'Retry-After': '1' } : {};
    const details = thrown instanceof ServiceError ? thrown.details : {};
    return new WireError(code, { message: messageOf(thrown), details, headers, cause: thrown });
  }
  if (thrown instanceof DocumentError) {
    return new WireError('DOCUMENT_INVALID', {
      message: thrown.problems.map(formatProblem).join('\n'),
      details: { problems: thrown.problems.map((problem) => ({ ...problem }) as unknown as Json) },
      cause: thrown,
    });
  }
  if (isExposed(thrown)) {
    return new WireError(codeOfStatus(thrown.status), {
      status: thrown.status,
      message: thrown.message,
      cause: thrown,
    });
  }
  return new WireError('INTERNAL', { cause: thrown });
}

function wireCodeOf(code: ErrorCode): WireErrorCode {
  return hasOwnRow(code) ? code : WIRE_CODES[code];
}

function hasOwnRow(code: ErrorCode): code is Extract<ErrorCode, WireErrorCode> {
  return Object.hasOwn(WIRE_ERRORS, code);
}

/**
 * The caller who named a document also gets the reason why it could not be read. Other causes go only to the
 * log.
 */
function messageOf(error: CodedError): string {
  // The record that it names may be another customer's.
  if (error.code === 'STORE_DAMAGED') return WIRE_ERRORS.STORE_DAMAGED.message;
  return error.code === 'DOCUMENT_UNREACHABLE' && error.cause instanceof Error
    ? `${error.message.replace(/\.$/, '')}: ${error.cause.message}`
    : error.message;
}

/** Errors of Koa and its parts (http-errors) declare whether their message may be shown. */
function isExposed(thrown: unknown): thrown is Error & { readonly status: number } {
  return (
    thrown instanceof Error &&
    'expose' in thrown &&
    thrown.expose === true &&
    'status' in thrown &&
    typeof thrown.status === 'number'
  );
}

function codeOfStatus(status: number): 'BODY_MALFORMED' | 'NOT_FOUND' | 'BODY_TOO_LARGE' {
  if (status === 404) return 'NOT_FOUND';
  return status === 413 ? 'BODY_TOO_LARGE' : 'BODY_MALFORMED';
}
