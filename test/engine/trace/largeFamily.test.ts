import { expect } from 'chai';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { StoredTraces } from '../../../engine/host/storedTraces.ts';
import { TRACE, TRACE_FAMILY } from '../../../engine/host/traceRecords.ts';
import { leftOutText, traceLines } from '../../../engine/trace/index.ts';
import { asId } from '../../support/ids.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

describe('the trace of a large family', () => {
  it('has the session that was asked for, and those that follow from it', async () => {
    const clock = createSimulatedClock();
    const durable = new DurableStore({ store: new MemoryStore(), clock, log: silentLog });
    const invoked = Array.from({ length: 700 }, (_, number) => `S~w${number + 1000}`);
    const start = (sessionId: string, parent?: string) => [
      { table: TRACE, key: sessionId, value: { sessionId, root: 'S', parent: { sessionId: parent } } },
      { table: TRACE_FAMILY, key: `S:${sessionId}`, value: 1 },
    ];
    await durable.commit({
      put: [
        ...start('S'),
        ...invoked.flatMap((id) => start(id, 'S')),
        ...start('S~w1690~inner', 'S~w1690'),
        ...start('S~w16901', 'S'),
      ],
    });
    const idsOf = (id: string) =>
      new StoredTraces(durable).read(asId(id))!.sessions.map(({ start: { sessionId } }) => sessionId);
    expect(idsOf('S~w1690')).to.deep.equal(['S~w1690', 'S~w1690~inner']);
    expect(idsOf('S')).to.deep.equal(['S', ...invoked.slice(0, 499)]);
    const read = new StoredTraces(durable).read(asId('S'))!;
    expect([read.leftOut, new StoredTraces(durable).read(asId('S~w1690'))!.leftOut]).to.deep.equal([
      203,
      undefined,
    ]);
    const trace = { product: '1.2.3', ...read };
    expect([...traceLines(trace)][0]).to.equal(
      '{"orsayTrace":1,"product":"1.2.3","root":"S","leftOut":203}\n',
    );
    expect(leftOutText(trace)).to.equal(
      '203 sessions of the family are not in the trace: it has more than a server exports (MAX_TRACED_FAMILY)',
    );
  });
});
