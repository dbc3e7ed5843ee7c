import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import type { SessionId } from '../../../engine/ports/brandedIds.ts';
import type { ConnId } from '../../../strategies/routing/callIds.ts';
import { RoutingError } from '../../../strategies/routing/errors.ts';
import type { StartCall } from '../../../strategies/routing/startCall.ts';
import { LAST_CALL } from '../../../strategies/routing/virtualQueues.ts';
import { createBrittleStore } from '../../support/brittleStore.ts';
import { type ContactCentre, openContactCentre, POSITIVE, readyAgent } from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';
import { createTestIds } from '../../support/testIds.ts';

const SESSION = 'http://orsay.test/scxml/session/S1';

async function startCall(centre: ContactCentre, change: Partial<StartCall> = {}): Promise<ConnId> {
  const request = {
    target: 'Billing@StatServer.GA',
    vq: 'VQ',
    sessionUrl: SESSION,
    sessionId: asId<SessionId>('S1'),
    ...change,
  };
  const { connId } = await centre.routing.startCall(request);
  await centre.settle();
  return connId;
}

async function routeNow(centre: ContactCentre, connId: ConnId, delay: string | number = 0): Promise<void> {
  await centre.routing.invoke(connId, 'SetRouteDelay', { DELAY: delay });
  await centre.settle();
}

function agentsPosted({ posts }: ContactCentre): readonly unknown[] {
  return posts.map(({ body }) => (body as { agent: string }).agent);
}

