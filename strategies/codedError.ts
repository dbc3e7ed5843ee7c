/** A row of a part's error table: what HTTP says of the fault, and its words for the detail that the thrower gives. */
export interface ErrorRow {
  readonly status: number;
  readonly message: (detail: string) => string;
}

type CodedErrorClass<Code> = new (
  code: Code,
  detail: string,
  options?: ErrorOptions,
) => Error & { readonly code: Code; readonly status: number };

/** The class of a part's faults, by its table: one row a code. A `code` is stable. */
export function codedError<Table extends Readonly<Record<string, ErrorRow>>>(
  name: string,
  table: Table,
): CodedErrorClass<keyof Table & string> {
  return class extends Error {
    readonly code: keyof Table & string;
    readonly status: number;

    constructor(code: keyof Table & string, detail: string, options?: ErrorOptions) {
      const row = table[code] as ErrorRow;
      super(row.message(detail), options);
      this.name = name;
      this.code = code;
      this.status = row.status;
    }
  };
}
