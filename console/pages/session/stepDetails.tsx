import type { JSX } from 'preact';
import { Time } from '../../parts/time.tsx';
import { texts } from '../../texts/language.ts';
import { dataText, type NumberedStep, type Step } from './steps.ts';
import { kindTexts } from './stepTexts.ts';

const t = texts({
  en: {
    title: (number: number) => `Step ${number}`,
    changes: 'Changed data',
    unchanged: 'No data changed.',
    tooLong: 'too long to be shown',
    absent: 'absent',
    path: 'Path',
    before: 'Before',
    after: 'After',
    more: (count: number) => `${count} more are not listed.`,
    effects: 'Effects',
  },
  de: {
    title: (number: number) => `Schritt ${number}`,
    changes: 'Geänderte Daten',
    unchanged: 'Keine Daten haben sich geändert.',
    tooLong: 'zu lang für die Anzeige',
    absent: 'fehlt',
    path: 'Pfad',
    before: 'Vorher',
    after: 'Nachher',
    more: (count: number) => `${count} weitere sind nicht aufgeführt.`,
    effects: 'Wirkungen',
  },
});

export type Line = Step['lines'][number];

/** One step: its lines, the data that it changed, its effects. */
export function StepDetails({
  numbered: { number, step },
  onLine,
}: {
  readonly numbered: NumberedStep;
  /** Shows the place of a line. Absent: there is no source to show. */
  readonly onLine?: ((line: Line) => void) | undefined;
}): JSX.Element {
  const { kind, name, at, lines, changes, moreChanges, effects, moreEffects } = step;
  return (
    <section class="step-details card">
      <h2>
        {t().title(number)}: {kindTexts()[kind]} {name} <Time at={at} as="time" />
      </h2>
      {dataText(step) !== '' && <code class="step-data">{dataText(step)}</code>}
      <ol class="step-lines">
        {lines.map((line, place) => (
          <li key={place} class={/^(error|failed) /.test(line.text) ? 'bad' : ''}>
            <span>{line.text}</span>
            {line.line !== undefined && onLine !== undefined && (
              <button type="button" class="plain" onClick={() => onLine(line)}>
                :{line.line}
              </button>
            )}
          </li>
        ))}
      </ol>
      <h3>{t().changes}</h3>
      {changes.length === 0 ? (
        <p class="muted">{t().unchanged}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
        <section class="step-changes" tabIndex={0} aria-label={t().changes}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t().path}</th>
                <th scope="col">{t().before}</th>
                <th scope="col">{t().after}</th>
              </tr>
            </thead>
            <tbody>
              {changes.map(({ path, before, after, omitted }) => (
                <tr key={path}>
                  <td>{path}</td>
                  <td>{valueText(before, omitted)}</td>
                  <td>{valueText(after, omitted)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {moreChanges !== undefined && <p class="muted">{t().more(moreChanges)}</p>}
      {effects.length > 0 && (
        <>
          <h3>{t().effects}</h3>
          <ul class="step-effects">
            {effects.map(({ kind: effect, ...fields }, place) => (
              <li key={place}>
                <span class="badge">{kindTexts()[effect]}</span> <code>{JSON.stringify(fields)}</code>
              </li>
            ))}
          </ul>
          {moreEffects !== undefined && <p class="muted">{t().more(moreEffects)}</p>}
        </>
      )}
    </section>
  );
}

function valueText(value: unknown, omitted: true | undefined): string {
  if (omitted === true) return t().tooLong;
  return value === undefined ? t().absent : JSON.stringify(value);
}
