import { expect } from 'chai';
import type { SessionId } from '../../../engine/ports/brandedIds.ts';
import { CodedError } from '../../../engine/ports/codedError.ts';
import { asId } from '../../support/ids.ts';
import type { Script, ScriptState } from '../../support/scriptedEngine.ts';
import { BASE_URL, createSessionBench, documentText, type SessionBench } from '../../support/sessionBench.ts';

/** Records events in `seen`. 'end' completes, 'throw' throws in the host, 'arm' sets a timer of 1 s. */
const noting: Script = ({ state, input, now, emit }) => {
  if (input.kind === 'terminate') return undefined;
  const what = input.kind === 'event' ? input.event.name : input.kind;
  note(state, what);
  if (what === 'throw') throw new Error('a fault of the host');
  if (what === 'arm') emit({ kind: 'arm', key: 't1', dueAt: now + 1_000 });
  if (what === 'disarm') emit({ kind: 'disarm', key: 't1' });
  return what === 'end' ? { status: 'completed', donedata: { bye: true } } : undefined;
};

/** Answers 'ask' at once, 'later' when 'answer' comes, and no other request. */
const answering: Script = ({ state, input, emit }) => {
  if (input.kind !== 'event') return undefined;
  const { name, data = null, sendid = '' } = input.event;
  note(state, name);
  if (name === 'ask') emit({ kind: 'respond', requestId: sendid, positive: true, body: { echo: data } });
  if (name === 'refuse') {
    emit({ kind: 'respond', requestId: sendid, positive: false, resultCode: '7', body: null });
  }
  if (name === 'later') state.pending = sendid;
  if (name === 'answer') {
    emit({ kind: 'respond', requestId: String(state.pending), positive: true, body: 'at last' });
  }
  return name === 'end' ? { status: 'completed' } : undefined;
};

function note(state: ScriptState, what: string): void {
  state.seen = [...((state.seen as string[] | undefined) ?? []), what];
}

