import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { StoreError } from '../../../engine/durable/storeError.ts';
import { ACTIONS, actionsOf } from '../../../strategies/statistics/actions.ts';
import { CATEGORIES } from '../../../strategies/statistics/categories.ts';
import {
  AGENT_STATISTICS,
  CALLBACK_STATISTICS,
  QUEUE_STATISTICS,
} from '../../../strategies/statistics/measured.ts';
import { Statistics } from '../../../strategies/statistics/statistics.ts';
import { formulaOf, profileOf, STAT_TYPES } from '../../../strategies/statistics/statTypes.ts';
import { openContactCentre } from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';
import { openStatisticsCentre } from '../../support/statisticsCentre.ts';

const PAGE = 'docs/reference/statistics.md';
const AGENTS = ['kate', 'olga', 'sam'] as const;
const GROUPS = ['Billing', 'Sales'] as const;
const QUEUES = ['VQ_1', 'VQ_2'] as const;
const STATES = ['ready', 'notReady', 'loggedOut'] as const;
const DAY_MS = 24 * 3_600_000;

type Step =
  | { readonly kind: 'agent'; readonly agent: number; readonly state: number; readonly group: number }
  | { readonly kind: 'call'; readonly queue: number }
  | { readonly kind: 'leave'; readonly call: number }
  | { readonly kind: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('agent' as const), agent: fc.nat(2), state: fc.nat(2), group: fc.nat(1) }),
  fc.record({ kind: fc.constant('call' as const), queue: fc.nat(1) }),
  fc.record({ kind: fc.constant('leave' as const), call: fc.nat(9) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 30_000_000 }) }),
);

interface Login {
  state: (typeof STATES)[number];
  group: string;
  readySince: number;
}

