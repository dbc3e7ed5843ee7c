import { expect } from 'chai';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { StoredTraces } from '../../../engine/host/storedTraces.ts';
import { TRACE, TRACE_BASE, TRACE_FAMILY, TRACE_STEP } from '../../../engine/host/traceRecords.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

const CUSTOMER = 'SERVICE0000000000000001';

describe('the removal of the traces of a customer', () => {
  let durable: DurableStore;

  beforeEach(() => {
    const clock = createSimulatedClock();
    durable = new DurableStore({ store: new MemoryStore(), clock, log: silentLog });
  });

  const step = (data: string) => ({ step: 1, input: { kind: 'event', event: { name: 'said', data } } });
  const left = () =>
    [TRACE, TRACE_STEP, TRACE_BASE, TRACE_FAMILY].flatMap((table) =>
      [...durable.scan(table, {})].map(({ key }) => `${table} ${key}`),
    );

  it('removes steps whose start has expired before them, because operators shortened the time', async () => {
    await durable.commit({
      put: [
        { table: TRACE_STEP, key: 'S1:000000001', value: step(CUSTOMER) },
        { table: TRACE_STEP, key: 'S1:000000002', value: step('My phone is 555 0100') },
        { table: TRACE_BASE, key: 'S1:000000002', value: 2 },
        { table: TRACE_STEP, key: 'S2:000000001', value: step('Another customer') },
      ],
    });
    await durable.commit(await new StoredTraces(durable).removeNamingBatch(new Set([CUSTOMER])));
    expect(left()).to.deep.equal([`${TRACE_STEP} S2:000000001`]);
  });

  it('removes all sessions of a family, however many there are', async () => {
    const ids = Array.from({ length: 700 }, (_, number) => `S${String(number).padStart(4, '0')}`);
    await durable.commit({
      put: ids.flatMap((id) => [
        { table: TRACE, key: id, value: { sessionId: id, root: 'S0000' } },
        { table: TRACE_FAMILY, key: `S0000:${id}`, value: 1 },
        {
          table: TRACE_STEP,
          key: `${id}:000000001`,
          value: step(id === 'S0000' ? CUSTOMER : 'a phone number'),
        },
      ]),
    });
    await durable.commit(await new StoredTraces(durable).removeNamingBatch(new Set([CUSTOMER])));
    expect(left()).to.deep.equal([]);
  });
});
