import { expect } from 'chai';
import fc from 'fast-check';
import { initialChatDelayOptions } from '../../../strategies/options/callbackProfiles.ts';
import { type CallbackCentre, openCallbackCentre } from '../../support/callbackCentre.ts';
import { fuzzSeed } from '../../support/fuzzSeed.ts';
import { asId } from '../../support/ids.ts';

const QUEUES = ['8999', '9000'] as const;
const BUFFER_MS = 120_000;
/** The estimates use the last calls only. */
const WINDOW = 32;

type Step =
  | { readonly kind: 'call'; readonly queue: number; readonly priority: number }
  | { readonly kind: 'serve' }
  | { readonly kind: 'leave'; readonly at: number }
  | { readonly kind: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('call' as const),
      queue: fc.nat(1),
      priority: fc.nat(2),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('serve' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), at: fc.nat() }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 400_000 }) }),
  },
);

interface Waiting {
  readonly id: string;
  readonly queue: string;
  readonly priority: number;
  readonly serial: number;
  readonly enteredAt: number;
}

/** The calls that wait, and the departures of each queue, as a plain list has them. */
class Lists {
  waiting: Waiting[] = [];
  readonly departures = new Map<string, { readonly at: number; readonly waitedMs: number }[]>();
  /** Agents who are logged in, as Stat Server counts them; no call is handled, so 90 s count for each. */
  agents = 0.0001;
  #serial = 0;

