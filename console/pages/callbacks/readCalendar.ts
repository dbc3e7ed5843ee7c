import { call } from '../../api/call.ts';
import { knownZone } from '../../parts/zone.ts';
import type { OfficeCalendar } from './officeClock.ts';

/** The office hours, slots and limits of a service. `date`: the first day, '': today. */
export async function readCalendar(
  query: Readonly<Record<'service' | 'days', string>> & { readonly date?: string },
  signal: AbortSignal,
): Promise<OfficeCalendar> {
  const calendar = await call('GET /genesys/1/admin/callback/calendar', { query, signal });
  return { ...calendar, timezone: knownZone(calendar.timezone) };
}
