import { expect } from 'chai';
import type { Batch } from '../../../engine/durable/durable.ts';
import type { SessionId } from '../../../engine/ports/brandedIds.ts';
import { asId } from '../../support/ids.ts';
import type { Script } from '../../support/scriptedEngine.ts';
import { BASE_URL, createSessionBench, documentText, type SessionBench } from '../../support/sessionBench.ts';

const waiting: Script = ({ input }) =>
  input.kind === 'event' && input.event.name === 'end' ? { status: 'completed' } : undefined;
const passing: Script = () => ({ status: 'completed' });
const SRC = `${BASE_URL}/waiting.scxml`;

describe('Versions of documents', () => {
  let bench: SessionBench;

  beforeEach(() => {
    bench = createSessionBench({ waiting, passing });
  });

  afterEach(() => bench.stop());

  async function start(src = SRC, idealTime?: number): Promise<SessionId> {
    return (await bench.sessions.start({ src, ...(idealTime !== undefined && { idealTime }) })).sessionId;
  }

  async function sessionsByVersion(): Promise<number[]> {
    return (await bench.sessions.versions()).map(({ sessions }) => sessions).sort();
  }

  it('are listed with the sessions that need them', async () => {
    const old = [await start(), await start()];
    bench.texts.set(SRC, documentText('waiting', 'initial="s"'));
    const fresh = await start();
    expect(await sessionsByVersion()).to.deep.equal([1, 2]);
    const view = (await bench.sessions.query(fresh))!;
    const onFresh = await bench.sessions.list({ documentHash: view.documentHash });
    expect(onFresh.map(({ sessionId }) => sessionId)).to.deep.equal([fresh]);
    const oldHash = (await bench.sessions.query(old[0]!))!.documentHash;
    const onOld = await bench.sessions.list({ documentHash: oldHash });
    expect(onOld.map(({ sessionId }) => sessionId)).to.have.members(old);
    expect(await bench.sessions.list({ documentHash: oldHash, status: 'scheduled' })).to.deep.equal([]);
  });

  it('are stored while a session needs them, and are removed with the last session', async () => {
    const [first, second] = [await start(), await start()];
    const scheduled = await start(SRC, bench.clock.now() + 60_000);
    await bench.sessions.publish(first!, { name: 'end' });
    await bench.sessions.terminate(scheduled, 'not needed');
    expect(await sessionsByVersion()).to.deep.equal([1]);
    await bench.restart();
    await bench.sessions.publish(second!, { name: 'end' });
    expect(await sessionsByVersion()).to.deep.equal([]);
    expect([...bench.durable.scan('documentUse')]).to.deep.equal([]);
    // A new session stores it again.
    await start();
    expect(await sessionsByVersion()).to.deep.equal([1]);
  });

  it('are listed without reading their sources, except versions that an earlier release stored', async () => {
    const { documentHash } = (await bench.sessions.query(asId(await start())))!;
    const change = (batch: Batch): Promise<void> => bench.durable.commit(batch);
    const listed = [{ documentHash, src: SRC, sessions: 1 }];
    const sources = bench.durable.get<object>('document', documentHash);
    await change({ put: [{ table: 'document', key: documentHash, value: 'not to be read' }] });
    expect(await bench.sessions.versions()).to.deep.equal(listed);
    await change({
      put: [{ table: 'document', key: documentHash, value: sources }],
      remove: [{ table: 'documentUrl', key: documentHash }],
    });
    expect(await bench.sessions.versions()).to.deep.equal(listed);
    await start();
    expect(bench.durable.get('documentUrl', documentHash)).to.equal(SRC);
    expect(bench.durable.get('document', documentHash)).to.deep.equal(sources);
  });

  it('leave no records of sessions that end or fail in their first step', async () => {
    await start(`${BASE_URL}/passing.scxml`);
    const left = ['document', 'documentUrl', 'documentUse'].flatMap((table) => [
      ...bench.durable.scan(table),
    ]);
    expect(left).to.deep.equal([]);
  });

  it('are kept for a session that starts while the last other session ends', async () => {
    const last = await start();
    const [, fresh] = await Promise.all([bench.sessions.publish(last, { name: 'end' }), start()]);
    await bench.restart();
    expect(await bench.sessions.query(fresh)).to.include({ status: 'running' });
    expect(await sessionsByVersion()).to.deep.equal([1]);
  });

  it('stay when the commit that ends their last session fails', async () => {
    const only = await start();
    bench.store.failNext();
    await bench.sessions.publish(only, { name: 'end' }).catch(() => {});
    expect(await sessionsByVersion()).to.deep.equal([1]);
    await bench.restart();
    expect(await bench.sessions.query(only)).to.include({ status: 'running' });
  });
});
