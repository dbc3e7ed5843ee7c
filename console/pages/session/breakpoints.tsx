import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { SelectField, TextField, useAction } from '../../parts/form.tsx';
import { Failed } from '../../parts/states.tsx';
import { debuggerTexts as t } from './debuggerTexts.ts';
import type { Breakpoint, PlacedBreakpoint } from './debugging.ts';

const KINDS = ['event', 'state', 'condition'] as const;

/** The breakpoints of a debugger, and a form for one more. */
export function Breakpoints({
  placed,
  onChange,
}: {
  readonly placed: readonly PlacedBreakpoint[];
  readonly onChange: (breakpoints: readonly Breakpoint[]) => Promise<void>;
}): JSX.Element {
  const action = useAction();
  const kind = useSignal<(typeof KINDS)[number]>('event');
  const all = placed.map(({ breakpoint }) => breakpoint);
  const add = (form: HTMLFormElement): void => {
    const fields = new FormData(form);
    const value = String(fields.get('value') ?? '').trim();
    const condition = String(fields.get('condition') ?? '').trim();
    const made = breakpointOf(kind.value, value, condition);
    void action.run(async () => {
      await onChange([...all, made]);
      form.reset();
    });
  };
  return (
    <section>
      <h3>{t().breakpoints}</h3>
      {placed.length === 0 && <p class="muted">{t().noBreakpoints}</p>}
      <ul class="debugger-breakpoints">
        {placed.map(({ breakpoint, message }) => (
          <li key={JSON.stringify(breakpoint)}>
            <code>{breakpointText(breakpoint)}</code>
            {message !== undefined && <span class="muted">{message}</span>}
            <button
              type="button"
              class="plain"
              aria-label={`${t().remove} ${breakpointText(breakpoint)}`}
              disabled={action.isBusy}
              onClick={() => void action.run(() => onChange(all.filter((one) => one !== breakpoint)))}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <form
        class="debugger-form"
        onSubmit={(event) => {
          event.preventDefault();
          add(event.currentTarget);
        }}
      >
        <SelectField
          label={t().kind}
          value={kind.value}
          options={KINDS.map((value) => ({ value, text: t()[value] }))}
          onValue={(value) => {
            kind.value = value as (typeof KINDS)[number];
          }}
        />
        {kind.value !== 'condition' && (
          <TextField label={t().value} name="value" required maxLength={4096} autocomplete="off" />
        )}
        <TextField
          label={t().condition}
          name="condition"
          required={kind.value === 'condition'}
          maxLength={4096}
          autocomplete="off"
          placeholder="_data.count > 2"
        />
        <button type="submit" disabled={action.isBusy}>
          {t().add}
        </button>
      </form>
      {action.error !== undefined && <Failed error={action.error} />}
    </section>
  );
}

/** A breakpoint as people read it. */
export function breakpointText(breakpoint: Breakpoint): string {
  const { condition } = breakpoint;
  const when = condition === undefined ? '' : ` ${t().when} ${condition}`;
  switch (breakpoint.kind) {
    case 'state':
      return `${t().state} ${breakpoint.id}${when}`;
    case 'event':
      return `${t().event} ${breakpoint.name}${when}`;
    case 'line':
      return `${t().line} ${breakpoint.line}, ${breakpoint.file.replace(/^.*\//, '')}${when}`;
    case 'condition':
      return when.trim();
  }
}

function breakpointOf(kind: (typeof KINDS)[number], value: string, condition: string): Breakpoint {
  if (kind === 'condition') return { kind, condition };
  const when = condition === '' ? {} : { condition };
  return kind === 'state' ? { kind, id: value, ...when } : { kind, name: value, ...when };
}