describe('statistics', () => {
  it('are what a count of a random history gives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const centre = openStatisticsCentre();
        const logins = new Map<string, Login>();
        const calls: { readonly id: string; readonly queue: string }[] = [];
        for (const one of steps) {
          if (one.kind === 'wait') await centre.advance(one.ms);
          if (one.kind === 'call') {
            const queue = QUEUES[one.queue]!;
            // No agent is in this group, so calls wait until they leave.
            const { connId } = await centre.routing.startCall({ target: 'Nobody@S.GA', vq: queue });
            calls.push({ id: connId, queue });
          }
          if (one.kind === 'leave' && calls.length > 0) {
            const [left] = calls.splice(one.call % calls.length, 1);
            await centre.routing.cancelCall(asId(left!.id));
          }
          if (one.kind === 'agent') {
            const name = AGENTS[one.agent]!;
            const state = STATES[one.state]!;
            const group = GROUPS[one.group]!;
            await centre.interactions.setAgent(asId(name), { state, groups: [group] });
            const now = centre.clock.now();
            const before = logins.get(name);
            const isStill = before?.state === 'ready' && state === 'ready';
            logins.set(name, { state, group, readySince: isStill ? before.readySince : now });
          }
        }
        const now = centre.clock.now();
        const { peek } = centre;
        for (const queue of QUEUES) {
          const waiting = calls.filter((call) => call.queue === queue).length;
          expect(await peek('CurrNumberWaitingCalls', 'Queue', queue)).to.equal(waiting);
          expect(await peek('TotalDistributed', 'Queue', `${queue}@SIP Switch`)).to.equal(0);
        }
        for (const [name, login] of logins) {
          const readyMs = login.state === 'ready' ? now - login.readySince : 0;
          expect(await peek('CurrReadyTime', 'Agent', name)).to.equal(Math.floor(readyMs / 1000));
        }
        for (const group of GROUPS) {
          const members = [...logins.values()].filter((login) => login.group === group);
          if (members.length === 0) continue;
          const inState = (...states: string[]): number =>
            members.filter(({ state }) => states.includes(state)).length;
          expect(await peek('CurrAgentsLoggedIn', 'GroupAgents', group)).to.equal(
            inState('ready', 'notReady'),
          );
          expect(await peek('CurrAgentsReady', 'GroupAgents', group)).to.equal(inState('ready'));
          expect(await peek('CurrAgentsNotReady', 'GroupAgents', group)).to.equal(inState('notReady'));
          expect(await peek('CurrAgentsBusy', 'GroupAgents', group)).to.equal(0);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('count agents who work, and calls that were given to them', async () => {
    const centre = openStatisticsCentre();
    const { peek } = centre;
    for (let at = 0; at < 3; at += 1) {
      const { connId } = await centre.routing.startCall({
        target: 'Billing@S.GA',
        vq: 'VQ_1',
        routeDelayMs: 0,
      });
      await centre.advance(5_000);
      expect(await peek('CurrNumberWaitingCalls', 'Queue', 'VQ_1')).to.equal(1);
      await centre.interactions.setAgent(asId('kate'), { state: 'ready', groups: ['Billing'] });
      await centre.advance(0);
      expect(await peek('CurrAgentsBusy', 'GroupAgents', 'Billing')).to.equal(1);
      expect(await peek('CurrAgentsReady', 'GroupAgents', 'Billing')).to.equal(0);
      expect(await peek('CurrReadyTime', 'Agent', 'kate')).to.equal(0);
      await centre.routing.cancelCall(connId);
      await centre.interactions.setAgent(asId('kate'), { state: 'notReady' });
      await centre.advance(5_000);
    }
    expect(await peek('TotalDistributed', 'Queue', 'VQ_1')).to.equal(3);
    expect(await peek('AverWaitingTime', 'Queue', 'VQ_1')).to.equal(5);
    // A call every 10 seconds.
    expect(await peek('ExpectedWaitTime', 'Queue', 'VQ_1')).to.equal(10);
    expect(await peek('StatCallsAnswered', 'Queue', 'VQ_1')).to.equal(3);
  });

  it('are STATISTIC_UNAVAILABLE while the queues cannot be read', async () => {
    const centre = openStatisticsCentre();
    const fail = () => Promise.reject(new StoreError('STORE_UNAVAILABLE'));
    const routing = { viewQueue: fail, countUnservable: fail, queueKeys: () => [] };
    const statistics = new Statistics({ ...centre, routing, waitingCallbacks: () => undefined });
    const request = { metric: 'ExpectedWaitTime', objectType: 'Queue', objectId: 'x', tenant: 'Environment' };
    const error = await statistics.peek(request).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'STATISTIC_UNAVAILABLE', message: 'Statistic Service unavailable' });
  });

  it('are counted in the zone, with the ranges and the filters of the configuration', async () => {
    const centre = openStatisticsCentre({
      timeZone: 'Asia/Kolkata',
      definitions: {
        timeProfiles: { 'HalfDays,Growing': '00:00 +12:00' },
        timeRanges: { Minute: '0-60' },
        filters: { VIP: 'PairExists("Segment","Gold*") & !PairExists("Test","*")' },
        types: {
          AbandonedLate: {
            Objects: 'Queue, GroupQueues',
            Category: 'MaxTime',
            MainMask: '~CallDistributed, ~CallWait, ~CallEntered',
            TimeProfile: 'HalfDays',
          },
        },
      },
    });
    const start = (data: Record<string, string>) =>
      centre.routing.startCall({ target: 'Nobody@S.GA', vq: 'VQ', data });
    const calls = [
      await start({ Segment: 'Golden' }),
      await start({ Segment: 'Gold', Test: '1' }),
      await start({ Segment: 'Silver' }),
    ];
    await centre.advance(90_000);
    for (const { connId } of calls) await centre.routing.cancelCall(connId);
    expect(await centre.peek('TotalAbandoned', 'Queue', 'VQ')).to.equal(3);
    expect(await centre.peek('TotalAbandoned', 'Queue', 'VQ', { filter: 'VIP' })).to.equal(1);
    expect(await centre.peek('AbandonedLate', 'Queue', 'VQ')).to.equal(90);
    expect(await centre.peek('AbandonedLate', 'Queue', 'VQ', { timeProfile: 'LastHour,Sliding' })).to.equal(
      90,
    );
    // 09:00 UTC is 14:30 in India: noon there was 06:30 UTC, and midnight is 18:30 UTC.
    await centre.advance(9.4 * 3_600_000);
    expect(await centre.peek('AbandonedLate', 'Queue', 'VQ')).to.equal(90);
    await centre.advance(0.2 * 3_600_000);
    expect(await centre.peek('AbandonedLate', 'Queue', 'VQ')).to.equal(0);
    expect(await centre.peek('TotalAbandoned', 'Queue', 'VQ')).to.equal(0);
  });

  it('are kept for the days of the configuration, over restarts, and then leave the store', async () => {
    const store = new MemoryStore();
    const definitions = {
      timeProfiles: { 'TwoDays,Sliding': '48:00:00/1:00:00' },
      timeRanges: {},
      filters: {},
      types: {},
    };
    const first = openStatisticsCentre({ store, definitions, keptMs: 2 * DAY_MS });
    const { connId } = await first.routing.startCall({ target: 'Nobody@S.GA', vq: 'VQ' });
    await first.routing.cancelCall(connId);
    await first.durable.stop();
    const { clock } = first;
    const centre = openStatisticsCentre({ store, clock, definitions, keptMs: 2 * DAY_MS });
    const count = () => centre.peek('TotalAbandoned', 'Queue', 'VQ', { timeProfile: 'TwoDays' });
    expect(await count()).to.equal(1);
    await centre.advance(47 * 3_600_000);
    expect(await count()).to.equal(1);
    await centre.advance(2 * 3_600_000);
    expect(await count()).to.equal(0);
    await centre.advance(DAY_MS);
    const tables = ['Fact', 'Open', 'Minute', 'Hour', 'Latest', 'Level'].map((name) => `statistic${name}`);
    expect(tables.flatMap((table) => [...centre.durable.scan(table)])).to.deep.equal([]);
  });

  it('are of the agents of a skill expression, too', async () => {
    const centre = openStatisticsCentre();
    const set = (name: string, change: object) => centre.interactions.setAgent(asId(name), change);
    await set('kate', { state: 'ready', groups: ['Gold'], skills: { English: 5 }, media: ['voice'] });
    await set('olga', { state: 'ready', groups: ['Billing'], skills: { English: 7 } });
    await set('sam', { state: 'notReady', groups: ['Gold'], skills: {} });
    await centre.advance(60_000);
    const of = (metric: string, group: string) => centre.peek(metric, 'GroupAgents', group);
    expect(await of('RStatAgentsReady', '?:English>4@StatServer')).to.equal(2);
    expect(await of('RStatAgentsReadyvoice', '?:English>4')).to.equal(1);
    expect(await of('RStatAgentsTotal', '?Gold:English<9')).to.equal(2);
    expect(await of('TotalLoginTime', '?Gold:English<9')).to.equal(120);
    const fault = await of('RStatAgentsReady', '?:English').catch((error: Error) => error.message);
    expect(fault).to.equal("GroupAgents '?:English' (Tenant 'Environment') not found");
  });

  it('begin with the present states in a store of an earlier version', async () => {
    const store = new MemoryStore();
    const before = openContactCentre({ store });
    await before.interactions.setAgent(asId('kate'), { state: 'ready', groups: ['Billing'], capacity: 2 });
    const waiting = await before.routing.startCall({ target: 'Nobody@S.GA', vq: 'VQ' });
    await before.routing.startCall({ target: 'Billing@S.GA', vq: 'VQ', routeDelayMs: 0 });
    await before.settle();
    await before.durable.stop();

    const { clock } = before;
    const centre = openStatisticsCentre({ store, clock });
    await centre.recorder.adopt();
    await centre.advance(10_000);
    expect(await centre.peek('TotalLoginTime', 'Agent', 'kate')).to.equal(10);
    expect(await centre.peek('TotalBusyTime', 'Agent', 'kate')).to.equal(10);
    expect(await centre.peek('CurrMaxWaitingTime', 'Queue', 'VQ')).to.equal(10);
    await centre.routing.cancelCall(waiting.connId);
    await centre.interactions.setAgent(asId('kate'), { state: 'loggedOut' });
    await centre.advance(10_000);
    expect(await centre.peek('TotalWaitingTime', 'Queue', 'VQ')).to.equal(10);
    expect(await centre.peek('TotalLoginTime', 'Agent', 'kate')).to.equal(10);
    // Once only.
    await centre.interactions.setAgent(asId('kate'), { state: 'ready' });
    await centre.recorder.adopt();
    await centre.advance(5_000);
    expect(await centre.peek('TotalLoginTime', 'Agent', 'kate')).to.equal(15);
  });

  it('say which name is unknown', async () => {
    const centre = openStatisticsCentre();
    const messageOf = (metric: string, more: object): Promise<string> =>
      centre.peek(metric, 'Queue', 'VQ', more).then(String, (error: Error) => error.message);
    expect(await messageOf('TotalEntered', { timeProfile: 'Week' })).to.equal(
      "TimeProfile 'Week' not found. Expected Default, LastHour, LastCalls, SinceLogin.",
    );
    expect(await messageOf('CurrNumberWaitingCalls', { timeProfile: 'Week' })).to.equal(
      "TimeProfile 'Week' not found. Expected Default, LastHour, LastCalls, SinceLogin.",
    );
    expect(await messageOf('TotalEntered', { filter: 'VIP' })).to.equal(
      "Filter 'VIP' not found. Expected none: the configuration has none.",
    );
    expect(await messageOf('PercentAbandoned', { timeProfile: 'LastCalls' })).to.equal(
      "Expected a TimeProfile of another kind than Selection for the statistic PercentAbandoned, got 'LastCalls'.",
    );
    expect(await messageOf('ServiceFactor', { timeRange: 'x' })).to.equal(
      "TimeRange 'x' not found. Expected Default, Default2.",
    );
    expect(await messageOf('TotalEntered', { timeRange: 'Default' })).to.equal(
      "Expected 0 time ranges for the statistic TotalEntered (TotalNumber), got 'Default'.",
    );
    expect(await messageOf('ExpectedWaitTime', { filter: 'VIP' })).to.equal(
      "Expected no filter for the statistic ExpectedWaitTime, got 'VIP'.",
    );
  });

  it(`are the rows of ${PAGE}`, () => {
    const tables = tablesOf(readFileSync(PAGE, 'utf8'));
    expect(tables.get('Measured')).to.deep.equal(
      [...AGENT_STATISTICS, ...QUEUE_STATISTICS, ...CALLBACK_STATISTICS].map(
        ({ name, aliases, objectTypes, formula, timeProfile }) => [
          name,
          aliases.join(', '),
          objectTypes.join(', '),
          formula,
          timeProfile,
        ],
      ),
    );
    expect(tables.get('Counted')).to.deep.equal(
      STAT_TYPES.map((type) => [
        type.name,
        type.aliases.join(', '),
        type.objectTypes.join(', '),
        formulaOf(type),
        profileOf(type),
      ]),
    );
    expect(tables.get('Categories')).to.deep.equal(Object.entries(CATEGORIES));
    const actions = tables.get('Actions')!.map(([name, of, kind]) => [name, of, kind]);
    expect(actions).to.deep.equal(
      (['agent', 'queue', 'callback'] as const).flatMap((of) =>
        actionsOf(of).map((action) => [action, of, ACTIONS[action]]),
      ),
    );
  });
});

/** The cells of the tables of a page, by the heading before each. */
function tablesOf(page: string): ReadonlyMap<string, readonly (readonly string[])[]> {
  const tables = new Map<string, string[][]>();
  let heading = '';
  for (const line of page.split('\n')) {
    if (line.startsWith('#')) heading = line.replace(/^#+ /, '');
    if (!line.startsWith('|')) continue;
    const cells = line.split('|').slice(1, -1);
    tables.set(heading, [...(tables.get(heading) ?? []), cells.map((cell) => cell.trim())]);
  }
  return new Map([...tables].map(([name, rows]) => [name, rows.slice(2)]));
}
