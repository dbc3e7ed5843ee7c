import { expect } from 'chai';
import { CodedError } from '../../../../engine/ports/codedError.ts';
import { asId } from '../../../support/ids.ts';
import { type ContractBench, createContractBench } from './contractBench.ts';
import type { MakePlace } from './enginePlace.ts';

/** C1 to C4, C7: deliveries happen once and in order, and are read again after a restart. */
export function describeDeliveries(make: MakePlace): void {
  describe('deliveries', () => {
    let bench: ContractBench;

    beforeEach(async () => {
      bench = await createContractBench(make);
    });

    afterEach(() => bench.remove());

    async function codeOf(work: Promise<unknown>): Promise<string> {
      return work.then(
        () => 'resolved',
        (error: unknown) => (error instanceof CodedError ? error.code : String(error)),
      );
    }

    it('survive a crash after the acknowledgement (C1)', async () => {
      const id = await bench.start('A');
      await bench.engine.sessions.publish(id, { name: 'e', data: { k: '1' } });
      bench.crash();
      expect(await bench.kept(id)).to.deep.equal({ e: ['1'] });
    });

    it('change a session one after the other, in order (C2)', async () => {
      const id = await bench.start('A');
      const ks = Array.from({ length: 50 }, (_, index) => String(index));
      await Promise.all(ks.map((k) => bench.engine.sessions.publish(id, { name: 'e', data: { k } })));
      expect(await bench.kept(id)).to.deep.equal({ e: ks });
    });

    it('with the same id change the session once and get the same answer: at once, later, and after a crash (C3)', async () => {
      const id = await bench.start('A');
      const ask = () =>
        bench.engine.sessions.request(id, { name: 'ask', data: {}, id: 'q', timeoutMs: 1_000 });
      const answers = await Promise.all([ask(), ask(), ask()]);
      answers.push(await ask());
      bench.crash();
      answers.push(await ask());
      expect(answers).to.deep.equal(Array.from({ length: 5 }, () => ({ positive: true, body: 1 })));
      for (let time = 0; time < 2; time++) await bench.engine.sessions.publish(id, { name: 'e', id: 'x' });
      expect(await bench.kept(id)).to.deep.equal({ ask: [null], e: [null] });
    });

    it('that start a session with the same id make one session, also after a crash (C3)', async () => {
      await Promise.all([bench.start('A'), bench.start('A')]);
      await bench.engine.sessions.publish(asId('A'), { name: 'e' });
      bench.crash();
      await bench.start('A');
      expect(await bench.kept(asId('A'))).to.deep.equal({ e: [null] });
    });

    it('that cannot be committed change nothing, and may be repeated (C4)', async () => {
      const id = await bench.start('A');
      bench.place.refuse(1);
      const publish = () => bench.engine.sessions.publish(id, { name: 'e', id: 'x' });
      expect(await codeOf(publish())).to.equal('STORE_UNAVAILABLE');
      expect(await bench.kept(id)).to.deep.equal({});
      expect(await codeOf(publish())).to.equal('resolved');
      expect(await bench.kept(id)).to.deep.equal({ e: [null] });
    });

    it('to an unknown session are refused', async () => {
      expect(await codeOf(bench.engine.sessions.publish(asId('none'), { name: 'e' }))).to.equal(
        'SESSION_NOT_FOUND',
      );
      expect(await bench.engine.sessions.query(asId('none'))).to.equal(undefined);
    });

    it('that fail one session do not change other sessions (C7)', async () => {
      const [bad, good] = [await bench.start('A'), await bench.start('B')];
      const outcomes = await Promise.all([
        codeOf(bench.engine.sessions.publish(bad, { name: 'fault' })),
        codeOf(bench.engine.sessions.publish(good, { name: 'e' })),
      ]);
      expect(outcomes).to.deep.equal(['SESSION_ENDED', 'resolved']);
      expect(await bench.engine.sessions.query(bad)).to.include({
        status: 'failed',
        reason: 'a fault of the host',
      });
      expect(await bench.kept(good)).to.deep.equal({ e: [null] });
    });
  });
}
