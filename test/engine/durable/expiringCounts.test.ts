import { expect } from 'chai';
import fc from 'fast-check';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { type Counted, ExpiringCounts } from '../../../engine/durable/expiringCounts.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { fuzzSeed } from '../../support/fuzzSeed.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

function world() {
  const clock = createSimulatedClock();
  const durable = new DurableStore({ store: new MemoryStore(), clock, log: silentLog });
  return { clock, durable, counts: new ExpiringCounts({ durable, clock, table: 'count' }) };
}

describe('counts of things that expire', () => {
  it('go down when a thing is removed, and by themselves when it expires', async () => {
    const { clock, durable, counts } = world();
    const thing = (bytes: number, seconds: number): Counted => ({
      key: 'anna',
      until: counts.until(clock.now() + seconds * 1000),
      count: 1,
      bytes,
    });
    const [short, long] = [thing(10, 30), thing(500, 3600)];
    await durable.commit(counts.batch({ add: [short, long, { ...short, key: 'berta' }] }));
    expect(counts.of('anna')).to.deep.equal({ count: 2, bytes: 510 });
    expect(counts.of('ann')).to.deep.equal({ count: 0, bytes: 0 });

    await durable.commit(counts.batch({ remove: [long] }));
    expect(counts.of('anna')).to.deep.equal({ count: 1, bytes: 10 });
    await clock.advance(32_000, () => durable.idle());
    expect([counts.of('anna'), counts.of('berta')]).to.deep.equal([
      { count: 0, bytes: 0 },
      { count: 0, bytes: 0 },
    ]);
    await durable.commit(counts.batch({ remove: [short] }));
    expect(counts.of('anna')).to.deep.equal({ count: 0, bytes: 0 });
  });

  it('add a change of one thing to one record', async () => {
    const { clock, durable, counts } = world();
    const one: Counted = { key: 'anna', until: counts.until(clock.now() + 60_000), count: 1, bytes: 7 };
    await durable.commit(counts.batch({ add: [one] }));
    await durable.commit(counts.batch({ remove: [one], add: [{ ...one, bytes: 9 }] }));
    expect(counts.of('anna')).to.deep.equal({ count: 1, bytes: 9 });
    expect([...durable.scan('count')]).to.have.length(1);
  });

  it('have every living thing, and a thing for at most a sixteenth of its life or a second longer', async () => {
    const action = fc.record({
      seconds: fc.integer({ min: 1, max: 100_000 }),
      pause: fc.integer({ min: 0, max: 50_000 }),
      removes: fc.boolean(),
      key: fc.constantFrom('anna', 'an', 'berta'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
        const { clock, durable, counts } = world();
        const things: { readonly counted: Counted; readonly from: number; readonly to: number }[] = [];
        for (const { seconds, pause, removes, key } of actions) {
          const to = clock.now() + seconds * 1000;
          const counted = { key, until: counts.until(to), count: 1, bytes: seconds };
          things.push({ counted, from: clock.now(), to });
          await durable.commit(counts.batch({ add: [counted] }));
          if (removes) await durable.commit(counts.batch({ remove: [things.shift()!.counted] }));
          await clock.advance(pause * 1000, () => durable.idle());
          for (const name of ['anna', 'an', 'berta']) {
            const own = things.filter((thing) => thing.counted.key === name);
            const living = own.filter((thing) => thing.to > clock.now()).length;
            const atMost = own.filter(
              ({ from, to }) => to + Math.max(1000, (to - from) / 16) > clock.now(),
            ).length;
            expect(counts.of(name).count).to.be.within(living, atMost);
          }
        }
        expect([...durable.scan('count')].length).to.be.at.most(things.length);
      }),
      { ...fuzzSeed(), numRuns: 50 },
    );
  });
});
