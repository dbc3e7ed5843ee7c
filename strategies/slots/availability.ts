import { bookingHorizon } from './bookingHorizon.ts';
import type { BookedService, TimeSlot, TimeSlots } from './timeSlots.ts';

/** A search for free time slots. Times are ms since epoch. */
export interface AvailabilityQuery {
  readonly from: number;
  /** Equal to `from`: the slot of this instant, unless the slot is over. */
  readonly to: number;
  /** Slots in the answer; absent: all. */
  readonly max?: number;
  /** Lists slots without a free place too. */
  readonly withBusy?: boolean;
}

/**
 * The slots of a callback service that may be booked now, in order. The past, and times after
 * _reject_future_desired_time, have none. Throws ServiceError SERVICE_MISCONFIGURED.
 */
export function availableSlots(
  timeSlots: TimeSlots,
  service: BookedService,
  {
    from,
    to,
    max = Number.POSITIVE_INFINITY,
    withBusy = false,
    now,
  }: AvailabilityQuery & { readonly now: number },
): readonly TimeSlot[] {
  const latest = bookingHorizon(service.options, now);
  const end = Math.min(Math.max(to, from + 1), latest + 1);
  const found: TimeSlot[] = [];
  if (max === 0) return found;
  // The request has been on its way since its start, and the slot of that instant still has time left.
  const isRunning = to === from && timeSlots.slotPeriod(service, from).end > now;
  for (const slot of timeSlots.slots(service, { from: isRunning ? from : Math.max(from, now), to: end })) {
    if (slot.free === 0 && !withBusy) continue;
    if (found.push(slot) === max) break;
  }
  return found;
}
