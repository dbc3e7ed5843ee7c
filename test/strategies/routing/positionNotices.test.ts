import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import type { SessionId } from '../../../engine/ports/brandedIds.ts';
import type { ConnId } from '../../../strategies/routing/callIds.ts';
import { LOOK_AGAIN_MS } from '../../../strategies/routing/positionNotices.ts';
import type { StartCall } from '../../../strategies/routing/startCall.ts';
import { HistoryRecorder } from '../../../strategies/statistics/historyRecorder.ts';
import { createBrittleStore } from '../../support/brittleStore.ts';
import { type ContactCentre, openContactCentre } from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';

/** A centre whose routing hears of the commits that move calls, as in the server. */
function openCentre(given: Parameters<typeof openContactCentre>[0] = {}): ContactCentre {
  let recorder: HistoryRecorder | undefined;
  const centre = openContactCentre({
    ...given,
    around: (durable, clock) => (recorder = new HistoryRecorder({ durable, clock })),
  });
  recorder!.watchCalls(centre.routing.watcher);
  return centre;
}

/** Starts a call of the session, which is told at position 2. */
async function start(
  centre: ContactCentre,
  session: string,
  change: Partial<StartCall> = {},
): Promise<ConnId> {
  centre.sessions.open(session);
  const { connId } = await centre.routing.startCall({
    target: 'Billing@StatServer.GA',
    vq: 'VQ',
    sessionUrl: `http://orsay.test/scxml/session/${session}`,
    sessionId: asId<SessionId>(session),
    tellPosition: 2,
    ...change,
  });
  await centre.settle();
  return connId;
}

const told = ({ sessions }: ContactCentre): readonly string[] =>
  sessions.events.filter(({ name }) => name === 'queue.position.reached').map(({ sessionId }) => sessionId);

describe('the notice of a position in a queue', () => {
  it('comes once, in the commit after which the call has it', async () => {
    const centre = openCentre();
    const calls = [await start(centre, 'S1'), await start(centre, 'S2'), await start(centre, 'S3')];
    expect(told(centre)).to.deep.equal(['S1', 'S2']);
    await start(centre, 'S4');
    await centre.routing.cancelCall(calls[0]!);
    await centre.settle();
    expect(centre.sessions.events.at(-1)).to.deep.equal({
      sessionId: 'S3',
      name: 'queue.position.reached',
      data: { connid: calls[2], queue: 'VQ', position: 2 },
    });
    await centre.advance(10 * LOOK_AGAIN_MS);
    expect(told(centre)).to.deep.equal(['S1', 'S2', 'S3']);
  });

  it('is promised to sessions of this server only, and to a repeated start while it is still to come', async () => {
    const centre = openCentre();
    const request = {
      target: 'Billing@StatServer.GA',
      sessionId: asId<SessionId>('S1'),
      tellPosition: 1,
      key: 'k',
    };
    expect(await centre.routing.startCall(request)).to.have.all.keys('connId');
    centre.sessions.open('S2');
    const own = { ...request, sessionId: asId<SessionId>('S2'), key: 'k2' };
    expect(await centre.routing.startCall(own)).to.include({ tellPosition: 1 });
    expect(await centre.routing.startCall(own)).to.include({ tellPosition: 1 });
    await centre.advance(60_000);
    expect(told(centre)).to.deep.equal([]);
    const { connId } = await centre.routing.startCall(request);
    await centre.routing.cancelCall(connId);
    await centre.settle();
    expect(told(centre)).to.deep.equal(['S2']);
    expect(await centre.routing.startCall(own)).to.have.all.keys('connId');
  });

  it('comes when the growing priority of the call has overtaken others', async () => {
    const centre = openCentre();
    for (const session of ['S1', 'S2', 'S3']) await start(centre, session, { priority: { base: 10 } });
    await start(centre, 'S4', { priority: { base: 0, increment: 1, everyMs: 10_000 } });
    await centre.advance(100_000);
    expect(told(centre)).to.deep.equal(['S1', 'S2']);
    await centre.advance(LOOK_AGAIN_MS);
    expect(told(centre)).to.deep.equal(['S1', 'S2', 'S4']);
  });

  it('comes though an earlier look at the queues is still being committed when the next one is due', async () => {
    const brittle = createBrittleStore(new MemoryStore());
    const centre = openCentre({ store: brittle });
    const priority = { base: 10 };
    const calls: ConnId[] = [];
    for (const session of ['S1', 'S2', 'S3']) calls.push(await start(centre, session, { priority }));
    await start(centre, 'S4', { priority: { base: 0, increment: 1, everyMs: 10_000 } });
    let release = (): void => {};
    const { eventBatch } = centre.sessions;
    centre.sessions.eventBatch = (...given) => {
      release = brittle.hold();
      return eventBatch(...given);
    };
    await centre.routing.cancelCall(calls[0]!);
    await centre.clock.advance(LOOK_AGAIN_MS, async () => {});
    centre.sessions.eventBatch = eventBatch;
    release();
    await centre.advance(LOOK_AGAIN_MS * 4);
    expect(told(centre)).to.deep.equal(['S1', 'S2', 'S3', 'S4']);
  });

  it('comes after a restart, and after a commit that failed', async () => {
    const store = new MemoryStore();
    const killable = createBrittleStore(store);
    const first = openContactCentre({ store: killable });
    const calls = [await start(first, 'S1'), await start(first, 'S2'), await start(first, 'S3')];
    await first.routing.cancelCall(calls[0]!);
    killable.kill();

    const brittle = createBrittleStore(store);
    const second = openCentre({ store: brittle, clock: first.clock });
    for (const session of ['S1', 'S2', 'S3']) second.sessions.open(session);
    brittle.failNext();
    await second.routing.readAhead();
    await second.settle();
    expect(told(second)).to.deep.equal([]);
    await second.advance(LOOK_AGAIN_MS);
    expect(told(second)).to.deep.equal(['S2', 'S3']);
  });
});
