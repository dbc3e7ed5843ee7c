import type { Json } from '../../engine/ports/index.ts';
import { ServiceError } from '../instances/index.ts';
import { bookingHorizon, DEFAULT_PERIOD, type TimeSlot, type TimeSlots } from '../slots/index.ts';
import type { AdmissionCheck, AdmissionFacts } from './admission.ts';

/** gms-8.5.2 1.5, `_reject_future_desired_time`. */
export function rejectFarTime({ callback, options, now }: AdmissionFacts): ServiceError | undefined {
  const latest = bookingHorizon(options, now);
  if (callback.desiredTime <= latest) return undefined;
  const desired = new Date(callback.desiredTime).toISOString();
  const text = options._reject_future_desired_time || DEFAULT_PERIOD;
  return new ServiceError(
    'CALLBACK_INVALID',
    `Expected a desired time of at most ${new Date(latest).toISOString()} (option _reject_future_desired_time=${text}), got ${desired}.`,
  );
}

/** 002:3000: the office must be open at the desired time. */
export function openingHoursCheck(timeSlots: TimeSlots): AdmissionCheck {
  return {
    name: 'opening hours',
    refusal({ callback, options, immediate, now }) {
      // A request that starts at once is accepted at night, unless the option refuses it.
      if (immediate && options._enable_reject_out_of_office_hours?.toLowerCase() !== 'true') return undefined;
      if (!immediate && callback.bookedFor === undefined) return undefined;
      const at = immediate ? now : callback.desiredTime;
      const reason = timeSlots.closedReason({ name: callback.name, options }, at);
      if (reason === undefined) return undefined;
      return new ServiceError('CALLBACK_CLOSED', JSON.stringify({ status: 'closed', reason }));
    },
  };
}

/** 002:3018: the slot of the desired time must have a free place. Only scheduled callbacks take places. */
export function timeSlotCheck(timeSlots: TimeSlots): AdmissionCheck {
  return {
    name: 'time slot',
    refusal(facts) {
      const { callback, earlier, options, immediate } = facts;
      if (immediate || callback.bookedFor === undefined) return undefined;
      const service = { name: callback.name, options };
      const slot = timeSlots.slotAt(service, callback.desiredTime, earlier?.bookedFor);
      return slot !== undefined && slot.free > 0 ? undefined : slotFull(timeSlots, facts);
    },
  };
}

function slotFull(timeSlots: TimeSlots, { request, callback, options, now }: AdmissionFacts): ServiceError {
  const service = { name: callback.name, options };
  const desired = callback.desiredTime;
  const proposed = timeSlots.proposals(service, {
    desired,
    earliest: now,
    latest: bookingHorizon(options, now),
  });
  const text = (instant: number): string => new Date(instant).toISOString();
  if (proposed.length === 0) {
    const message = `Too many requests around this desired time: ${text(desired)}`;
    return new ServiceError('CALLBACK_SLOTS_FULL', message);
  }
  const { start, end } = timeSlots.slotPeriod(service, desired);
  const message = `Too many requests at desired time [${text(start)}, ${text(end)}]. Proposing time slots.`;
  const details = { availability: availabilityMap(proposed) };
  return request === 'create'
    ? new ServiceError('CALLBACK_SLOT_FULL', message, { details })
    : new ServiceError('CALLBACK_NEW_SLOT_FULL', message, { details });
}

/** Instant to free places, in order. */
function availabilityMap(slots: readonly TimeSlot[]): Json {
  return Object.fromEntries(slots.map(({ start, free }) => [new Date(start).toISOString(), free]));
}
