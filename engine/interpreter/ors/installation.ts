import type { Installation } from '../execution.ts';

/** A day of one year, or a day of every year. */
const DATE = /^(?:\d{4}-)?(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

/** Characters of lists, options and special days as JSON. Each engine child has a copy. */
export const MAX_INSTALLATION_CHARS = 8_388_608;

/**
 * Checks lists, options and special days, as a file has them. Throws an Error that says what was expected and
 * what came.
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
    const expected = 'an array of dates as 2026-12-25, or 12-25 for every year';
    throw new Error(`Expected special day '${name}' to be ${expected}, got ${text(dates)}.`);
  }
  const installation = value as Installation;
  const { length } = installationText(installation);
  if (length <= MAX_INSTALLATION_CHARS) return installation;
  const expected = `at most ${MAX_INSTALLATION_CHARS} characters (MAX_INSTALLATION_CHARS)`;
  throw new Error(`Expected lists, options and special days to have ${expected}, got ${length}.`);
}

const texts = new WeakMap<Installation, string>();

/** The installation as JSON. It is made once, because every session opens with it. */
export function installationText(installation: Installation): string {
  let made = texts.get(installation);
  if (made === undefined) {
    made = JSON.stringify(installation);
    texts.set(installation, made);
  }
  return made;
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
