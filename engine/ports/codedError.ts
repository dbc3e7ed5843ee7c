/**
 * An error that callers are expected to act on. `code` is stable and unique in the product. The HTTP status
 * and the exception class of a code are in server/errors/.
 */
export class CodedError<Code extends string = string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The message of each code, made of the detail that the thrower gives. */
export type ErrorMessages = { readonly [code: string]: (detail: string) => string };

type ErrorClass<Code extends string> = new (
  code: Code,
  detail: string,
  options?: ErrorOptions,
) => CodedError<Code> & { readonly detail: string };

/** The error class of a part, with one entry of `messages` for each code. */
export function codedError<Messages extends ErrorMessages>(
  name: string,
  messages: Messages,
): ErrorClass<keyof Messages & string> {
  return class extends CodedError<keyof Messages & string> {
    /** The argument of the code's message: an id, a URL, or the whole message. */
    readonly detail: string;

    constructor(code: keyof Messages & string, detail: string, options?: ErrorOptions) {
      super(code, messages[code]!(detail), options);
      this.name = name;
      this.detail = detail;
    }
  };
}

/** The message of a code whose detail is the whole message. */
export const asGiven = (detail: string): string => detail;
