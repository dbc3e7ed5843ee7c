import type { JSX } from 'preact';
import { ApiError } from '../../api/apiError.ts';
import { call } from '../../api/call.ts';
import { useResource } from '../../api/resource.ts';
import { Failed } from '../../parts/states.tsx';
import { bookingTexts } from './bookingTexts.ts';
import { dayClockText } from './officeClock.ts';
import { readCalendar } from './readCalendar.ts';

/** Free times that are offered in place of one that was refused. */
const MAX_OFFERED = 7;
const DAYS = '14';
const FULL = ['CALLBACK_SLOT_FULL', 'CALLBACK_NEW_SLOT_FULL', 'CALLBACK_SLOTS_FULL'];
const CLOSED = ['closed_day_of_week', 'closed_no_match'] as const;

/** Why the server refused a time, with the free times that it offers in its place, as buttons. */
export function Refusal({
  error,
  service,
  desired,
  onChoose,
}: {
  readonly error: Error;
  readonly service: string;
  /** The time that was refused, in ISO 8601; '': now. */
  readonly desired: string;
  readonly onChoose: (start: string) => void;
}): JSX.Element {
  const t = bookingTexts();
  const offered = useResource(JSON.stringify([error.message, service, desired]), (signal) =>
    offeredTimes(error, { service, desired, signal }),
  );
  const { times = [], zone = '' } = offered.data ?? {};
  return (
    <div class="callbacks-refusal">
      <Failed error={readable(error)} />
      {times.length > 0 && (
        <fieldset class="callbacks-offered">
          <legend>{t.offered}</legend>
          {times.map((time) => (
            <button type="button" key={time} onClick={() => onChoose(time)}>
              {dayClockText(time, zone)}
            </button>
          ))}
        </fieldset>
      )}
    </div>
  );
}

/** A refusal of a full slot has free ones. For one outside the opening hours they are asked for. */
async function offeredTimes(
  error: Error,
  { service, desired, signal }: { service: string; desired: string; signal: AbortSignal },
): Promise<{ readonly times: readonly string[]; readonly zone: string } | undefined> {
  const isTime = error instanceof ApiError && [...FULL, 'CALLBACK_CLOSED'].includes(error.code);
  if (!isTime) return undefined;
  const { timezone: zone } = await readCalendar({ service, days: '1' }, signal);
  const { availability } = error.details;
  if (typeof availability === 'object' && availability !== null) {
    return { times: Object.keys(availability), zone };
  }
  const query = { start: desired, 'number-of-days': DAYS, 'max-time-slots': String(MAX_OFFERED) };
  const path = { name: service };
  const free = await call('GET /genesys/1/service/callback/:name/availability', { path, query, signal });
  return { times: Object.keys(free), zone };
}

/** The documented messages of these refusals are JSON, or name instants in UTC. */
function readable(error: Error): Error {
  if (!(error instanceof ApiError)) return error;
  const t = bookingTexts();
  if (FULL.includes(error.code)) return new Error(t.full);
  const reason = CLOSED.find((one) => error.code === 'CALLBACK_CLOSED' && error.message.includes(`"${one}"`));
  return reason === undefined ? error : new Error(t[reason]);
}
