import { expect } from 'chai';
import { type HostedExecution, RestoreFailed } from '../../../engine/host/hostEngine.ts';
import type { SessionId } from '../../../engine/ports/brandedIds.ts';
import { CodedError } from '../../../engine/ports/codedError.ts';
import { asId } from '../../support/ids.ts';
import type { Script } from '../../support/scriptedEngine.ts';
import { BASE_URL, createSessionBench, type SessionBench } from '../../support/sessionBench.ts';

/** Stores the names of its events. `arm` sets a timer, `tell` sends to another session. */
const keeper: Script = ({ state, input, now, emit, key }) => {
  if (input.kind === 'start') state.seen = [];
  const seen = state.seen as string[];
  if (input.kind === 'timer') seen.push(input.key);
  if (input.kind !== 'event') return undefined;
  const { name, data } = input.event;
  seen.push(name);
  if (name === 'arm') emit({ kind: 'arm', key: 't1', dueAt: now + 1_000 });
  if (name === 'tell') {
    emit({ kind: 'send', key: key(), type: 'scxml', target: String(data), event: { name: 'told' } });
  }
  return undefined;
};

/** When a restore fails: an engine in another process reports it at its first request. */
const PLACES: { readonly [place: string]: (error: Error) => HostedExecution } = {
  'in this process'(error) {
    throw error;
  },
  'in another process'({ message }) {
    const fail = (): Promise<never> => Promise.reject(new RestoreFailed(message));
    return { configuration: ['s'], snapshotText: () => '', step: fail, data: fail, inspect: fail };
  },
};

for (const [place, failIn] of Object.entries(PLACES)) {
  describe(`A session that cannot be restored ${place}`, () => {
    let bench: SessionBench;
    let sick: SessionId;
    let well: string;

    beforeEach(async () => {
      bench = createSessionBench({ sick: keeper, well: keeper });
      sick = await start('sick');
      well = await start('well');
      await bench.sessions.publish(sick, { name: 'arm' });
      await bench.restart();
      breakDocument();
    });

    afterEach(() => bench.stop());

    async function start(name: string): Promise<SessionId> {
      return (await bench.sessions.start({ src: `${BASE_URL}/${name}.scxml` })).sessionId;
    }

    /** Behaves like a new release that reads the document differently. */
    function breakDocument(): void {
      const restore = bench.engine.restoreExecution;
      broken = true;
      bench.engine.restoreExecution = (program, snapshot, options) => {
        if (broken && program.document.url.endsWith('/sick.scxml')) {
          return failIn(new Error('the snapshot makes no sense'));
        }
        return restore(program, snapshot, options);
      };
    }

    let broken = true;

    async function codeOf(work: Promise<unknown>): Promise<string> {
      return work.then(
        () => 'no error',
        (error: unknown) => (error instanceof CodedError ? error.code : String(error)),
      );
    }

    async function seenBy(sessionId: SessionId): Promise<unknown> {
      const view = await bench.sessions.query(sessionId);
      return (view!.data as { seen: unknown }).seen;
    }

    it('is set aside with its error, and appears in the list and the query', async () => {
      expect(await codeOf(bench.sessions.publish(sick, { name: 'a' }))).to.equal('SESSION_SET_ASIDE');
      const views = await bench.sessions.list({ status: 'setAside' });
      expect(views.map(({ sessionId, status, reason }) => ({ sessionId, status, reason }))).to.deep.equal([
        { sessionId: sick, status: 'setAside', reason: 'the snapshot makes no sense' },
      ]);
      expect(await bench.sessions.query(sick)).to.include({
        status: 'setAside',
        reason: 'the snapshot makes no sense',
      });
      expect(await codeOf(bench.sessions.retry(sick))).to.equal('SESSION_SET_ASIDE');
      expect(await codeOf(bench.sessions.retry(asId(well)))).to.equal('SESSION_NOT_FOUND');
    });

    it('is also set aside by a query and by a termination', async () => {
      expect(await bench.sessions.query(sick)).to.include({
        status: 'setAside',
        reason: 'the snapshot makes no sense',
      });
      broken = false;
      await bench.sessions.retry(sick);
      expect(await bench.sessions.query(sick)).to.include({ status: 'running' });
      await bench.restart();
      breakDocument();
      expect(await codeOf(bench.sessions.terminate(sick, 'enough'))).to.equal('SESSION_SET_ASIDE');
      await bench.sessions.terminate(sick, 'enough');
      expect(await bench.sessions.query(sick)).to.include({ status: 'terminated' });
    });

    it('blocks no other session: its timers and events wait, and are delivered when it is retried', async () => {
      await bench.advance(2_000);
      const other = await start('well');
      await bench.sessions.publish(asId(well), { name: 'tell', data: sick });
      await bench.sessions.publish(asId(well), { name: 'tell', data: other });
      await bench.durable.commit(bench.sessions.eventBatch(sick, { name: 'committed', id: 'c1' }, 0));
      await bench.settle();
      expect(await seenBy(other)).to.deep.equal(['told']);

      await bench.restart();
      broken = false;
      await bench.settle();
      expect(await codeOf(bench.sessions.publish(sick, { name: 'a' }))).to.equal('SESSION_SET_ASIDE');
      await bench.sessions.retry(sick);
      await bench.settle();
      expect(await seenBy(sick)).to.deep.equal(['arm', 't1', 'told', 'committed']);
      expect(await bench.sessions.list({ status: 'setAside' })).to.deep.equal([]);
      expect(await bench.sessions.query(sick))
        .to.include({ status: 'running' })
        .and.not.to.have.property('reason');
    });

    it('can be terminated, and its waiting events are dropped', async () => {
      await bench.advance(2_000);
      await bench.sessions.terminate(sick, 'given up');
      expect(await bench.sessions.query(sick)).to.include({ status: 'terminated', reason: 'given up' });
      expect(await bench.sessions.list({ status: 'setAside' })).to.deep.equal([]);
      expect([...bench.durable.scan('parkedTask')]).to.deep.equal([]);
    });

    it('is set aside in the same way when it was scheduled and its document does not load', async () => {
      broken = false;
      const idealTime = bench.clock.now() + 5_000;
      const { sessionId } = await bench.sessions.start({ src: `${BASE_URL}/well.scxml`, idealTime });
      const [version] = [...bench.durable.scan<object>('document')].filter(({ value }) =>
        JSON.stringify(value).includes('well'),
      );
      await bench.durable.commit({ remove: [{ table: 'document', key: version!.key }] });
      await bench.restart();
      await bench.advance(6_000);
      expect((await bench.sessions.list({ status: 'setAside' })).map((view) => view.sessionId)).to.deep.equal(
        [sessionId],
      );
      await bench.durable.commit({ put: [{ table: 'document', key: version!.key, value: version!.value }] });
      await bench.sessions.retry(sessionId);
      await bench.settle();
      expect(await bench.sessions.query(sessionId)).to.include({ status: 'running' });
    });
  });
}
