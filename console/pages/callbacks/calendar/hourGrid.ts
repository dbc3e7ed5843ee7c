import type { CallbackRecord } from '../callbackTexts.ts';
import { hoursOf, type OfficeCalendar, type OfficeDay, type OfficeHour, type Slot } from '../officeClock.ts';

/** An hour of a day with what it offers. */
export interface HourCell {
  readonly kind: 'hour';
  readonly day: OfficeDay;
  readonly hour: OfficeHour;
  readonly slots: readonly Slot[];
  readonly callbacks: readonly CallbackRecord[];
  readonly free: number;
  readonly total: number;
}

/** skipped: the clock of this day does not show the hour. notTwice: it shows the hour once. */
export type Cell = HourCell | { readonly kind: 'skipped' | 'notTwice'; readonly day: OfficeDay };

export interface HourRow {
  /** As in OfficeHour. */
  readonly key: string;
  /** One for each day. */
  readonly cells: readonly Cell[];
}

/** The rows from the first to the last hour in which a day is open or has callbacks. */
export function hourRows(
  { days, timezone: zone }: OfficeCalendar,
  callbacks: readonly CallbackRecord[],
): readonly HourRow[] {
  const timed = callbacks.map((callback) => ({ at: Date.parse(callback._desired_time), callback }));
  const columns = days.map((day) => hoursOf(day, zone).map((hour) => cellOf(day, hour, timed)));
  const keys = [...new Set(columns.flatMap((column) => column.map(({ hour }) => hour.key)))].sort();
  const used = keys.map((key) => columns.some((column) => column.some((cell) => isUsed(cell, key))));
  const [first, last] = [used.indexOf(true), used.lastIndexOf(true)];
  return keys.slice(Math.max(0, first), last + 1).map((key) => ({
    key,
    cells: days.map((day, at): Cell => {
      const found = columns[at]!.find(({ hour }) => hour.key === key);
      return found ?? { kind: key.endsWith('+') ? 'notTwice' : 'skipped', day };
    }),
  }));
}

function isUsed({ hour, total, callbacks }: HourCell, key: string): boolean {
  return hour.key === key && (total > 0 || callbacks.length > 0);
}

function cellOf(
  day: OfficeDay,
  hour: OfficeHour,
  timed: readonly { readonly at: number; readonly callback: CallbackRecord }[],
): HourCell {
  const isIn = (at: number): boolean => at >= hour.start && at < hour.end;
  const slots = day.slots.filter(({ start }) => isIn(Date.parse(start)));
  return {
    kind: 'hour',
    day,
    hour,
    slots,
    callbacks: timed.filter(({ at }) => isIn(at)).map(({ callback }) => callback),
    free: slots.reduce((sum, { free }) => sum + free, 0),
    total: slots.reduce((sum, { total }) => sum + total, 0),
  };
}
