import type { Column } from './column.ts';

/** `key` of a column; descending with a minus in front. '': as given. */
export type Sorting = string;

export interface RowChoice<Row> {
  readonly columns: readonly Column<Row>[];
  /** Text of a row in lower case, as textsOf() keeps it. */
  readonly textOf: (row: Row) => string;
  readonly sorting: Sorting;
  /** Words that the texts of a row have to contain, in any case. */
  readonly words: string;
}

/** The searched text of a row, in lower case. It is made once: the words change with each key. */
export function textsOf<Row>(columns: readonly Column<Row>[]): (row: Row) => string {
  const made = new Map<Row, string>();
  return (row) => {
    const text =
      made.get(row) ??
      columns
        .map((column) => column.text(row))
        .join('\n')
        .toLowerCase();
    made.set(row, text);
    return text;
  };
}

/** The rows that contain all words, in the order of the sorting. Rows that are equal keep their order. */
export function chosenRows<Row>(
  rows: readonly Row[],
  { columns, textOf, sorting, words }: RowChoice<Row>,
): readonly Row[] {
  const wanted = words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found =
    wanted.length === 0 ? rows : rows.filter((row) => wanted.every((word) => textOf(row).includes(word)));
  const isDescending = sorting.startsWith('-');
  const column = columns.find(({ key }) => key === (isDescending ? sorting.slice(1) : sorting));
  if (column === undefined) return found;
  const keyOf = column.sort ?? column.text;
  const keyed = found.map((row) => ({ row, value: keyOf(row) }));
  keyed.sort((a, b) => (isDescending ? -1 : 1) * compare(a.value, b.value));
  return keyed.map(({ row }) => row);
}

/** The next sorting of a column whose head is pressed: ascending, descending, as given. */
export function nextSorting(sorting: Sorting, key: string): Sorting {
  if (sorting === key) return `-${key}`;
  return sorting === `-${key}` ? '' : key;
}

const collator = new Intl.Collator(undefined, { numeric: true });

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
}
