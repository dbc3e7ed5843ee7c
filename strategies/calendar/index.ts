export { type Capacity, capacityPeriods } from './capacity.ts';
export { type ClosedReason, closedReason, type OpeningHours, openPeriods } from './openingHours.ts';
export type { Period } from './periods.ts';
export { readCapacity } from './readCapacity.ts';
export { type OptionProblem, readHours } from './readHours.ts';
export { clockText, clockTexts, DAY_MS, instantOf, isTimeZone, MINUTE_MS, offsetAt } from './zoneTime.ts';
