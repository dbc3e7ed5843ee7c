import { PERIOD, type ServiceOptions } from '../options/index.ts';

const MINUTE_MS = 60_000;
const UNIT_MS: Readonly<Record<string, number>> = {
  m: MINUTE_MS,
  h: 60 * MINUTE_MS,
  d: 24 * 60 * MINUTE_MS,
  w: 7 * 24 * 60 * MINUTE_MS,
};

/** The platform's default: callbacks are booked at most one month ahead. */
export const DEFAULT_PERIOD = '1M';

/** The latest desired time that may be booked now, in ms since epoch. */
export function bookingHorizon(options: ServiceOptions, now: number): number {
  const text = (options._reject_future_desired_time || DEFAULT_PERIOD).trim();
  const [, count, unit] = PERIOD.exec(text) ?? PERIOD.exec(DEFAULT_PERIOD)!;
  const fixed = UNIT_MS[unit!];
  if (fixed !== undefined) return now + Number(count) * fixed;
  return addMonths(now, Number(count) * (unit === 'y' ? 12 : 1));
}

/** The same day and time of a later month in UTC; the last day of that month when it is shorter. */
function addMonths(now: number, months: number): number {
  const from = new Date(now);
  const day = from.getUTCDate();
  const to = new Date(now);
  to.setUTCDate(1);
  to.setUTCMonth(from.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate();
  to.setUTCDate(Math.min(day, lastDay));
  return to.getTime();
}
