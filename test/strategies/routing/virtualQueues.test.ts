import { expect } from 'chai';
import fc from 'fast-check';
import { compareCalls, type PriorityRule, priorityAt } from '../../../strategies/routing/priority.ts';
import { MAX_LISTED_CALLS } from '../../../strategies/routing/routing.ts';
import { CALL } from '../../../strategies/routing/virtualInteraction.ts';
import { openContactCentre, readyAgent } from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';

const rule: fc.Arbitrary<PriorityRule> = fc.record({
  base: fc.integer({ min: -2, max: 5 }),
  increment: fc.integer({ min: -2, max: 3 }),
  everyMs: fc.constantFrom(0, 1_000, 7_000),
});
const step = fc.oneof(
  fc.record({ kind: fc.constant('start' as const), rule, vq: fc.constantFrom('VQ', 'VQ/2') }),
  fc.record({ kind: fc.constant('remove' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('route' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.nat({ max: 20_000 }) }),
);

describe('a virtual queue', () => {
  it('gives each call the position that sorting the whole queue gives it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const centre = openContactCentre();
        let serial = 0;
        let waiting: { id: string; vq: string; serial: number; enteredAt: number; priority: PriorityRule }[] =
          [];
        for (const one of steps) {
          const now = centre.clock.now();
          if (one.kind === 'wait') await centre.advance(one.ms);
          if (one.kind === 'start') {
            const request = { target: 'Billing@S.GA', vq: one.vq, priority: one.rule };
            const { connId } = await centre.routing.startCall(request);
            serial += 1;
            waiting.push({ id: connId, vq: one.vq, serial, enteredAt: now, priority: one.rule });
          }
          if (!('at' in one) || waiting.length === 0) continue;
          const { id } = waiting[one.at % waiting.length]!;
          if (one.kind === 'route') await centre.routing.invoke(asId(id), 'SetRouteDelay', { DELAY: 0 });
          if (one.kind !== 'remove') continue;
          await centre.routing.cancelCall(asId(id));
          waiting = waiting.filter((call) => call.id !== id);
        }
        const now = centre.clock.now();
        for (const vq of ['VQ', 'VQ/2']) {
          const queue = waiting.filter((call) => call.vq === vq).sort((a, b) => compareCalls(a, b, now));
          for (const [place, self] of queue.entries()) {
            const own = priorityAt(self, now);
            const ahead = queue.slice(0, place).map((call) => priorityAt(call, now));
            // Single quotients may be rounded differently: 1/3 three times is not 1.
            const sum = ahead.reduce((total, priority) => total + priority, 0);
            const weight = own > 0 ? sum / own : ahead.length;
            expect(await centre.routing.viewQueue(asId(self.id))).to.include({
              calls: queue.length,
              position: place + 1,
              weightedPosition: Math.round(1 + weight),
            });
          }
          expect((await centre.routing.viewQueue(asId('max'), { vq })).position).to.equal(queue.length + 1);
        }
      }),
    );
  });

  it('is read once, however often agents become free and views come', async () => {
    const centre = openContactCentre();
    const read: string[] = [];
    const scan = centre.durable.scan.bind(centre.durable);
    centre.durable.scan = (table, range) => {
      read.push(table);
      return scan(table, range);
    };
    const start = () => centre.routing.startCall({ target: 'Billing@S.GA', vq: 'VQ', routeDelayMs: 0 });
    const ids = [(await start()).connId, (await start()).connId];
    await centre.settle();
    await readyAgent(centre, 'KSippola');
    await readyAgent(centre, 'JSmith');
    expect(ids.map((id) => centre.routing.get(id)?.state)).to.deep.equal(['routed', 'routed']);
    await centre.routing.viewQueue(asId('max'), { vq: 'VQ' });
    expect(read.filter((table) => table === CALL)).to.have.length(1);
  });

  it('is listed up to a limit', async () => {
    const centre = openContactCentre();
    for (let index = 0; index <= MAX_LISTED_CALLS; index += 1) {
      await centre.routing.startCall({ target: 'Billing@S.GA', vq: 'VQ' });
    }
    expect(centre.routing.list()).to.have.length(MAX_LISTED_CALLS);
    expect((await centre.routing.viewQueue(asId('max'), { vq: 'VQ' })).calls).to.equal(MAX_LISTED_CALLS + 1);
  });
});
