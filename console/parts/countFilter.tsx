import type { JSX } from 'preact';
import './countFilter.css';

/** A value of a filter, with the number of the rows that have it. */
export interface CountedValue {
  readonly value: string;
  readonly text: string;
  /** Undefined: not known. */
  readonly count: number | undefined;
  /** Rows of this value need somebody: their number is shown in red. */
  readonly isBad?: boolean;
  /** Before the text. */
  readonly mark?: JSX.Element;
}

/** A filter whose values are all seen, each as a button with its number. */
export function CountFilter({
  label,
  values,
  chosen,
  onChoose,
}: {
  readonly label: string;
  readonly values: readonly CountedValue[];
  readonly chosen: string;
  readonly onChoose: (value: string) => void;
}): JSX.Element {
  return (
    <fieldset class="count-filter">
      <legend class="sr-only">{label}</legend>
      {values.map(({ value, text, count, isBad = false, mark }) => (
        <button
          type="button"
          key={value}
          aria-pressed={chosen === value}
          class={isBad && (count ?? 0) > 0 ? 'bad' : ''}
          onClick={() => onChoose(value)}
        >
          {mark}
          {text} <span class="count-filter-count">{count ?? '–'}</span>
        </button>
      ))}
    </fieldset>
  );
}
