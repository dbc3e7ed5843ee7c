import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { SelectField, useAction } from '../../parts/form.tsx';
import { Failed } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { texts } from '../../texts/language.ts';
import { EventFields, eventIn } from './eventFields.tsx';
import type { ForkedCopy, ForkInput, Forking } from './fork.ts';
import { kindTexts } from './stepTexts.ts';
import './debugger.css';

const t = texts({
  en: {
    title: (from: number | undefined) =>
      from === undefined ? 'A copy of the session as it was' : `A copy from step ${from} on`,
    text: 'Inputs are taken on the copy only: nothing is stored, sent or performed.',
    input: 'Input',
    event: 'event',
    timer: (name: string, at: string) => `timer ${name}, due ${at}`,
    terminate: 'termination',
    take: 'Take it',
    undo: 'Take back the last one',
    close: 'Close the copy',
    taken: 'Inputs so far',
    none: 'None yet.',
    notTaken: (taken: number, all: number) =>
      `It took ${taken} of ${all}: it has ended, or a timer is not pending.`,
    more: (count: number) => `${count} steps are not listed.`,
    status: 'Status',
  },
  de: {
    title: (from: number | undefined) =>
      from === undefined ? 'Eine Kopie der Session, wie sie war' : `Eine Kopie ab Schritt ${from}`,
    text: 'Eingaben nimmt nur die Kopie: Nichts wird gespeichert, gesendet oder ausgeführt.',
    input: 'Eingabe',
    event: 'Ereignis',
    timer: (name: string, at: string) => `Timer ${name}, fällig ${at}`,
    terminate: 'Abbruch',
    take: 'Nehmen',
    undo: 'Die letzte zurücknehmen',
    close: 'Kopie schließen',
    taken: 'Bisherige Eingaben',
    none: 'Noch keine.',
    notTaken: (taken: number, all: number) =>
      `Sie hat ${taken} von ${all} genommen: Sie ist beendet, oder ein Timer steht nicht aus.`,
    more: (count: number) => `${count} Schritte sind nicht aufgeführt.`,
    status: 'Status',
  },
});

/** A copy of a session: the inputs that it took, and a form for the next one. */
export function ForkPanel({
  copy: { from, inputs, taken, moreSteps, state },
  forking,
}: {
  readonly copy: ForkedCopy;
  readonly forking: Forking;
}): JSX.Element {
  const { action, take, close } = forking;
  return (
    <section class="debugger card">
      <h2>{t().title(from)}</h2>
      <p class="muted">{t().text}</p>
      <p role="status">
        {t().status}: <span class="badge">{state.status}</span> <Time at={state.at} />
      </p>
      <h3>{t().taken}</h3>
      {inputs.length === 0 && <p class="muted">{t().none}</p>}
      <ol class="fork-inputs">
        {inputs.map((input, at) => (
          <li key={at}>
            <code>{inputText(input)}</code>
          </li>
        ))}
      </ol>
      {taken < inputs.length && <p class="muted">{t().notTaken(taken, inputs.length)}</p>}
      {moreSteps > 0 && <p class="muted">{t().more(moreSteps)}</p>}
      {state.status === 'running' && (
        <NextInput timers={state.timers} onTake={(input) => take([...inputs, input], from)} />
      )}
      {action.error !== undefined && <Failed error={action.error} />}
      <div class="debugger-buttons">
        <button
          type="button"
          disabled={action.isBusy || inputs.length === 0}
          onClick={() => take(inputs.slice(0, -1), from)}
        >
          {t().undo}
        </button>
        <button type="button" onClick={close}>
          {t().close}
        </button>
      </div>
    </section>
  );
}

/** The form of the next input: an event, a pending timer, the end. */
function NextInput({
  timers,
  onTake,
}: {
  readonly timers: ForkedCopy['state']['timers'];
  readonly onTake: (input: ForkInput) => void;
}): JSX.Element {
  const kind = useSignal('event');
  const action = useAction();
  const isKnown =
    kind.value === 'event' ||
    kind.value === 'terminate' ||
    timers.some(({ key }) => `timer ${key}` === kind.value);
  const chosen = isKnown ? kind.value : 'event';
  const submit = (form: HTMLFormElement): void => {
    void action.run(async () => {
      if (chosen === 'terminate') onTake({ kind: 'terminate' });
      else if (chosen === 'event') onTake({ kind: 'event', ...eventIn(form) });
      else onTake({ kind: 'timer', key: chosen.slice('timer '.length) });
    });
  };
  return (
    <form
      class="debugger-form"
      onSubmit={(event) => {
        event.preventDefault();
        submit(event.currentTarget);
      }}
    >
      <SelectField
        label={t().input}
        value={chosen}
        options={[
          { value: 'event', text: t().event },
          ...timers.map(({ key, event, dueAt }) => ({
            value: `timer ${key}`,
            text: t().timer(event, dueAt),
          })),
          { value: 'terminate', text: t().terminate },
        ]}
        onValue={(value) => {
          kind.value = value;
        }}
      />
      {chosen === 'event' && <EventFields rows={2} />}
      <button type="submit" class="primary">
        {t().take}
      </button>
      {action.error !== undefined && <Failed error={action.error} />}
    </form>
  );
}

function inputText(input: ForkInput): string {
  const kind = kindTexts()[input.kind];
  if (input.kind === 'terminate') return kind;
  if (input.kind === 'timer') return `${kind} ${input.key}`;
  return `${kind} ${input.name}${input.data === undefined ? '' : ` ${JSON.stringify(input.data)}`}`;
}
