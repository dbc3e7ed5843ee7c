import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { CheckField, SelectField } from '../../parts/form.tsx';
import type { Column } from '../../parts/table/column.ts';
import { DataTable } from '../../parts/table/dataTable.tsx';
import { Time } from '../../parts/time.tsx';
import { inAddress } from '../../shell/address.ts';
import { texts } from '../../texts/language.ts';
import { type NumberedStep, rowsOf, type TimeRow } from './steps.ts';
import { kindTexts, ROW_KINDS } from './stepTexts.ts';

const t = texts({
  en: {
    title: 'Steps and effects',
    empty: 'No step yet.',
    noMatch: 'No step matches the filters.',
    step: 'Step',
    time: 'Time',
    kind: 'Kind',
    name: 'Name',
    text: 'Transitions, targets',
    changes: 'Changes',
    data: 'Data',
    all: 'All kinds',
    failures: 'Failures only',
    pause: 'Pause',
    goOn: (more: number) => (more === 0 ? 'Go on' : `Go on (${more} new)`),
  },
  de: {
    title: 'Schritte und Wirkungen',
    empty: 'Noch kein Schritt.',
    noMatch: 'Kein Schritt passt zu den Filtern.',
    step: 'Schritt',
    time: 'Zeit',
    kind: 'Art',
    name: 'Name',
    text: 'Übergänge, Ziele',
    changes: 'Änderungen',
    data: 'Daten',
    all: 'Alle Arten',
    failures: 'Nur Fehler',
    pause: 'Anhalten',
    goOn: (more: number) => (more === 0 ? 'Weiter' : `Weiter (${more} neue)`),
  },
});

/** A table of the steps of a session with their effects. A step that is pressed is shown in the page. */
export function TimeLine({
  steps,
  chosen,
  onChoose,
  sid,
  isLive = false,
}: {
  readonly steps: readonly NumberedStep[];
  /** The step that the page shows. */
  readonly chosen: NumberedStep | undefined;
  readonly onChoose: (step: NumberedStep) => void;
  readonly sid: string;
  /** New steps come: the latest is the first row, and the list can be paused. */
  readonly isLive?: boolean;
}): JSX.Element {
  const [kind, failures] = useMemo(() => [inAddress('kind'), inAddress('failures')] as const, []);
  const paused = useSignal<readonly NumberedStep[] | undefined>(undefined);
  const shown = paused.value ?? steps;
  const rows = useMemo(() => {
    const ordered = isLive ? shown.toReversed() : shown;
    return ordered.flatMap(rowsOf).filter((row) => {
      if (failures.value !== '' && !row.isFailure) return false;
      return kind.value === '' || row.kind === kind.value;
    });
  }, [shown, isLive, kind.value, failures.value]);
  const columns = useMemo(() => columnsOf({ chosen, onChoose }), [chosen, t()]);
  return (
    <section class="time-line">
      <h2>{t().title}</h2>
      <DataTable<TimeRow>
        label={t().title}
        fileName={`session-${sid}`}
        columns={columns}
        rows={rows}
        keyOf={({ key }) => key}
        empty={shown.length === 0 ? t().empty : t().noMatch}
        tools={
          <>
            <div class="time-line-kind">
              <SelectField
                label={t().kind}
                value={kind.value}
                options={[
                  { value: '', text: t().all },
                  ...ROW_KINDS.map((value) => ({ value, text: kindTexts()[value] })),
                ]}
                onValue={(value) => kind.set(value)}
              />
            </div>
            <CheckField
              label={t().failures}
              checked={failures.value !== ''}
              onValue={(value) => failures.set(value ? '1' : '')}
            />
            {isLive && (
              <button
                type="button"
                onClick={() => {
                  paused.value = paused.value === undefined ? steps : undefined;
                }}
              >
                {paused.value === undefined ? t().pause : t().goOn(newSince(paused.value, steps))}
              </button>
            )}
          </>
        }
      />
    </section>
  );
}

function newSince(paused: readonly NumberedStep[], steps: readonly NumberedStep[]): number {
  return (steps.at(-1)?.number ?? 0) - (paused.at(-1)?.number ?? 0);
}

function columnsOf({
  chosen,
  onChoose,
}: {
  readonly chosen: NumberedStep | undefined;
  readonly onChoose: (step: NumberedStep) => void;
}): readonly Column<TimeRow>[] {
  return [
    {
      key: 'step',
      title: t().step,
      width: '5rem',
      isNumber: true,
      text: ({ numbered }) => String(numbered.number),
      sort: ({ numbered }) => numbered.number,
      cell: ({ numbered, isEffect }) =>
        !isEffect && (
          <button
            type="button"
            class="plain time-line-step"
            aria-pressed={numbered === chosen}
            onClick={() => onChoose(numbered)}
          >
            {numbered.number}
          </button>
        ),
    },
    {
      key: 'at',
      title: t().time,
      width: '6.5rem',
      text: ({ numbered }) => numbered.step.at,
      cell: ({ numbered, isEffect }) => !isEffect && <Time at={numbered.step.at} as="time" />,
    },
    {
      key: 'kind',
      title: t().kind,
      width: '9rem',
      text: ({ kind }) => kindTexts()[kind],
      cell: ({ kind, isEffect, isFailure }) => (
        <>
          {isEffect && '→ '}
          <span class={isFailure ? 'badge bad' : isEffect ? 'badge' : 'badge good'}>{kindTexts()[kind]}</span>
        </>
      ),
    },
    { key: 'name', title: t().name, width: '12rem', text: ({ name }) => name },
    { key: 'text', title: t().text, width: '14rem', text: ({ text }) => text },
    {
      key: 'changes',
      title: t().changes,
      width: '10rem',
      text: ({ numbered, isEffect }) =>
        isEffect ? '' : numbered.step.changes.map(({ path }) => path).join(', '),
    },
    { key: 'data', title: t().data, width: '12rem', text: ({ data }) => data },
  ];
}
