import { tzOffset } from '@date-fns/tz';

export const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;

/** A part of time in which a zone keeps its offset. Times are ms since epoch; `end` is exclusive. */
export interface OffsetSpan {
  readonly start: number;
  readonly end: number;
  /** ms to add to an instant for the time on the clock of the zone. */
  readonly offset: number;
}

/** Characters of a zone name; the longest one of the tz database has 32. */
const MAX_ZONE_CHARS = 64;
/** Zones that exist, in lower case. */
const KNOWN = new Set<string>();

/** Whether the name is one of the tz database, such as Europe/Paris. Abbreviations such as PST are not. */
export function isTimeZone(name: string): boolean {
  if (name.length > MAX_ZONE_CHARS) return false;
  if (!/^(UTC|GMT|[A-Za-z_]+\/[\w+-]+(\/[\w+-]+)?)$/.test(name)) return false;
  const key = name.toLowerCase();
  if (KNOWN.has(key)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: key });
  } catch {
    return false;
  }
  KNOWN.add(key);
  return true;
}

/** ms to add to an instant for the time on the clock of the zone. */
export function offsetAt(zone: string, instant: number): number {
  // tzOffset keeps a formatter for every spelling of a name, for ever.
  return tzOffset(zone.toLowerCase(), new Date(instant)) * MINUTE_MS;
}

/**
 * The spans of a time range, in order. Every change of the offset begins a new one: when clocks go forward
 * or back, or a country changes its zone. No zone changes twice within a day.
 */
export function offsetSpans(zone: string, from: number, to: number): readonly OffsetSpan[] {
  const spans: OffsetSpan[] = [];
  let start = from;
  let offset = offsetAt(zone, from);
  for (let checked = from; checked < to; ) {
    const next = Math.min(to, checked + DAY_MS);
    const after = offsetAt(zone, next);
    if (after !== offset) {
      const change = changeBetween(zone, checked, next);
      if (change >= to) break;
      spans.push({ start, end: change, offset });
      start = change;
      offset = after;
    }
    checked = next;
  }
  spans.push({ start, end: to, offset });
  return spans;
}

/** The first whole minute of the second offset. The offset changes once between the two instants. */
function changeBetween(zone: string, from: number, to: number): number {
  const before = offsetAt(zone, from);
  let low = Math.floor(from / MINUTE_MS);
  let high = Math.ceil(to / MINUTE_MS);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle * MINUTE_MS) === before) low = middle;
    else high = middle;
  }
  return high * MINUTE_MS;
}

/**
 * The instant of a time on the clock of a zone, both in ms (the clock's as if it were UTC). A time that
 * occurs twice is the first one. A time that the clock skips is as long after the change as it would be
 * without it.
 */
export function instantOf(zone: string, clockTime: number): number {
  const before = offsetAt(zone, clockTime - DAY_MS);
  const after = offsetAt(zone, clockTime + DAY_MS);
  const found = [before, after].find((offset) => offsetAt(zone, clockTime - offset) === offset);
  return clockTime - (found ?? before);
}

/** The time on the clock of a zone, as '2026-03-05T11:00:00.000'. */
export function clockText(zone: string, instant: number): string {
  return new Date(instant + offsetAt(zone, instant)).toISOString().slice(0, -1);
}

/** As clockText, for instants in order: fast for many of them. */
export function clockTexts(zone: string, instants: readonly number[]): readonly string[] {
  if (instants.length === 0) return [];
  const spans = offsetSpans(zone, instants[0]!, instants.at(-1)! + 1);
  let at = 0;
  return instants.map((instant) => {
    while (spans[at]!.end <= instant) at++;
    return new Date(instant + spans[at]!.offset).toISOString().slice(0, -1);
  });
}
