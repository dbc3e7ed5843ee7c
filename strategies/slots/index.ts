export { type AvailabilityQuery, availableSlots } from './availability.ts';
export { bookingHorizon, DEFAULT_PERIOD } from './bookingHorizon.ts';
export { Calendars, calendarKind, calendarProblems } from './calendars.ts';
export { MAX_OFFICE_DAYS, type OfficeDays, officeDays } from './officeDays.ts';
export { type BookedService, slotMinutes, type TimeSlot, TimeSlots } from './timeSlots.ts';
