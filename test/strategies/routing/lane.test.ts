import { expect } from 'chai';
import fc from 'fast-check';
import { Lane, MAX_CALLS_IN_CHUNK } from '../../../strategies/routing/lane.ts';
import { LaneSet } from '../../../strategies/routing/laneSet.ts';
import { compareCalls, type PriorityRule, priorityAt } from '../../../strategies/routing/priority.ts';

interface Queued {
  readonly serial: number;
  readonly enteredAt: number;
  readonly waitsSince?: number;
  readonly priority: PriorityRule;
}

const NOW = 1_767_603_600_000;
const RULES: readonly PriorityRule[] = [
  { base: 2, increment: 0, everyMs: 0 },
  { base: 1, increment: 2, everyMs: 60_000 },
  { base: 9, increment: -1, everyMs: 60_000 },
  { base: 0.5, increment: 0.25, everyMs: 90_000 },
];

function queued(priority: PriorityRule, serial: number): Queued {
  return { serial, enteredAt: NOW + serial * 700 - (serial % 3), priority };
}

describe('a lane', () => {
  for (const rule of RULES) {
    it(`keeps the order of many calls that come, leave and come back, with priority ${rule.base} and ${rule.increment} every ${rule.everyMs} ms`, () => {
      fc.assert(
        fc.property(fc.array(fc.nat(), { minLength: 40, maxLength: 40 }), fc.nat(), (picks, later) => {
          const lane = new Lane<Queued>(rule, 'sums');
          const inside = Array.from({ length: 4 * MAX_CALLS_IN_CHUNK }, (_, at) => queued(rule, at));
          for (const call of inside) expect(lane.add(call)).to.equal(true);
          const outside: Queued[] = [];
          for (const pick of picks) {
            // A run of neighbours leaves; half of them come back to their old places.
            const left = inside.splice(pick % inside.length, 200);
            for (const call of left) lane.remove(call);
            const back = left.filter((_, at) => (at + pick) % 2 === 0);
            outside.push(...back);
            for (const call of outside.splice(0, 150)) {
              expect(lane.add(call)).to.equal(true);
              inside.push(call);
            }
          }
          expect(lane.size).to.equal(inside.length);
          const now = NOW + (later % 3_000_000);
          const sorted = inside.toSorted((a, b) => compareCalls(a, b, now));
          expect(lane.oldest).to.equal(inside.toSorted((a, b) => a.serial - b.serial)[0]);
          let sum = 0;
          for (const [place, self] of sorted.entries()) {
            if (place % 37 === 0 || place === sorted.length - 1) {
              expect(lane.nth(place, now)).to.equal(self);
              const ahead = lane.countAhead({ serial: self.serial, priority: priorityAt(self, now) }, now);
              expect(ahead.calls).to.equal(place);
              expect(ahead.priorities).to.be.closeTo(sum, 1e-6);
            }
            sum += priorityAt(self, now);
          }
          expect(lane.nth(sorted.length, now)).to.equal(undefined);
        }),
        { numRuns: 4 },
      );
    });
  }

  it('is one for all calls at the head of a queue, in whatever order they return, and one for the others', () => {
    const rule = RULES[1]!;
    const returned = fc.record({ since: fc.nat({ max: 5_000_000 }), after: fc.nat({ max: 3 }) });
    fc.assert(
      fc.property(fc.array(returned, { minLength: 1, maxLength: 300 }), (calls) => {
        const lanes = new LaneSet<Queued>('sums');
        let now = NOW;
        for (let serial = 1; serial <= 20; serial += 1) {
          lanes.add({ serial, enteredAt: NOW - 2_000_000 + serial, priority: rule }, rule);
        }
        for (const [at, { since, after }] of calls.entries()) {
          now += after;
          const waitsSince = NOW - since;
          // As headArrival numbers them.
          const serial = waitsSince * 1_000 + (at % 1_000) - Number.MAX_SAFE_INTEGER;
          lanes.add({ serial, enteredAt: now, waitsSince, priority: rule }, rule);
        }
        expect(lanes.lanes.length).to.be.lessThanOrEqual(2);
      }),
    );
  });

  it('does not take a call that entered before an older one', () => {
    const rule = RULES[1]!;
    const lane = new Lane<Queued>(rule, 'sums');
    const older = { serial: 1, enteredAt: NOW, priority: rule };
    expect(lane.add(older)).to.equal(true);
    expect(lane.add({ serial: 2, enteredAt: NOW - 1, priority: rule })).to.equal(false);
    expect(lane.add({ serial: 0, enteredAt: NOW + 1, priority: rule })).to.equal(false);
    expect([lane.size, lane.oldest]).to.deep.equal([1, older]);
  });
});
