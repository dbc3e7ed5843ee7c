import type { JSX } from 'preact';
import { language } from '../texts/language.ts';
import { knownZone } from './zone.ts';

type Style = 'time' | 'instant' | 'day';

const FORMATS: Readonly<Record<Style, Intl.DateTimeFormatOptions>> = {
  time: { timeStyle: 'medium' },
  instant: { dateStyle: 'short', timeStyle: 'medium' },
  day: { dateStyle: 'medium' },
};
const made = new Map<string, Intl.DateTimeFormat>();
const madeUnits = new Map<string, Intl.NumberFormat>();

/** A time in the zone of the reader, or in `zone` (IANA). Its title has UTC. `at`: ISO or ms since epoch. */
export function Time({
  at,
  as = 'instant',
  officeZone,
}: {
  readonly at: string | number;
  readonly as?: Style;
  /** The zone of the office: its time is shown beside, where it differs. */
  readonly officeZone?: string | undefined;
}): JSX.Element {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return <span>{at}</span>;
  const own = timeText(date, as);
  const zone = officeZone === undefined ? undefined : knownZone(officeZone);
  const office = zone === undefined ? own : timeText(date, as, zone);
  return (
    <time dateTime={date.toISOString()} title={date.toISOString()}>
      {own}
      {office !== own && (
        <span class="muted">
          {' '}
          ({office} {zone})
        </span>
      )}
    </time>
  );
}

/** The text of a time in the language of the pages. */
export function timeText(at: string | number | Date, as: Style = 'instant', zone?: string): string {
  const key = `${language.value} ${as} ${zone ?? ''}`;
  const format =
    made.get(key) ??
    new Intl.DateTimeFormat(language.value, {
      ...FORMATS[as],
      ...(zone === undefined ? {} : { timeZone: zone }),
    });
  made.set(key, format);
  return format.format(new Date(at));
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** A duration in its largest unit, such as `12 min`. */
export function durationText(ms: number): string {
  const [unit, size] = UNITS.find(([, one]) => ms >= one) ?? UNITS[3];
  return unitFormat(unit).format(Math.max(0, Math.floor(ms / size)));
}

/** A format is costly to make, and a table uses thousands. */
function unitFormat(unit: string): Intl.NumberFormat {
  const key = `${language.value} ${unit}`;
  const format =
    madeUnits.get(key) ??
    new Intl.NumberFormat(language.value, { style: 'unit', unit, unitDisplay: 'short' });
  madeUnits.set(key, format);
  return format;
}
