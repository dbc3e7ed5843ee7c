import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { texts } from '../texts/language.ts';
import { SelectField, TextArea, TextField } from './form.tsx';
import './rowsField.css';

const t = texts({
  en: {
    add: (name: string) => `Add: ${name}`,
    remove: (at: number) => `Remove row ${at}`,
    up: (at: number) => `Move row ${at} up`,
    find: 'Find rows',
    none: 'No rows.',
    more: (count: number) => `${count} further rows: find them by their words.`,
  },
  de: {
    add: (name: string) => `Hinzufügen: ${name}`,
    remove: (at: number) => `Zeile ${at} entfernen`,
    up: (at: number) => `Zeile ${at} nach oben`,
    find: 'Zeilen finden',
    none: 'Keine Zeilen.',
    more: (count: number) => `${count} weitere Zeilen: Finden Sie sie durch ihre Wörter.`,
  },
});

/** Texts of the fields of a row, by column. */
export type Row = Readonly<Record<string, string>>;

export interface RowColumn {
  readonly key: string;
  readonly title: string;
  /** Its text may have several lines. */
  readonly isLong?: boolean;
  /** Absent: any text. */
  readonly options?: readonly { readonly value: string; readonly text: string }[];
}

/** So many rows have fields at a time; a search finds the others. */
const MAX_SHOWN = 100;
/** So many rows need no search. */
const FEW = 12;

/** Rows of texts, which are added, changed, moved and removed. */
export function RowsField({
  label,
  hint,
  columns,
  rows,
  isOrdered = false,
  errorOf,
  onChange,
}: {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly columns: readonly RowColumn[];
  readonly rows: readonly Row[];
  /** The order of the rows counts. */
  readonly isOrdered?: boolean;
  /** `at`: of the row, from 0. */
  readonly errorOf: (at: number, column: string) => string | undefined;
  readonly onChange: (rows: readonly Row[]) => void;
}): JSX.Element {
  const words = useSignal('');
  const list = useRef<HTMLOListElement>(null);
  const end = useRef<HTMLButtonElement>(null);
  const found = rows
    .map((row, at) => ({ row, at }))
    .filter(
      ({ row, at }) => isFound(row, words.value) || columns.some(({ key }) => errorOf(at, key) !== undefined),
    );
  const shown = found.slice(0, MAX_SHOWN);
  const change = (at: number, row: Row): void => onChange(rows.with(at, row));
  const add = (): void => {
    words.value = '';
    const empty = Object.fromEntries(columns.map(({ key, options }) => [key, options?.[0]?.value ?? '']));
    onChange([...rows, empty]);
    requestAnimationFrame(() => firstFieldOf(list.current?.lastElementChild)?.focus());
  };
  return (
    <fieldset class="rows-field">
      <legend>{label}</legend>
      {hint !== undefined && <p class="hint">{hint}</p>}
      {rows.length > FEW && (
        <TextField
          label={t().find}
          type="search"
          value={words.value}
          onValue={(text) => {
            words.value = text;
          }}
        />
      )}
      {rows.length === 0 && <p class="muted">{t().none}</p>}
      <ol ref={list}>
        {shown.map(({ row, at }) => (
          <li key={at}>
            {columns.map((column) => (
              <RowCell
                key={column.key}
                column={column}
                value={row[column.key] ?? ''}
                error={errorOf(at, column.key)}
                onValue={(value) => change(at, { ...row, [column.key]: value })}
              />
            ))}
            <span class="rows-field-buttons">
              {isOrdered && (
                <button
                  type="button"
                  class="plain"
                  aria-label={t().up(at + 1)}
                  disabled={at === 0}
                  onClick={() => onChange(movedUp(rows, at))}
                >
                  ↑
                </button>
              )}
              <button
                type="button"
                class="plain"
                aria-label={t().remove(at + 1)}
                onClick={() => {
                  onChange(rows.toSpliced(at, 1));
                  end.current?.focus();
                }}
              >
                ×
              </button>
            </span>
          </li>
        ))}
      </ol>
      {found.length > shown.length && <p class="muted">{t().more(found.length - shown.length)}</p>}
      <button ref={end} type="button" onClick={add}>
        {t().add(label)}
      </button>
    </fieldset>
  );
}

function RowCell({
  column: { key, title, isLong = false, options },
  value,
  error,
  onValue,
}: {
  readonly column: RowColumn;
  readonly value: string;
  readonly error: string | undefined;
  readonly onValue: (value: string) => void;
}): JSX.Element {
  const field = { label: title, value, onValue, ...(error === undefined ? {} : { error }) };
  if (options !== undefined) return <SelectField {...field} options={options} />;
  if (isLong) return <TextArea {...field} rows={2} />;
  return <TextField {...field} data-column={key} autocomplete="off" spellcheck={false} />;
}

function isFound(row: Row, words: string): boolean {
  const text = Object.values(row).join(' ').toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function movedUp(rows: readonly Row[], at: number): readonly Row[] {
  const moved = rows[at];
  return moved === undefined ? rows : rows.toSpliced(at, 1).toSpliced(at - 1, 0, moved);
}

function firstFieldOf(row: Element | null | undefined): HTMLElement | null {
  return row?.querySelector<HTMLElement>('input, select, textarea') ?? null;
}
