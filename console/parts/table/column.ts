import type { ComponentChildren } from 'preact';

/** A column of a table. `text` is searched, exported and, without `cell`, shown. */
export interface Column<Row> {
  /** In the address, and the name in NDJSON. */
  readonly key: string;
  readonly title: string;
  readonly text: (row: Row) => string;
  /** Default: `text`. */
  readonly sort?: (row: Row) => string | number;
  /** Content richer than a text, such as a link. */
  readonly cell?: (row: Row) => ComponentChildren;
  /** CSS width; the others share the rest. */
  readonly width?: string;
  readonly isNumber?: boolean;
  /** Not shown until the user chooses it. */
  readonly isHidden?: boolean;
}
