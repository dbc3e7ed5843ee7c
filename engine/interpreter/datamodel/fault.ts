/** A fault of document code. It becomes error.execution in the session, never an exception of the host. */
export class DatamodelFault extends Error {
  /**
   * 'script': a thrown value or a syntax error. 'location': an assignment that is not possible. 'limit': a
   * limit was passed.
   */
  readonly kind: 'script' | 'location' | 'limit';
  /** Name of the limit when kind is 'limit', such as MAX_CODE_STEPS. */
  readonly limit: string | undefined;

  /** The code that failed: a slot of the document, and an index in its source. Undefined when not known. */
  readonly code: { readonly slot: number; readonly index: number } | undefined;

  constructor(
    kind: 'script' | 'location' | 'limit',
    message: string,
    { limit, code }: { readonly limit?: string; readonly code?: DatamodelFault['code'] } = {},
  ) {
    super(message);
    this.name = 'DatamodelFault';
    this.kind = kind;
    this.limit = limit;
    this.code = code;
  }
}
