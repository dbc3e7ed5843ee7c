import type { ComponentChildren, JSX } from 'preact';
import { Time } from '../../parts/time.tsx';
import { texts } from '../../texts/language.ts';
import type { NumberedStep } from './steps.ts';
import './session.css';
import './stepSlider.css';

const t = texts({
  en: {
    title: 'Replay',
    of: (step: number, last: number) => `Step ${step} of ${last}`,
    first: 'First',
    back: 'Back',
    next: 'Next',
    last: 'Last',
  },
  de: {
    title: 'Wiedergabe',
    of: (step: number, last: number) => `Schritt ${step} von ${last}`,
    first: 'Erster',
    back: 'Zurück',
    next: 'Weiter',
    last: 'Letzter',
  },
});

/** Goes through the steps of a session, also backwards. The numbers of the steps have no gaps. */
export function StepSlider({
  steps,
  at,
  isDisabled = false,
  buttons,
  children,
  onGo,
}: {
  readonly steps: readonly NumberedStep[];
  /** The number of the shown step. */
  readonly at: number;
  readonly isDisabled?: boolean;
  /** Further buttons. */
  readonly buttons?: ComponentChildren;
  /** Notes below the buttons. */
  readonly children?: ComponentChildren;
  readonly onGo: (step: number) => void;
}): JSX.Element {
  const [from, to] = [steps[0]?.number ?? 1, steps.at(-1)?.number ?? 1];
  const shown = steps[at - from];
  const moves = [
    [t().first, from],
    [t().back, at - 1],
    [t().next, at + 1],
    [t().last, to],
  ] as const;
  return (
    <section class="step-slider card">
      <h2>{t().title}</h2>
      <label>
        <span>
          {t().of(at, to)} {shown !== undefined && <Time at={shown.step.at} />}
        </span>
        <input
          type="range"
          min={from}
          max={to}
          value={at}
          disabled={isDisabled}
          onInput={(event) => onGo(Number(event.currentTarget.value))}
        />
      </label>
      <div class="session-actions">
        {moves.map(([name, step]) => (
          <button
            type="button"
            key={name}
            disabled={isDisabled || step < from || step > to || step === at}
            onClick={() => onGo(step)}
          >
            {name}
          </button>
        ))}
        {buttons}
      </div>
      {children}
    </section>
  );
}
