/**
 * A fault that its thrower expects callers to act on. `code` is stable and unique in the product. A part knows no
 * transport: server/errors/ says which HTTP status and exception class a code has.
 */
export class CodedError<Code extends string = string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The words of each code, made of the detail that the thrower gives. */
export type ErrorMessages = { readonly [code: string]: (detail: string) => string };

type ErrorClass<Code extends string> = new (
  code: Code,
  detail: string,
  options?: ErrorOptions,
) => CodedError<Code> & { readonly detail: string };

/** The error class of a part: one entry of `messages` a code. */
export function codedError<Messages extends ErrorMessages>(
  name: string,
  messages: Messages,
): ErrorClass<keyof Messages & string> {
  return class extends CodedError<keyof Messages & string> {
    /** What the fault is about: an id, a URL, or the whole message, as the code's message takes it. */
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
