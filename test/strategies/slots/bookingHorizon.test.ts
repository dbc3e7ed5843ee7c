import { expect } from 'chai';
import { bookingHorizon } from '../../../strategies/slots/bookingHorizon.ts';

describe('the latest time that may be booked', () => {
  const now = Date.UTC(2026, 0, 31, 9, 30);

  for (const [option, latest] of [
    ['', '2026-02-28T09:30:00.000Z'],
    ['1M', '2026-02-28T09:30:00.000Z'],
    ['13M', '2027-02-28T09:30:00.000Z'],
    ['2y', '2028-01-31T09:30:00.000Z'],
    ['1w', '2026-02-07T09:30:00.000Z'],
    ['10d', '2026-02-10T09:30:00.000Z'],
    ['36h', '2026-02-01T21:30:00.000Z'],
    ['45m', '2026-01-31T10:15:00.000Z'],
  ] as const) {
    it(`is ${latest} with _reject_future_desired_time='${option}'`, () => {
      const found = bookingHorizon({ _reject_future_desired_time: option }, now);
      expect(new Date(found).toISOString()).to.equal(latest);
    });
  }
});
