import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { Language } from '../texts.ts';

/** A choice of times. Its value is ISO 8601, or empty for `none`. */
export function TimeChoice({
  name,
  label,
  none,
  times,
  language,
}: {
  readonly name: string;
  readonly label: string;
  /** The first choice; absent: a time must be chosen. */
  readonly none?: string;
  readonly times: readonly number[];
  readonly language: Language;
}): JSX.Element {
  const id = useId();
  return (
    <div class="oc-field">
      <label for={id}>{label}</label>
      <select id={id} name={name}>
        {none !== undefined && <option value="">{none}</option>}
        {times.map((time) => (
          <option key={time} value={new Date(time).toISOString()}>
            {showTime(time, language)}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Day and time of day in the time zone of the reader. */
export function showTime(time: number, language: Language): string {
  return new Date(time).toLocaleString(language, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
}
