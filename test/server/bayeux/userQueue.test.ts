import { expect } from 'chai';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { BAYEUX_DEFAULTS } from '../../../server/bayeux/options.ts';
import { SessionRegistry } from '../../../server/bayeux/sessionRegistry.ts';
import { UserQueue } from '../../../server/bayeux/userQueue.ts';
import { createBrittleStore } from '../../support/brittleStore.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';
import { createTestIds } from '../../support/testIds.ts';

describe('the numbers of notices', () => {
  it('are reserved by the next commit when a commit that reserved them failed', async () => {
    const store = createBrittleStore(new MemoryStore());
    const base = { clock: createSimulatedClock(), ids: createTestIds(), log: silentLog };
    const durable = new DurableStore({ ...base, store });
    const deps = { ...base, durable, options: { ...BAYEUX_DEFAULTS, mayPublish: () => true } };
    const queue = new UserQueue({ ...deps, sessions: new SessionRegistry(deps) });
    const notice = (id: string) => ({ id, tag: 'test', message: 'hello' });
    store.failNext();
    const failed = await queue.deliver('anna', notice('1')).then(
      () => 'delivered',
      () => 'failed',
    );
    expect(failed).to.equal('failed');
    await queue.deliver('anna', notice('2'));
    const [last] = [...durable.scan('bayeux.notice')].map(({ key }) => Number(key.slice(-16)));
    expect(durable.get<number>('bayeux.sequence', 'reserved')).to.be.at.least(last!);
  });
});
