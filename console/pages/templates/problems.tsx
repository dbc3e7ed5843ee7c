import type { JSX } from 'preact';
import { ApiError } from '../../api/apiError.ts';
import type { Texts } from './archive.ts';
import { templatesTexts } from './templatesTexts.ts';

/** A problem of an upload; without a place, one of the archive as a whole. */
interface Problem {
  readonly message: string;
  /** Of a scenario: what was expected and came, and the last actions. */
  readonly course?: string;
  readonly place?: { readonly file: string; readonly line: number; readonly column: number };
}

const MAX_SHOWN = 30;
/** Lines around the one of a problem. */
const AROUND = 2;

/** The problems for which the server refused a template. Empty for another failure. */
export function problemsIn(error: Error | undefined): readonly Problem[] {
  if (!(error instanceof ApiError)) return [];
  if (error.code !== 'TEMPLATE_REFUSED' && !haveScenariosFailed(error)) return [];
  const { problems } = error.details;
  return Array.isArray(problems) ? problems.map(problemOf) : [];
}

/** The documents are sound, and a scenario of the template failed. */
export function haveScenariosFailed(error: Error | undefined): boolean {
  return error instanceof ApiError && error.code === 'SCENARIOS_FAILED';
}

export function Problems({
  title,
  problems,
  texts,
}: {
  readonly title: string;
  readonly problems: readonly Problem[];
  readonly texts: Texts;
}): JSX.Element {
  const t = templatesTexts();
  const hidden = problems.length - MAX_SHOWN;
  return (
    <section class="templates-problems" role="alert">
      <h3>{title}</h3>
      <ol>
        {problems.slice(0, MAX_SHOWN).map(({ message, place, course }, at) => (
          <li key={`${at} ${message}`}>
            {place !== undefined && <strong>{t.place(place.file, place.line, place.column)}</strong>}
            <p>{message}</p>
            {place !== undefined && <Source text={texts.get(place.file)?.text} {...place} />}
            {course !== undefined && (
              // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
              <pre class="templates-source" tabIndex={0}>
                {course}
              </pre>
            )}
          </li>
        ))}
      </ol>
      {hidden > 0 && <p>{t.more(hidden)}</p>}
    </section>
  );
}

/** The lines around a place, with a mark below its column. */
function Source({
  text,
  line,
  column,
}: {
  readonly text: string | undefined;
  readonly line: number;
  readonly column: number;
}): JSX.Element | null {
  if (text === undefined) return null;
  const lines = text.split(/\r\n|\r|\n/);
  const first = Math.max(0, line - 1 - AROUND);
  return (
    <pre
      class="templates-source"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
      tabIndex={0}
    >
      {lines.slice(first, line + AROUND).map((content, at) => {
        const number = first + at + 1;
        return (
          <span key={number} class={number === line ? 'marked' : ''}>
            <span class="templates-number">{number}</span>
            {`${content}\n`}
            {number === line && (
              <span class="templates-caret" aria-hidden="true">
                <span class="templates-number" />
                {`${content.slice(0, column - 1).replace(/[^\t]/g, ' ')}^\n`}
              </span>
            )}
          </span>
        );
      })}
    </pre>
  );
}

function problemOf(problem: unknown): Problem {
  if (typeof problem !== 'object' || problem === null) return { message: String(problem) };
  const { message, code, file, line, column } = problem as Readonly<Record<string, unknown>>;
  const text = [code, message].filter((part) => typeof part === 'string').join(': ');
  return {
    message: text,
    ...(typeof file === 'string' &&
      typeof line === 'number' &&
      typeof column === 'number' && { place: { file, line, column } }),
    ...courseOf(problem as Readonly<Record<string, unknown>>),
  };
}

function courseOf({
  expected,
  actual,
  lastActions,
}: Readonly<Record<string, unknown>>): Pick<Problem, 'course'> {
  const values =
    expected === undefined ? [] : [`- ${JSON.stringify(expected)}`, `+ ${JSON.stringify(actual) ?? ''}`];
  const lines = [...values, ...(typeof lastActions === 'string' ? [lastActions] : [])];
  return lines.length === 0 ? {} : { course: lines.join('\n') };
}
