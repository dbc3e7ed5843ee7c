import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { StoreError } from '../../../engine/durable/storeError.ts';
import {
  AGENT_STATISTICS,
  CALLBACK_STATISTICS,
  QUEUE_STATISTICS,
} from '../../../strategies/statistics/definitions.ts';
import { Statistics } from '../../../strategies/statistics/statistics.ts';
import { openContactCentre } from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';

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
  /** Times at which the agent was logged in, as [from, to). */
  readonly intervals: { from: number; to: number | undefined }[];
}

/** The seconds of the intervals since midnight, counted one by one. */
function loginSeconds(intervals: Login['intervals'], now: number): number {
  const midnight = Math.floor(now / DAY_MS) * DAY_MS;
  const ms = intervals.map(({ from, to }) => Math.max(0, (to ?? now) - Math.max(from, midnight)));
  return Math.floor(ms.reduce((sum, one) => sum + one, 0) / 1000);
}

describe('statistics', () => {
  it('are what a count of a random history gives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const centre = openContactCentre();
        const statistics = new Statistics({ ...centre, waitingCallbacks: () => undefined });
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
            const intervals = before?.intervals ?? [];
            const open = intervals.find(({ to }) => to === undefined);
            if (state === 'loggedOut' && open !== undefined) open.to = now;
            if (state !== 'loggedOut' && open === undefined) intervals.push({ from: now, to: undefined });
            const isStill = before?.state === 'ready' && state === 'ready';
            logins.set(name, { state, group, intervals, readySince: isStill ? before.readySince : now });
          }
        }
        const now = centre.clock.now();
        const peek = async (metric: string, objectType: string, objectId: string): Promise<number> =>
          (await statistics.peek({ metric, objectType, objectId, tenant: 'Environment' }, 0)).value;
        for (const queue of QUEUES) {
          const waiting = calls.filter((call) => call.queue === queue).length;
          expect(await peek('CurrNumberWaitingCalls', 'Queue', queue)).to.equal(waiting);
          expect(await peek('TotalDistributed', 'Queue', `${queue}@SIP Switch`)).to.equal(0);
        }
        for (const [name, login] of logins) {
          const readyMs = login.state === 'ready' ? now - login.readySince : 0;
          expect(await peek('CurrReadyTime', 'Agent', name)).to.equal(Math.floor(readyMs / 1000));
          expect(await peek('TotalLoginTime', 'Agent', name)).to.equal(loginSeconds(login.intervals, now));
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
    const centre = openContactCentre();
    const statistics = new Statistics({ ...centre, waitingCallbacks: () => undefined });
    const peek = async (metric: string, objectType: string, objectId: string): Promise<number> =>
      (await statistics.peek({ metric, objectType, objectId, tenant: 'Environment' }, 0)).value;
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
    const { agents, clock } = openContactCentre();
    const routing = { viewQueue: () => Promise.reject(new StoreError()) };
    const statistics = new Statistics({ agents, clock, routing, waitingCallbacks: () => undefined });
    const request = { metric: 'ExpectedWaitTime', objectType: 'Queue', objectId: 'x', tenant: 'Environment' };
    const error = await statistics.peek(request).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'STATISTIC_UNAVAILABLE', message: 'Statistic Service unavailable' });
  });

  it(`are the rows of ${PAGE}`, () => {
    const rows = [...AGENT_STATISTICS, ...QUEUE_STATISTICS, ...CALLBACK_STATISTICS].map(
      ({ name, aliases, objectTypes, formula, timeProfile }) => [
        name,
        aliases.join(', '),
        objectTypes.join(', '),
        formula,
        timeProfile,
      ],
    );
    const table = readFileSync(PAGE, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('|'));
    const cells = table.map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
    expect(cells.slice(2)).to.deep.equal(rows);
  });
});
