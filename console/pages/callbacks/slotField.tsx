import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { useResource } from '../../api/resource.ts';
import { SelectField, TextField } from '../../parts/form.tsx';
import { Failed } from '../../parts/states.tsx';
import { timeText } from '../../parts/time.tsx';
import { bookingTexts } from './bookingTexts.ts';
import { dateAt, type OfficeCalendar, ownClockText, ownZone, slotTexts } from './officeClock.ts';
import { readCalendar } from './readCalendar.ts';

/** A day at the office, and one of its free times. `value`: the beginning of a slot in ISO 8601, or ''. */
export function SlotField({
  service,
  value,
  onValue,
}: {
  readonly service: string;
  readonly value: string;
  readonly onValue: (start: string) => void;
}): JSX.Element {
  const t = bookingTexts();
  /** '': the day of the value, or today at the office. */
  const date = useSignal('');
  // An offered time may be on another day, which only the zone of the office tells.
  const day = useResource(JSON.stringify([service, date.value, value]), async (signal) => {
    const zoned = await readDay(service, date.value, signal);
    if (value === '' || date.value !== '') return zoned;
    return readDay(service, dateAt(value, zoned.timezone), signal);
  });
  const { data } = day;
  const shown = data?.days[0];
  useEffect(() => {
    // The value was chosen elsewhere.
    if (data !== undefined && value !== '' && dateAt(value, data.timezone) !== date.value) date.value = '';
  }, [value]);
  const choices = data === undefined ? [] : choicesOf(data, value);
  return (
    <>
      <div class="callbacks-slot">
        <TextField
          type="date"
          label={t.day}
          required
          value={date.value === '' ? (shown?.date ?? '') : date.value}
          onValue={(chosen) => {
            if (chosen === '') return;
            date.value = chosen;
            onValue('');
          }}
        />
        <SelectField
          label={t.time}
          required
          value={value}
          options={[{ value: '', text: choices.length === 0 ? t.noSlot : t.choose }, ...choices]}
          onValue={onValue}
        />
      </div>
      {data !== undefined && (
        <p class="hint">
          {isOwnClock(data) ? t.zone(data.timezone) : t.zones(data.timezone, ownZone())}{' '}
          {t.until(timeText(data.latest, 'day', data.timezone))}
        </p>
      )}
      {day.error !== undefined && <Failed error={day.error} retry={day.reload} />}
    </>
  );
}

function readDay(service: string, date: string, signal: AbortSignal): Promise<OfficeCalendar> {
  return readCalendar({ service, date, days: '1' }, signal);
}

/** The times that may be booked, and the one that is chosen. */
function choicesOf(
  { timezone: zone, now, latest, days }: OfficeCalendar,
  value: string,
): readonly { readonly value: string; readonly text: string }[] {
  const t = bookingTexts();
  const slots = days[0]?.slots ?? [];
  const names = slotTexts(slots, zone);
  return slots.flatMap(({ start, free, total }, at) => {
    const isFree = free > 0 && start > now && start <= latest;
    if (!isFree && start !== value) return [];
    const own = ownClockText(start, zone);
    const time = own === '' ? names[at] : `${names[at]} (${own})`;
    return [{ value: start, text: `${time} · ${t.free(free, total)}` }];
  });
}

/** Whether the clock of the reader shows the same on this day. */
function isOwnClock({ timezone, days }: OfficeCalendar): boolean {
  return days.every(({ start, end }) => [start, end].every((at) => ownClockText(at, timezone) === ''));
}
