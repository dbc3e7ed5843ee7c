import { expect } from 'chai';
import fc from 'fast-check';
import type { AgentId } from '../../../strategies/ids/index.ts';
import {
  type NewRoute,
  type RouteEvent,
  type RouteStep,
  viewRoute,
} from '../../../strategies/routing/routeStrategy.ts';
import { startRoute, stepRoute } from '../../../strategies/routing/waitForTarget.ts';
import { asId } from '../../support/ids.ts';

const step = (target: string, timeoutMs?: number, clear = false) => ({
  target,
  clear,
  ...(timeoutMs === undefined ? {} : { timeoutMs }),
});
const INPUT: NewRoute = {
  steps: [step('A@S.GA')],
  reserveTimeoutMs: 30_000,
  now: 1_000,
  delayMs: null,
  skips: [],
  data: {},
  formerAgent: () => undefined,
};
const agent = { agentId: asId<AgentId>('kate'), setting: 1, target: 'A@S.GA' };

/** States and decisions of a start and the events after it; the snapshot goes through JSON each time. */
function trace(input: NewRoute, events: readonly RouteEvent[]): readonly unknown[] {
  let last = startRoute(input);
  const lines: unknown[] = [[last.state, ...last.decisions]];
  for (const event of events) {
    last = stepRoute(JSON.parse(JSON.stringify(last.snapshot)), event);
    lines.push([event.type, last.state, ...last.decisions]);
  }
  return lines;
}

describe('WaitForTarget', () => {
  it('holds, is delayed, becomes routable, announces and is routed; each decision is data', () => {
    expect(
      trace(INPUT, [
        { type: 'setRouteDelay', delayMs: 5_000, now: 2_000 },
        { type: 'routeDelayOver', now: 7_000 },
        { type: 'agentReserved', agent },
        { type: 'routeAccepted', now: 8_000 },
        { type: 'setRouteDelay', delayMs: 0, now: 9_000 },
        { type: 'agentReserved', agent },
        { type: 'routeAccepted', now: 9_500 },
        { type: 'remove' },
      ]),
    ).to.deep.equal([
      ['held', { type: 'disarm', timer: 'target' }],
      ['setRouteDelay', 'delayed', { type: 'arm', timer: 'routeDelay', dueAt: 7_000 }],
      ['routeDelayOver', 'routable', { type: 'disarm', timer: 'routeDelay' }],
      ['agentReserved', 'announcing', { type: 'announce', agentId: 'kate', attempt: 1 }],
      ['routeAccepted', 'routed', { type: 'count', at: 8_000, waitedMs: 7_000 }],
      [
        'setRouteDelay',
        'routable',
        { type: 'release', agentId: 'kate' },
        { type: 'arm', timer: 'retry', dueAt: 39_000, agentId: 'kate' },
      ],
      ['agentReserved', 'announcing', { type: 'announce', agentId: 'kate', attempt: 2 }],
      ['routeAccepted', 'routed'],
      ['remove', 'removed', { type: 'release', agentId: 'kate' }],
    ]);
  });

  it('replaces or adds targets at their timeouts, and skips what the facts say to skip', () => {
    const steps = [step('A@S.GA', 1_000, true), step('B@S.GA', 1_000), step('C@S.GA', 2_000), step('D@S.GA')];
    const active = (of: RouteStep) => of.context.active;
    let last = startRoute({ ...INPUT, steps, skips: [] });
    const seen = [active(last)];
    for (const [now, skips] of [
      [2_000, []],
      [3_000, [2]],
      [9_000, []],
    ] as const) {
      last = stepRoute(last.snapshot, { type: 'targetTimeout', now, skips });
      seen.push(active(last));
    }
    expect(seen).to.deep.equal([[0], [1], [1, 3], [1, 3]]);
    expect(startRoute({ ...INPUT, steps, skips: [0, 1] }).context.active).to.deep.equal([2]);
  });

  it('goes on from a snapshot that the first version stored, and stores the same', () => {
    const stored = {
      status: 'active' as const,
      output: undefined,
      error: undefined,
      value: 'routable',
      historyValue: {},
      context: {
        steps: [{ target: 'A@S.GA', clear: false }],
        step: 0,
        active: [0],
        reserveTimeoutMs: 30_000,
        enteredAt: 1_000,
        attempt: 0,
        tried: [],
        distributed: false,
      },
      children: {},
    };
    const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
    expect(plain(startRoute({ ...INPUT, delayMs: 0 }).snapshot)).to.deep.equal(plain(stored));
    const reserved = stepRoute(stored, { type: 'agentReserved', agent });
    expect([reserved.state, ...reserved.decisions]).to.deep.equal([
      'announcing',
      { type: 'announce', agentId: 'kate', attempt: 1 },
    ]);
  });

  it('keeps its invariants for all events: it has an agent only while one is reserved, and no event after removal', () => {
    const events = fc.oneof(
      fc.record({
        type: fc.constant('setRouteDelay' as const),
        delayMs: fc.constantFrom(null, 0, 500),
        now: fc.nat(),
      }),
      fc.constant<RouteEvent>({ type: 'routeDelayOver', now: 7_000 }),
      fc.constant<RouteEvent>({ type: 'agentReserved', agent }),
      fc.record({ type: fc.constant('routeAccepted' as const), now: fc.nat() }),
      fc.record({ type: fc.constant('routeRefused' as const), now: fc.nat() }),
      fc.record({ type: fc.constant('reservationOver' as const), now: fc.nat() }),
      fc.constant<RouteEvent>({ type: 'targetTimeout', now: 5, skips: [] }),
      fc.constantFrom<RouteEvent>({ type: 'remove' }),
    );
    fc.assert(
      fc.property(fc.array(events, { maxLength: 20 }), (sequence) => {
        let last = startRoute(INPUT);
        let counted = 0;
        for (const event of sequence) {
          const before = last;
          last = stepRoute(JSON.parse(JSON.stringify(last.snapshot)), event);
          counted += last.decisions.filter(({ type }) => type === 'count').length;
          expect(last.context.agent !== undefined).to.equal(['announcing', 'routed'].includes(last.state));
          const letGo = before.context.agent !== undefined && last.context.agent === undefined;
          expect(last.decisions.some(({ type }) => type === 'release')).to.equal(letGo);
          expect(viewRoute(last.snapshot)).to.deep.equal({ state: last.state, context: last.context });
          if (before.state === 'removed') expect(last.decisions).to.deep.equal([]);
        }
        expect(counted).to.be.at.most(1);
      }),
    );
  });
});
