import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { TextField } from '../../parts/form.tsx';
import type { Options } from './serviceKinds.ts';
import { servicesTexts } from './servicesTexts.ts';

/** Options that no template describes: names and texts. */
export function OwnOptions({
  names,
  values,
  refused,
  isAll,
  mayChange,
  onValue,
}: {
  readonly names: readonly string[];
  readonly values: Options;
  readonly refused: Readonly<Record<string, string>>;
  /** No template describes any option. */
  readonly isAll: boolean;
  readonly mayChange: boolean;
  readonly onValue: (name: string, value: string) => void;
}): JSX.Element {
  const t = servicesTexts();
  const added = useSignal('');
  const add = (): void => {
    const name = added.value.trim();
    added.value = '';
    if (name !== '' && values[name] === undefined) onValue(name, '');
  };
  return (
    <details class="services-group card" open={isAll || names.length > 0}>
      <summary>
        <h2>{isAll ? t.options : t.own}</h2>
        <span class="muted">{names.length}</span>
      </summary>
      {!isAll && <p class="hint">{t.ownHint}</p>}
      <div class="services-fields">
        {names.map((name) => (
          <TextField
            key={name}
            label={name}
            value={values[name] ?? ''}
            autocomplete="off"
            spellcheck={false}
            onValue={(value) => onValue(name, value)}
            {...(refused[name] === undefined ? {} : { error: refused[name] })}
          />
        ))}
      </div>
      {mayChange && (
        <div class="services-add">
          <TextField
            label={t.optionName}
            value={added.value}
            autocomplete="off"
            spellcheck={false}
            onValue={(value) => {
              added.value = value;
            }}
            onKeyDown={(event) => {
              // Enter would save the form.
              if (event.key !== 'Enter') return;
              event.preventDefault();
              add();
            }}
          />
          <button type="button" disabled={added.value.trim() === ''} onClick={add}>
            {t.addOption}
          </button>
        </div>
      )}
    </details>
  );
}
