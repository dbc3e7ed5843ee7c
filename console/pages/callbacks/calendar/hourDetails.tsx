import type { JSX } from 'preact';
import { mayCall } from '../../../api/login.ts';
import { hrefOf } from '../../../shell/address.ts';
import { BADGES, type CallbackRecord } from '../callbackTexts.ts';
import { mayCreate, mayReschedule } from '../mayBook.ts';
import { clockText, dateText, ownClockText, slotTexts } from '../officeClock.ts';
import { calendarTexts } from './calendarTexts.ts';
import type { HourCell } from './hourGrid.ts';

/** The times of an hour with their callbacks. */
export function HourDetails({
  cell: { day, hour, slots, callbacks },
  zone,
  now,
  latest,
  onBook,
  onMove,
  onCancel,
}: {
  readonly cell: HourCell;
  readonly zone: string;
  readonly now: string;
  readonly latest: string;
  readonly onBook: (start: string) => void;
  readonly onMove: (callback: CallbackRecord) => void;
  readonly onCancel: (callback: CallbackRecord) => void;
}): JSX.Element {
  const t = calendarTexts();
  const names = slotTexts(day.slots, zone);
  // A callback may be at a time without a slot: an immediate one, or one of earlier opening hours.
  const starts = [new Date(hour.start).toISOString(), ...slots.map(({ start }) => start)];
  const parts = [...new Set(starts)].map((start, at, all) => {
    const next = all[at + 1] ?? new Date(hour.end).toISOString();
    return {
      start,
      slot: slots.find((one) => one.start === start),
      name: names[day.slots.findIndex((one) => one.start === start)] ?? clockText(start, zone),
      booked: callbacks.filter(({ _desired_time: at }) => at >= start && at < next),
    };
  });
  return (
    <>
      <h2>
        {dateText(day.date)}, {clockText(hour.start, zone)}
      </h2>
      <ul class="calendar-slots">
        {parts
          .filter(({ slot, booked }) => slot !== undefined || booked.length > 0)
          .map(({ start, slot, name, booked }) => (
            <li key={start}>
              <div class="calendar-slot">
                <strong>{name}</strong>
                {ownClockText(start, zone) !== '' && <span class="muted">({ownClockText(start, zone)})</span>}
                <span>{slot === undefined ? t.closed : t.freeOf(slot.free, slot.total)}</span>
                {start <= now && <span class="badge">{t.past}</span>}
                {start > latest && <span class="badge">{t.tooLate}</span>}
                {slot !== undefined && slot.free > 0 && start > now && start <= latest && mayCreate() && (
                  <button type="button" aria-label={t.bookAt(name)} onClick={() => onBook(start)}>
                    {t.book}
                  </button>
                )}
              </div>
              {booked.map((callback) => (
                <Booking key={callback._id} callback={callback} onMove={onMove} onCancel={onCancel} />
              ))}
            </li>
          ))}
      </ul>
    </>
  );
}

function Booking({
  callback,
  onMove,
  onCancel,
}: {
  readonly callback: CallbackRecord;
  readonly onMove: (callback: CallbackRecord) => void;
  readonly onCancel: (callback: CallbackRecord) => void;
}): JSX.Element {
  const t = calendarTexts();
  const { _id: id, _customer_number: number = id, _callback_state: state } = callback;
  return (
    <div class="calendar-booking">
      <a class="calendar-number" href={hrefOf(`callbacks/${encodeURIComponent(id)}`)}>
        {number}
      </a>
      <span class={`badge ${BADGES[state]}`}>{state}</span>
      {state === 'SCHEDULED' && mayReschedule() && (
        <button type="button" aria-label={`${t.move}: ${number}`} onClick={() => onMove(callback)}>
          {t.move}
        </button>
      )}
      {state !== 'COMPLETED' && mayCall('POST /genesys/1/admin/callback/cancel') && (
        <button
          type="button"
          class="danger"
          aria-label={`${t.cancel}: ${number}`}
          onClick={() => onCancel(callback)}
        >
          {t.cancel}
        </button>
      )}
    </div>
  );
}
