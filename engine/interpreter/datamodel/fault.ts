/** A fault of document code: becomes error.execution in the session, never an exception of the host. */
export class DatamodelFault extends Error {
  /** 'script' a thrown or syntax error; 'location' an assignment to something not assignable; 'limit' a named limit. */
  readonly kind: 'script' | 'location' | 'limit';
  /** Name of the limit when kind is 'limit', e.g. MAX_CODE_STEPS. */
  readonly limit: string | undefined;

  constructor(kind: 'script' | 'location' | 'limit', message: string, limit?: string) {
    super(message);
    this.name = 'DatamodelFault';
    this.kind = kind;
    this.limit = limit;
  }
}
