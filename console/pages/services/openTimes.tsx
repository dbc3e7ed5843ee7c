import type { JSX } from 'preact';
import { call } from '../../api/call.ts';
import { useResource } from '../../api/resource.ts';
import { Shown } from '../../parts/states.tsx';
import { language, texts } from '../../texts/language.ts';
import { type DayOfPeriods, daysOf, type Period } from './daysOfPeriods.ts';

const t = texts({
  en: {
    open: 'Open in the next two weeks',
    capacity: 'Capacity of the next two weeks',
    zone: (name: string) => `Times of the office: ${name}`,
    closed: 'closed',
    none: 'none',
    at: (times: string, capacity: number) => `${times} (${capacity})`,
  },
  de: {
    open: 'Geöffnet in den nächsten zwei Wochen',
    capacity: 'Kapazität der nächsten zwei Wochen',
    zone: (name: string) => `Zeiten des Büros: ${name}`,
    closed: 'geschlossen',
    none: 'keine',
    at: (times: string, capacity: number) => `${times} (${capacity})`,
  },
});

const DAYS = 14;
const DAY_MS = 86_400_000;
/** The route of the times. */
export const TIMES = 'GET /genesys/1/service/:service';

/** The times of an office-hours or capacity service as the server computes them, on the clock of the office. */
export function OpenTimes({
  name,
  kind,
  zone,
  etag,
}: {
  readonly name: string;
  readonly kind: 'officeHours' | 'capacity';
  readonly zone: string;
  /** The times are read again when the service has changed. */
  readonly etag: string;
}): JSX.Element {
  const days = useResource([name, etag].join(' '), async (signal) => {
    const from = Date.now();
    const to = from + DAYS * DAY_MS;
    const reply = await call(TIMES, {
      path: { service: name },
      query: { start: clockOf(from), end: clockOf(to), timezone: 'UTC' },
      signal,
    });
    return daysOf(periodsIn(reply), { from, days: DAYS, zone });
  });
  return (
    <section class="services-times card">
      <h2>{kind === 'capacity' ? t().capacity : t().open}</h2>
      <p class="muted">{t().zone(zone)}</p>
      <Shown resource={days} rows={DAYS}>
        {(found) => (
          <dl>
            {found.map((day) => (
              <div key={day.key}>
                <dt>{formatOf(zone, { weekday: 'short', day: 'numeric', month: 'short' })(day.at)}</dt>
                <dd class={day.periods.length === 0 ? 'muted' : ''}>{textOfDay(day, kind, zone)}</dd>
              </div>
            ))}
          </dl>
        )}
      </Shown>
    </section>
  );
}

function textOfDay({ periods }: DayOfPeriods, kind: 'officeHours' | 'capacity', zone: string): string {
  if (periods.length === 0) return kind === 'capacity' ? t().none : t().closed;
  const time = formatOf(zone, { hour: '2-digit', minute: '2-digit' });
  return periods
    .map(({ start, end, capacity }) => {
      const times = `${time(start)}–${time(end)}`;
      return capacity === undefined ? times : t().at(times, capacity);
    })
    .join(', ');
}

function formatOf(zone: string, options: Intl.DateTimeFormatOptions): (at: number) => string {
  const format = new Intl.DateTimeFormat(language.value, { ...options, timeZone: zone });
  return (at) => format.format(at);
}

/** As the service takes a time of UTC: without a zone. */
function clockOf(at: number): string {
  return new Date(at).toISOString().slice(0, -1);
}

/** Office hours answer instants; capacity the clock of the asked zone, here UTC. */
function periodsIn(reply: unknown): readonly Period[] {
  const rows = Array.isArray(reply) ? reply : (reply as { readonly periods?: unknown[] }).periods;
  return (rows ?? []).flatMap((row): readonly Period[] => {
    const { start, end, capacity } = row as Readonly<Record<'start' | 'end', string>> & { capacity?: number };
    if (capacity === 0) return [];
    return [
      { start: instantOf(start), end: instantOf(end), ...(capacity === undefined ? {} : { capacity }) },
    ];
  });
}

function instantOf(text: string): number {
  return Date.parse(text.endsWith('Z') ? text : `${text}Z`);
}
