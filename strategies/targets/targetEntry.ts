import { defined } from '../../engine/ports/index.ts';

/** Seconds that `timeout` may have: a year. */
const MAX_TIMEOUT_SECONDS = 31_536_000;

/** The fields of an entry of a target list, of which each may be a text. */
export interface TargetEntry {
  readonly target: string;
  readonly timeoutMs?: number;
  readonly clear: boolean;
  /** '': the entry has no condition. */
  readonly stat: string;
  readonly operator?: '<' | '>';
  readonly value?: number;
}

/** The entry, or all that is wrong with it. An empty text counts as absent; other fields are not read. */
export function readTargetEntry(
  given: unknown,
):
  | { readonly entry: TargetEntry; readonly faults?: undefined }
  | { readonly entry?: undefined; readonly faults: readonly string[] } {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return { faults: [`expected an object with a target, got ${textOf(given)}`] };
  }
  const fields = given as { readonly [name: string]: unknown };
  const faults: string[] = [];
  const read = <T>(name: string, expected: string, parse: (field: unknown) => T | undefined) => {
    const field = fields[name];
    if (field === undefined || (field === '' && name !== 'target')) return undefined;
    const value = parse(field);
    if (value === undefined) faults.push(`expected ${name} to be ${expected}, got ${textOf(field)}`);
    return value;
  };
  const target = read('target', 'a text', (field) => (typeof field === 'string' && field) || undefined);
  if (fields.target === undefined) faults.push('expected a target, got none');
  const seconds = read('timeout', `seconds from 0 to ${MAX_TIMEOUT_SECONDS}`, (field) => {
    const value = numberIn(field, /^\s*\d+\s*$/);
    return Number.isInteger(value) && value! >= 0 && value! <= MAX_TIMEOUT_SECONDS ? value : undefined;
  });
  const clear = read('clear', 'true or false', flagIn);
  const stat = read('stat_to_check', 'a text', (field) => (typeof field === 'string' ? field : undefined));
  const operator = read<'<' | '>'>('stat_operator', "'<' or '>'", (field) =>
    field === '<' || field === '>' ? field : undefined,
  );
  const value = read('stat_value', 'a number', (field) => numberIn(field, /^\s*-?\d+(\.\d+)?\s*$/));
  if (target === undefined || faults.length > 0) return { faults };
  const timeoutMs = seconds === undefined ? undefined : seconds * 1_000;
  return {
    entry: { target, clear: clear ?? false, stat: stat ?? '', ...defined({ timeoutMs, operator, value }) },
  };
}

function numberIn(field: unknown, form: RegExp): number | undefined {
  if (typeof field === 'number') return field;
  return typeof field === 'string' && form.test(field) ? Number(field) : undefined;
}

function flagIn(field: unknown): boolean | undefined {
  return field === true || field === 'true' ? true : field === false || field === 'false' ? false : undefined;
}

function textOf(field: unknown): string {
  return typeof field === 'string' ? `'${field}'` : JSON.stringify(field);
}
