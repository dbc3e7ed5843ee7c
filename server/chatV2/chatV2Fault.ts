import { ChatError } from '../../strategies/chat/index.ts';
import { toWireError, type WireError } from '../errors/index.ts';

/**
 * Codes of `errors`. The codes under 400 and from 8000 are the platform's (gms-api 7.5), the others are ours
 * and as the HTTP status of the reply.
 */
export const FaultCode = {
  FIRST_NAME_MISSING: 102,
  LAST_NAME_MISSING: 103,
  NAME_MISSING: 161,
  TEXT_INVALID: 204,
  CHAT_UNAVAILABLE: 240,
  CHAT_OVER: 249,
  EMAIL_INVALID: 364,
  PARAMETER_INVALID: 400,
  CREDENTIALS_WRONG: 401,
  SERVICE_UNKNOWN: 404,
  TRY_AGAIN: 503,
  CHAT_UNKNOWN: 8201,
} as const;
export type FaultCode = (typeof FaultCode)[keyof typeof FaultCode];

interface FaultInit {
  readonly code: FaultCode;
  /** For the developer of the client. */
  readonly advice: string;
  /** HTTP status; absent: 200, because the request itself was right. */
  readonly status?: number;
  /** A repetition may succeed. */
  readonly isPassing?: true;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An operation of Chat V2 that failed. */
export class ChatV2Fault extends Error {
  readonly code: FaultCode;
  readonly status: number;
  readonly isPassing: boolean;
  readonly headers: Readonly<Record<string, string>>;

  constructor({ code, advice, status = 200, isPassing, headers = {} }: FaultInit, cause?: unknown) {
    super(advice, { cause });
    this.name = 'ChatV2Fault';
    this.code = code;
    this.status = status;
    this.isPassing = isPassing === true;
    this.headers = headers;
  }
}

/** Input that no repetition makes right. */
export function badInput(advice: string, code: FaultCode = FaultCode.PARAMETER_INVALID): ChatV2Fault {
  return new ChatV2Fault({ code, advice, status: 400 });
}

/** A fault that the client may see, for anything that an operation throws. Others are thrown again. */
export function faultOf(thrown: unknown): ChatV2Fault {
  if (thrown instanceof ChatV2Fault) return thrown;
  if (thrown instanceof ChatError) return faultOfChat(thrown);
  const error = toWireError(thrown);
  switch (error.code) {
    case 'UNAUTHORIZED':
      return new ChatV2Fault({
        code: FaultCode.CREDENTIALS_WRONG,
        advice: error.message,
        status: error.status,
        headers: error.headers,
      });
    case 'PARAMETER_INVALID':
    case 'PARAMETER_MISSING':
    case 'BODY_MALFORMED':
      return badInput(error.message);
    case 'SERVICE_MISCONFIGURED':
      return new ChatV2Fault({ code: FaultCode.CHAT_UNAVAILABLE, advice: error.message }, thrown);
    case 'INTERNAL':
      throw thrown;
    default:
      return error.status === 429 || error.status === 503 ? passing(error) : badInput(error.message);
  }
}

/** The client may repeat the request. Clients count such replies, and go on. */
function passing({ message, headers }: WireError): ChatV2Fault {
  return new ChatV2Fault({ code: FaultCode.TRY_AGAIN, advice: message, headers, isPassing: true });
}

function faultOfChat(error: ChatError): ChatV2Fault {
  const advice = error.message;
  switch (error.code) {
    case 'CHAT_NOT_FOUND':
      return new ChatV2Fault({ code: FaultCode.CHAT_UNKNOWN, advice }, error);
    case 'CHAT_ENDED':
    case 'CHAT_FULL':
      return new ChatV2Fault({ code: FaultCode.CHAT_OVER, advice }, error);
    case 'TEXT_INVALID':
      return badInput(advice, FaultCode.TEXT_INVALID);
    case 'POSITION_INVALID':
      return badInput(advice);
  }
}
