import { expect } from 'chai';
import { MAX_RUNNING_PER_KIND } from '../../../engine/durable/taskRunner.ts';
import type { Script } from '../../support/scriptedEngine.ts';
import { BASE_URL, createSessionBench, type SessionBench } from '../../support/sessionBench.ts';

const COUNT = 1_000;

describe('Timers that became due while no process ran', () => {
  let bench: SessionBench;
  let fired: string[];
  const ids: string[] = [];

  const waiting: Script = ({ sessionId, params, input, now, emit }) => {
    if (input.kind === 'start') emit({ kind: 'arm', key: 't', dueAt: now + Number(params.after) });
    if (input.kind === 'timer') fired.push(sessionId);
    return undefined;
  };

  beforeEach(async () => {
    fired = [];
    ids.length = 0;
    bench = createSessionBench({ waiting });
    // Sessions that start later have timers that are due earlier.
    for (let number = COUNT; number > 0; number--) {
      const { sessionId } = await bench.sessions.start({
        src: `${BASE_URL}/waiting.scxml`,
        params: { after: number },
      });
      ids.unshift(sessionId);
    }
    // From now on, none of its writes reaches the store.
    bench.store.kill();
    await bench.clock.advance(3_600_000, async () => {});
  });

  afterEach(() => bench.stop());

  function begin(): void {
    bench.crash();
    fired = [];
  }

  it('fire in the order of their due times, up to a limit at once', async () => {
    begin();
    const release = bench.store.hold();
    await Promise.resolve();
    // Each session is restored, makes a step, and waits for its commit.
    for (let turn = 0; turn < 1_000; turn++) await Promise.resolve();
    expect(bench.engine.restored).to.have.length(MAX_RUNNING_PER_KIND);
    release();
    await bench.settle();
    expect(fired).to.deep.equal(ids);
  });

  it('fire although one session cannot be restored', async () => {
    begin();
    const restore = bench.engine.restoreExecution;
    bench.engine.restoreExecution = (program, snapshot, options) => {
      if (snapshot.sessionId === ids[10]) throw new Error('the snapshot makes no sense');
      return restore(program, snapshot, options);
    };
    await bench.settle();
    expect(fired).to.deep.equal(ids.filter((id) => id !== ids[10]));
    const aside = await bench.sessions.list({ status: 'setAside' });
    expect(aside.map(({ sessionId }) => sessionId)).to.deep.equal([ids[10]]);
  });
});
