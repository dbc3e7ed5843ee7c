import { expect } from 'chai';
import { ExecutionLost, RestoreFailed } from '../../../engine/host/hostEngine.ts';
import { HostError } from '../../../engine/host/hostError.ts';
import type { SessionId } from '../../../engine/ports/brandedIds.ts';
import { asId } from '../../support/ids.ts';
import type { Script } from '../../support/scriptedEngine.ts';
import { BASE_URL, createSessionBench, documentText, type SessionBench } from '../../support/sessionBench.ts';

/**
 * 'lose' ends the child that runs it; 'unavailable' finds no child; every other event is recorded with its
 * data.
 */
const losing: Script = ({ params, state, input }) => {
  const what = input.kind === 'event' ? input.event.name : input.kind;
  if (what === 'lose' || what === params.loses) throw new ExecutionLost('deadline', 'it did not answer');
  if (what === 'unrestorable') throw new RestoreFailed('the snapshot makes no sense');
  if (what === 'unavailable') throw new HostError('ENGINE_UNAVAILABLE', 'any');
  const { seen = [] } = state as { seen?: string[] };
  state.seen = [...seen, what];
  if (input.kind === 'event' && what === 'error.execution') {
    state.error = { data: input.event.data ?? null, sendid: input.event.sendid ?? '' };
  }
  return undefined;
};

describe('A step during which its engine child ends', () => {
  let bench: SessionBench;

  beforeEach(() => {
    bench = createSessionBench({ losing });
  });

  afterEach(() => bench.stop());

  async function begin(params: Record<string, string> = {}): Promise<SessionId> {
    const { sessionId } = await bench.sessions.start({ src: `${BASE_URL}/losing.scxml`, params });
    return sessionId;
  }

  async function codeOf(promise: Promise<unknown>): Promise<unknown> {
    return promise.then(
      () => 'resolved',
      (error: HostError) => error.code,
    );
  }

  it('is replaced by error.execution, which runs in the state before it; the step is not tried again', async () => {
    const id = await begin();
    await bench.sessions.publish(id, { name: 'before' });
    await bench.sessions.publish(id, { name: 'lose', id: 'k1', sendid: 's1' });
    await bench.sessions.publish(id, { name: 'lose', id: 'k1', sendid: 's1' });
    const view = await bench.sessions.query(id);
    expect(view?.status).to.equal('running');
    expect(view?.data).to.deep.equal({
      seen: ['start', 'before', 'error.execution'],
      error: { data: { reason: 'deadline', description: 'it did not answer' }, sendid: 's1' },
    });
  });

  it('is counted, also across a restart; the third such step fails the session', async () => {
    const id = await begin();
    await bench.sessions.publish(id, { name: 'lose' });
    await bench.sessions.publish(id, { name: 'lose' });
    await bench.restart();
    expect(await codeOf(bench.sessions.publish(id, { name: 'lose' }))).to.equal('SESSION_ENDED');
    const view = await bench.sessions.query(id);
    expect(view?.status).to.equal('failed');
    expect(view?.reason).to.equal(
      'it did not answer; 3 of at most 3 engine children lost (MAX_CHILD_DEATHS)',
    );
  });

  it('is counted again when the step of error.execution ends a child too', async () => {
    const id = await begin({ loses: 'error.execution' });
    expect(await codeOf(bench.sessions.publish(id, { name: 'lose' }))).to.equal('SESSION_ENDED');
    expect((await bench.sessions.query(id))?.status).to.equal('failed');
  });

  it('fails the session at once when it is the first or the last step', async () => {
    const never = bench.sessions.start({
      id: asId('NEVER'),
      src: `${BASE_URL}/losing.scxml`,
      params: { loses: 'start' },
    });
    expect(await codeOf(never)).to.equal('SESSION_ENDED');
    expect((await bench.sessions.query(asId('NEVER')))?.status).to.equal('failed');
    const id = await begin({ loses: 'terminate' });
    expect(await codeOf(bench.sessions.terminate(id, 'enough'))).to.equal('SESSION_ENDED');
    expect((await bench.sessions.query(id))?.status).to.equal('failed');
  });

  it('is not counted when the child could not restore the session: a stored session waits, a session in memory fails', async () => {
    const kept = await begin();
    expect(await codeOf(bench.sessions.publish(kept, { name: 'unrestorable' }))).to.equal(
      'SESSION_SET_ASIDE',
    );
    bench.texts.set(`${BASE_URL}/losing.scxml`, documentText('losing', '_persist="false"'));
    const volatile = await begin();
    expect(await codeOf(bench.sessions.publish(volatile, { name: 'unrestorable' }))).to.equal(
      'SESSION_ENDED',
    );
    const views = await Promise.all([kept, volatile].map((id) => bench.sessions.query(id)));
    expect(views.map((view) => [view?.status, view?.reason])).to.deep.equal([
      ['setAside', 'the snapshot makes no sense'],
      ['failed', 'the snapshot makes no sense'],
    ]);
  });

  it('is not counted when there is no child to run the session', async () => {
    const id = await begin();
    expect(await codeOf(bench.sessions.publish(id, { name: 'unavailable' }))).to.equal('ENGINE_UNAVAILABLE');
    await bench.sessions.publish(id, { name: 'after' });
    expect((await bench.sessions.query(id))?.data).to.deep.equal({ seen: ['start', 'after'] });
  });
});
