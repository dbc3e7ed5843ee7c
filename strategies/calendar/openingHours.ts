import { joinPeriods, type Period } from './periods.ts';
import { DAY_MS, MINUTE_MS, offsetAt, offsetSpans } from './zoneTime.ts';

/** Minutes from the beginning of a day; above 1440 they are in the next day. */
export type DayPart = Period;

/** A day of a calendar, as '2026-12-25', or as '12-25' for every year. */
export type CalendarDate = string;

/**
 * When an office is open. The office is open at an instant when the clock on its wall shows an open time: so
 * an hour that the clock repeats is open twice, and an hour that it skips is missing.
 */
export interface OpeningHours {
  /** Name in the tz database. */
  readonly zone: string;
  /** By day of the week, Monday first. */
  readonly weekly: readonly (readonly DayPart[])[];
  /** Further opening on certain days, holidays too. */
  readonly added: ReadonlyMap<CalendarDate, readonly DayPart[]>;
  readonly holidays: ReadonlySet<CalendarDate>;
  /** If there are any, the office is closed on all other days. Both days are inclusive. */
  readonly effective: readonly { readonly from: CalendarDate; readonly to: CalendarDate }[];
}

/** 002:3000, Business Hours Exceptions: no opening on this day of the week, or at another time only. */
export type ClosedReason = 'closed_day_of_week' | 'closed_no_match';

const MINUTES_A_DAY = DAY_MS / MINUTE_MS;

/** The open periods within a time range, in ms since epoch, in order. */
export function openPeriods(hours: OpeningHours, from: number, to: number): readonly Period[] {
  const open: Period[] = [];
  for (const { start, end, offset } of offsetSpans(hours.zone, from, to)) {
    const lastDay = Math.floor((end + offset - 1) / DAY_MS);
    for (let day = Math.floor((start + offset) / DAY_MS); day <= lastDay; day++) {
      for (const part of openOnDay(hours, day)) {
        const midnight = day * DAY_MS - offset;
        open.push({
          start: Math.max(start, midnight + part.start * MINUTE_MS),
          end: Math.min(end, midnight + part.end * MINUTE_MS),
        });
      }
    }
  }
  return joinPeriods(open);
}

/** Why the office is closed at an instant; undefined: it is open. */
export function closedReason(hours: OpeningHours, instant: number): ClosedReason | undefined {
  const clock = instant + offsetAt(hours.zone, instant);
  const day = Math.floor(clock / DAY_MS);
  const minute = (clock - day * DAY_MS) / MINUTE_MS;
  const isOpen = openOnDay(hours, day).some(({ start, end }) => start <= minute && minute < end);
  if (isOpen) return undefined;
  return hours.weekly[dayOfWeek(day)]!.length === 0 ? 'closed_day_of_week' : 'closed_no_match';
}

/** The open minutes of one day on the office's clock. Days are counted from 1 January 1970. */
function openOnDay(hours: OpeningHours, day: number): readonly DayPart[] {
  const date = dateOf(day);
  if (!isEffective(hours, date)) return [];
  const weekly = hours.holidays.has(date) || hours.holidays.has(yearly(date)) ? [] : weeklyOf(hours, day);
  return joinPeriods([...weekly, ...addedOf(hours, day)]);
}

function weeklyOf({ weekly }: OpeningHours, day: number): readonly DayPart[] {
  return withinDay(weekly[dayOfWeek(day)]!, weekly[dayOfWeek(day - 1)]!);
}

function addedOf({ added }: OpeningHours, day: number): readonly DayPart[] {
  if (added.size === 0) return [];
  const of = (date: CalendarDate) => [...(added.get(date) ?? []), ...(added.get(yearly(date)) ?? [])];
  return withinDay(of(dateOf(day)), of(dateOf(day - 1)));
}

/** The parts within a day: its own ones, and those of the day before that go on after midnight. */
function withinDay(own: readonly DayPart[], before: readonly DayPart[]): readonly DayPart[] {
  return [
    ...own.map(({ start, end }) => ({ start, end: Math.min(end, MINUTES_A_DAY) })),
    ...before.map(({ end }) => ({ start: 0, end: end - MINUTES_A_DAY })),
  ].filter(({ start, end }) => start < end);
}

function isEffective({ effective }: OpeningHours, date: CalendarDate): boolean {
  return effective.length === 0 || effective.some(({ from, to }) => from <= date && date <= to);
}

/** Monday is 0. */
export function dayOfWeek(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** The date of a day that is counted from 1 January 1970. */
export function dateOf(day: number): CalendarDate {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

export function yearly(date: CalendarDate): CalendarDate {
  return date.slice(5);
}
