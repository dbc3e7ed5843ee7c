import type { ReplyOf } from '../../api/operationTypes.ts';
import { language } from '../../texts/language.ts';

export type OfficeCalendar = ReplyOf<'GET /genesys/1/admin/callback/calendar'>;
export type OfficeDay = OfficeCalendar['days'][number];
export type Slot = OfficeDay['slots'][number];

/** The zone of the reader, in the tz database. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

const made = new Map<string, Intl.DateTimeFormat>();

/** The time of day on the clock of a zone: `09:30` in every language, so that rows have equal widths. */
export function clockText(at: number | string, zone: string): string {
  return formatOf('en-GB', zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    new Date(at),
  );
}

/** The time of the reader where it differs from that of the office; of another day with its weekday. */
export function ownClockText(at: number | string, zone: string): string {
  const own = ownZone();
  const time = clockText(at, own);
  const date = dateAt(at, own);
  if (date === dateAt(at, zone)) return time === clockText(at, zone) ? '' : time;
  return `${formatOf(language.value, 'UTC', { weekday: 'short' }).format(Date.parse(date))} ${time}`;
}

/** A time with its day, on the clock of the office, and in brackets that of the reader where it differs. */
export function dayClockText(at: number | string, zone: string): string {
  const own = ownClockText(at, zone);
  return `${dateText(dateAt(at, zone), 'short')} ${clockText(at, zone)}${own === '' ? '' : ` (${own})`}`;
}

/** The offset of a zone at an instant: `GMT+2`. */
export function offsetText(at: number | string, zone: string): string {
  const parts = formatOf('en-GB', zone, { timeZoneName: 'shortOffset' }).formatToParts(new Date(at));
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

/** A date as '2026-03-29', in words of the reader. */
export function dateText(date: string, style: 'long' | 'short' = 'long'): string {
  const options: Intl.DateTimeFormatOptions =
    style === 'long'
      ? { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }
      : { weekday: 'short', day: 'numeric', month: 'numeric' };
  return formatOf(language.value, 'UTC', options).format(Date.parse(date));
}

/** The date so many days later. */
export function laterDate(date: string, days: number): string {
  const at = new Date(date);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** The date on the clock of a zone, as '2026-03-29'. */
export function dateAt(at: number | string, zone: string): string {
  const format = formatOf('en-CA', zone, { year: 'numeric', month: '2-digit', day: '2-digit' });
  return format.format(new Date(at));
}

/** The times of slots as the clock of the office shows them; with the offset where it shows one twice. */
export function slotTexts(slots: readonly Slot[], zone: string): readonly string[] {
  const times = slots.map(({ start }) => clockText(start, zone));
  return times.map((time, at) =>
    times.indexOf(time) === times.lastIndexOf(time) ? time : `${time} ${offsetText(slots[at]!.start, zone)}`,
  );
}

/** An hour of a day of an office. */
export interface OfficeHour {
  /** '02', and '02+' for an hour that the clock shows a second time. */
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

const HALF_HOUR_MS = 1_800_000;

/** The hours of a day in order. One that the clock skips is missing, one that it repeats is there twice. */
export function hoursOf({ start, end }: OfficeDay, zone: string): readonly OfficeHour[] {
  const hours: { key: string; start: number; end: number }[] = [];
  const seen = new Set<string>();
  const last = Date.parse(end);
  for (let at = Date.parse(start); at < last; at += HALF_HOUR_MS) {
    const clock = clockText(at, zone);
    const hour = clock.slice(0, 2);
    const key = seen.has(clock) ? `${hour}+` : hour;
    seen.add(clock);
    const present = hours.at(-1);
    if (present?.key === key) present.end = Math.min(last, at + HALF_HOUR_MS);
    else hours.push({ key, start: at, end: Math.min(last, at + HALF_HOUR_MS) });
  }
  return hours;
}

function formatOf(locale: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${zone} ${JSON.stringify(options)}`;
  const format = made.get(key) ?? new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
  made.set(key, format);
  return format;
}
