import { expect } from 'chai';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { FormerAgents } from '../../../strategies/chat/formerAgents.ts';
import { asId } from '../../support/ids.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

const ANN = { _customer_number: '5550100', email: 'ann@example.com' };

describe('the former agents of customers', () => {
  const clock = createSimulatedClock();

  function open(days = 30): { readonly durable: DurableStore; readonly former: FormerAgents } {
    const durable = new DurableStore({ store: new MemoryStore(), clock, log: silentLog });
    return { durable, former: new FormerAgents({ durable, clock, days }) };
  }

  it('are found by any property of the customer, the last agent first', async () => {
    const { durable, former } = open();
    await durable.commit(former.gotBatch(ANN, asId('kate')));
    await clock.advance(1_000, () => durable.idle());
    await durable.commit(former.gotBatch({ email: ANN.email }, asId('liz')));
    expect(former.find({ _customer_number: ANN._customer_number })).to.equal('kate');
    expect(former.find(ANN)).to.equal('liz');
    expect(former.find({ email: '', other: ANN.email })).to.equal(undefined);
  });

  it('are not kept with 0 days', () => {
    expect(open(0).former.gotBatch(ANN, asId('kate'))).to.deep.equal({});
  });

  for (const name of ['_customer_number', 'email', 'first'] as const) {
    it(`leave nothing when the data of the customer are removed by ${name}, whatever each chat had`, async () => {
      const { durable, former } = open();
      const all = { ...ANN, first: 'old@example.com' };
      const { _customer_number } = ANN;
      await durable.commit(former.gotBatch({ _customer_number, first: all.first }, asId('kate')));
      await durable.commit(former.gotBatch({ _customer_number, email: ANN.email }, asId('liz')));
      await durable.commit(former.gotBatch({ _customer_number: '5550199' }, asId('max')));
      await durable.commit(former.forgetBatch([{ [name]: all[name] }]));
      expect(
        [...durable.scan('formerAgent')].map(({ value }) => (value as { agentId: string }).agentId),
      ).to.deep.equal(['max']);
    });
  }
});