async function faultOf(promise: Promise<unknown>): Promise<CodedError> {
  const error = await promise.then(
    () => expect.fail('expected a rejection'),
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(CodedError);
  return error as CodedError;
}

describe('Sessions', () => {
  let bench: SessionBench;
  const scripts = { noting, answering };

  beforeEach(() => {
    bench = createSessionBench(scripts);
  });

  afterEach(() => bench.stop());

  async function begin(name: string, more: object = {}): Promise<SessionId> {
    const { sessionId } = await bench.sessions.start({ src: `${BASE_URL}/${name}.scxml`, ...more });
    return sessionId;
  }

  async function seen(sessionId: SessionId): Promise<unknown> {
    const view = await bench.sessions.query(sessionId);
    return (view!.data as ScriptState).seen;
  }

  describe('starting', () => {
    it('resolves when the session is durable in its first stable configuration', async () => {
      const sessionId = await begin('noting', { params: { a: 1 } });
      bench.crash();
      const view = await bench.sessions.query(sessionId);
      expect(view).to.deep.equal({
        sessionId,
        src: `${BASE_URL}/noting.scxml`,
        status: 'running',
        configuration: ['initial'],
        data: { seen: ['start'] },
        startedAt: bench.clock.now(),
        documentHash: view!.documentHash,
      });
      expect(view!.documentHash).to.match(/^[0-9a-f]{64}$/);
    });

    it('with an id that exists does nothing, also at the same time', async () => {
      const [first, second] = await Promise.all([begin('noting', { id: 'X' }), begin('noting', { id: 'X' })]);
      expect([first, second]).to.deep.equal(['X', 'X']);
      await bench.sessions.publish(asId('X'), { name: 'one' });
      await begin('noting', { id: 'X' });
      expect(await seen(asId('X'))).to.deep.equal(['start', 'one']);
    });

    it('rejects a document that cannot be read or loaded, and makes no session', async () => {
      expect(await faultOf(begin('absent'))).to.have.property('code', 'DOCUMENT_UNREACHABLE');
      expect(await faultOf(bench.sessions.start({ src: 'http://[' }))).to.have.property(
        'code',
        'DOCUMENT_UNREACHABLE',
      );
      bench.texts.set(`${BASE_URL}/broken.scxml`, '<scxml>');
      const error = await begin('broken').catch((reason: unknown) => reason);
      expect(error).to.have.property('name', 'DocumentError');
      expect(await bench.sessions.list()).to.deep.equal([]);
    });

    it('at a later time schedules the session, which begins at that time, also after a restart', async () => {
      const idealTime = bench.clock.now() + 60_000;
      const sessionId = await begin('noting', { idealTime });
      expect(await bench.sessions.query(sessionId)).to.include({ status: 'scheduled' });
      expect(await faultOf(bench.sessions.publish(sessionId, { name: 'early' }))).to.have.property(
        'code',
        'SESSION_NOT_FOUND',
      );
      bench.crash();
      await bench.advance(59_999);
      expect(await bench.sessions.query(sessionId)).to.include({ status: 'scheduled' });
      await bench.advance(1);
      expect(await bench.sessions.query(sessionId)).to.include({ status: 'running', startedAt: idealTime });
      expect(await seen(sessionId)).to.deep.equal(['start']);
    });

    it('reads the document again, and does not change the version of running sessions', async () => {
      const old = await begin('noting');
      bench.texts.set(`${BASE_URL}/noting.scxml`, documentText('answering'));
      const young = await begin('noting');
      await bench.restart();
      await bench.sessions.publish(old, { name: 'x' });
      expect(await seen(old)).to.deep.equal(['start', 'x']);
      await bench.sessions.publish(young, { name: 'x' });
      expect(await seen(young)).to.deep.equal(['x']);
      expect(bench.engine.compiled).to.deep.equal(['noting', 'answering']);
    });

    it('compiles an unchanged document once', async () => {
      await begin('noting');
      await begin('noting');
      expect(bench.engine.compiled).to.deep.equal(['noting']);
    });
  });

  describe('events', () => {
    it('of one session are processed one after the other, in order', async () => {
      const sessionId = await begin('noting');
      const names = Array.from({ length: 20 }, (_, index) => `e${index}`);
      await Promise.all(names.map((name) => bench.sessions.publish(sessionId, { name })));
      expect(await seen(sessionId)).to.deep.equal(['start', ...names]);
    });

    it('are durable when publish resolves', async () => {
      const sessionId = await begin('noting');
      await bench.sessions.publish(sessionId, { name: 'one' });
      bench.crash();
      await bench.sessions.publish(sessionId, { name: 'two' });
      expect(await seen(sessionId)).to.deep.equal(['start', 'one', 'two']);
    });

    it('with the same id change the state once, also at the same time and after a restart', async () => {
      const sessionId = await begin('noting');
      const once = () => bench.sessions.publish(sessionId, { name: 'one', id: 'k1' });
      await Promise.all([once(), once()]);
      bench.crash();
      await once();
      await bench.sessions.publish(sessionId, { name: 'one', id: `k${'2'.repeat(5_000)}` });
      expect(await seen(sessionId)).to.deep.equal(['start', 'one', 'one']);
    });

    it('to an unknown or ended session are rejected', async () => {
      const sessionId = await begin('noting');
      await bench.sessions.publish(sessionId, { name: 'end' });
      for (const id of [sessionId, 'unknown']) {
        const fault = await faultOf(bench.sessions.publish(asId(id), { name: 'x' }));
        expect(fault).to.have.property('code', 'SESSION_NOT_FOUND');
      }
    });

    it('do not change the session when the store refuses the commit', async () => {
      const sessionId = await begin('noting');
      bench.store.failNext();
      const fault = await faultOf(bench.sessions.publish(sessionId, { name: 'lost', id: 'k' }));
      expect(fault).to.have.property('code', 'STORE_UNAVAILABLE');
      await bench.sessions.publish(sessionId, { name: 'kept', id: 'k' });
      expect(await seen(sessionId)).to.deep.equal(['start', 'kept']);
      expect(bench.engine.restored).to.deep.equal([sessionId]);
    });

    it('in a commit of the caller arrive as tasks, once, at their time', async () => {
      const sessionId = await begin('noting');
      const batch = bench.sessions.eventBatch(sessionId, { name: 'due', id: 'd' }, bench.clock.now() + 500);
      await bench.durable.commit(batch);
      await bench.durable.commit(bench.sessions.eventBatch(sessionId, { name: 'now', id: 'n' }, 0));
      bench.crash();
      await bench.advance(500);
      await bench.durable.commit(bench.sessions.eventBatch(sessionId, { name: 'due', id: 'd' }, 0));
      await bench.settle();
      expect(await seen(sessionId)).to.deep.equal(['start', 'now', 'due']);
    });
  });

  describe('timers', () => {
    it('fire when due, also after a restart, and not when they are disarmed', async () => {
      const [kept, disarmed] = [await begin('noting'), await begin('noting')];
      for (const id of [kept, disarmed]) await bench.sessions.publish(id, { name: 'arm' });
      await bench.sessions.publish(disarmed, { name: 'disarm' });
      bench.crash();
      await bench.advance(999);
      expect(await seen(kept)).to.deep.equal(['start', 'arm']);
      await bench.advance(1);
      expect(await seen(kept)).to.deep.equal(['start', 'arm', 'timer']);
      expect(await seen(disarmed)).to.deep.equal(['start', 'arm', 'disarm']);
    });

    it('survive a store that is unavailable for a long time', async () => {
      const sessionId = await begin('noting');
      await bench.sessions.publish(sessionId, { name: 'arm' });
      bench.store.failNext(30);
      await bench.advance(600_000);
      expect(await seen(sessionId)).to.deep.equal(['start', 'arm', 'timer']);
    });
  });

  describe('requests', () => {
    it('are answered after the commit of the answering step', async () => {
      const sessionId = await begin('answering');
      const release = bench.store.hold();
      let answered = false;
      const reply = bench.sessions.request(sessionId, { name: 'ask', data: { q: 1 }, timeoutMs: 5_000 });
      void reply.then(() => {
        answered = true;
      });
      await new Promise<void>((resolve) => setImmediate(resolve));
      expect(answered).to.equal(false);
      release();
      expect(await reply).to.deep.equal({ positive: true, body: { echo: { q: 1 } } });
      const refusal = bench.sessions.request(sessionId, { name: 'refuse', data: null, timeoutMs: 5_000 });
      expect(await refusal).to.deep.equal({ positive: false, resultCode: '7', body: null });
    });

    it('with the same id get the same answer and change the state once', async () => {
      const sessionId = await begin('answering');
      const ask = (data: number) =>
        bench.sessions.request(sessionId, { name: 'ask', data, id: 'r1', timeoutMs: 5_000 });
      const both = await Promise.all([ask(1), ask(2)]);
      bench.crash();
      const replies = [...both, await ask(3)];
      expect(replies).to.deep.equal(Array.from({ length: 3 }, () => ({ positive: true, body: { echo: 1 } })));
      expect(await seen(sessionId)).to.deep.equal(['ask']);
    });

    it('with the same id share one wait, also for an answer in a later step', async () => {
      const sessionId = await begin('answering');
      const ask = () =>
        bench.sessions.request(sessionId, { name: 'later', data: null, id: 'r1', timeoutMs: 5_000 });
      const both = Promise.all([ask(), ask()]);
      await bench.settle();
      await bench.sessions.publish(sessionId, { name: 'answer' });
      expect((await both).map((reply) => reply.body)).to.deep.equal(['at last', 'at last']);
      expect(await seen(sessionId)).to.deep.equal(['later', 'answer']);
    });

    it('are rejected with REQUEST_TIMEOUT when the answer is late', async () => {
      const sessionId = await begin('answering');
      const reply = faultOf(
        bench.sessions.request(sessionId, { name: 'what', data: null, timeoutMs: 5_000 }),
      );
      await bench.advance(5_000);
      expect(await reply).to.include({ code: 'REQUEST_TIMEOUT' });
    });

    it('are rejected with SESSION_ENDED when the session ends without an answer', async () => {
      const sessionId = await begin('answering');
      const reply = faultOf(
        bench.sessions.request(sessionId, { name: 'what', data: null, timeoutMs: 5_000 }),
      );
      await bench.sessions.publish(sessionId, { name: 'end' });
      expect(await reply).to.have.property('code', 'SESSION_ENDED');
      const late = await faultOf(
        bench.sessions.request(sessionId, { name: 'ask', data: 1, timeoutMs: 5_000 }),
      );
      expect(late).to.have.property('code', 'SESSION_NOT_FOUND');
    });
  });

  describe('ending', () => {
    it('is stored with the data for a limited time', async () => {
      const sessionId = await begin('noting');
      await bench.sessions.publish(sessionId, { name: 'end' });
      const endedAt = bench.clock.now();
      await bench.advance(3_599_999);
      expect(await bench.sessions.query(sessionId)).to.deep.include({
        status: 'completed',
        donedata: { bye: true },
        data: { seen: ['start', 'end'] },
        endedAt,
      });
      await bench.advance(1);
      expect(await bench.sessions.query(sessionId)).to.equal(undefined);
    });

    it('by terminate has a reason, for a running and for a scheduled session', async () => {
      const ran = await begin('noting');
      const planned = await begin('noting', { idealTime: bench.clock.now() + 1_000 });
      for (const id of [ran, planned]) await bench.sessions.terminate(id, 'enough');
      await bench.advance(2_000);
      for (const id of [ran, planned]) {
        expect(await bench.sessions.query(id)).to.include({ status: 'terminated', reason: 'enough' });
      }
      expect(await faultOf(bench.sessions.terminate(ran, 'again'))).to.have.property(
        'code',
        'SESSION_NOT_FOUND',
      );
    });

    it('adds the batches of listeners to the last commit', async () => {
      bench.sessions.onEnded((end) => ({ put: [{ table: 'ended', key: end.sessionId, value: end }] }));
      const sessionId = await begin('noting');
      await bench.sessions.terminate(sessionId, 'enough');
      bench.crash();
      expect(bench.durable.get('ended', sessionId)).to.deep.equal({
        sessionId,
        status: 'terminated',
        reason: 'enough',
      });
    });

    it('by a fault of the host fails only this session', async () => {
      const [bad, good] = [await begin('noting'), await begin('noting')];
      const outcomes = await Promise.allSettled([
        bench.sessions.publish(bad, { name: 'throw' }),
        bench.sessions.publish(bad, { name: 'after' }),
        bench.sessions.publish(good, { name: 'fine' }),
      ]);
      expect(outcomes.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected', 'fulfilled']);
      expect(await bench.sessions.query(bad)).to.include({ status: 'failed', reason: 'a fault of the host' });
      expect(await seen(good)).to.deep.equal(['start', 'fine']);
    });
  });

  describe('listing', () => {
    it('gives sessions by status, up to a limit', async () => {
      const ids = [await begin('noting'), await begin('noting'), await begin('noting')];
      await bench.sessions.terminate(ids[1]!, 'enough');
      const running = await bench.sessions.list({ status: 'running' });
      expect(running.map(({ sessionId }) => sessionId)).to.deep.equal([ids[0], ids[2]]);
      expect(await bench.sessions.list({ limit: 2 })).to.have.length(2);
    });
  });
});

describe('Sessions in little memory', () => {
  it('leave memory when idle, and are restored from their snapshots', async () => {
    const bench = createSessionBench({ noting }, { maxLiveSessions: 2 });
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) {
      ids.push((await bench.sessions.start({ src: `${BASE_URL}/noting.scxml` })).sessionId);
    }
    for (const id of ids) await bench.sessions.publish(asId(id), { name: 'x' });
    expect(bench.engine.restored).to.deep.equal(ids);
    const last = await bench.sessions.query(asId(ids[4]!));
    expect(last!.data).to.deep.equal({ seen: ['start', 'x'] });
    expect(bench.engine.restored).to.have.length(5);
    await bench.stop();
  });
});

describe('Whether a session exists', () => {
  it('is known when it runs, has left memory or has ended, and the check restores none', async () => {
    const ending: Script = ({ input }) => (input.kind === 'event' ? { status: 'completed' } : undefined);
    const bench = createSessionBench({ ending }, { maxLiveSessions: 1 });
    const src = `${BASE_URL}/ending.scxml`;
    const start = () => bench.sessions.start({ src });
    const ended = (await start()).sessionId;
    await bench.sessions.publish(ended, { name: 'x' });
    const away = (await start()).sessionId;
    const live = (await start()).sessionId;
    const exist = () =>
      Promise.all([ended, away, live, 'NOBODY'].map((id) => bench.sessions.exists(asId(id))));
    expect(await exist()).to.deep.equal([true, true, true, false]);
    expect(bench.engine.restored).to.deep.equal([]);

    const aborted = bench.sessions.start({ id: asId('ABORTED'), src }).catch(() => {});
    bench.store.failNext();
    await aborted;
    expect(await bench.sessions.exists(asId('ABORTED'))).to.equal(false);
    await bench.advance(25 * 3_600_000);
    expect(await exist()).to.deep.equal([false, true, true, false]);
    await bench.stop();
  });
});

describe('A session with _persist="false"', () => {
  it('stays in memory, and is lost when the process ends', async () => {
    const bench = createSessionBench({ noting }, { maxLiveSessions: 1 });
    bench.texts.set(`${BASE_URL}/volatile.scxml`, documentText('noting', '_persist="false"'));
    const { sessionId } = await bench.sessions.start({ src: `${BASE_URL}/volatile.scxml` });
    await bench.sessions.start({ src: `${BASE_URL}/noting.scxml` });
    const writes = bench.store.writes;
    await bench.sessions.publish(sessionId, { name: 'x' });
    expect(bench.store.writes).to.equal(writes);
    expect(await bench.sessions.query(sessionId)).to.deep.include({ data: { seen: ['start', 'x'] } });
    await bench.restart();
    const lost = await bench.sessions.query(sessionId);
    expect(lost).to.include({ status: 'failed' });
    expect(lost!.reason).to.contain('_persist');
    await bench.stop();
  });
});
