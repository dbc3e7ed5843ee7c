import type Router from '@koa/router';
import type { Context } from 'koa';
import { type Clock, defined, type Json } from '../../engine/ports/index.ts';
import { clockText } from '../../strategies/calendar/index.ts';
import type { Services, TimeSlot } from '../../strategies/callback/index.ts';
import { replyJson } from '../middleware/index.ts';
import { instantText, readCount, readFlag, readRange } from './readRange.ts';

/** Query-Availability, both versions: gms-api 2.5. The version is in the prefix of the path. */
export function registerAvailabilityRoutes(
  router: Router,
  { services, clock }: { readonly services: Services; readonly clock: Clock },
): void {
  router.get('/genesys/1/service/callback/:name/availability', (ctx) => {
    const { form } = ctx.state;
    const { slots } = services.availability(nameOf(ctx), {
      ...readRange(form, clock.now()),
      ...defined({ max: readCount(form, 'max-time-slots', 0) }),
    });
    ctx.set('Content-Type', 'application/json;charset=UTF-8');
    ctx.body = mapText(slots);
  });

  router.get('/genesys/2/service/callback/:name/availability', (ctx) => {
    const { form } = ctx.state;
    const range = readRange(form, clock.now());
    const { slots, durationMinutes } = services.availability(nameOf(ctx), {
      ...range,
      ...defined({ max: readCount(form, 'max-time-slots', 0) }),
      withBusy: readFlag(form, 'report-busy'),
    });
    const { zone } = range;
    const reply: Json = {
      durationMin: durationMinutes,
      ...defined({ timezone: zone }),
      slots: slots.map(({ start, free, total }) => ({
        utcTime: instantText(start),
        ...defined({ localTime: zone === undefined ? undefined : clockText(zone, start) }),
        capacity: free,
        total,
      })),
    };
    replyJson(ctx, reply);
  });
}

/** Instant to free places. Text at once: an object with thousands of keys takes much longer. */
function mapText(slots: readonly TimeSlot[]): string {
  return `{${slots.map(({ start, free }) => `"${instantText(start)}":${free}`).join(',')}}`;
}

function nameOf(ctx: Context): string {
  return (ctx.params as { name: string }).name;
}
