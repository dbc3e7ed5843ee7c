import type { TimeSlots } from '../slots/index.ts';
import type { AdmissionCheck } from './admission.ts';
import { openingHoursCheck, rejectFarTime, timeSlotCheck } from './bookingChecks.ts';
import { rejectException, rejectNumber } from './numberChecks.ts';
import type { QueueChecks } from './queueChecks.ts';
import type { Throttles } from './throttles.ts';

/** All checks that a callback must pass, in their order. */
export function admissionChecks({
  timeSlots,
  queue,
  throttles,
}: {
  readonly timeSlots: TimeSlots;
  readonly queue: QueueChecks;
  readonly throttles: Throttles;
}): readonly AdmissionCheck[] {
  return [
    { name: 'exceptions', isAboutNumber: true, refusal: rejectException },
    { name: 'phone number', isAboutNumber: true, refusal: rejectNumber },
    { name: 'booking horizon', refusal: rejectFarTime },
    openingHoursCheck(timeSlots),
    timeSlotCheck(timeSlots),
    ...queue.checks(),
    ...throttles.checks(),
  ];
}
