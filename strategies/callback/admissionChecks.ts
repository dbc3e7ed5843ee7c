import type { AdmissionCheck } from './admission.ts';
import { rejectFarTime } from './bookingHorizon.ts';

/** All checks that a callback must pass, in their order. */
export function admissionChecks(): readonly AdmissionCheck[] {
  return [{ name: 'booking horizon', refusal: rejectFarTime }];
}
