import type { ComponentChildren, JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { inAddress } from '../../shell/address.ts';
import { texts } from '../../texts/language.ts';
import { csvOf, download, ndjsonOf } from '../download.ts';
import { Empty } from '../states.tsx';
import type { Column } from './column.ts';
import { chosenRows, nextSorting, textsOf } from './rows.ts';
import { useWindow } from './window.ts';
import './dataTable.css';

const t = texts({
  en: {
    search: 'Search in the table',
    columns: 'Columns',
    none: 'No row contains these words.',
    rows: (shown: number, all: number) =>
      `${shown === all ? '' : `${shown} of `}${all} ${all === 1 ? 'row' : 'rows'}`,
    select: 'Select row',
    selectAll: 'Select all rows',
    export: (format: string) => `Export as ${format}`,
  },
  de: {
    search: 'In der Tabelle suchen',
    columns: 'Spalten',
    none: 'Keine Zeile enthält diese Wörter.',
    rows: (shown: number, all: number) =>
      `${shown === all ? '' : `${shown} von `}${all} ${all === 1 ? 'Zeile' : 'Zeilen'}`,
    select: 'Zeile auswählen',
    selectAll: 'Alle Zeilen auswählen',
    export: (format: string) => `Als ${format} exportieren`,
  },
});

/** The rows that the user has selected, by their keys. */
export interface Selection {
  readonly keys: ReadonlySet<string>;
  readonly onChange: (keys: ReadonlySet<string>) => void;
}

export interface DataTableProps<Row> {
  /** Names the table: for screen readers, and in the address where a page has several. */
  readonly label: string;
  /** Before its parameters in the address; '' for the only table of a page. */
  readonly prefix?: string;
  /** Name of exported files, without an ending. */
  readonly fileName: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Shown when there are no rows at all. */
  readonly empty: ComponentChildren;
  readonly selection?: Selection;
  /** Beside the search field: filters, buttons. */
  readonly tools?: ComponentChildren;
}

/**
 * A table that sorts, searches, hides columns, and exports what it shows. The choices are in the address. Only
 * the rows in view are in the document, so thousands may change at once.
 */
export function DataTable<Row>(props: DataTableProps<Row>): JSX.Element {
  const { prefix = '', label, fileName, columns, rows, keyOf, empty, selection, tools } = props;
  const [sorting, words, chosen] = useMemo(
    () => [inAddress(`${prefix}sort`), inAddress(`${prefix}find`), inAddress(`${prefix}columns`)] as const,
    [prefix],
  );
  const shown = shownColumns(columns, chosen.value);
  const textOf = useMemo(() => textsOf(shown), [rows, columns, chosen.value]);
  const found = useMemo(
    () => chosenRows(rows, { columns: shown, textOf, sorting: sorting.value, words: words.value }),
    [rows, columns, sorting.value, words.value, chosen.value],
  );
  const exported = (): readonly Readonly<Record<string, string>>[] =>
    found.map((row) => Object.fromEntries(shown.map((column) => [column.key, column.text(row)])));
  const exportCsv = (): void => {
    const lines = found.map((row) => shown.map((column) => column.text(row)));
    download(`${fileName}.csv`, 'text/csv', csvOf([shown.map(({ title }) => title), ...lines]));
  };
  return (
    <div class="data-table">
      <div class="table-tools">
        {tools}
        <input
          type="search"
          class="table-search"
          aria-label={t().search}
          placeholder={t().search}
          value={words.value}
          onInput={(event) => words.set(event.currentTarget.value)}
        />
        <ColumnMenu columns={columns} shown={shown} onChange={(keys) => chosen.set(keys)} />
        <button type="button" aria-label={t().export('CSV')} onClick={exportCsv}>
          CSV
        </button>
        <button
          type="button"
          aria-label={t().export('NDJSON')}
          onClick={() => download(`${fileName}.ndjson`, 'application/x-ndjson', ndjsonOf(exported()))}
        >
          NDJSON
        </button>
        <span class="muted table-count">{t().rows(found.length, rows.length)}</span>
      </div>
      {rows.length === 0 ? (
        <Empty>{empty}</Empty>
      ) : found.length === 0 ? (
        <Empty>{t().none}</Empty>
      ) : (
        <Rows
          label={label}
          columns={shown}
          rows={found}
          keyOf={keyOf}
          selection={selection}
          sorting={sorting.value}
          onSort={(key) => sorting.set(nextSorting(sorting.value, key))}
        />
      )}
    </div>
  );
}

function Rows<Row>({
  label,
  columns,
  rows,
  keyOf,
  selection,
  sorting,
  onSort,
}: Pick<DataTableProps<Row>, 'label' | 'columns' | 'rows' | 'keyOf'> & {
  readonly selection: Selection | undefined;
  readonly sorting: string;
  readonly onSort: (key: string) => void;
}): JSX.Element {
  const { first, count, rowHeight, ref, onScroll } = useWindow(rows.length);
  const inView = rows.slice(first, first + count);
  const width = columns.length + (selection === undefined ? 0 : 1);
  const keys = selection === undefined ? [] : rows.map(keyOf);
  const areAll = selection !== undefined && keys.every((key) => selection.keys.has(key));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by the keyboard.
    <section class="table-scroll" aria-label={label} tabIndex={0} ref={ref} onScroll={onScroll}>
      <table aria-rowcount={rows.length + 1} aria-label={label} style={{ minWidth: leastWidth(columns) }}>
        <colgroup>
          {selection !== undefined && <col style={{ width: '2.25rem' }} />}
          {columns.map(({ key, width: own }) => (
            <col key={key} style={own === undefined ? {} : { width: own }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {selection !== undefined && (
              <th scope="col">
                <input
                  type="checkbox"
                  aria-label={t().selectAll}
                  checked={areAll}
                  onChange={() => selection.onChange(new Set(areAll ? [] : keys))}
                />
              </th>
            )}
            {columns.map(({ key, title, isNumber }) => (
              <th
                key={key}
                scope="col"
                class={isNumber === true ? 'number' : ''}
                aria-sort={sorting === key ? 'ascending' : sorting === `-${key}` ? 'descending' : 'none'}
              >
                <button type="button" class="plain" onClick={() => onSort(key)}>
                  {title}
                  <span aria-hidden="true">{sorting === key ? ' ▲' : sorting === `-${key}` ? ' ▼' : ''}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Spacer height={first * rowHeight} width={width} />
          {inView.map((row, at) => {
            const key = keyOf(row);
            return (
              <tr key={key} aria-rowindex={first + at + 2}>
                {selection !== undefined && (
                  <td>
                    <input
                      type="checkbox"
                      aria-label={`${t().select} ${columns[0]?.text(row) ?? key}`}
                      checked={selection.keys.has(key)}
                      onChange={() => selection.onChange(toggled(selection.keys, key))}
                    />
                  </td>
                )}
                {columns.map((column) => (
                  <td
                    key={column.key}
                    class={column.isNumber === true ? 'number' : ''}
                    title={column.text(row)}
                  >
                    {column.cell === undefined ? column.text(row) : column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
          <Spacer height={(rows.length - first - inView.length) * rowHeight} width={width} />
        </tbody>
      </table>
    </section>
  );
}

/** The room that the columns need. A narrow screen scrolls. */
function leastWidth<Row>(columns: readonly Column<Row>[]): string {
  return `calc(3rem + ${columns.map(({ width = '9rem' }) => width).join(' + ')})`;
}

/** Takes the room of the rows that are not in the document. */
function Spacer({ height, width }: { readonly height: number; readonly width: number }): JSX.Element | null {
  if (height <= 0) return null;
  return (
    <tr class="spacer">
      <td colSpan={width} style={{ height: `${height}px` }} />
    </tr>
  );
}

function ColumnMenu<Row>({
  columns,
  shown,
  onChange,
}: {
  readonly columns: readonly Column<Row>[];
  readonly shown: readonly Column<Row>[];
  readonly onChange: (keys: string) => void;
}): JSX.Element {
  const toggle = (key: string): void => {
    const next = columns.filter((column) => (column.key === key) !== shown.includes(column));
    const isDefault = next.length === columns.filter(({ isHidden }) => isHidden !== true).length;
    const keys = next.map((column) => column.key).join(' ');
    onChange(isDefault && next.every(({ isHidden }) => isHidden !== true) ? '' : keys);
  };
  return (
    <details class="column-menu">
      <summary>{t().columns}</summary>
      <div>
        {columns.map((column) => (
          <label key={column.key} class="check">
            <input
              type="checkbox"
              checked={shown.includes(column)}
              disabled={shown.length === 1 && shown.includes(column)}
              onChange={() => toggle(column.key)}
            />
            <span>{column.title}</span>
          </label>
        ))}
      </div>
    </details>
  );
}

function shownColumns<Row>(columns: readonly Column<Row>[], chosen: string): readonly Column<Row>[] {
  const keys = chosen.split(' ').filter((key) => key !== '');
  const found = columns.filter(({ key }) => keys.includes(key));
  return found.length > 0 ? found : columns.filter(({ isHidden }) => isHidden !== true);
}

function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}
