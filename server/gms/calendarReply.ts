import type { Json } from '../../engine/ports/index.ts';
import { capacityPeriods, clockText, openPeriods } from '../../strategies/calendar/index.ts';
import type { Calendars } from '../../strategies/slots/index.ts';
import type { Form } from '../bodies/index.ts';
import { instantText, readRange, readWholeRange } from './readRange.ts';

/**
 * The answer of an office-hours or capacity service (gms-api 4.6, 4.7); undefined for another service.
 * Throws PARAMETER_INVALID.
 */
export function calendarReply(
  calendars: Calendars,
  name: string,
  { form, now }: { readonly form: Form; readonly now: number },
): Json | undefined {
  switch (calendars.kindOf(name)) {
    case 'office-hours':
      return officeHoursReply(calendars, name, { form, now });
    case 'capacity':
      return capacityReply(calendars, name, { form, now });
    case undefined:
      return undefined;
  }
}

/** Clients expect that `error` is null. No period means closed. The names of a period are ours. */
function officeHoursReply(
  calendars: Calendars,
  name: string,
  { form, now }: { readonly form: Form; readonly now: number },
): Json {
  const { from, to } = readRange(form, now);
  // The office is open at an instant when it is open in the millisecond that begins there.
  const periods = openPeriods(calendars.hours(name), from, Math.max(to, from + 1));
  return {
    error: null,
    periods: periods.map(({ start, end }) => ({
      start: instantText(start),
      end: instantText(Math.min(end, to)),
    })),
  };
}

/** Times without a zone, as in the request: on the clock of its zone, else on that of the service. */
function capacityReply(
  calendars: Calendars,
  name: string,
  { form, now }: { readonly form: Form; readonly now: number },
): Json {
  const capacity = calendars.capacity(name);
  const { from, to, zone = capacity.zone } = readWholeRange({ timezone: capacity.zone, ...form }, now);
  return capacityPeriods(capacity, from, to).map(({ start, end, capacity: value }) => ({
    start: clockText(zone, start),
    end: clockText(zone, end),
    capacity: value,
  }));
}
