import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../ports/index.ts';
import type { TraceLine } from './contract.ts';

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

export function otherTrace(
  actual: readonly string[],
  lines: readonly (string | RegExp)[],
): Difference | undefined {
  const same = actual.length === lines.length && lines.every((line, index) => fits(line, actual[index]!));
  if (same) return undefined;
  return {
    message: 'Expected another trace of the last action.',
    values: { actual, expected: lines.map(String) },
  };
}

export function brokenSequence(
  trace: readonly TraceLine[],
  lines: readonly (string | RegExp)[],
): Difference | undefined {
  const actual = trace.map(({ text }) => text);
  let from = 0;
  for (const line of lines) {
    const found = actual.findIndex((text, index) => index >= from && fits(line, text));
    if (found === -1) {
      return {
        message: `Expected '${line}' in the trace, after the lines before it in the sequence.`,
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

function fits(expected: string | RegExp, line: string): boolean {
  return typeof expected === 'string' ? expected === line : expected.test(line);
}

function list(ids: Iterable<string>): string {
  const all = [...ids];
  return all.length === 0 ? 'no state' : all.map((id) => `'${id}'`).join(', ');
}
