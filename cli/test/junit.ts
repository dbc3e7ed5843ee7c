import { type CommandIo, pathOf, withPaths } from '../commandIo.ts';
import { hasPassed, type TestOutcome } from './testOutcome.ts';

/** The outcomes in the form of JUnit, which build servers read: a suite for each document. */
export function junitOf(io: CommandIo, outcomes: readonly TestOutcome[]): string {
  const suites = new Map<string, TestOutcome[]>();
  for (const outcome of outcomes) {
    const name = pathOf(io, outcome.document ?? outcome.url);
    suites.set(name, [...(suites.get(name) ?? []), outcome]);
  }
  const rows = [...suites].map(([name, cases]) => suiteOf(io, name, cases));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${countsOf(outcomes)}>\n${rows.join('')}</testsuites>\n`;
}

function suiteOf(io: CommandIo, name: string, cases: readonly TestOutcome[]): string {
  const rows = cases.map((outcome) => caseOf(io, name, outcome));
  return `  <testsuite name="${escaped(name)}" ${countsOf(cases)}>\n${rows.join('')}  </testsuite>\n`;
}

function countsOf(outcomes: readonly TestOutcome[]): string {
  const failures = outcomes.filter(({ failure }) => failure !== undefined).length;
  const errors = outcomes.filter(({ faults }) => faults !== undefined).length;
  const time = outcomes.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return `tests="${outcomes.length}" failures="${failures}" errors="${errors}" time="${time / 1_000}"`;
}

function caseOf(io: CommandIo, suite: string, outcome: TestOutcome): string {
  const { url, name, milliseconds, failure, faults = [] } = outcome;
  const file = pathOf(io, url);
  const head =
    `    <testcase name="${escaped(name ?? file)}" classname="${escaped(suite)}" ` +
    `file="${escaped(file)}" time="${milliseconds / 1_000}"`;
  if (hasPassed(outcome)) return `${head}/>\n`;
  const problems = failure === undefined ? faults : [{ ...failure.at, message: failure.message }];
  const tag = failure === undefined ? 'error' : 'failure';
  const text = [
    ...problems.map(({ file: at, line, column, message }) => `${at}:${line}:${column}: ${message}`),
    ...(failure?.lastActions === undefined ? [] : [failure.lastActions]),
  ].join('\n');
  const message = escaped(withPaths(io, problems[0]?.message ?? ''));
  return `${head}>\n      <${tag} message="${message}">${escaped(withPaths(io, text))}</${tag}>\n    </testcase>\n`;
}

/** XML 1.0 has no form for control characters, nor for half of a surrogate pair. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
