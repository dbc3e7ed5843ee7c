import { expect } from 'chai';
import fc from 'fast-check';
import type { FreeAgent } from '../../../strategies/routing/agentRecord.ts';
import { findMatches } from '../../../strategies/routing/findMatches.ts';
import { matchCalls } from '../../../strategies/routing/matchCalls.ts';
import { compareCalls, type PriorityRule } from '../../../strategies/routing/priority.ts';
import { targetsOf } from '../../../strategies/routing/targetList.ts';
import { CALL, type VirtualInteraction } from '../../../strategies/routing/virtualInteraction.ts';
import { viewRoute } from '../../../strategies/routing/waitForTarget.ts';
import { openContactCentre } from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';

const rule: fc.Arbitrary<PriorityRule> = fc.record({
  base: fc.integer({ min: -2, max: 5 }),
  increment: fc.integer({ min: -2, max: 3 }),
  everyMs: fc.constantFrom(0, 1_000, 7_000),
});
const call = fc.record({
  rule,
  waitsMs: fc.nat({ max: 9_000 }),
  vq: fc.constantFrom('VQ', 'VQ/2'),
  media: fc.constantFrom('chat', 'voice'),
  target: fc.constantFrom(
    'Billing@S.GA',
    'Sales@S.GA',
    'Nobody@S.GA',
    'Sales@S.GA,[5]Billing@S.GA',
    '{2}Sales@S.GA',
    '?:English>1@S.GA',
    JSON.stringify([{ target: 'Nobody@S.GA', timeout: 3 }, { target: 'a1@S.A' }]),
  ),
  /** null: held. */
  delayMs: fc.constantFrom(0, 0, 0, null),
});
const agent = fc.record({
  groups: fc.subarray(['Billing', 'Sales']),
  media: fc.subarray(['chat', 'voice'], { minLength: 1 }),
  skills: fc.constantFrom({}, { English: 3 }),
  room: fc.integer({ min: 1, max: 3 }),
});

function freeAgents(agents: readonly { groups: string[]; media: string[]; skills: object; room: number }[]) {
  return agents.map(
    ({ room, skills, ...given }, index): FreeAgent => ({
      room,
      record: {
        ...given,
        skills: { ...skills },
        agentId: asId(`a${index}`),
        state: 'ready',
        capacity: room,
        setting: 1,
        readySince: index,
      },
    }),
  );
}

describe('the matches of free agents', () => {
  it('agree with sorting and reading all routable calls', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(call, { maxLength: 20 }),
        fc.array(agent, { maxLength: 4 }),
        async (calls, agents) => {
          const { routing, durable, clock, advance } = openContactCentre();
          for (const { rule: priority, waitsMs, delayMs: routeDelayMs, ...request } of calls) {
            await routing.startCall({ ...request, priority, routeDelayMs });
            await advance(waitsMs);
          }
          const now = clock.now();
          const free = freeAgents(agents);
          const routable = [...durable.scan<VirtualInteraction>(CALL)]
            .map(({ value }) => value)
            .filter(({ snapshot }) => viewRoute(snapshot).state === 'routable')
            .sort((a, b) => compareCalls(a, b, now));
          const waiting = routable.map(({ id, media, snapshot }) => {
            const { context } = viewRoute(snapshot);
            return { id, media, targets: targetsOf(context.steps, context.active), tried: context.tried };
          });
          expect(findMatches(durable, free, now)).to.deep.equal(matchCalls(waiting, free, now));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('read only calls that a free agent could take, and none after the last free agent is taken', async () => {
    const { routing, durable, clock } = openContactCentre();
    const start = async (target: string) =>
      (await routing.startCall({ target, vq: 'VQ', routeDelayMs: 0 })).connId;
    await start('Sales@S.GA');
    const tooFew = await start('{2}Billing@S.GA');
    const taken = await start('Billing@S.GA');
    await start('Billing@S.GA');
    const read: string[] = [];
    const get = durable.get.bind(durable);
    durable.get = (table, key) => {
      if (table === CALL) read.push(key);
      return get(table, key);
    };
    const free = freeAgents([{ groups: ['Billing'], media: ['chat'], skills: {}, room: 1 }]);
    const matches = findMatches(durable, free, clock.now());
    expect(matches.map(({ callId }) => callId)).to.deep.equal([taken]);
    expect(read).to.deep.equal([tooFew, taken]);
  });
});
