import { expect } from 'chai';
import { CallbackDay } from '../simulators/callbackDay.ts';
import { HOUR_MS, type Hours } from '../simulators/callbackOffice.ts';
import { runsOf, sampleOf } from '../support/runLength.ts';

/** `npm run soak:day` plays 5,000 callbacks on each day. */
const CALLBACKS = Number(process.env.ORSAY_DAY_CALLBACKS ?? runsOf({ sample: 40, all: 400 }));
const KILLS = Math.min(80, Math.ceil(CALLBACKS / 4));

/** The nights have an opening that begins or ends in the hour that the clocks skip or repeat. */
const DAYS: readonly {
  readonly name: string;
  readonly zone: string;
  readonly midnight: string;
  readonly night: Hours;
  readonly seed: number;
}[] = [
  {
    name: 'whose clocks skip an hour',
    zone: 'Europe/Berlin',
    midnight: '2026-03-28T23:00:00Z',
    night: ['00:30-02:30', '03:15-05:00'],
    seed: 2026,
  },
  {
    name: 'whose clocks repeat an hour',
    zone: 'America/New_York',
    midnight: '2026-11-01T04:00:00Z',
    night: ['00:15-01:30', '03:00-05:00'],
    seed: 2027,
  },
];

describe('a day of callbacks', () => {
  for (const { name, zone, midnight, night, seed } of sampleOf(DAYS, 2)) {
    it(`${name} ends with none lost, called twice or out of hours, over ${KILLS} kills`, async () => {
      const startMs = Date.parse(midnight);
      const result = await new CallbackDay({
        zone,
        startMs,
        hours: [...night, '08:00-20:00'],
        closing: { at: startMs + 17 * HOUR_MS, hours: ['08:00-17:30'] },
        callbacks: CALLBACKS,
        kills: KILLS,
        seed,
      }).run();
      expect(result.kills).to.be.at.least(KILLS / 2);
      expect(result.accepted).to.be.greaterThan(CALLBACKS / 3);
      expect(Object.keys(result.reasons)).to.include.members(['AGENT_CONNECTED', 'FAIL_USER_NO_CONFIRM']);
      expect(result.closed).to.be.greaterThan(0);
      expect(result.full).to.be.greaterThan(0);
    }).timeout(3_600_000);
  }
});