describe('virtual interactions', () => {
  it('are not routed a second time by an invoke that is repeated under its key', async () => {
    const centre = openContactCentre();
    await readyAgent(centre, 'kate');
    await readyAgent(centre, 'liz');
    const connId = await startCall(centre);
    for (const key of ['k1', 'k1']) {
      await centre.routing.invoke(connId, 'SetRouteDelay', { DELAY: 0 }, key);
      await centre.advance(60_000);
    }
    expect(agentsPosted(centre)).to.deep.equal(['kate']);
    await centre.routing.invoke(connId, 'SetRouteDelay', { DELAY: 0 }, 'k2');
    await centre.settle();
    expect(agentsPosted(centre)).to.deep.equal(['kate', 'liz']);
  });

  it('keep their position, and are routed only when the route delay is set', async () => {
    const centre = openContactCentre();
    await readyAgent(centre, 'KSippola', {
      place: 'SIP_Server_Place1',
      dn: '7001',
      switchName: 'SIP_Switch',
    });
    const connId = await startCall(centre, { vq: 'VQ_Waiting_for_agent' });
    await centre.advance(600_000);
    expect(centre.posts).to.deep.equal([]);
    expect(connId).to.match(/^[0-9a-f]{16}$/);

    await routeNow(centre, connId);
    expect(centre.posts).to.deep.equal([
      {
        url: `${SESSION}/request/method_urs_request_route_done`,
        body: {
          return: 'target',
          type: 'GA',
          id: 'Billing',
          agent: 'KSippola',
          place: 'SIP_Server_Place1',
          dn: '7001',
          switch: 'SIP_Switch',
          resource: '7001',
          vq: 'VQ_Waiting_for_agent',
        },
      },
    ]);
    expect(centre.routing.get(connId)).to.include({
      state: 'routed',
      agentId: 'KSippola',
      sessionId: 'S1',
    });
  });

  it('know their position, the number of calls, their waiting time, and the position behind the last call', async () => {
    const centre = openContactCentre();
    const first = await startCall(centre);
    await centre.advance(5_000);
    const second = await startCall(centre);
    const urgent = await startCall(centre, { priority: { base: 4 } });
    await startCall(centre, { vq: 'other' });
    const { now } = centre.clock;
    const see = (id: ConnId) => centre.routing.viewQueue(id, { vq: 'VQ' });
    expect(await Promise.all([first, second, urgent, LAST_CALL].map(see))).to.deep.equal([
      { now: now(), waitedMs: 5_000, calls: 3, position: 2, weightedPosition: 2, hit: 0 },
      { now: now(), waitedMs: 0, calls: 3, position: 3, weightedPosition: 3, hit: 0 },
      { now: now(), waitedMs: 0, calls: 3, position: 1, weightedPosition: 1, hit: 0 },
      { now: now(), waitedMs: 0, calls: 3, position: 4, weightedPosition: 4, hit: 0 },
    ]);
    const fault = await see(asId('nobody')).catch((error: unknown) => error);
    expect(fault).to.be.instanceOf(RoutingError).with.property('code', 'CALL_NOT_FOUND');
  });

  it('overtake by a priority that grows while they wait', async () => {
    const centre = openContactCentre();
    const steady = await startCall(centre, { priority: { base: 3 } });
    const growing = await startCall(centre, { priority: { base: 0, increment: 2, everyMs: 10_000 } });
    const position = async (id: ConnId) => (await centre.routing.viewQueue(id, { vq: 'VQ' })).position;
    expect([await position(steady), await position(growing)]).to.deep.equal([1, 2]);
    await centre.advance(20_000);
    expect([await position(steady), await position(growing)]).to.deep.equal([2, 1]);
  });

  it('estimate the wait by the intervals of distribution, and have no estimate without them', async () => {
    const centre = openContactCentre();
    for (const [index, id] of ['a', 'b', 'c'].entries()) {
      await readyAgent(centre, id);
      const connId = await startCall(centre);
      await centre.advance(index * 30_000);
      await routeNow(centre, connId);
      expect(centre.routing.get(connId)?.state).to.equal('routed');
    }
    const waiting = await startCall(centre);
    // Distributed at 0, 30 and 90 s: 45 s on average.
    expect(await centre.routing.viewQueue(waiting, { vq: 'VQ' })).to.include({
      position: 1,
      hit: 3,
      ewtSeconds: 45,
    });
    expect(await centre.routing.viewQueue(asId('max'), { vq: 'VQ' })).to.include({
      position: 2,
      ewtSeconds: 90,
    });
    // An agent is free, so the first call waits for nobody.
    expect(await centre.routing.viewQueue(waiting, { vq: 'VQ', method: 'stat' })).to.include({
      ewtSeconds: 0,
      averageWaitMs: 30_000,
    });
    expect(await centre.routing.viewQueue(waiting, { vq: 'VQ', method: 'urs2' })).not.to.have.property(
      'ewtSeconds',
    );
    expect(await centre.routing.viewQueue(asId('max'), { vq: 'unknown' })).to.deep.equal({
      now: centre.clock.now(),
      waitedMs: 0,
      calls: 0,
      position: 1,
      weightedPosition: 1,
      hit: 0,
    });
  });

  it('leave the statistics of their queue for 30 days after the last call', async () => {
    const centre = openContactCentre();
    const days = (number: number) => centre.advance(number * 24 * 3_600_000);
    for (const id of ['a', 'b']) {
      await readyAgent(centre, id);
      await routeNow(centre, await startCall(centre));
      await days(29);
    }
    expect(await centre.routing.viewQueue(asId('max'), { vq: 'VQ' })).to.include({ hit: 2 });
    await days(1);
    expect(await centre.routing.viewQueue(asId('max'), { vq: 'VQ' })).to.include({ hit: 0 });
    expect([...centre.durable.scan('virtualQueueStat')]).to.deep.equal([]);
  });

  it('are routed after a finite delay, and held again by an infinite one', async () => {
    const centre = openContactCentre();
    await readyAgent(centre, 'kate');
    const connId = await startCall(centre);
    await routeNow(centre, connId, '20');
    await centre.advance(19_999);
    expect(centre.posts).to.have.length(0);
    await routeNow(centre, connId, 'infinite');
    await centre.advance(60_000);
    expect(centre.posts).to.have.length(0);
    await routeNow(centre, connId, 5);
    await centre.advance(5_000);
    expect(agentsPosted(centre)).to.deep.equal(['kate']);
  });

  it('get the longest ready agent first; an agent serves one at a time', async () => {
    const centre = openContactCentre();
    await readyAgent(centre, 'second');
    await centre.advance(1_000);
    await readyAgent(centre, 'third');
    await readyAgent(centre, 'busyElsewhere', { groups: ['Sales'] });
    await readyAgent(centre, 'away', { state: 'notReady' });
    await readyAgent(centre, 'voiceOnly', { media: ['voice'] });
    const calls = [await startCall(centre), await startCall(centre), await startCall(centre)];
    for (const call of calls) await routeNow(centre, call);
    expect(agentsPosted(centre)).to.deep.equal(['second', 'third']);
    expect(calls.map((call) => centre.routing.get(call)?.state)).to.deep.equal([
      'routed',
      'routed',
      'routable',
    ]);
  });

  it('prefer the target with the higher weight, and respect the threshold of a target', async () => {
    const centre = openContactCentre();
    const connId = await startCall(centre, { target: '{2}[9]Gold@S.GA,[1]Billing@S.GA' });
    await readyAgent(centre, 'gold1', { groups: ['Gold'] });
    await routeNow(centre, connId);
    expect(centre.posts).to.have.length(0);
    await readyAgent(centre, 'bill');
    expect(agentsPosted(centre)).to.deep.equal(['bill']);

    const next = await startCall(centre, { target: '[1]Billing@S.GA,{2}[9]Gold@S.GA' });
    await readyAgent(centre, 'gold2', { groups: ['Gold'] });
    await readyAgent(centre, 'bill2');
    await routeNow(centre, next);
    expect(agentsPosted(centre)).to.deep.equal(['bill', 'gold1']);
  });

  it('find agents by skills', async () => {
    const centre = openContactCentre();
    await readyAgent(centre, 'novice', { skills: { English: 5 } });
    await readyAgent(centre, 'expert', { skills: { English: 20, Loans: 2 } });
    const connId = await startCall(centre, { target: '?:English=20&;Loans=2@StatServer.GA' });
    await routeNow(centre, connId);
    expect(centre.posts[0]?.body).to.include({ agent: 'expert', type: 'GA', id: '?:English=20&;Loans=2' });
  });

  it('take the next target of a list at its timeout, replacing or adding, and skip by statistics', async () => {
    const list = [
      { target: 'Gold@S.GA', timeout: '10', clear: true },
      {
        target: 'Silver@S.GA',
        timeout: '10',
        clear: false,
        stat_to_check: 'RStatAgentsTotal',
        stat_operator: '<',
        stat_value: '1',
      },
      { target: 'Bronze@S.GA', timeout: '10', clear: false },
      { target: 'Billing@S.GA' },
    ];
    const centre = openContactCentre();
    const first = await startCall(centre, { target: JSON.stringify(list) });
    await routeNow(centre, first);
    await readyAgent(centre, 'bronze', { groups: ['Bronze'] });
    await centre.advance(9_999);
    expect(centre.posts).to.have.length(0);
    // Silver is skipped: no agent of it is logged in.
    await centre.advance(1);
    expect(agentsPosted(centre)).to.deep.equal(['bronze']);

    const second = await startCall(centre, { target: JSON.stringify(list) });
    await routeNow(centre, second);
    await centre.advance(20_000);
    await readyAgent(centre, 'gold', { groups: ['Gold'] });
    expect(centre.posts).to.have.length(1);
    await readyAgent(centre, 'bill');
    expect(agentsPosted(centre)).to.deep.equal(['bronze', 'bill']);
  });

  it('release an agent whom the session refuses, try others, and the same agent again if there is no other', async () => {
    const centre = openContactCentre();
    centre.answer = () => ({ status: 500, headers: {}, body: '{"code":"NEGATIVE_RESPONSE"}' });
    await readyAgent(centre, 'anna');
    await readyAgent(centre, 'bert');
    const connId = await startCall(centre, { reserveTimeoutMs: 10_000 });
    await routeNow(centre, connId);
    expect(agentsPosted(centre)).to.deep.equal(['anna', 'bert']);
    expect(centre.agents.isFree(asId('anna'), 'chat')).to.equal(true);
    centre.answer = () => POSITIVE;
    await centre.advance(9_999);
    expect(centre.posts).to.have.length(2);
    await centre.advance(1);
    expect(agentsPosted(centre)).to.deep.equal(['anna', 'bert', 'anna']);
    expect(centre.routing.get(connId)?.state).to.equal('routed');
  });

  it('wait again after a redirect failed, first for other agents, or for an agent with changed settings', async () => {
    const centre = openContactCentre();
    await readyAgent(centre, 'anna');
    const connId = await startCall(centre);
    await routeNow(centre, connId);
    const behind = await startCall(centre);
    await routeNow(centre, connId);
    expect((await centre.routing.viewQueue(connId, { vq: 'VQ' })).position).to.equal(1);
    expect((await centre.routing.viewQueue(behind, { vq: 'VQ' })).position).to.equal(2);
    expect(agentsPosted(centre)).to.deep.equal(['anna']);
    await readyAgent(centre, 'anna');
    expect(agentsPosted(centre)).to.deep.equal(['anna', 'anna']);
    // Distributed once, although routed twice.
    expect(await centre.routing.viewQueue(connId, { vq: 'VQ' })).to.include({
      position: 0,
      weightedPosition: 0,
      calls: 1,
      hit: 1,
    });
  });

  it('try an unreachable session again, then release the agent', async () => {
    const centre = openContactCentre();
    centre.answer = () => 'unreachable';
    await readyAgent(centre, 'anna');
    const connId = await startCall(centre, { reserveTimeoutMs: 60_000 });
    await routeNow(centre, connId);
    expect(centre.agents.isFree(asId('anna'), 'chat')).to.equal(false);
    await centre.advance(30_000);
    expect(centre.posts).to.have.length(4);
    expect(centre.agents.isFree(asId('anna'), 'chat')).to.equal(true);
    expect(centre.routing.get(connId)?.state).to.equal('routable');
  });

  it('are removed when their session is gone', async () => {
    const centre = openContactCentre();
    centre.answer = () => ({ status: 404, headers: {}, body: '{"code":"SESSION_NOT_FOUND"}' });
    await readyAgent(centre, 'anna');
    const connId = await startCall(centre);
    await routeNow(centre, connId);
    expect(centre.routing.get(connId)).to.equal(undefined);
    expect(centre.agents.isFree(asId('anna'), 'chat')).to.equal(true);
    expect(await centre.routing.viewQueue(asId('max'), { vq: 'VQ' })).to.include({ calls: 0, hit: 0 });
  });

  it('free the agent when the reservation ends without a redirect', async () => {
    const centre = openContactCentre();
    await readyAgent(centre, 'anna');
    const connId = await startCall(centre, { reserveTimeoutMs: 15_000 });
    await routeNow(centre, connId);
    await centre.advance(14_999);
    expect(centre.agents.isFree(asId('anna'), 'chat')).to.equal(false);
    await centre.advance(1);
    expect(centre.agents.isFree(asId('anna'), 'chat')).to.equal(true);
    expect(centre.routing.get(connId)?.state).to.equal('routed');
  });

  it('are removed; their reserved agent goes to the next call', async () => {
    const centre = openContactCentre();
    await readyAgent(centre, 'anna');
    const first = await startCall(centre);
    const second = await startCall(centre);
    await routeNow(centre, first);
    await routeNow(centre, second);
    await centre.routing.cancelCall(first);
    await centre.settle();
    expect(agentsPosted(centre)).to.deep.equal(['anna', 'anna']);
    expect(centre.routing.list().map(({ connId, state }) => [connId, state])).to.deep.equal([
      [second, 'routed'],
    ]);
    const again = await centre.routing.cancelCall(first).catch((error: RoutingError) => error.code);
    expect(again).to.equal('CALL_NOT_FOUND');
  });

  it('leave their queue when the session that started them ends', async () => {
    const centre = openContactCentre();
    await readyAgent(centre, 'anna');
    const routed = await startCall(centre);
    await routeNow(centre, routed);
    await startCall(centre);
    const other = await startCall(centre, {
      sessionUrl: 'http://orsay.test/scxml/session/S2',
      sessionId: asId('S2'),
    });
    await centre.sessions.end(asId('S1'));
    await centre.settle();
    expect(centre.routing.list().map(({ connId }) => connId)).to.deep.equal([other]);
    expect(await centre.routing.viewQueue(other, { vq: 'VQ' })).to.include({ position: 1, calls: 1 });
    expect(centre.agents.isFree(asId('anna'), 'chat')).to.equal(true);
  });

  it('start once for a repeated request with one key', async () => {
    const centre = openContactCentre();
    const first = await startCall(centre, { key: 'k1' });
    expect(await startCall(centre, { key: 'k1' })).to.equal(first);
    expect(await startCall(centre, { key: 'k2' })).not.to.equal(first);
    expect((await centre.routing.viewQueue(asId('max'), { vq: 'VQ' })).calls).to.equal(2);
  });

  it('refuse unknown strategies, wrong targets and wrong delays by code', async () => {
    const centre = openContactCentre();
    const connId = await startCall(centre);
    const codes = await Promise.all(
      [
        centre.routing.startCall({ target: 'Billing', vq: 'VQ' }),
        centre.routing.startCall({ target: 'B@S.GA', vq: 'VQ', strategy: 'Mine' }),
        centre.routing.invoke(connId, 'Mine', {}),
        centre.routing.invoke(connId, 'SetRouteDelay', {}),
        centre.routing.invoke(connId, 'SetRouteDelay', { DELAY: 'soon' }),
        centre.routing.invoke(asId('nobody'), 'SetRouteDelay', { DELAY: 0 }),
      ].map((promise) => promise.then(() => 'done').catch((error: RoutingError) => error.code)),
    );
    expect(codes).to.deep.equal([
      'TARGET_INVALID',
      'STRATEGY_UNKNOWN',
      'STRATEGY_UNKNOWN',
      'ROUTING_REQUEST_INVALID',
      'ROUTING_REQUEST_INVALID',
      'CALL_NOT_FOUND',
    ]);
  });

  it('continue after a restart: positions, delays, reservations and the actor are in the store', async () => {
    const store = new MemoryStore();
    const ids = createTestIds();
    const killable = createBrittleStore(store);
    const before = openContactCentre({ store: killable, ids });
    before.answer = () => 'unreachable';
    await readyAgent(before, 'anna');
    const announced = await startCall(before, { reserveTimeoutMs: 60_000 });
    await routeNow(before, announced);
    const delayed = await startCall(before);
    await routeNow(before, delayed, 100);
    const held = await startCall(before);
    expect(before.routing.get(announced)?.state).to.equal('announcing');

    // A crash: no later write of the old centre reaches the store.
    killable.kill();
    const after = openContactCentre({ store, clock: before.clock, ids });
    before.posts.length = 0;
    await after.settle();
    await after.advance(1_000);
    expect(after.routing.get(announced)?.state).to.equal('routed');
    expect(await after.routing.viewQueue(held, { vq: 'VQ' })).to.include({
      position: 2,
      calls: 2,
      hit: 1,
    });
    await after.interactions.setAgent(asId('anna'), { state: 'notReady' });
    await readyAgent(after, 'bert');
    await after.advance(100_000);
    expect(agentsPosted(after)).to.deep.equal(['anna', 'bert']);
    expect(after.routing.get(delayed)?.agentId).to.equal('bert');
  });
});
