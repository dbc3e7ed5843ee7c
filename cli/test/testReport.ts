import { diffLines } from 'diff';
import {
  countsOf,
  coverageText,
  type DocumentCoverage,
  missedStates,
  missedTransitions,
  nameOf,
} from '../../engine/documentCoverage/index.ts';
import type { Place } from '../../engine/scenario/index.ts';
import { type CommandIo, pathOf, print, withPaths } from '../commandIo.ts';
import { hasPassed, type TestOutcome } from './testOutcome.ts';

/** Lines of a difference. */
const MAX_DIFFERENCE_LINES = 60;

/** Prints scenarios as they end, then the failures. */
export class TextReport {
  readonly #io: CommandIo;

  constructor(io: CommandIo) {
    this.#io = io;
  }

  scenario(outcome: TestOutcome): void {
    const mark = hasPassed(outcome) ? 'passed' : 'FAILED';
    const { url, name, milliseconds } = outcome;
    const file = pathOf(this.#io, url);
    this.#print(
      `${mark}  ${name === undefined ? file : `${name}  (${file}`}${name === undefined ? '' : ')'}  ${milliseconds} ms`,
    );
  }

  end(outcomes: readonly TestOutcome[], coverage: readonly DocumentCoverage[]): void {
    for (const outcome of outcomes.filter((one) => !hasPassed(one))) {
      this.#print('');
      for (const line of failureLines(this.#io, outcome)) this.#print(line);
    }
    for (const one of coverage) {
      this.#print('');
      const pathIn = (file: string): string => pathOf(this.#io, file);
      for (const line of coverageText(one, { pathOf: pathIn, whereAll: '--json' })) this.#print(line);
    }
    const failed = outcomes.filter((one) => !hasPassed(one)).length;
    this.#print('');
    this.#print(`${outcomes.length - failed} passed, ${failed} failed`);
  }

  #print(line: string): void {
    print(this.#io, line);
  }
}

/** The failure of a scenario: both places, the difference and the last actions. */
export function failureLines(io: CommandIo, { failure, faults = [] }: TestOutcome): readonly string[] {
  const lines = faults.map(({ message, ...at }) => `${placeOf(io, at)}: ${withPaths(io, message)}`);
  if (failure === undefined) return lines;
  const { at, message, documentAt, expected, actual, lastActions } = failure;
  return [
    ...lines,
    `${placeOf(io, at)}: ${withPaths(io, message)}`,
    ...(documentAt === undefined ? [] : [`  the document was at ${placeOf(io, documentAt)}`]),
    ...(expected === undefined ? [] : differenceLines(expected, actual)),
    ...(lastActions === undefined ? [] : withPaths(io, lastActions).split('\n')),
  ];
}

function placeOf(io: CommandIo, { file, line, column }: Place): string {
  return `${pathOf(io, file)}:${line}:${column}`;
}

/** The lines of both values: `-` is expected and did not come, `+` came. */
function differenceLines(expected: unknown, actual: unknown): readonly string[] {
  const text = (value: unknown): string => `${JSON.stringify(value, undefined, 2) ?? 'nothing'}\n`;
  const lines = diffLines(text(expected), text(actual)).flatMap(({ value, added, removed }) => {
    const sign = added ? '+' : removed ? '-' : ' ';
    return value
      .trimEnd()
      .split('\n')
      .map((line) => `  ${sign} ${line}`);
  });
  const more = lines.length - MAX_DIFFERENCE_LINES;
  const shown = lines.slice(0, MAX_DIFFERENCE_LINES);
  return ['  - expected, + actual:', ...shown, ...(more > 0 ? [`    (${more} more lines)`] : [])];
}

/** Fields with URLs of files, or with texts that name them. */
const WITH_FILES: ReadonlySet<string> = new Set(['file', 'message', 'lastActions']);

/** The object that `--json` prints. */
export function jsonReport(
  io: CommandIo,
  outcomes: readonly TestOutcome[],
  coverage: readonly DocumentCoverage[],
): string {
  const path = (file: string): string => pathOf(io, file);
  const report = {
    passed: outcomes.filter(hasPassed).length,
    failed: outcomes.filter((one) => !hasPassed(one)).length,
    scenarios: outcomes.map(({ url, document, ...others }) => ({
      file: path(url),
      ...(document === undefined ? {} : { document: path(document) }),
      passed: hasPassed({ url, ...others }),
      ...others,
    })),
    coverage: coverage.map((one) => ({
      document: path(one.document.url),
      ...countsOf(one),
      missed: missedOf(one),
    })),
  };
  return JSON.stringify(report, (name, value: unknown) =>
    WITH_FILES.has(name) && typeof value === 'string' ? withPaths(io, value) : value,
  );
}

function missedOf(coverage: DocumentCoverage): object {
  const { document, guards, pairs } = coverage;
  const transition = (index: number) => ({
    transition: nameOf(document, index),
    at: document.transitions[index]!.at,
  });
  return {
    states: missedStates(coverage).map((index) => {
      const { id, at } = document.states[index]!;
      return { id, at };
    }),
    transitions: missedTransitions(coverage).map(transition),
    guards: [...guards]
      .filter(([, counts]) => counts.true === 0 || counts.false === 0)
      .map(([index, counts]) => ({ ...transition(index), ...counts })),
    pairs: [...pairs.values()]
      .filter(({ count }) => count === 0)
      .map(({ first, second }) => [nameOf(document, first), nameOf(document, second)]),
  };
}