  async play(one: Step, centre: CallbackCentre): Promise<void> {
    const { routing, interactions, clock } = centre;
    if (one.kind === 'wait') return centre.advance(one.ms);
    if (one.kind === 'call') {
      const queue = QUEUES[one.queue]!;
      const { connId } = await routing.startCall({
        target: 'Billing@S.GA',
        vq: queue,
        routeDelayMs: 0,
        priority: { base: one.priority },
      });
      this.#serial += 1;
      const enteredAt = clock.now();
      this.waiting.push({ id: connId, queue, priority: one.priority, serial: this.#serial, enteredAt });
      return;
    }
    if (one.kind === 'leave') {
      const [left] = this.waiting.splice(one.at % Math.max(1, this.waiting.length), 1);
      if (left !== undefined) await routing.cancelCall(asId(left.id));
      return;
    }
    // An agent takes the first call of both queues, and is gone again.
    const [first] = this.#inOrder(this.waiting);
    this.agents = 1;
    await interactions.setAgent(asId('kate'), { state: 'ready', groups: ['Billing'] });
    await centre.settle();
    await interactions.setAgent(asId('kate'), { state: 'notReady' });
    if (first === undefined) return;
    expect(routing.get(asId(first.id))?.state).to.equal('routed');
    await routing.cancelCall(asId(first.id));
    this.waiting = this.waiting.filter((call) => call !== first);
    const departures = this.departures.get(first.queue) ?? [];
    departures.push({ at: clock.now(), waitedMs: clock.now() - first.enteredAt });
    this.departures.set(first.queue, departures);
  }

  /** The calls of a queue, the next one first. */
  of(queue: string): readonly Waiting[] {
    return this.#inOrder(this.waiting.filter((call) => call.queue === queue));
  }

  /** Seconds; undefined while nothing is known. */
  expectedWait(queue: string, position: number): number | undefined {
    const last = (this.departures.get(queue) ?? []).slice(-WINDOW);
    if (last.length < 2) return undefined;
    const gaps = last.slice(1).map(({ at }, index) => at - last[index]!.at);
    const gap = gaps.reduce((sum, one) => sum + one, 0) / gaps.length;
    return Math.round((gap * position) / 1000);
  }

  /** Milliseconds; undefined while nothing is known. */
  averageWait(queue: string): number | undefined {
    const last = (this.departures.get(queue) ?? []).slice(-WINDOW);
    return last.length === 0
      ? undefined
      : last.reduce((sum, { waitedMs }) => sum + waitedMs, 0) / last.length;
  }

  #inOrder(calls: readonly Waiting[]): readonly Waiting[] {
    return [...calls].sort((a, b) => b.priority - a.priority || a.serial - b.serial);
  }
}

/** The state of a callback that is booked now for this time. */
async function stateWhenBooked({ services, clock }: CallbackCentre, inMs: number): Promise<string> {
  const { instance } = await services.create({
    name: 'chat-delay',
    scope: 'callback',
    fields: { _customer_number: '1' },
    files: [],
    desiredTime: clock.now() + inMs,
  });
  return instance.state;
}

describe('the waits of virtual queues', () => {
  it('are what plain lists of calls and departures give, and decide when a callback begins', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 120 }), async (steps) => {
        const centre = openCallbackCentre(
          {
            ...initialChatDelayOptions(),
            _request_execution_time_buffer: String(BUFFER_MS / 1000),
            _request_queue_time_stat: 'ExpectedWaitTime;Queue;8999@SIP_Server;Environment',
          },
          { queueGroups: { All: [...QUEUES] } },
        );
        const lists = new Lists();
        for (const one of steps) {
          await lists.play(one, centre);
          await centre.settle();
        }
        const now = centre.clock.now();
        for (const queue of QUEUES) {
          const calls = lists.of(queue);
          const expected = lists.expectedWait(queue, calls.length + 1);
          const averageMs = lists.averageWait(queue);
          const last = await centre.routing.viewQueue(asId('max'), { vq: queue });
          expect([last.calls, last.position, last.hit, last.ewtSeconds]).to.deep.equal([
            calls.length,
            calls.length + 1,
            lists.departures.get(queue)?.length ?? 0,
            expected,
          ]);
          expect(last.averageWaitMs ?? 0).to.be.closeTo(averageMs ?? 0, 1e-6);
          const peek = (metric: string) => centre.peek(metric, 'Queue', `${queue}@SIP_Server`);
          expect(await peek('ExpectedWaitTime')).to.equal(expected ?? 0);
          expect(await peek('CurrNumberWaitingCalls')).to.equal(calls.length);
          expect(await peek('AverWaitingTime')).to.equal(Math.floor((averageMs ?? 0) / 1000));
          for (const [index, { id, enteredAt }] of calls.entries()) {
            const view = await centre.routing.viewQueue(asId(id));
            expect([view.position, view.calls, view.waitedMs, view.ewtSeconds]).to.deep.equal([
              index + 1,
              calls.length,
              now - enteredAt,
              lists.expectedWait(queue, index + 1),
            ]);
            const byHandling = await centre.routing.viewQueue(asId(id), { method: 'stat' });
            expect(byHandling.ewtSeconds).to.equal(Math.round((90 * (index + 1)) / lists.agents));
          }
        }
        expect(await centre.peek('CurrNumberWaitingCalls', 'GroupQueues', 'All')).to.equal(
          lists.waiting.length,
        );
        const leadMs = BUFFER_MS + 1000 * (lists.expectedWait('8999', lists.of('8999').length + 1) ?? 0);
        expect(await stateWhenBooked(centre, leadMs)).to.equal('QUEUED');
        expect(await stateWhenBooked(centre, leadMs + 1)).to.equal('SCHEDULED');
      }),
      { numRuns: 40, ...fuzzSeed() },
    );
  });

  it('let a scheduled callback begin earlier when its queue becomes slow', async () => {
    const centre = openCallbackCentre({
      ...initialChatDelayOptions(),
      _request_execution_time_buffer: '120',
      _request_queue_time_stat: 'ExpectedWaitTime;Queue;8999@SIP_Server;Environment',
    });
    const lists = new Lists();
    const call: Step = { kind: 'call', queue: 0, priority: 0 };
    const { instance } = await centre.services.create({
      name: 'chat-delay',
      scope: 'callback',
      fields: { _customer_number: '1' },
      files: [],
      desiredTime: centre.clock.now() + 3_600_000,
    });
    // A call every 5 minutes is served: with two that wait, a third one waits 15 minutes.
    for (let turn = 0; turn < 5; turn += 1) {
      await lists.play(call, centre);
      await centre.advance(300_000);
      await lists.play({ kind: 'serve' }, centre);
    }
    await lists.play(call, centre);
    await lists.play(call, centre);
    expect(await centre.peek('ExpectedWaitTime', 'Queue', '8999')).to.equal(900);
    // 25 minutes are over; it begins 2 + 15 minutes before its time, and not before.
    const state = () => centre.services.get(instance.id)?.state;
    await centre.advance(18 * 60_000 - 1);
    expect(state()).to.equal('SCHEDULED');
    await centre.advance(1);
    expect(state()).to.equal('QUEUED');
  });
});
