import type { Json } from '../ports/index.ts';
import type { TextPattern } from './contract.ts';

/** True when the value is as expected. `$matches` and `$any` may stand anywhere in `expected`. */
export function isAsExpected(actual: Json | undefined, expected: Json): boolean {
  if (typeof expected !== 'object' || expected === null) return actual === expected;
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((item, index) => isAsExpected(actual[index], item))
    );
  }
  const fields = expected as { readonly [name: string]: Json };
  if (isOnly(fields, '$any')) return actual !== undefined;
  const { $matches: source } = fields;
  if (isOnly(fields, '$matches') && typeof source === 'string') {
    return typeof actual === 'string' && new RegExp(source).test(actual);
  }
  return hasFields(actual, fields) && Object.keys(actual as object).length === Object.keys(fields).length;
}

/** True when the value has these fields, each as expected, and maybe others. */
export function hasFields(actual: Json | undefined, fields: { readonly [name: string]: Json }): boolean {
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual)) return false;
  const given = actual as { readonly [name: string]: Json | undefined };
  return Object.entries(fields).every(
    ([name, value]) => Object.hasOwn(given, name) && isAsExpected(given[name], value),
  );
}

function isOnly(fields: object, name: string): boolean {
  return Object.hasOwn(fields, name) && Object.keys(fields).length === 1;
}

/** The form in which the stepper takes a pattern. */
export function patternOf(pattern: TextPattern): string | RegExp {
  return typeof pattern === 'string' ? pattern : new RegExp(pattern.$matches);
}

export function fitsText(pattern: TextPattern, text: string): boolean {
  return typeof pattern === 'string' ? pattern === text : new RegExp(pattern.$matches).test(text);
}

export function textOf(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
