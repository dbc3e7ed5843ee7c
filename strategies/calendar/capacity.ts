import { type CalendarDate, dateOf, dayOfWeek, yearly } from './openingHours.ts';
import type { Period } from './periods.ts';
import { DAY_MS, MINUTE_MS, offsetAt, offsetSpans } from './zoneTime.ts';

const HOUR_MS = 60 * MINUTE_MS;

/** The capacity of each hour of a day, by its number from 0 to 23. An hour that is missing has none. */
export type HourlyCapacity = ReadonlyMap<number, number>;

/** How many callbacks each time slot may have. Hours are those of the clock of the zone. */
export interface Capacity {
  /** Name in the tz database. */
  readonly zone: string;
  /** By day of the week, Monday first. */
  readonly weekly: readonly HourlyCapacity[];
  /** Days that have other values than their day of the week. */
  readonly exceptions: ReadonlyMap<CalendarDate, HourlyCapacity>;
}

/** The capacity of a slot that begins at this instant. */
export function capacityAt(capacity: Capacity, instant: number): number {
  return capacityOnClock(capacity, instant + offsetAt(capacity.zone, instant));
}

/** The capacity within a time range, as periods in order; neighbours differ. */
export function capacityPeriods(
  capacity: Capacity,
  from: number,
  to: number,
): readonly (Period & { readonly capacity: number })[] {
  const periods: { start: number; end: number; capacity: number }[] = [];
  for (const { start, end, offset } of offsetSpans(capacity.zone, from, to)) {
    for (let at = start; at < end; ) {
      const nextHour = (Math.floor((at + offset) / HOUR_MS) + 1) * HOUR_MS - offset;
      const until = Math.min(end, nextHour);
      const value = capacityOnClock(capacity, at + offset);
      const last = periods.at(-1);
      if (last !== undefined && last.capacity === value) last.end = until;
      else periods.push({ start: at, end: until, capacity: value });
      at = until;
    }
  }
  return periods;
}

function capacityOnClock({ weekly, exceptions }: Capacity, clockTime: number): number {
  const day = Math.floor(clockTime / DAY_MS);
  const hour = Math.floor((clockTime - day * DAY_MS) / HOUR_MS);
  return ofDay(weekly, exceptions, day).get(hour) ?? 0;
}

function ofDay(weekly: Capacity['weekly'], exceptions: Capacity['exceptions'], day: number): HourlyCapacity {
  if (exceptions.size === 0) return weekly[dayOfWeek(day)]!;
  const date = dateOf(day);
  return exceptions.get(date) ?? exceptions.get(yearly(date)) ?? weekly[dayOfWeek(day)]!;
}
