import type { Row, RowColumn } from '../../parts/rowsField.tsx';

/** A part as the configuration file has it. */
export type Content = Readonly<Record<string, unknown>>;

/** The content of the form of a part: only texts. '': not set. */
export interface Draft {
  readonly fields: Row;
  readonly rows: Readonly<Record<string, readonly Row[]>>;
}

export interface FieldSpec {
  /** The name of the field in the body, which the server names in refusals. */
  readonly name: string;
  readonly label?: string;
  readonly hint?: string;
  readonly kind?: 'number' | 'password' | 'secret' | 'lines';
  readonly choices?: readonly string[];
}

export interface RowsSpec {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly columns: readonly RowColumn[];
  readonly isOrdered?: boolean;
  /** The field of the body that a cell stands for. */
  readonly fieldOf: (row: Row, at: number, column: string) => string;
}

/** The form of the parts of one kind. */
export interface PartForm {
  /** Groups of fields; one without a title is not folded. */
  readonly groups: readonly { readonly title?: string; readonly fields: readonly FieldSpec[] }[];
  readonly rows: readonly RowsSpec[];
  readonly read: (value: Content) => Draft;
  /** The body of the change. Throws an Error for the reader when the draft is none. */
  readonly write: (draft: Draft, stored: Content) => Content;
}

/** Stands for a stored secret, which the server keeps when it is sent back. */
export const MASK = '***';

/** A text stands for the stored value as long as it reads the same: numbers stay numbers. */
export function unlessSame(text: string, stored: unknown): unknown {
  return stored !== undefined && textOf(stored) === text ? stored : text;
}

export function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The texts of a draft that are set. */
export function given(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, text]) => text !== ''));
}
