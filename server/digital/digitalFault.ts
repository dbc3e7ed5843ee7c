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
  INTERACTION_UNKNOWN: 404,
  INTERACTION_OVER: 409,
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

/** A request of Chat V2, open media or e-mail that failed. */
export class DigitalFault extends Error {
  readonly code: FaultCode;
  readonly status: number;
  readonly isPassing: boolean;
  readonly headers: Readonly<Record<string, string>>;

  constructor({ code, advice, status = 200, isPassing, headers = {} }: FaultInit, cause?: unknown) {
    super(advice, { cause });
    this.name = 'DigitalFault';
    this.code = code;
    this.status = status;
    this.isPassing = isPassing === true;
    this.headers = headers;
  }
}

/** Input that no repetition makes right. */
export function badInput(advice: string, code: FaultCode = FaultCode.PARAMETER_INVALID): DigitalFault {
  return new DigitalFault({ code, advice, status: 400 });
}

export function unknownService(kind: string, name: string): DigitalFault {
  return new DigitalFault({
    code: FaultCode.SERVICE_UNKNOWN,
    advice: `No ${kind} service '${name.slice(0, 64)}' is configured.`,
    status: 404,
  });
}

/**
 * Each new interaction starts a session, also for a client that is gone at once. `waitMs`: 0 admits it.
 * `limit` is the name of the limit in the configuration.
 */
export function requireAdmitted(waitMs: number, limit: string): void {
  const seconds = Math.ceil(waitMs / 1000);
  if (seconds === 0) return;
  throw new DigitalFault({
    code: FaultCode.TRY_AGAIN,
    advice: `Too many new interactions of one address (${limit}). Expected the next one in ${seconds} s.`,
    isPassing: true,
    headers: { 'Retry-After': String(seconds) },
  });
}

/** A fault that the client may see, for anything that a request throws. Others are thrown again. */
export function faultOf(thrown: unknown): DigitalFault {
  if (thrown instanceof DigitalFault) return thrown;
  const error = toWireError(thrown);
  switch (error.code) {
    case 'UNAUTHORIZED':
      return new DigitalFault({
        code: FaultCode.CREDENTIALS_WRONG,
        advice: error.message,
        status: error.status,
        headers: error.headers,
      });
    case 'PARAMETER_INVALID':
    case 'PARAMETER_MISSING':
    case 'BODY_MALFORMED':
      return badInput(error.message);
    case 'INTERACTION_NOT_FOUND':
      return new DigitalFault({ code: FaultCode.INTERACTION_UNKNOWN, advice: error.message }, thrown);
    case 'INTERACTION_STATE':
      return new DigitalFault({ code: FaultCode.INTERACTION_OVER, advice: error.message }, thrown);
    case 'SERVICE_MISCONFIGURED':
      return new DigitalFault({ code: FaultCode.CHAT_UNAVAILABLE, advice: error.message }, thrown);
    case 'INTERNAL':
      throw thrown;
    default:
      return error.status === 429 || error.status === 503 ? passing(error) : badInput(error.message);
  }
}

/** The client may repeat the request. Clients count such replies, and go on. */
function passing({ message, headers }: WireError): DigitalFault {
  return new DigitalFault({ code: FaultCode.TRY_AGAIN, advice: message, headers, isPassing: true });
}
