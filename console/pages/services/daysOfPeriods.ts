/** A time in which an office is open, or has a capacity. ms since epoch. */
export interface Period {
  readonly start: number;
  readonly end: number;
  readonly capacity?: number;
}

export interface DayOfPeriods {
  /** `2026-12-01` on the clock of the office. */
  readonly key: string;
  /** An instant of the day. */
  readonly at: number;
  /** Periods that begin on the day. */
  readonly periods: readonly Period[];
}

const HOUR_MS = 3_600_000;
const HOURS_OF_DAY = 24;

/** The days from an instant on, on the clock of the zone, with their periods. */
export function daysOf(
  periods: readonly Period[],
  { from, days, zone }: { readonly from: number; readonly days: number; readonly zone: string },
): readonly DayOfPeriods[] {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const found = new Map<string, { at: number; periods: Period[] }>();
  // A day may have 23 or 25 hours.
  for (let hour = 0; hour < days * HOURS_OF_DAY; hour += 1) {
    const at = from + hour * HOUR_MS;
    const key = format.format(at);
    if (!found.has(key) && found.size < days) found.set(key, { at, periods: [] });
  }
  for (const period of periods) found.get(format.format(period.start))?.periods.push(period);
  return [...found].map(([key, day]) => ({ key, ...day }));
}
