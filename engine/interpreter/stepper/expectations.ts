import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../ports/index.ts';
import { didYouMean } from '../../ports/index.ts';
import type { StepLine } from './contract.ts';

/** An assertion that does not hold. */
export interface Difference {
  readonly message: string;
  readonly values?: { readonly actual: unknown; readonly expected: unknown };
}

/** Each of these checks returns undefined when the assertion holds. */

export function missingStates(active: ReadonlySet<string>, ids: readonly string[]): Difference | undefined {
  const missing = ids.filter((id) => !active.has(id));
  if (missing.length === 0) return undefined;
  return {
    message: `Expected the session to be in ${list(missing)}, it is in ${list(active)}.`,
    values: { actual: [...active], expected: ids },
  };
}

export function activeStates(active: ReadonlySet<string>, ids: readonly string[]): Difference | undefined {
  const found = ids.filter((id) => active.has(id));
  if (found.length === 0) return undefined;
  return { message: `Expected the session not to be in ${list(found)}, it is in ${list(active)}.` };
}

/** An assertion about a state that the document does not have is a mistake of the test. */
export function unknownStates(
  known: { has(id: string): boolean; keys(): Iterable<string> },
  ids: readonly string[],
): Difference | undefined {
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length === 0) return undefined;
  const hint = didYouMean(unknown[0]!, known.keys());
  return { message: `Expected ids of states of the document, got ${list(unknown)}.${hint}` };
}

export function otherStates(active: ReadonlySet<string>, ids: Iterable<string>): Difference | undefined {
  const actual = [...active].sort();
  const expected = [...ids].sort();
  if (isDeepStrictEqual(actual, expected)) return undefined;
  return {
    message: `Expected the configuration ${list(expected)}, got ${list(actual)}.`,
    values: { actual, expected },
  };
}

export function otherValue(
  expression: string,
  actual: Json | undefined,
  expected: Json | undefined,
): Difference | undefined {
  if (isDeepStrictEqual(actual, expected)) return undefined;
  return {
    message: `Expected ${expression} to be ${textOf(expected)}, got ${textOf(actual)}.`,
    values: { actual, expected },
  };
}

export function otherLines(
  actual: readonly string[],
  lines: readonly (string | RegExp)[],
): Difference | undefined {
  const same = actual.length === lines.length && lines.every((line, index) => fits(line, actual[index]!));
  if (same) return undefined;
  const at = lines.findIndex((line, index) => index >= actual.length || !fits(line, actual[index]!));
  const got = at === -1 ? lines.length : at;
  const [expected, came] = [quoted(lines[got]), quoted(actual[got])];
  return {
    message: `Expected other lines of the last action: line ${got + 1} was expected to be ${expected}, got ${came}.`,
    values: { actual, expected: lines.map(String) },
  };
}

export function presentLine(
  actual: readonly string[],
  lines: readonly (string | RegExp)[],
): Difference | undefined {
  const found = actual.find((text) => lines.some((line) => fits(line, text)));
  return found === undefined
    ? undefined
    : { message: `Expected no line ${lines.map(quoted).join(' or ')} in the last action, got '${found}'.` };
}

export function brokenSequence(
  shown: readonly Pick<StepLine, 'text'>[],
  lines: readonly (string | RegExp)[],
): Difference | undefined {
  const actual = shown.map(({ text }) => text);
  let from = 0;
  for (const line of lines) {
    const found = actual.findIndex((text, index) => index >= from && fits(line, text));
    if (found === -1) {
      return {
        message: `Expected '${line}' in the lines${from === 0 ? '' : ` after '${actual[from - 1]}'`}, got none.`,
        values: { actual, expected: lines.map(String) },
      };
    }
    from = found + 1;
  }
  return undefined;
}

export function textOf(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

function quoted(line: string | RegExp | undefined): string {
  return line === undefined ? 'no line' : `'${line}'`;
}

function fits(expected: string | RegExp, line: string): boolean {
  return typeof expected === 'string' ? expected === line : expected.test(line);
}

function list(ids: Iterable<string>): string {
  const all = [...ids];
  return all.length === 0 ? 'no state' : all.map((id) => `'${id}'`).join(', ');
}
