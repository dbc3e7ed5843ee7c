import type { CalendarDate, DayPart, OpeningHours } from './openingHours.ts';
import { isTimeZone } from './zoneTime.ts';

/** Options of a service: name to text. */
type Options = Readonly<Record<string, string>>;

/** A fault of an option, as a sentence that follows its name. */
export interface OptionProblem {
  readonly name: string;
  readonly message: string;
}

export const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const DEFAULT_ZONE = 'UTC';
const MINUTES_A_DAY = 1440;

const REGULAR = /^([A-Za-z]+)(?:\s*-\s*([A-Za-z]+))?\s+(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})$/;
const ADDED = /^((?:\d{4}-)?\d{2}-\d{2})\s+(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})$/;
const EFFECTIVE = /^(\d{4}-\d{2}-\d{2})(?:\s+to\s+(\d{4}-\d{2}-\d{2}))?$/;

/** The options of an office-hours service. The numbered ones end with a number. gms-8.5.2 1.6. */
const NUMBERED = {
  _bh_regular: readRegular,
  _bh_add: readAdded,
  _holiday: readHoliday,
  _effective_dates: readEffective,
};
const OTHERS: readonly string[] = ['_type', '_service', '_timezone', '_ttl'];

/** Opening hours that are being read. */
interface Draft {
  readonly weekly: DayPart[][];
  readonly added: Map<CalendarDate, DayPart[]>;
  readonly holidays: Set<CalendarDate>;
  readonly effective: { from: CalendarDate; to: CalendarDate }[];
}

/** The opening hours of an office-hours service, and the faults of its options. */
export function readHours(options: Options): {
  readonly hours: OpeningHours;
  readonly problems: readonly OptionProblem[];
} {
  const problems: OptionProblem[] = [];
  const draft: Draft = {
    weekly: DAYS.map(() => []),
    added: new Map(),
    holidays: new Set(),
    effective: [],
  };
  for (const [name, text] of Object.entries(options)) {
    const value = text.trim();
    const kind = /^(\D+)\d*$/.exec(name)?.[1] ?? name;
    const read = Object.hasOwn(NUMBERED, kind) ? NUMBERED[kind as keyof typeof NUMBERED] : undefined;
    if (read === undefined) {
      if (!OTHERS.includes(name)) problems.push({ name, message: UNKNOWN });
      continue;
    }
    const expected = value === '' ? undefined : read(value, draft);
    if (expected !== undefined) problems.push({ name, message: `expected ${expected}, got '${text}'.` });
  }
  const { zone, problem } = readZone(options);
  if (problem !== undefined) problems.push(problem);
  return { hours: { zone, ...draft }, problems };
}

const UNKNOWN = `is no option of an office-hours service. They are ${[
  ...Object.keys(NUMBERED).map((name) => `${name}<n>`),
  ...OTHERS,
].join(', ')}.`;

/** The option _timezone: a name of the tz database, UTC without it. */
export function readZone(options: Options): { readonly zone: string; readonly problem?: OptionProblem } {
  const name = (options._timezone ?? '').trim();
  if (name === '') return { zone: DEFAULT_ZONE };
  if (isTimeZone(name)) return { zone: name };
  const message = `expected a time zone of the tz database, such as Europe/Paris, got '${name}'.`;
  return { zone: DEFAULT_ZONE, problem: { name: '_timezone', message } };
}

/** True for a day of the Gregorian calendar, with or without its year. */
export function isDate(text: CalendarDate): boolean {
  // 2000 is a leap year.
  const whole = /^\d{4}-/.test(text) ? text : `2000-${text}`;
  const time = Date.parse(`${whole}T00:00:00.000Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(whole);
}

/** 'Mon-Fri 09:00-17:00'. Each function here returns the expected form of a wrong value. */
function readRegular(value: string, { weekly }: Draft): string | undefined {
  const [, first = '', last = first, from = '', to = ''] = REGULAR.exec(value) ?? [];
  const begin = dayIndex(first);
  const end = dayIndex(last);
  const part = dayPart(from, to);
  if (begin < 0 || end < 0 || part === undefined) {
    return "days of the week and times, such as 'Mon-Fri 09:00-17:00' or 'Sat 19:00-07:00'";
  }
  const count = ((end - begin + DAYS.length) % DAYS.length) + 1;
  for (let index = 0; index < count; index++) weekly[(begin + index) % DAYS.length]!.push(part);
  return undefined;
}

/** '2026-11-30 10:00-14:00', or '11-30 10:00-14:00'. */
function readAdded(value: string, { added }: Draft): string | undefined {
  const [, date = '', from = '', to = ''] = ADDED.exec(value) ?? [];
  const part = dayPart(from, to);
  if (!isDate(date) || part === undefined) {
    return "a day and times, such as '2026-11-30 10:00-14:00', or '11-30 10:00-14:00' for every year";
  }
  added.set(date, [...(added.get(date) ?? []), part]);
  return undefined;
}

/** '2026-07-15', or '07-15'. */
function readHoliday(value: string, { holidays }: Draft): string | undefined {
  if (!/^(\d{4}-)?\d{2}-\d{2}$/.test(value) || !isDate(value)) {
    return "a day, such as '2026-07-15', or '07-15' for every year";
  }
  holidays.add(value);
  return undefined;
}

/** '2026-04-01', or '2026-04-01 to 2026-10-31'. */
function readEffective(value: string, { effective }: Draft): string | undefined {
  const [, from = '', to = from] = EFFECTIVE.exec(value) ?? [];
  if (!isDate(from) || !isDate(to) || to < from) {
    return "a day or a range of days, such as '2026-04-01 to 2026-10-31'";
  }
  effective.push({ from, to });
  return undefined;
}

/** Minutes of '09:00' and '17:00'. An end that is not after the beginning is on the next day. */
function dayPart(from: string, to: string): DayPart | undefined {
  const start = minutesOf(from);
  const end = minutesOf(to);
  if (start === undefined || end === undefined || start === MINUTES_A_DAY) return undefined;
  return { start, end: end > start ? end : end + MINUTES_A_DAY };
}

/** 1440 for '24:00'. */
function minutesOf(text: string): number | undefined {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  if (hours === undefined) return undefined;
  const total = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && total <= MINUTES_A_DAY ? total : undefined;
}

/** 'Mon', 'mon' or 'Monday'; -1 for another word. */
function dayIndex(word: string): number {
  const names = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  const lower = word.toLowerCase();
  return names.findIndex((name) => name === lower || name.slice(0, 3) === lower);
}
