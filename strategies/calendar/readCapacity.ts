import type { Capacity, HourlyCapacity } from './capacity.ts';
import { DAYS, isDate, type OptionProblem, readZone } from './readHours.ts';

const DEFAULT_MAX_CAPACITY = 1000;
const NAMES = ['_capacity', '_capacity_add', '_max_capacity', '_timezone', '_type', '_service', '_ttl'];

/** The capacity of a capacity service, and the faults of its options. gms-8.5.2 1.7. */
export function readCapacity(options: Readonly<Record<string, string>>): {
  readonly capacity: Capacity;
  readonly problems: readonly OptionProblem[];
} {
  const problems: OptionProblem[] = [];
  const max = Number(options._max_capacity || DEFAULT_MAX_CAPACITY);
  const report = (name: string, expected: string): void => {
    problems.push({ name, message: `expected ${expected}, got '${options[name]}'.` });
  };
  if (!Number.isInteger(max) || max < 0) report('_max_capacity', 'a whole number, zero or more');
  const weekly = DAYS.map((_, index): HourlyCapacity => {
    const number = String(index + 1);
    const name = `_capacity_${number}`;
    const value = parse(options[name]);
    const entries = value === undefined ? [] : Object.entries(value ?? {});
    const hours = entries.length === 0 ? new Map() : readHourly(entries[0]![1], max);
    if (value === null || entries.length > 1 || (entries[0]?.[0] ?? number) !== number || !hours) {
      report(name, `JSON such as {"${number}":{"0900":4,"1000":4}} with values up to ${max}`);
    }
    return hours ?? new Map();
  });
  const exceptions = new Map<string, HourlyCapacity>();
  for (const [date, value] of Object.entries(parse(options._capacity_add) ?? {})) {
    const hours = readHourly(value, max);
    if (/^(\d{4}-)?\d{2}-\d{2}$/.test(date) && isDate(date) && hours) exceptions.set(date, hours);
    else report('_capacity_add', `JSON such as {"2026-12-24":{"0900":2}} with values up to ${max}`);
  }
  if (parse(options._capacity_add) === null) report('_capacity_add', 'a JSON object');
  for (const name of Object.keys(options)) {
    if (NAMES.includes(name) || /^_capacity_[1-7]$/.test(name)) continue;
    const message = `is no option of a capacity service. They are ${NAMES.join(', ')}, _capacity_1 to _capacity_7.`;
    problems.push({ name, message });
  }
  const { zone, problem } = readZone(options);
  if (problem !== undefined) problems.push(problem);
  return { capacity: { zone, weekly, exceptions }, problems };
}

/** Undefined for no value, which an empty list is too; null for a value that is no object. */
function parse(text: string | undefined): Readonly<Record<string, unknown>> | undefined | null {
  if (text === undefined || text.trim() === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value.length === 0 ? undefined : null;
    return typeof value === 'object' ? (value as Readonly<Record<string, unknown>> | null) : null;
  } catch {
    // Not JSON: the caller reports what it expected.
    return null;
  }
}

/** {"0900": 4}: the capacity by the beginning of the hour. Undefined for a wrong value. */
function readHourly(value: unknown, max: number): HourlyCapacity | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const hours = new Map<number, number>();
  for (const [key, count] of Object.entries(value)) {
    const [, hour] = /^([01]\d|2[0-3])00$/.exec(key) ?? [];
    if (hour === undefined || !Number.isInteger(count) || count < 0 || count > max) return undefined;
    hours.set(Number(hour), count);
  }
  return hours;
}
