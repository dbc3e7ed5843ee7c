import { DAY_MS, instantOf, offsetAt, openPeriods, type Period } from '../calendar/index.ts';
import { bookingHorizon } from './bookingHorizon.ts';
import type { Calendars } from './calendars.ts';
import { type BookedService, slotMinutes, type TimeSlot, type TimeSlots } from './timeSlots.ts';

/** Days that one request shows. */
export const MAX_OFFICE_DAYS = 14;

/** A day on the clock of an office, from midnight to midnight: 23 or 25 hours where the clock changes. */
export interface OfficeDay extends Period {
  /** '2026-03-29' */
  readonly date: string;
  /** When the office is open, in order. */
  readonly open: readonly Period[];
  /** With full and with past slots. */
  readonly slots: readonly TimeSlot[];
}

/** The offer of a service on some days. Times are ms since epoch. */
export interface OfficeDays {
  /** The zone of the office hours, else that of the capacity, else UTC. */
  readonly zone: string;
  readonly slotMinutes: number;
  readonly now: number;
  /** The latest time that may be booked now. */
  readonly latest: number;
  readonly days: readonly OfficeDay[];
}

/**
 * Days of a service in a row. `date`: the first one, as if its midnight were in UTC; absent: today. Throws
 * ServiceError SERVICE_MISCONFIGURED.
 */
export function officeDays(
  { timeSlots, calendars }: { readonly timeSlots: TimeSlots; readonly calendars: Calendars },
  service: BookedService,
  { date, count, now }: { readonly date?: number; readonly count: number; readonly now: number },
): OfficeDays {
  const hoursName = service.options._business_hours_service?.trim() ?? '';
  const capacityName = service.options._capacity_service?.trim() ?? '';
  const hours = hoursName === '' ? undefined : calendars.hours(hoursName);
  const zone = hours?.zone ?? (capacityName === '' ? 'UTC' : calendars.capacity(capacityName).zone);
  const first = date ?? Math.floor((now + offsetAt(zone, now)) / DAY_MS) * DAY_MS;
  const days = Array.from({ length: count }, (_, at): OfficeDay => {
    const midnight = first + at * DAY_MS;
    const [start, end] = [instantOf(zone, midnight), instantOf(zone, midnight + DAY_MS)];
    return {
      date: new Date(midnight).toISOString().slice(0, 10),
      start,
      end,
      open: hours === undefined ? [{ start, end }] : openPeriods(hours, start, end),
      slots: [...timeSlots.slots(service, { from: start, to: end })].filter((slot) => slot.start >= start),
    };
  });
  const latest = bookingHorizon(service.options, now);
  return { zone, slotMinutes: slotMinutes(service.options), now, latest, days };
}
