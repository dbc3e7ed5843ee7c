import { expect } from 'chai';
import { DurableStore } from '../../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../../engine/durable/memory/memoryStore.ts';
import { EngineChildren } from '../../../../engine/host/children/engineChildren.ts';
import { HostError } from '../../../../engine/host/hostError.ts';
import { SessionHost } from '../../../../engine/host/sessionHost.ts';
import type { AdministeredSessions } from '../../../../engine/host/sessions.ts';
import { SNAPSHOT_VERSION } from '../../../../engine/interpreter/snapshot/snapshot.ts';
import type { SessionId } from '../../../../engine/ports/brandedIds.ts';
import { withSnapshot } from '../../../support/keptSnapshots.ts';
import { silentLog } from '../../../support/silentLog.ts';
import { createSimulatedClock } from '../../../support/simulatedClock.ts';
import { createTestIds } from '../../../support/testIds.ts';

const COUNTING = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
  <datamodel><data id="count" expr="0"/></datamodel>
  <state id="s"><transition event="*"><assign location="count" expr="count + 1"/></transition></state></scxml>`;

describe('A session that an engine child cannot restore', () => {
  const store = new MemoryStore();
  const ids = createTestIds();
  let children: EngineChildren;
  let durable: DurableStore;
  let sessions: AdministeredSessions;
  let sick: SessionId;
  let well: SessionId;

  /** A server process over the same store and the same children. */
  function begin(): void {
    const clock = createSimulatedClock();
    durable = new DurableStore({ store, clock, log: silentLog });
    sessions = new SessionHost({
      durable,
      clock,
      ids,
      log: silentLog,
      engine: children.engine,
      baseUrl: () => 'http://orsay.test',
      fetchText: async () => COUNTING,
      http: () => Promise.reject(new Error('not here')),
    });
    durable.start();
  }

  async function changeSnapshot(change: (snapshot: Record<string, unknown>) => object): Promise<void> {
    await durable.commit({ put: [withSnapshot(durable, sick, change)] });
  }

  async function codeOf(work: Promise<unknown>): Promise<string> {
    return work.then(
      () => 'no error',
      (error: unknown) => (error instanceof HostError ? error.code : String(error)),
    );
  }

  before(async () => {
    children = new EngineChildren({ log: silentLog, children: 1, deadlineMs: 2_000, memoryMb: 400 });
    begin();
    [sick, well] = (await Promise.all(
      [0, 1].map(async () => (await sessions.start({ src: 'http://orsay.test/a.scxml' })).sessionId),
    )) as [SessionId, SessionId];
    await sessions.publish(sick, { name: 'one' });
    await changeSnapshot((snapshot) => ({ ...snapshot, wrong: true, version: 999 }));
    await durable.stop();
    begin();
  });

  after(async () => {
    await durable.stop();
    children.close();
  });

  it('is set aside, while its child and the other sessions of the child continue', async () => {
    const pids = children.pids();
    await durable.commit(sessions.eventBatch(sick, { name: 'parked', id: 'p' }, 0));
    await durable.idle();
    const [results] = await Promise.all([
      Promise.all([codeOf(sessions.publish(sick, { name: 'two' })), codeOf(sessions.retry(sick))]),
      sessions.publish(well, { name: 'one' }),
    ]);
    expect(results).to.deep.equal(['SESSION_SET_ASIDE', 'SESSION_SET_ASIDE']);
    const view = await sessions.query(sick);
    expect(view).to.include({ status: 'setAside' });
    expect(view?.reason).to.include('999');
    expect(await sessions.query(well)).to.deep.include({ status: 'running', data: { count: 1 } });
    expect(children.pids()).to.deep.equal(pids);
  });

  it('continues with its waiting events when a retry in a child succeeds', async () => {
    await changeSnapshot(({ wrong: _, ...snapshot }) => ({ ...snapshot, version: SNAPSHOT_VERSION }));
    await sessions.retry(sick);
    await durable.idle();
    expect(await sessions.query(sick)).to.deep.include({ status: 'running', data: { count: 2 } });
  });
});
