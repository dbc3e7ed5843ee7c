export { type Capacity, capacityPeriods } from './capacity.ts';
export { type OpeningHours, openPeriods } from './openingHours.ts';
export { readCapacity } from './readCapacity.ts';
export { type OptionProblem, readHours } from './readHours.ts';
export { clockText, DAY_MS, instantOf, isTimeZone } from './zoneTime.ts';
