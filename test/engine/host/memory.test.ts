import { expect } from 'chai';
import type { HostedExecution } from '../../../engine/host/hostEngine.ts';
import { HostError } from '../../../engine/host/hostError.ts';
import {
  DEFAULT_MAX_LIVE_SESSIONS,
  LiveSessions,
  SESSION_IDLE_MS,
} from '../../../engine/host/liveSessions.ts';
import type { SessionRecord } from '../../../engine/host/sessionRecord.ts';
import { asId } from '../../support/ids.ts';
import type { Script } from '../../support/scriptedEngine.ts';
import { BASE_URL, createSessionBench, type SessionBench } from '../../support/sessionBench.ts';

const counting: Script = ({ state, input }) => {
  if (input.kind === 'event') state.count = Number(state.count ?? 0) + 1;
  return undefined;
};

describe('Sessions in memory', () => {
  let now = 0;
  const clock = { now: () => now };

  beforeEach(() => {
    now = 0;
  });

  async function fill(live: LiveSessions, count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      await live.run(asId(`s${index}`), async (session) => {
        session.running = { record: {} as SessionRecord, execution: {} as HostedExecution };
      });
    }
    // The last session becomes idle after its caller gets the result.
    await Promise.resolve();
  }

  /** Uses the last hundred sessions, `times` times in total. */
  async function touch(live: LiveSessions, times: number): Promise<void> {
    for (let index = 0; index < times; index++) {
      await live.run(asId(`s${900 + (index % 100)}`), async () => {});
    }
    await Promise.resolve();
  }

  function isThere(live: LiveSessions, sessionId: string): Promise<boolean> {
    return live.run(asId(sessionId), async (session) => session.running !== undefined);
  }

  it('leave memory, the least recently used first, when the heap is above its bound', async () => {
    let used = 0;
    const heap = { maxBytes: 1_000, usedBytes: () => used };
    const live = new LiveSessions({ sessions: DEFAULT_MAX_LIVE_SESSIONS, mailboxLength: 10, heap, clock });
    await fill(live, 1_000);
    expect(live.count).to.equal(1_000);
    used = 1_001;
    await touch(live, 256);
    expect(live.count).to.equal(750);
    expect(await isThere(live, 's0'), 'used longest ago').to.equal(false);
    expect(await isThere(live, 's999'), 'used last').to.equal(true);
    used = 0;
    await touch(live, 512);
    expect(live.count).to.equal(750);
  });

  it('leave memory SESSION_IDLE_MS after their last use, unless they have no snapshot', async () => {
    const live = new LiveSessions({ sessions: DEFAULT_MAX_LIVE_SESSIONS, mailboxLength: 10, clock });
    await fill(live, 1_000);
    await live.run(asId('s0'), async (session) => {
      const record = { persist: false } as SessionRecord;
      session.running = { record, execution: {} as HostedExecution };
    });
    now += SESSION_IDLE_MS - 1;
    await touch(live, 300);
    expect(live.count).to.equal(1_000);
    now += 1;
    await touch(live, 300);
    expect(live.count, 'two for each use').to.equal(400);
    await touch(live, 300);
    expect(live.count, 'those that were used meanwhile, and the one without a snapshot').to.equal(101);
    expect(await isThere(live, 's0')).to.equal(true);
  });

  it('leave memory when there are too many', async () => {
    const live = new LiveSessions({ sessions: 100, mailboxLength: 10, clock });
    await fill(live, 1_000);
    expect(live.count).to.equal(100);
  });
});

describe('The mailbox of a session', () => {
  let bench: SessionBench;

  afterEach(() => bench.stop());

  it('accepts events up to its limit, then refuses with MAILBOX_FULL, and always accepts a termination', async () => {
    bench = createSessionBench({ counting }, { maxMailboxLength: 10 });
    const { sessionId } = await bench.sessions.start({ src: `${BASE_URL}/counting.scxml` });
    const release = bench.store.hold();
    const outcomes = Promise.allSettled(
      Array.from({ length: 15 }, () => bench.sessions.publish(sessionId, { name: 'add' })),
    );
    const terminated = bench.sessions.terminate(sessionId, 'enough');
    release();
    // One is in progress, ten wait.
    const refused = (await outcomes).filter((outcome) => outcome.status === 'rejected');
    expect(refused).to.have.length(4);
    for (const { reason } of refused) {
      expect(reason).to.be.instanceOf(HostError).with.property('code', 'MAILBOX_FULL');
    }
    await terminated;
    expect(await bench.sessions.query(sessionId)).to.deep.include({
      status: 'terminated',
      data: { count: 11 },
    });
  });
});
