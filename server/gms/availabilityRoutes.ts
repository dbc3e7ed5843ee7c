import type Router from '@koa/router';
import type { Context } from 'koa';
import { type Clock, defined, type Json } from '../../engine/ports/index.ts';
import { clockTexts } from '../../strategies/calendar/index.ts';
import type { Services } from '../../strategies/callback/index.ts';
import type { AvailabilityQuery, TimeSlot } from '../../strategies/slots/index.ts';
import { WireError } from '../errors/index.ts';
import { replyJson } from '../middleware/index.ts';
import { instantTexts, readCount, readFlag, readRange } from './readRange.ts';

/** Time slots of one reply. */
export const MAX_LISTED_SLOTS = 10_000;

/** Query-Availability, both versions: gms-api 2.5. The version is in the prefix of the path. */
export function registerAvailabilityRoutes(
  router: Router,
  { services, clock }: { readonly services: Services; readonly clock: Clock },
): void {
  router.get('/genesys/1/service/callback/:name/availability', (ctx) => {
    const { form } = ctx.state;
    const { slots } = listed(services, nameOf(ctx), {
      ...readRange(form, clock.now()),
      ...defined({ max: readCount(form, 'max-time-slots', 0) }),
    });
    ctx.set('Content-Type', 'application/json;charset=UTF-8');
    ctx.body = mapText(slots);
  });

  router.get('/genesys/2/service/callback/:name/availability', (ctx) => {
    const { form } = ctx.state;
    const range = readRange(form, clock.now());
    const { slots, durationMinutes } = listed(services, nameOf(ctx), {
      ...range,
      ...defined({ max: readCount(form, 'max-time-slots', 0) }),
      withBusy: readFlag(form, 'report-busy'),
    });
    const { zone } = range;
    const starts = slots.map(({ start }) => start);
    const utcTimes = instantTexts(starts);
    const localTimes = zone === undefined ? [] : clockTexts(zone, starts);
    const reply: Json = {
      durationMin: durationMinutes,
      ...defined({ timezone: zone }),
      slots: slots.map(({ free, total }, index) => ({
        utcTime: utcTimes[index]!,
        ...defined({ localTime: localTimes[index] }),
        capacity: free,
        total,
      })),
    };
    replyJson(ctx, reply);
  });
}

/** Instant to free places. Text at once: an object with thousands of keys takes much longer. */
function mapText(slots: readonly TimeSlot[]): string {
  const texts = instantTexts(slots.map(({ start }) => start));
  return `{${slots.map(({ free }, index) => `"${texts[index]}":${free}`).join(',')}}`;
}

/** Throws PARAMETER_INVALID when the reply would be too long, which would also hold up everybody else. */
function listed(
  services: Services,
  name: string,
  query: AvailabilityQuery,
): ReturnType<Services['availability']> {
  const { max = Number.POSITIVE_INFINITY } = query;
  const found = services.availability(name, { ...query, max: Math.min(max, MAX_LISTED_SLOTS + 1) });
  if (found.slots.length <= MAX_LISTED_SLOTS) return found;
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected a time range with at most MAX_LISTED_SLOTS (${MAX_LISTED_SLOTS}) time slots, got more. A shorter range, or max-time-slots, lists fewer.`,
  });
}

function nameOf(ctx: Context): string {
  return (ctx.params as { name: string }).name;
}
