import { defined, type Json } from '../../ports/index.ts';
import type { Installation } from '../execution.ts';

const DATE = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

/**
 * Checks lists, options and special days as they stand in a file. Throws an Error that says what was expected
 * and what came.
 */
export function parseInstallation(value: unknown): Installation {
  const { lists, options, specialDays, ...others } = object(
    value,
    'an object with lists, options, specialDays',
  );
  const [other] = Object.keys(others);
  if (other !== undefined) throw new Error(`Expected lists, options or specialDays, got '${other}'.`);
  for (const [name, list] of Object.entries(object(lists ?? {}, 'lists to be an object'))) {
    object(list, `list '${name}' to be an object of its items`);
  }
  for (const [name, section] of Object.entries(object(options ?? {}, 'options to be an object'))) {
    object(section, `section '${name}' to be an object of its options`);
  }
  for (const [name, dates] of Object.entries(object(specialDays ?? {}, 'specialDays to be an object'))) {
    if (Array.isArray(dates) && dates.every((date) => typeof date === 'string' && DATE.test(date))) continue;
    throw new Error(
      `Expected special day '${name}' to be an array of dates as 2026-12-25, got ${text(dates)}.`,
    );
  }
  return value as Installation;
}

/**
 * The parts of `_genesys` that documents read through its functions only. `$` is in no name that documents
 * see.
 */
export function hiddenParts({ lists, options, specialDays }: Installation): {
  readonly [name: string]: Json;
} {
  return defined({ $lists: lists, $options: options, $specialDays: specialDays });
}

function object(value: unknown, expected: string): { readonly [name: string]: unknown } {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as { readonly [name: string]: unknown };
  }
  throw new Error(`Expected ${expected}, got ${text(value)}.`);
}

function text(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 80) ?? String(value);
}
