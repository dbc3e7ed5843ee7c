import { expect } from 'chai';
import type { Batch } from '../../../engine/durable/durable.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import type { Json } from '../../../engine/ports/json.ts';
import type { InteractionError } from '../../../strategies/interaction/errors.ts';
import { createBrittleStore } from '../../support/brittleStore.ts';
import { enterQueue, IXN, openContactCentre, readyAgent, redirect } from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';
import { createTestIds } from '../../support/testIds.ts';

function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'done',
    (error: InteractionError) => error.code,
  );
}

describe('interactions', () => {
  it('enter their queue: its application starts, and gets interaction.added and interaction.present', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    expect(centre.sessions.started).to.deep.equal([
      { id: sessionId, src: 'http://orsay.test/inbound_chat.scxml', params: { app: '1' } },
    ]);
    const view = {
      g_uid: IXN,
      id: IXN,
      parentid: '',
      tenantid: 'Environment',
      media: 'chat',
      location: { queue: 'inbound' },
      udata: { language: 'French', 'OP-Session-ID': sessionId },
      msgbased: { view: {} },
      xdata: {},
      parties: [],
    };
    const event = { sessionId, data: { interactionid: IXN }, facts: { interactions: { [IXN]: view } } };
    expect(centre.sessions.events).to.deep.equal([
      { ...event, name: 'interaction.added' },
      { ...event, name: 'interaction.present' },
    ]);
    expect(centre.interactions.get(IXN)).to.include({ state: 'queued', sessionId, serviceId: '369-1' });
  });

  it('are refused when no such queue is configured', () => {
    const centre = openContactCentre();
    expect(() =>
      centre.interactions.createBatch({ id: IXN, media: 'chat', userData: {}, queue: 'nowhere' }),
    ).to.throw("No interaction queue 'nowhere' is configured");
  });

  it('are given to another session by associate', async () => {
    const centre = openContactCentre();
    const inbound = await enterQueue(centre);
    centre.sessions.take(inbound);
    centre.sessions.open('CALLBACK');
    await centre.sessions.perform('interaction.associate', {
      sessionId: inbound,
      attributes: { interactionid: IXN, session: 'CALLBACK' },
    });
    await centre.settle();
    const facts = centre.sessions.events.map(({ name, sessionId, facts: seen, data }) => [
      sessionId === 'CALLBACK' ? 'callback' : 'inbound',
      name,
      seen === undefined
        ? 'none'
        : (seen as { interactions: Record<string, unknown> }).interactions[IXN] === null
          ? 'gone'
          : 'there',
      (data as { resultof?: string }).resultof,
    ]);
    expect(facts).to.have.deep.members([
      ['callback', 'interaction.added', 'there', undefined],
      ['callback', 'interaction.present', 'there', undefined],
      ['inbound', 'interaction.deleted', 'gone', 'association'],
      ['inbound', 'interaction.notcontrolled', 'none', undefined],
      ['inbound', 'interaction.associate.done', 'none', undefined],
    ]);
    expect(centre.interactions.get(IXN)?.sessionId).to.equal('CALLBACK');
    // The end of the inbound session does not affect the interaction that it gave away.
    await centre.sessions.end(inbound);
    await centre.advance(60_000);
    expect(centre.sessions.started).to.have.length(1);
  });

  it('are not associated to a session that is not running, nor by one that does not control them', async () => {
    const centre = openContactCentre();
    const inbound = await enterQueue(centre);
    centre.sessions.events.length = 0;
    const attributes = { interactionid: IXN, session: 'NOBODY' };
    await centre.sessions.perform('interaction.associate', { sessionId: inbound, attributes });
    await centre.sessions.perform('interaction.associate', { sessionId: asId('OTHER'), attributes });
    await centre.sessions.perform('interaction.associate', {
      sessionId: inbound,
      attributes: { interactionid: 'NONE', session: 'X' },
    });
    expect(
      centre.sessions.events.map(({ name, data }) => [name, (data as { error: string }).error]),
    ).to.deep.equal([
      ['error.interaction.associate', 'invalidsession'],
      ['error.interaction.associate', 'invalidstate.notcontrolled'],
      ['error.interaction.associate', 'unknown'],
    ]);
  });

  it('are redirected: the agent is asked and accepts, and the session gets the result and the party', async () => {
    const joined: string[] = [];
    const centre = openContactCentre({
      chats: {
        agentJoinedBatch: (id, agent): Batch => {
          joined.push(`${id} ${agent.nickname}`);
          return { put: [{ table: 'chat', key: 'joined', value: agent.nickname }] };
        },
        hasCustomer: () => true,
        noteBatch: () => ({}),
        agentLeftBatch: () => ({}),
        endedBatch: () => ({}),
      },
    });
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate', { nickname: 'Kate' });
    centre.sessions.events.length = 0;
    const requestid = await redirect(centre, sessionId, {
      to: { agent: 'kate', place: 'p1' },
      hints: { _agent_reserve_timeout: '20' },
    });
    expect(centre.interactions.byAgent(asId('kate')).map(({ id, state }) => [id, state])).to.deep.equal([
      [IXN, 'offered'],
    ]);
    expect(centre.toldEvents.at(-1)).to.deep.equal({
      type: 'offered',
      interactionId: IXN,
      media: 'chat',
      serviceId: '369-1',
      userData: { language: 'French' },
      expiresAt: centre.clock.now() + 20_000,
    });
    expect(centre.sessions.events).to.deep.equal([]);

    const accepted = await centre.interactions.accept(IXN, asId('kate'));
    await centre.settle();
    expect(accepted).to.include({ state: 'active', agentId: 'kate' });
    expect(await centre.interactions.accept(IXN, asId('kate'))).to.include({ state: 'active' });
    expect(
      centre.sessions.events.map(({ name, data, facts }) => [
        name,
        data,
        (facts as { interactions: Record<string, { parties: Json }> }).interactions[IXN]?.parties,
      ]),
    ).to.deep.equal([
      [
        'interaction.redirect.done',
        { requestid, interactionid: IXN },
        [{ device: 'kate', devicetype: 'agent' }],
      ],
      [
        'interaction.partystatechanged',
        { interactionid: IXN, focusdeviceid: 'kate' },
        [{ device: 'kate', devicetype: 'agent' }],
      ],
    ]);
    expect(joined).to.deep.equal([`${IXN} Kate`]);
    expect(centre.durable.get('chat', 'joined')).to.equal('Kate');
    expect(centre.agents.isFree(asId('kate'), 'chat')).to.equal(false);
    await centre.advance(60_000);
    expect(centre.interactions.get(IXN)?.state).to.equal('active');
  });

  it('return to the session when the agent rejects; the agent stays ready', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate');
    centre.sessions.events.length = 0;
    const requestid = await redirect(centre, sessionId, { to: 'kate@StatServer.A' });
    await centre.interactions.reject(IXN, asId('kate'));
    await centre.settle();
    expect(centre.sessions.events).to.deep.equal([
      {
        sessionId,
        name: 'error.interaction.redirect',
        data: {
          requestid,
          interactionid: IXN,
          error: 'rejected',
          description: "The agent 'kate' rejected the interaction.",
        },
      },
    ]);
    expect(centre.interactions.get(IXN)).to.include({ state: 'queued' });
    expect(centre.interactions.byAgent(asId('kate'))).to.deep.equal([]);
    expect(centre.agents.get(asId('kate'))?.state).to.equal('ready');
    expect(centre.agents.isFree(asId('kate'), 'chat')).to.equal(true);
  });

  it('are not rejected again by a repetition that comes during the next offer', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate');
    await redirect(centre, sessionId);
    await centre.interactions.reject(IXN, asId('kate'), 'k1');
    await redirect(centre, sessionId);
    await centre.interactions.reject(IXN, asId('kate'), 'k1');
    expect(centre.interactions.get(IXN)).to.include({ state: 'offered', agentId: 'kate' });
    await centre.interactions.reject(IXN, asId('kate'), 'k2');
    expect(centre.interactions.get(IXN)?.state).to.equal('queued');
  });

  it('are reported as active, or as not offered, only when that is durable', async () => {
    const store = createBrittleStore(new MemoryStore());
    const centre = openContactCentre({ store });
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate');
    await redirect(centre, sessionId);
    const release = store.hold();
    const answers = Promise.all([
      codeOf(centre.interactions.accept(IXN, asId('kate'))),
      codeOf(centre.interactions.accept(IXN, asId('kate'))),
      codeOf(centre.interactions.reject(IXN, asId('kate'))),
    ]);
    store.failNext();
    release();
    expect(await answers).to.deep.equal(['STORE_UNAVAILABLE', 'STORE_UNAVAILABLE', 'STORE_UNAVAILABLE']);
    expect(centre.interactions.get(IXN)?.state).to.equal('offered');
  });

  it('are accepted, rejected and left under a key that another agent has used', async () => {
    const centre = openContactCentre();
    const { interactions } = centre;
    const sessionId = await enterQueue(centre);
    for (const agentId of ['kate', 'bob']) {
      await readyAgent(centre, agentId);
      await redirect(centre, sessionId, { to: { agent: agentId } });
      await interactions.reject(IXN, asId(agentId), 'k1');
      await centre.settle();
      expect(interactions.get(IXN)).to.include({ state: 'queued' }).and.not.have.property('agentId');
    }
    await redirect(centre, sessionId, { to: { agent: 'kate' } });
    expect(await interactions.accept(IXN, asId('kate'), 'k1')).to.include({
      state: 'active',
      agentId: 'kate',
    });
    expect(await codeOf(interactions.accept(IXN, asId('bob'), 'k1'))).to.equal('INTERACTION_STATE');
    await interactions.leave(IXN, asId('kate'), 'k1');
    expect(await codeOf(interactions.leave(IXN, asId('kate'), 'k1'))).to.equal('done');
    expect(await codeOf(interactions.leave(IXN, asId('bob'), 'k1'))).to.equal('INTERACTION_STATE');
  });

  it('are not rejected for another agent by a repetition that names none', async () => {
    const centre = openContactCentre();
    const { interactions } = centre;
    const sessionId = await enterQueue(centre);
    for (const agentId of ['kate', 'bob']) {
      await readyAgent(centre, agentId);
      await redirect(centre, sessionId, { to: { agent: agentId } });
      await interactions.reject(IXN, undefined, 'k1');
      await centre.settle();
    }
    expect(interactions.get(IXN)).to.include({ state: 'offered', agentId: 'bob' });
    expect(await interactions.accept(IXN, undefined)).to.include({ state: 'active', agentId: 'bob' });
    expect(await interactions.accept(IXN, undefined)).to.include({ state: 'active', agentId: 'bob' });
    await interactions.leave(IXN, undefined);
    const error = await interactions.leave(IXN, undefined).catch((thrown: Error) => thrown);
    expect(error)
      .to.be.instanceOf(Error)
      .with.property(
        'message',
        `Expected interaction '${IXN}' to be active with an agent; it is ended with agent 'bob'.`,
      );
  });

  it('return when the agent does not answer; the agent becomes not ready', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate');
    centre.sessions.events.length = 0;
    await redirect(centre, sessionId, {
      to: { agent: 'kate' },
      hints: '{"_agent_reserve_timeout":10}',
    });
    await centre.advance(9_999);
    expect(centre.sessions.events).to.deep.equal([]);
    await centre.advance(1);
    expect(
      centre.sessions.events.map(({ name, data }) => [name, (data as { error: string }).error]),
    ).to.deep.equal([['error.interaction.redirect', 'noanswer']]);
    expect(centre.agents.get(asId('kate'))).to.include({ state: 'notReady', reason: 'noanswer' });
    expect(centre.told.slice(-2)).to.deep.equal(['kate withdrawn', 'kate state']);
    expect(await codeOf(centre.interactions.accept(IXN, asId('kate')))).to.equal('INTERACTION_STATE');
  });

  it('return when the agent does not answer; the agent stays ready where that is configured', async () => {
    const centre = openContactCentre({ afterNoAnswer: 'none' });
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate');
    await redirect(centre, sessionId);
    await centre.advance(30_000);
    expect(centre.interactions.get(IXN)?.state).to.equal('queued');
    expect(centre.agents.get(asId('kate')))
      .to.include({ state: 'ready' })
      .and.not.have.property('reason');
  });

  it('are not redirected to an unknown, unready or busy agent, nor twice', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'away', { state: 'notReady' });
    await readyAgent(centre, 'kate', { dn: '7001', switchName: 'SIP_Switch' });
    centre.sessions.events.length = 0;
    await redirect(centre, sessionId, { to: { agent: 'nobody' } });
    await redirect(centre, sessionId, { to: 'away' });
    await redirect(centre, sessionId, { to: 'Sales@S.GA' });
    await redirect(centre, sessionId, { to: '7001@SIP_Switch.DN' });
    await redirect(centre, sessionId, { to: '7001@SIP_Switch' });
    expect(centre.sessions.events.map(({ data }) => (data as { error: string }).error)).to.deep.equal([
      'invaliddestination',
      'invaliddestination',
      'invaliddestination',
      'invalidstate.offered',
    ]);
    expect(centre.interactions.get(IXN)?.agentId).to.equal('kate');
  });

  it('take over the agent that routing reserved for the same session, and only then', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate');
    const { connId } = await centre.routing.startCall({
      target: 'Billing@S.GA',
      vq: 'VQ',
      sessionUrl: `http://orsay.test/scxml/session/${sessionId}`,
      sessionId,
    });
    await centre.routing.invoke(connId, 'SetRouteDelay', { DELAY: 0 });
    await centre.settle();
    expect(centre.agents.slots(asId('kate')).map(({ kind }) => kind)).to.deep.equal(['reserved']);
    await redirect(centre, sessionId);
    expect(centre.agents.slots(asId('kate')).map(({ kind, vq }) => [kind, vq])).to.deep.equal([
      ['offered', 'VQ'],
    ]);
    await centre.interactions.reject(IXN, asId('kate'));
    await readyAgent(centre, 'liz');
    await centre.routing.invoke(connId, 'SetRouteDelay', { DELAY: 0 });
    await centre.settle();
    expect(centre.posts.map(({ body }) => (body as { agent: string }).agent)).to.deep.equal(['kate', 'liz']);
  });

  it('end: agent, session, chat and desktop are told, and the agent is free', async () => {
    const seen: string[] = [];
    const centre = openContactCentre({
      chats: {
        agentJoinedBatch: () => ({}),
        hasCustomer: () => true,
        noteBatch: () => ({}),
        agentLeftBatch: (_, agent) => {
          seen.push(`left ${agent.nickname}`);
          return {};
        },
        endedBatch: (_, by) => {
          seen.push(`ended ${by}`);
          return {};
        },
      },
    });
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate');
    await redirect(centre, sessionId);
    await centre.interactions.accept(IXN, asId('kate'));
    await centre.settle();
    centre.sessions.events.length = 0;
    await centre.advance(90_000);
    await centre.interactions.leave(IXN, asId('kate'));
    await centre.settle();
    expect(seen).to.deep.equal(['left kate', 'ended agent']);
    expect(centre.sessions.events).to.deep.equal([
      {
        sessionId,
        name: 'interaction.deleted',
        data: { interactionid: IXN, resultof: 'deletion' },
        facts: { interactions: { [IXN]: null } },
      },
    ]);
    expect(centre.told.at(-1)).to.equal('kate ended');
    expect(centre.interactions.get(IXN)).to.include({ state: 'ended', endReason: 'agent', agentId: 'kate' });
    expect(centre.interactions.byAgent(asId('kate'))).to.have.length(1);
    expect(centre.agents.isFree(asId('kate'), 'chat')).to.equal(true);
    expect(centre.interactions.endBatch(IXN, 'customer')).to.deep.equal({});
    expect(await codeOf(centre.interactions.leave(IXN, asId('kate')))).to.equal('INTERACTION_STATE');
    expect(await codeOf(centre.interactions.reject(asId('NONE'), asId('kate')))).to.equal(
      'INTERACTION_NOT_FOUND',
    );
    await centre.advance(86_400_000);
    expect(centre.interactions.get(IXN)).to.equal(undefined);
    expect(centre.interactions.byAgent(asId('kate'))).to.deep.equal([]);
  });

  it('end while they are offered: the redirect fails, and the agent is free', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate');
    await redirect(centre, sessionId);
    centre.sessions.take(sessionId);
    await centre.durable.commit(centre.interactions.endBatch(IXN, 'customer'));
    await centre.settle();
    expect(centre.sessions.take(sessionId)).to.deep.equal([
      'error.interaction.redirect',
      'interaction.abandoned',
      'interaction.deleted',
    ]);
    expect(centre.agents.isFree(asId('kate'), 'chat')).to.equal(true);
    expect(centre.interactions.byAgent(asId('kate'))).to.deep.equal([]);
    await centre.advance(60_000);
    expect(centre.agents.get(asId('kate'))?.state).to.equal('ready');
  });

  it('are terminated by their session while no agent has them', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    centre.sessions.take(sessionId);
    await centre.sessions.perform('interaction.terminate', { sessionId, attributes: { interactionid: IXN } });
    await centre.settle();
    expect(centre.sessions.take(sessionId)).to.have.members([
      'interaction.terminate.done',
      'interaction.deleted',
    ]);
    expect(centre.interactions.get(IXN)).to.include({ state: 'ended', endReason: 'document' });
  });

  it('are detached and attached again, and keep user data that a session sets', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    centre.sessions.take(sessionId);
    await centre.sessions.perform('interaction.setudata', {
      sessionId,
      attributes: { interactionid: IXN, userdata: { vip: 'yes', language: null } },
    });
    await centre.sessions.perform('interaction.detach', { sessionId, attributes: { interactionid: IXN } });
    await centre.settle();
    expect(centre.interactions.get(IXN)).to.deep.include({ userData: { vip: 'yes' } });
    expect(centre.interactions.get(IXN)).not.to.have.property('sessionId');
    await centre.sessions.perform('interaction.attach', {
      sessionId: asId('S2'),
      attributes: { interactionid: IXN },
    });
    expect(centre.interactions.get(IXN)?.sessionId).to.equal('S2');
    expect(centre.sessions.take(sessionId)).to.have.members([
      'interaction.udata.changed',
      'interaction.detach.done',
    ]);
    expect(centre.sessions.take('S2')).to.deep.equal(['interaction.attach.done']);
  });

  it('enter their queue again when their session ends without an agent, a limited number of times', async () => {
    const centre = openContactCentre();
    for (const started of [1, 2, 3]) {
      const sessionId = started === 1 ? await enterQueue(centre) : (centre.sessions.started.at(-1)?.id ?? '');
      expect(centre.sessions.started).to.have.length(started);
      await centre.sessions.end(asId(sessionId));
      await centre.advance(5_000);
    }
    expect(centre.sessions.started).to.have.length(3);
    expect(centre.interactions.get(IXN)).to.include({ state: 'ended', endReason: 'document' });
  });

  it('perform an element once, although it is repeated after a crash', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate');
    const call = { sessionId, key: 'e77', requestId: 'r77', attributes: { interactionid: IXN, to: 'kate' } };
    await centre.sessions.perform('interaction.redirect', call);
    await centre.settle();
    await centre.interactions.reject(IXN, asId('kate'));
    centre.sessions.take(sessionId);
    await centre.sessions.perform('interaction.redirect', call);
    await centre.settle();
    expect(centre.interactions.get(IXN)?.state).to.equal('queued');
  });

  it('continue after a restart: an offer without an answer has ended', async () => {
    const store = new MemoryStore();
    const ids = createTestIds();
    const before = openContactCentre({ store, ids });
    const sessionId = await enterQueue(before);
    await readyAgent(before, 'kate');
    await redirect(before, sessionId);
    await before.durable.stop();

    const after = openContactCentre({ store, clock: before.clock, ids });
    await after.advance(30_000);
    expect(after.sessions.take(sessionId)).to.deep.equal(['error.interaction.redirect']);
    expect(after.agents.get(asId('kate'))?.state).to.equal('notReady');
    expect(after.interactions.get(IXN)?.state).to.equal('queued');
  });
});
