import { expect } from 'chai';
import type { SessionId } from '../../../../engine/ports/brandedIds.ts';
import { type ContractBench, createContractBench } from './contractBench.ts';
import type { MakePlace } from './enginePlace.ts';

/** C5, C6: timers, sends to other sessions, and effects outside the engine. */
export function describeEffects(make: MakePlace): void {
  describe('timers and effects', () => {
    let bench: ContractBench;
    let id: SessionId;

    beforeEach(async () => {
      bench = await createContractBench(make);
      id = await bench.start('A');
    });

    afterEach(() => bench.remove());

    function publish(name: string, data: { k?: string; to?: string } = {}): Promise<void> {
      return bench.engine.sessions.publish(id, { name, data });
    }

    it('fire once, when due and not before (C5)', async () => {
      await publish('arm', { k: '1000' });
      await bench.advance(999);
      expect(await bench.kept(id)).not.to.have.property('timers');
      await bench.advance(1);
      await bench.advance(10_000);
      expect((await bench.kept(id)).timers).to.deep.equal(['t']);
    });

    it('fire at the later time when they are replaced, and never when they are cancelled (C5)', async () => {
      await publish('arm', { k: '1000' });
      await publish('arm', { k: '3000' });
      await bench.advance(2_999);
      expect(await bench.kept(id)).not.to.have.property('timers');
      await bench.advance(1);
      expect((await bench.kept(id)).timers).to.deep.equal(['t']);
      await publish('arm', { k: '1000' });
      await publish('disarm');
      bench.crash();
      await bench.advance(5_000);
      expect((await bench.kept(id)).timers).to.deep.equal(['t']);
    });

    it('fire immediately, and once, when they became due while no process ran (C5)', async () => {
      await publish('arm', { k: '1000' });
      bench.place.crash();
      await bench.clock.advance(60_000, async () => {});
      bench.begin();
      await bench.engine.durable.idle();
      expect((await bench.kept(id)).timers).to.deep.equal(['t']);
    });

    it('to other sessions arrive once, in the order in which they were sent, also after a crash (C6)', async () => {
      const other = await bench.start('B');
      await publish('burst', { to: other });
      bench.crash();
      await bench.engine.durable.idle();
      expect((await bench.kept(other)).note).to.deep.equal(['1', '2', '3']);
    });

    it('are performed only after their step is durable (C6)', async () => {
      bench.place.refuse(1);
      await publish('work', { k: 'lost' }).catch(() => {});
      await bench.engine.durable.idle();
      expect(bench.requests).to.deep.equal([]);
    });

    it('are repeated with the same key while the external service fails, and deliver one result (C6)', async () => {
      bench.failing = 6;
      await publish('work', { k: 'w' });
      await bench.advance(120_000);
      const keys = new Map<string, Set<string>>();
      for (const { url, headers } of bench.requests) {
        keys.set(url, (keys.get(url) ?? new Set()).add(headers!['idempotency-key']!));
      }
      expect([...keys.keys()].sort()).to.deep.equal(['http://module.test/w', 'http://outside.test/w']);
      for (const [url, used] of keys) expect(used.size, url).to.equal(1);
      expect(bench.requests.length).to.equal(8);
      expect((await bench.kept(id)).result).to.deep.equal(['w']);
    });
  });
}
