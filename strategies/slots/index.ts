export { type AvailabilityQuery, availableSlots } from './availability.ts';
export { bookingHorizon, DEFAULT_PERIOD } from './bookingHorizon.ts';
export { Calendars, calendarKind, calendarProblems } from './calendars.ts';
export { slotMinutes, type TimeSlot, TimeSlots } from './timeSlots.ts';
