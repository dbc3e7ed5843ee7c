import { expect } from 'chai';
import { indexBatch } from '../../../engine/host/sessionIndex.ts';
import { MAX_COUNTED_SESSIONS, MAX_LISTED_SESSIONS } from '../../../engine/host/sessionLists.ts';
import type { SessionRecord } from '../../../engine/host/sessionRecord.ts';
import type { SessionStatus, SessionView } from '../../../engine/host/sessions.ts';
import type { SessionId } from '../../../engine/ports/brandedIds.ts';
import { asId } from '../../support/ids.ts';
import type { Script } from '../../support/scriptedEngine.ts';
import { BASE_URL, createSessionBench, type SessionBench } from '../../support/sessionBench.ts';

const waiting: Script = () => undefined;
type Filter = NonNullable<Parameters<SessionBench['sessions']['list']>[0]>;

describe('Lists of sessions', () => {
  let bench: SessionBench;

  beforeEach(() => {
    bench = createSessionBench({ waiting, other: waiting });
  });

  afterEach(() => bench.stop());

  async function start(name: string, id: string, idealTime?: number): Promise<SessionView> {
    const src = `${BASE_URL}/${name}.scxml`;
    await bench.sessions.start({ id: asId(id), src, ...(idealTime !== undefined && { idealTime }) });
    return (await bench.sessions.query(asId(id)))!;
  }

  /** Copies of one session, with the records that its own steps would write. */
  async function fill(model: SessionView, count: number): Promise<string[]> {
    const record = bench.durable.get<SessionRecord>('session', model.sessionId)!;
    const ids = Array.from({ length: count }, (_, number) =>
      asId<SessionId>(`copy${String(number).padStart(6, '0')}`),
    );
    const copies = ids.map((sessionId) => ({ ...record, sessionId }));
    await bench.durable.commit({
      put: copies.flatMap((copy) => [
        { table: 'session', key: copy.sessionId, value: copy },
        ...indexBatch(copy).put!,
      ]),
    });
    return ids;
  }

  /** Every page until the first empty one. */
  async function walk(filter: Filter, onPage = async (): Promise<void> => {}): Promise<string[][]> {
    const pages: string[][] = [];
    for (let after: SessionId | undefined; ; ) {
      const found = await bench.sessions.list({ ...filter, ...(after !== undefined && { after }) });
      if (found.length === 0) return pages;
      pages.push(found.map(({ sessionId }) => sessionId));
      after = found.at(-1)!.sessionId;
      await onPage();
    }
  }

  it('are complete, page by page, for every filter', async () => {
    const one = await start('waiting', 'a');
    const copies = await fill(one, MAX_LISTED_SESSIONS + 500);
    const other = await start('other', 'copy000700x');
    await start('waiting', 'copy000800x', bench.clock.now() + 1_000);
    await start('waiting', 'z');
    await bench.sessions.terminate(asId('z'), 'enough');
    const running = ['a', ...copies];
    const sorted = (...ids: string[]): string[] => [...running, ...ids].sort();

    const all = await walk({});
    expect(all.map(({ length }) => length)).to.deep.equal([MAX_LISTED_SESSIONS, 504]);
    expect(all.flat()).to.deep.equal(sorted('copy000700x', 'copy000800x', 'z'));
    const byStatus = await walk({ status: 'running', limit: 600 });
    expect(byStatus.map(({ length }) => length)).to.deep.equal([600, 600, 302]);
    expect(byStatus.flat()).to.deep.equal(sorted('copy000700x'));
    const { documentHash } = one;
    expect((await walk({ documentHash })).flat()).to.deep.equal(sorted('copy000800x'));
    expect((await walk({ documentHash, status: 'running' })).flat()).to.deep.equal(running);
    expect(await walk({ documentHash, status: 'scheduled' })).to.deep.equal([['copy000800x']]);
    expect(await walk({ documentHash: other.documentHash })).to.deep.equal([['copy000700x']]);
    expect(await walk({ status: 'terminated' })).to.deep.equal([['z']]);
    expect(await walk({ status: 'terminated', documentHash })).to.deep.equal([]);
    expect(await walk({ status: 'run' as SessionStatus })).to.deep.equal([]);
  });

  it('continue after a session that has left the list meanwhile, and after ids with any characters', async () => {
    const ids = ['a', 'a:b', 'a~1.b', 'é', '\uFFFD', '\u{1F600}', 'z'];
    for (const id of ids) await start('waiting', id);
    const inKeyOrder = ['a', 'a:b', 'a~1.b', 'z', 'é', '\uFFFD', '\u{1F600}'];
    expect(await walk({ status: 'running', limit: 1 })).to.deep.equal(inKeyOrder.map((id) => [id]));
    let last = -1;
    const seen = await walk({ status: 'running', limit: 1 }, async () => {
      last++;
      await bench.sessions.terminate(asId(inKeyOrder[last]!), 'seen');
    });
    expect(seen.flat()).to.deep.equal(inKeyOrder);
  });

  it('do not block other requests', async () => {
    await fill(await start('waiting', 'a'), MAX_LISTED_SESSIONS);
    let turns = 0;
    let counting = true;
    const count = (): void => {
      turns++;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    await bench.sessions.list();
    counting = false;
    expect(turns).to.be.greaterThan(5);
  });

  it('of versions count the sessions of each version up to a limit, and report when there are more', async () => {
    const one = await start('waiting', 'a');
    const other = await start('other', 'b');
    const sessionsOf = async (documentHash: string) => {
      const found = (await bench.sessions.versions()).find(
        (version) => version.documentHash === documentHash,
      );
      const { sessions, more = false } = found!;
      return { sessions, more };
    };
    await fill(one, MAX_COUNTED_SESSIONS - 1);
    expect(await sessionsOf(one.documentHash)).to.deep.equal({ sessions: MAX_COUNTED_SESSIONS, more: false });
    await start('waiting', 'c');
    expect(await sessionsOf(one.documentHash)).to.deep.equal({ sessions: MAX_COUNTED_SESSIONS, more: true });
    expect(await sessionsOf(other.documentHash)).to.deep.equal({ sessions: 1, more: false });
  });
});
