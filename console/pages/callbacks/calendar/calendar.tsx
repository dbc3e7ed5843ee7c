import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { call } from '../../../api/call.ts';
import { useResource } from '../../../api/resource.ts';
import { SelectField, TextField } from '../../../parts/form.tsx';
import { Empty, Shown } from '../../../parts/states.tsx';
import { hrefOf, inAddress } from '../../../shell/address.ts';
import type { CallbackRecord } from '../callbackTexts.ts';
import { cancelCallbacks } from '../cancelCallbacks.ts';
import { CreateDialog } from '../createDialog.tsx';
import { laterDate, type OfficeCalendar, ownClockText, ownZone } from '../officeClock.ts';
import { readCalendar } from '../readCalendar.ts';
import { RescheduleDialog } from '../rescheduleDialog.tsx';
import { useCallbackServices } from '../services.ts';
import { calendarTexts } from './calendarTexts.ts';
import { HourDetails } from './hourDetails.tsx';
import { type HourCell, type HourRow, hourRows } from './hourGrid.ts';
import { WeekGrid } from './weekGrid.tsx';
import '../callbacks.css';
import './calendar.css';

const EVERY_MS = 5_000;
/** Callbacks that are shown. */
const MAX_SHOWN = 5_000;
const NARROW = '(max-width: 45rem)';

interface Week {
  readonly calendar: OfficeCalendar;
  readonly callbacks: readonly CallbackRecord[];
}

/** `callbacks/calendar`: the hours of a week at the office, or of a day on a narrow screen. */
export default function Calendar(): JSX.Element {
  const t = calendarTexts();
  const inUrl = useMemo(() => ({ service: inAddress('service'), date: inAddress('date') }), []);
  const services = useCallbackServices();
  const service = inUrl.service.value === '' ? (services[0] ?? '') : inUrl.service.value;
  const [date, days] = [inUrl.date.value, useIsNarrow() ? 1 : 7];
  const chosen = useSignal<number | undefined>(undefined);
  const shown = useSignal<'none' | { start: string } | { callback: CallbackRecord }>('none');
  const found = useResource(
    JSON.stringify([service, date, days]),
    (signal) => readShown({ service, date, days: String(days) }, signal),
    { everyMs: EVERY_MS },
  );
  const closed = (isChanged: boolean): void => {
    shown.value = 'none';
    if (isChanged) found.reload();
  };
  const cancel = async ({ _id }: CallbackRecord): Promise<void> => {
    if (await cancelCallbacks([_id])) found.reload();
  };
  const first = found.data?.calendar.days[0]?.date ?? '';
  return (
    <>
      <div class="page-head">
        <h1>{t.title}</h1>
        <a href={hrefOf('callbacks')}>{t.list}</a>
      </div>
      <div class="calendar-tools">
        <SelectField
          label={t.service}
          value={service}
          options={[...new Set([service, ...services])].map((value) => ({ value, text: value }))}
          onValue={(value) => inUrl.service.set(value)}
        />
        <TextField
          type="date"
          label={t.from}
          value={date === '' ? first : date}
          onValue={(value) => inUrl.date.set(value)}
        />
        <div class="buttons">
          <button
            type="button"
            disabled={first === ''}
            onClick={() => inUrl.date.set(laterDate(first, -days))}
          >
            {t.earlier}
          </button>
          <button type="button" onClick={() => inUrl.date.set('')}>
            {t.today}
          </button>
          <button
            type="button"
            disabled={first === ''}
            onClick={() => inUrl.date.set(laterDate(first, days))}
          >
            {t.later}
          </button>
        </div>
      </div>
      <Shown resource={found} rows={20}>
        {(data) =>
          data === undefined ? (
            <Empty>{t.none}</Empty>
          ) : (
            <Hours
              shown={data}
              chosen={chosen.value}
              onChoose={(start) => {
                chosen.value = start;
              }}
              onBook={(start) => {
                shown.value = { start };
              }}
              onMove={(callback) => {
                shown.value = { callback };
              }}
              onCancel={(callback) => void cancel(callback)}
            />
          )
        }
      </Shown>
      {shown.value !== 'none' &&
        ('start' in shown.value ? (
          <CreateDialog services={services} service={service} start={shown.value.start} onClose={closed} />
        ) : (
          <RescheduleDialog callback={shown.value.callback} onClose={closed} />
        ))}
    </>
  );
}

function Hours({
  shown: { calendar, callbacks },
  chosen,
  onChoose,
  onBook,
  onMove,
  onCancel,
}: {
  readonly shown: Week;
  readonly chosen: number | undefined;
  readonly onChoose: (start: number) => void;
  readonly onBook: (start: string) => void;
  readonly onMove: (callback: CallbackRecord) => void;
  readonly onCancel: (callback: CallbackRecord) => void;
}): JSX.Element {
  const t = calendarTexts();
  const { timezone: zone, days, now, latest } = calendar;
  const rows = useMemo(() => hourRows(calendar, callbacks), [calendar, callbacks]);
  const cell = cellAt(rows, chosen);
  const isOwn = days.every(({ start, end }) => [start, end].every((at) => ownClockText(at, zone) === ''));
  return (
    <>
      <p class="muted calendar-hint">
        {isOwn ? t.zone(zone) : t.zones(zone, ownZone())} {t.keys}
        {callbacks.length === MAX_SHOWN && ` ${t.cut(MAX_SHOWN)}`}
      </p>
      {rows.length === 0 ? (
        <Empty>{t.closedDays}</Empty>
      ) : (
        <div class="calendar-parts">
          <WeekGrid days={days} rows={rows} zone={zone} chosen={chosen} onChoose={onChoose} />
          <section class="card calendar-details" aria-live="polite">
            {cell === undefined ? (
              <p class="muted">{t.choose}</p>
            ) : (
              <HourDetails
                cell={cell}
                zone={zone}
                now={now}
                latest={latest}
                onBook={onBook}
                onMove={onMove}
                onCancel={onCancel}
              />
            )}
          </section>
        </div>
      )}
    </>
  );
}

function cellAt(rows: readonly HourRow[], start: number | undefined): HourCell | undefined {
  const cells = rows.flatMap((row) => row.cells);
  return cells.find((cell): cell is HourCell => cell.kind === 'hour' && cell.hour.start === start);
}

/** Undefined: there is no service. */
async function readShown(
  { service, date, days }: Readonly<Record<'service' | 'date' | 'days', string>>,
  signal: AbortSignal,
): Promise<Week | undefined> {
  if (service === '') return undefined;
  const calendar = await readCalendar({ service, date, days }, signal);
  const [first, last] = [calendar.days[0]!, calendar.days.at(-1)!];
  const query = { target: service, start_time: first.start, end_time: last.end, max: String(MAX_SHOWN) };
  const queues = await call('GET /genesys/1/admin/callback/queues', { query, signal });
  return { calendar, callbacks: Object.values(queues).flat() };
}

/** Whether the window has room for one day only. */
function useIsNarrow(): boolean {
  const query = useMemo(() => matchMedia(NARROW), []);
  const isNarrow = useSignal(query.matches);
  useEffect(() => {
    const changed = (): void => {
      isNarrow.value = query.matches;
    };
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, [query]);
  return isNarrow.value;
}
