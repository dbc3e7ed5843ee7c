import { type Json, textOf } from '../../engine/ports/index.ts';
import { DAY_MS, instantOf, isTimeZone, MINUTE_MS } from '../../strategies/calendar/index.ts';
import type { Form } from '../bodies/index.ts';
import { WireError } from '../errors/index.ts';
import { readInstant } from './wire.ts';

/** Longest time range of one request for opening hours, capacity or availability. */
export const MAX_CALENDAR_DAYS = 366;

/** Latest instant of a request: the end of the year 9999. */
const MAX_INSTANT = Date.UTC(10_000, 0, 1) - 1;

/** A time range in ms since epoch. */
export interface Range {
  readonly from: number;
  /** At least `from`. */
  readonly to: number;
  /** Name in the tz database; absent: the request names none. */
  readonly zone?: string;
}

/** Names of the fields that a range may have. `start-ms` and `end-ms` came with version 2. */
const STARTS = ['start', 'timestamp', 'start-ms'];
const ENDS = ['end', 'end-ms', 'number-of-days'];

/**
 * `start` (now), and `end` or `number-of-days` (the start): 002:2916, gms-8.5.2 1.1. A time without a zone is
 * one of the field `timezone`, else UTC. Throws PARAMETER_INVALID.
 */
export function readRange(form: Form, now: number): Range {
  const zone = readZone(form.timezone);
  const start = oneOf(form, STARTS);
  const from = start === undefined ? now : readTime(start, form[start], zone);
  const end = oneOf(form, ENDS);
  const to = end === undefined ? from : readEnd(end, form[end], { from, zone });
  if (to < from) {
    throw invalid(`Expected an end at or after ${instantText(from)}, the start, got ${instantText(to)}.`);
  }
  if (to - from > MAX_CALENDAR_DAYS * DAY_MS) {
    throw invalid(
      `Expected a range of at most MAX_CALENDAR_DAYS (${MAX_CALENDAR_DAYS}) days, got ${instantText(from)} to ${instantText(to)}.`,
    );
  }
  return { from, to, ...(zone !== undefined && { zone }) };
}

/** As readRange; both times must be there. */
export function readWholeRange(form: Form, now: number): Range {
  for (const name of ['start', 'end']) {
    if (isAbsent(form[name])) {
      throw invalid(`Expected ${name} as '2015-03-17T09:15:00.000', got none.`);
    }
  }
  return readRange(form, now);
}

/** A whole number of at least `min`; undefined when the field is absent. Throws PARAMETER_INVALID. */
export function readCount(form: Form, name: string, min: number): number | undefined {
  const value = form[name];
  if (isAbsent(value)) return undefined;
  const text = textOf(value).trim();
  if (/^\d{1,9}$/.test(text) && Number(text) >= min) return Number(text);
  throw invalid(`Expected ${name} to be a whole number of at least ${min}, got ${JSON.stringify(value)}.`);
}

/** Throws PARAMETER_INVALID. */
export function readFlag(form: Form, name: string): boolean {
  const value = form[name];
  if (isAbsent(value)) return false;
  const text = textOf(value).trim().toLowerCase();
  if (text === 'true' || text === 'false') return text === 'true';
  throw invalid(`Expected ${name} to be true or false, got ${JSON.stringify(value)}.`);
}

function readEnd(
  name: string,
  value: Json | undefined,
  { from, zone }: { readonly from: number; readonly zone: string | undefined },
): number {
  if (name !== 'number-of-days') return readTime(name, value, zone);
  // No later than any other end, so that a refusal can show it.
  return Math.min(from + readCount({ [name]: value ?? null }, name, 0)! * DAY_MS, MAX_INSTANT);
}

function readTime(name: string, value: Json | undefined, zone = 'UTC'): number {
  if (name.endsWith('-ms')) {
    const ms = /^\d{1,15}$/.test(textOf(value)) ? Number(value) : Number.NaN;
    if (ms <= MAX_INSTANT) return ms;
    throw invalid(`Expected ${name} to be milliseconds since 1970, got ${JSON.stringify(value)}.`);
  }
  const text = typeof value === 'string' ? value.trim() : '';
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?$/.test(text)) return readInstant(value, name)!;
  return instantOf(zone, readInstant(`${text}Z`, name)!);
}

function readZone(value: Json | undefined): string | undefined {
  if (isAbsent(value)) return undefined;
  if (typeof value === 'string' && isTimeZone(value.trim())) return value.trim();
  throw invalid(
    `Expected timezone to be a name of the tz database, such as Europe/Paris, got ${JSON.stringify(value)}.`,
  );
}

/** The one field of these that the request has. `start` and its old name may both be there, if equal. */
function oneOf(form: Form, names: readonly string[]): string | undefined {
  const given = names.filter((name) => !isAbsent(form[name]));
  const [first, ...others] = given;
  if (others.some((name) => form[name] !== form[first!])) {
    throw invalid(`Expected one of ${names.join(', ')}, got ${given.join(' and ')}.`);
  }
  return first;
}

function isAbsent(value: Json | undefined): boolean {
  return value === undefined || value === null || value === '';
}

function invalid(message: string): WireError {
  return new WireError('PARAMETER_INVALID', { message });
}

/** Length of the time of day in the text of an instant, '09:15:00.000Z'. */
const CLOCK_CHARS = 13;
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

export function instantText(instant: number): string {
  return new Date(instant).toISOString();
}

/** As instantText, of many instants in order. The date is written once for each day. */
export function instantTexts(instants: readonly number[]): readonly string[] {
  let day = Number.NaN;
  let date = '';
  return instants.map((instant) => {
    if (Math.floor(instant / DAY_MS) !== day) {
      day = Math.floor(instant / DAY_MS);
      date = instantText(instant).slice(0, -CLOCK_CHARS);
    }
    const minutes = (instant - day * DAY_MS) / MINUTE_MS;
    if (!Number.isInteger(minutes)) return instantText(instant);
    return `${date}${TWO_DIGITS[Math.floor(minutes / 60)]}:${TWO_DIGITS[minutes % 60]}:00.000Z`;
  });
}
