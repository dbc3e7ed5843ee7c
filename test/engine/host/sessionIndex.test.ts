import { expect } from 'chai';
import type { StoreOperation } from '../../../engine/durable/storePort.ts';
import type { SessionRecord } from '../../../engine/host/sessionRecord.ts';
import type { SessionId } from '../../../engine/ports/brandedIds.ts';
import type { Script } from '../../support/scriptedEngine.ts';
import { BASE_URL, createSessionBench, documentText, type SessionBench } from '../../support/sessionBench.ts';

const HOUR_MS = 3_600_000;

const obedient: Script = ({ input }) => {
  if (input.kind !== 'event') return undefined;
  if (input.event.name === 'end') return { status: 'completed' };
  if (input.event.name === 'throw') throw new Error('a fault of the host');
  return undefined;
};
const passing: Script = () => ({ status: 'completed' });
const throwing: Script = () => {
  throw new Error('a fault of the host');
};

describe('The index of sessions', () => {
  let bench: SessionBench;
  let ended: string[];

  beforeEach(() => {
    bench = createSessionBench({ obedient, passing, throwing });
    bench.texts.set(`${BASE_URL}/memory.scxml`, documentText('obedient', '_persist="false"'));
    ended = [];
  });

  afterEach(() => bench.stop());

  async function start(name: string, idealTime?: number): Promise<SessionId> {
    const src = `${BASE_URL}/${name}.scxml`;
    return (await bench.sessions.start({ src, ...(idealTime !== undefined && { idealTime }) })).sessionId;
  }

  function keysOf(table: string): string[] {
    return [...bench.durable.scan(table)].map(({ key }) => key).sort();
  }

  /** Checks that the index has exactly the entries that follow from the records. */
  function expectIndexed(about: string): void {
    const records = [...bench.durable.scan<SessionRecord>('session')].map(({ value }) => value);
    const live = records.filter(({ endedAt }) => endedAt === undefined);
    expect(keysOf('sessionStatus'), about).to.deep.equal(
      records.map(({ sessionId, status }) => `${status}:${sessionId}`).sort(),
    );
    expect(keysOf('documentUse'), about).to.deep.equal(
      live.map(({ sessionId, status, documentHash }) => `${documentHash}:${status}:${sessionId}`).sort(),
    );
    expect(keysOf('document'), about).to.deep.equal(
      [...new Set(live.map(({ documentHash }) => documentHash))].sort(),
    );
  }

  async function ends(how: string, work: Promise<unknown>): Promise<void> {
    await work.catch(() => {});
    ended.push(how);
    expectIndexed(how);
  }

  it('follows every change of a status', async () => {
    const running = await start('obedient');
    const inMemory = await start('memory');
    expectIndexed('running');
    await bench.sessions.publish(running, { name: 'any' });
    expectIndexed('an ordinary step');
    const scheduled = await start('obedient', bench.clock.now() + 1_000);
    const dropped = await start('obedient', bench.clock.now() + HOUR_MS);
    expectIndexed('scheduled');
    await bench.advance(1_000);
    expectIndexed('begun');
    await ends('completed at once', start('passing'));
    await ends('failed at once', start('throwing'));
    await ends('failed when it was to begin', start('throwing', bench.clock.now() + 1_000));
    await bench.advance(1_000);
    expectIndexed('begun, and failed');
    await ends('terminated before its time', bench.sessions.terminate(dropped, 'not needed'));
    await ends('completed', bench.sessions.publish(scheduled, { name: 'end' }));
    bench.store.failNext();
    await bench.sessions.publish(running, { name: 'end' }).catch(() => {});
    expectIndexed('an end that was not stored');
    await ends('failed', bench.sessions.publish(running, { name: 'throw' }));
    await bench.restart();
    await ends('lost', bench.sessions.publish(inMemory, { name: 'any' }));
    expect((await bench.sessions.list()).map(({ status }) => status).sort()).to.deep.equal(
      ['completed', 'completed', 'failed', 'failed', 'failed', 'failed', 'terminated'].sort(),
    );
    expect(ended).to.have.length(7);

    await bench.advance(25 * HOUR_MS);
    for (const table of ['session', 'sessionStatus', 'documentUse', 'document', '_expiry']) {
      expect([...bench.store.scan(table, {})], table).to.deep.equal([]);
    }
  });

  it('follows sessions that are set aside, retried and terminated', async () => {
    const [sick, hopeless] = [await start('obedient'), await start('obedient')];
    const later = await start('obedient', bench.clock.now() + HOUR_MS);
    const documents = [...bench.durable.scan('document')];
    await bench.restart();
    await bench.durable.commit({ remove: documents.map(({ key }) => ({ table: 'document', key })) });
    const setAside = async () =>
      (await bench.sessions.list({ status: 'setAside' })).map(({ sessionId }) => sessionId);
    await bench.sessions.publish(sick, { name: 'any' }).catch(() => {});
    await bench.sessions.publish(hopeless, { name: 'any' }).catch(() => {});
    await bench.advance(HOUR_MS);
    await bench.sessions.retry(sick).catch(() => {});
    expect(await setAside()).to.deep.equal([sick, hopeless, later].sort());
    await bench.durable.commit({
      put: documents.map(({ key, value }) => ({ table: 'document', key, value })),
    });
    expectIndexed('set aside');
    await bench.sessions.terminate(hopeless, 'given up');
    expectIndexed('terminated');
    await bench.sessions.retry(sick);
    await bench.sessions.retry(later);
    expectIndexed('retried');
    await bench.settle();
    expectIndexed('going on');
    expect(await setAside()).to.deep.equal([]);
    expect(
      (await bench.sessions.list({ status: 'running' })).map(({ sessionId }) => sessionId),
    ).to.deep.equal([sick, later].sort());
  });

  it('is not written by the steps of a running session', async () => {
    const id = await start('obedient');
    const operations: StoreOperation[] = [];
    const { write } = bench.store;
    bench.store.write = (written) => {
      operations.push(...written);
      return write(written);
    };
    await bench.sessions.publish(id, { name: 'any' });
    expect(operations.map(({ table, key }) => [table, key])).to.deep.equal([['session', id]]);
  });
});
