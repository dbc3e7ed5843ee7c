import { expect } from 'chai';
import fc from 'fast-check';
import type { ServiceInstance } from '../../../strategies/instances/serviceInstance.ts';
import { initialChatDelayOptions } from '../../../strategies/options/callbackProfiles.ts';
import { actionsOf } from '../../../strategies/statistics/actions.ts';
import { STAT_TYPES } from '../../../strategies/statistics/statTypes.ts';
import { type CallbackCentre, openCallbackCentre } from '../../support/callbackCentre.ts';
import { fuzzSeed } from '../../support/fuzzSeed.ts';
import { readFrom, StatisticsModel } from '../../support/statisticsModel.ts';

const SERVICE = 'chat-delay';
const OBJECT = 'callback:chat-delay';
const HOUR_MS = 3_600_000;
const STATES = ['QUEUED', 'ROUTING', 'PROCESSING', 'COMPLETED'] as const;
const REASONS = ['', 'CONTACT', 'FAIL_USER_CONFIRM_TIMEOUT', 'NOT_AVAILABLE'] as const;
const DEFINITIONS = {
  timeProfiles: { 'TwoDays,Sliding': '48:00:00/1:00:00' },
  timeRanges: {},
  filters: { Gold: 'PairExists("Segment","Gold")' },
  types: {},
};

type Step =
  | { readonly kind: 'create'; readonly inMs: number | undefined; readonly isGold: boolean }
  | { readonly kind: 'cancel'; readonly at: number }
  | { readonly kind: 'report'; readonly at: number; readonly state: number; readonly reason: number }
  | { readonly kind: 'move'; readonly at: number; readonly inMs: number }
  | { readonly kind: 'wait'; readonly ms: number };

const inMs = fc.integer({ min: 0, max: 5 * HOUR_MS });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('create' as const),
    inMs: fc.option(inMs, { nil: undefined }),
    isGold: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('cancel' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('report' as const), at: fc.nat(), state: fc.nat(3), reason: fc.nat(3) }),
  fc.record({ kind: fc.constant('move' as const), at: fc.nat(), inMs }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 2 * HOUR_MS }) }),
);

describe('the history of callbacks', () => {
  it('gives the statistics that a plain count over all events gives', async function () {
    this.timeout(60_000);
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
        const model = new StatisticsModel();
        const options = { ...initialChatDelayOptions(), _customer_lookup_keys: '_customer_number,Segment' };
        const centre = openCallbackCentre(options, {
          definitions: DEFINITIONS,
          spy: (durable, clock) => model.look(durable, clock.now()),
        });
        const callbacks: ServiceInstance[] = [];
        for (const one of steps) {
          await play(one, centre, callbacks).catch(() => undefined);
          await centre.settle();
        }
        await compare(centre, model);
        for (const { action } of [...model.intervals, ...model.moments]) seen.add(action);
      }),
      { numRuns: 40, ...fuzzSeed() },
    );
    // Callbacks are paused only while their service is.
    const expected = actionsOf('callback').filter((action) => action !== 'CallbackPaused');
    expect([...seen].sort()).to.deep.equal([...expected].sort());
  });
});

async function play(one: Step, centre: CallbackCentre, callbacks: ServiceInstance[]): Promise<void> {
  const { services, clock } = centre;
  if (one.kind === 'wait') return centre.advance(one.ms);
  if (one.kind === 'create') {
    const { instance } = await services.create({
      name: SERVICE,
      scope: 'callback',
      fields: { _customer_number: '1', Segment: one.isGold ? 'Gold' : 'Silver' },
      files: [],
      ...(one.inMs === undefined ? {} : { desiredTime: clock.now() + one.inMs }),
    });
    callbacks.push(instance);
    return;
  }
  const callback = callbacks[one.at % Math.max(1, callbacks.length)];
  if (callback === undefined) return;
  switch (one.kind) {
    case 'cancel':
      return services.cancel(SERVICE, callback.id);
    case 'move':
      return services.update(SERVICE, callback.id, { desiredTime: clock.now() + one.inMs, fields: {} });
    case 'report':
      return services.update(SERVICE, callback.id, {
        reporter: callback.sessionId!,
        state: STATES[one.state]!,
        reason: REASONS[one.reason]!,
        fields: {},
      });
  }
}

async function compare(centre: CallbackCentre, model: StatisticsModel): Promise<void> {
  const now = centre.clock.now();
  const midnight = Math.floor(now / (24 * HOUR_MS)) * 24 * HOUR_MS;
  const twoDays = Math.floor(now / HOUR_MS) * HOUR_MS + HOUR_MS - 48 * HOUR_MS;
  for (const type of STAT_TYPES.filter(({ objectTypes }) => objectTypes.includes('CallbackService'))) {
    for (const onlyGold of [true, false]) {
      for (const [timeProfile, from] of [
        ['Default', midnight],
        ['TwoDays', twoDays],
      ] as const) {
        const definitions = { timeProfile, ...(onlyGold ? { filter: 'Gold' } : {}) };
        const value = await centre.peek(type.name, 'CallbackService', SERVICE, definitions);
        const spans = [{ object: OBJECT, span: { from: readFrom(from, now) } }];
        const expected = model.value(type, spans, { now, onlyGold, ranges: [] });
        expect(value, `${type.name}, ${timeProfile}, ${onlyGold ? 'Gold' : 'all'}`).to.equal(expected);
      }
    }
  }
  const waiting = model.intervals.filter(
    ({ action, end }) => end === undefined && action.startsWith('Callback') && action !== 'CallbackScheduled',
  );
  expect(await centre.peek('CurrNumberWaitingCallbacks', 'CallbackService', SERVICE)).to.equal(
    waiting.length,
  );
}
