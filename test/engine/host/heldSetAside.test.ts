import { expect } from 'chai';
import type { DebugEvent } from '../../../engine/host/debugging.ts';
import type { Script } from '../../support/scriptedEngine.ts';
import { BASE_URL, createSessionBench } from '../../support/sessionBench.ts';

const keeper: Script = ({ state, input }) => {
  if (input.kind === 'start') state.seen = [];
  if (input.kind === 'event') (state.seen as string[]).push(input.event.name);
  return undefined;
};

describe('a session that a debugger holds, and that cannot be restored', () => {
  it('loses its debugger when others read it, and takes all inputs when it is retried', async () => {
    const bench = createSessionBench({ keeper });
    const { sessionId } = await bench.sessions.start({ src: `${BASE_URL}/keeper.scxml` });
    const told: DebugEvent[] = [];
    const session = await bench.debuggable.attach(sessionId, { tell: (event) => told.push(event) });
    session.step();
    await bench.sessions.publish(sessionId, { name: 'a' });
    await bench.sessions.publish(sessionId, { name: 'b' });
    const restore = bench.engine.restoreExecution;
    bench.engine.restoreExecution = () => {
      throw new Error('the snapshot makes no sense');
    };
    expect(await bench.sessions.query(sessionId)).to.include({ status: 'setAside' });
    bench.engine.restoreExecution = restore;
    expect(told.at(-1)).to.deep.equal({
      kind: 'ended',
      status: 'setAside',
      reason: 'the snapshot makes no sense',
    });
    await bench.sessions.retry(sessionId);
    await bench.settle();
    await bench.sessions.publish(sessionId, { name: 'c' });
    expect((await bench.sessions.query(sessionId))!.data).to.deep.equal({ seen: ['a', 'b', 'c'] });
    await bench.stop();
  });
});
