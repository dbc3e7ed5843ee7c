/**
 * The codes of all parts. A part adds its own next to its messages, by declaration merging:
 * `declare module '…/engine/ports/codedError.ts' { interface ErrorCodes extends Record<PartErrorCode, true>
 * {} }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the parts add the members.
export interface ErrorCodes {}

export type ErrorCode = keyof ErrorCodes;

/**
 * An error that callers are expected to act on. `code` is stable and unique in the product. The HTTP status
 * and the exception class of a code are in server/errors/. codedError() makes the classes of the parts.
 */
export abstract class CodedError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The message of each code, made of the detail that the thrower gives. */
export type ErrorMessages<Code extends ErrorCode> = Readonly<Record<Code, (detail: string) => string>>;

type ErrorClass<Code extends ErrorCode> = new (
  code: Code,
  detail: string,
  options?: ErrorOptions,
) => CodedError<Code> & { readonly detail: string };

/**
 * The error class of a part, with one entry of `messages` for each code. A code that is not in ErrorCodes
 * does not compile.
 */
export function codedError<Code extends ErrorCode>(
  name: string,
  messages: ErrorMessages<Code>,
): ErrorClass<Code> {
  return class extends CodedError<Code> {
    /** The argument of the code's message: an id, a URL, or the whole message. */
    readonly detail: string;

    constructor(code: Code, detail: string, options?: ErrorOptions) {
      super(code, messages[code](detail), options);
      this.name = name;
      this.detail = detail;
    }
  };
}

/** The message of a code whose detail is the whole message. */
export const asGiven = (detail: string): string => detail;
