import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import type { Batch } from '../../../engine/durable/durable.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { createBrittleStore } from '../../support/brittleStore.ts';
import type { ContactCentre } from '../../support/contactCentre.ts';
import { enterQueue, IXN, openContactCentre, readyAgent, redirect } from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

const KATE = asId<never>('kate');

/** A chat that agent kate has. */
async function talking(
  given: Parameters<typeof openContactCentre>[0] = {},
): Promise<{ centre: ContactCentre; sessionId: string }> {
  const centre = openContactCentre(given);
  const sessionId = await enterQueue(centre);
  await readyAgent(centre, 'kate', { nickname: 'Kate' });
  await redirect(centre, sessionId);
  await centre.interactions.accept(IXN, KATE);
  await centre.settle();
  centre.sessions.events.length = 0;
  centre.told.length = 0;
  return { centre, sessionId };
}

function tellingChats(): { readonly left: string[]; readonly chats: never } {
  const left: string[] = [];
  const chats = {
    agentJoinedBatch: () => ({}),
    hasCustomer: () => true,
    noteBatch: () => ({}),
    agentLeftBatch: (id: string, agent: { nickname: string }): Batch => {
      left.push(`${id} ${agent.nickname}`);
      return {};
    },
    endedBatch: () => ({}),
  };
  return { left, chats: chats as never };
}

describe('an agent who logs out', () => {
  it('loses their chat: it returns to its queue, its session loses it, and the customer sees who left', async () => {
    const { left, chats } = tellingChats();
    const { centre, sessionId } = await talking({ chats });
    await centre.interactions.setAgent(KATE, { state: 'loggedOut' });
    await centre.settle();
    const after = centre.interactions.get(IXN)!;
    expect(after).to.include({ state: 'queued', queue: 'inbound' }).and.not.have.property('agentId');
    expect(after.userData).to.deep.equal({ language: 'French' });
    expect(after.sessionId).to.not.equal(sessionId);
    expect(centre.sessions.started.map(({ id }) => id)).to.deep.equal([sessionId, after.sessionId]);
    expect(
      centre.sessions.events.map(({ sessionId: to, name, data }) => [
        to === sessionId ? 'old' : 'new',
        name,
        (data as { resultof?: string }).resultof,
      ]),
    ).to.have.deep.members([
      ['old', 'interaction.deleted', 'requeue'],
      ['old', 'interaction.notcontrolled', undefined],
      ['new', 'interaction.added', undefined],
      ['new', 'interaction.present', undefined],
    ]);
    expect(left).to.deep.equal([`${IXN} Kate`]);
    expect(centre.told).to.deep.equal(['kate withdrawn', 'kate state']);
    expect(centre.agents.get(KATE)).to.include({ state: 'loggedOut' });
    expect(centre.agents.slots(KATE)).to.deep.equal([]);
  });

  it('has no chat when they log in again', async () => {
    const { centre } = await talking();
    await centre.interactions.setAgent(KATE, { state: 'loggedOut' });
    await centre.interactions.setAgent(KATE, { state: 'ready' });
    await centre.settle();
    expect(centre.interactions.byAgent(KATE)).to.deep.equal([]);
    expect(centre.agents.isFree(KATE, 'chat')).to.equal(true);
  });

  it('gives back each of several chats', async () => {
    const centre = openContactCentre();
    await readyAgent(centre, 'kate', { capacity: 3 });
    const ids = ['00AB1CHAT0000011', '00AB1CHAT0000012', '00AB1CHAT0000013'];
    for (const id of ids) {
      const chat = { id: asId<never>(id), media: 'chat' as const, userData: {}, queue: 'inbound' };
      await centre.durable.commit(centre.interactions.createBatch(chat));
      await centre.settle();
      await redirect(centre, centre.sessions.started.at(-1)!.id, {
        interactionid: id,
        to: { agent: 'kate' },
      });
      await centre.interactions.accept(asId<never>(id), KATE);
    }
    await centre.interactions.setAgent(KATE, { state: 'loggedOut' });
    await centre.settle();
    expect(ids.map((id) => centre.interactions.get(asId<never>(id))?.state)).to.deep.equal([
      'queued',
      'queued',
      'queued',
    ]);
    expect(centre.agents.slots(KATE)).to.deep.equal([]);
  });

  it('refuses the offer that they did not answer', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate');
    await redirect(centre, sessionId);
    centre.sessions.take(sessionId);
    await centre.interactions.setAgent(KATE, { state: 'loggedOut' });
    await centre.settle();
    expect(centre.interactions.get(IXN)).to.include({ state: 'queued', sessionId });
    expect(centre.sessions.take(sessionId)).to.deep.equal(['error.interaction.redirect']);
  });
});

describe('the desktop of an agent', () => {
  const stateOf = (centre: ContactCentre): unknown => {
    const { state, reason } = centre.agents.get(KATE)!;
    return [state, reason, centre.interactions.get(IXN)?.state];
  };

  it('may be away for 30 s; then the agent is not ready, after 300 s logged out, and their chat returns', async () => {
    const { centre } = await talking();
    const close = centre.interactions.desktops.opened(KATE);
    await centre.advance(600_000);
    expect(stateOf(centre)).to.deep.equal(['ready', undefined, 'active']);
    close();
    await centre.advance(29_999);
    expect(stateOf(centre)).to.deep.equal(['ready', undefined, 'active']);
    await centre.advance(1);
    expect(stateOf(centre)).to.deep.equal(['notReady', 'disconnected', 'active']);
    await centre.advance(269_999);
    expect(stateOf(centre)).to.deep.equal(['notReady', 'disconnected', 'active']);
    expect(centre.told).to.deep.equal(['kate state']);
    await centre.advance(1);
    expect(stateOf(centre)).to.deep.equal(['loggedOut', 'disconnected', 'queued']);
    expect([...centre.told].sort()).to.deep.equal(['kate state', 'kate state', 'kate withdrawn']);
    expect(centre.agents.slots(KATE)).to.deep.equal([]);
  });

  it('that comes back before the handling timeout finds the chat, and the agent logged out', async () => {
    const desktopTimes = { notReadyMs: 10_000, logoutMs: 20_000, handlingMs: 60_000 };
    const { centre } = await talking({ desktopTimes });
    centre.interactions.desktops.opened(KATE)();
    await centre.advance(59_999);
    expect(stateOf(centre)).to.deep.equal(['loggedOut', 'disconnected', 'active']);
    const close = centre.interactions.desktops.opened(KATE);
    await centre.advance(600_000);
    expect(stateOf(centre)).to.deep.equal(['loggedOut', 'disconnected', 'active']);
    await centre.interactions.setAgent(KATE, { state: 'ready' });
    close();
    await centre.advance(10_000);
    expect(stateOf(centre)).to.deep.equal(['notReady', 'disconnected', 'active']);
    await centre.advance(50_000);
    expect(stateOf(centre)).to.deep.equal(['loggedOut', 'disconnected', 'queued']);
  });

  it('that is lost loses its offers with the logout, also when chats wait longer', async () => {
    const centre = openContactCentre({
      desktopTimes: { notReadyMs: 10_000, logoutMs: 20_000, handlingMs: 60_000 },
    });
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate');
    await redirect(centre, sessionId);
    centre.interactions.desktops.opened(KATE)();
    await centre.advance(20_000);
    expect(stateOf(centre)).to.deep.equal(['loggedOut', 'disconnected', 'queued']);
    expect(centre.agents.slots(KATE)).to.deep.equal([]);
  });

  it('is there while one of its streams is open, when it reconnects in time, and when it sends requests', async () => {
    const { centre } = await talking();
    const { desktops } = centre.interactions;
    const first = desktops.opened(KATE);
    const second = desktops.opened(KATE);
    first();
    first();
    await centre.advance(300_000);
    second();
    for (let times = 0; times < 20; times += 1) {
      await centre.advance(29_000);
      desktops.opened(KATE)();
    }
    for (let times = 0; times < 20; times += 1) {
      await centre.advance(29_000);
      desktops.seen(KATE);
    }
    expect(stateOf(centre)).to.deep.equal(['ready', undefined, 'active']);
    expect([...centre.durable.scan('agentDesktopAway')]).to.have.length(1);
  });

  it('has its whole times after a restart, and what it lost before stays lost', async () => {
    const store = new MemoryStore();
    const { centre } = await talking({ store });
    centre.interactions.desktops.opened(KATE);
    await centre.advance(10_000);
    // Nobody noticed that the stream ended.
    await centre.durable.stop();
    const again = openContactCentre({ store, clock: centre.clock });
    await again.advance(29_999);
    expect(stateOf(again)).to.deep.equal(['ready', undefined, 'active']);
    await again.advance(30_000);
    expect(stateOf(again)).to.deep.equal(['notReady', 'disconnected', 'active']);
    await again.durable.stop();
    // The last sign of life counts, which is the start of the second server.
    const third = openContactCentre({ store, clock: centre.clock });
    await third.advance(300_000 - 59_999 - 1);
    expect(stateOf(third)).to.deep.equal(['notReady', 'disconnected', 'active']);
    await third.advance(1);
    expect(stateOf(third)).to.deep.equal(['loggedOut', 'disconnected', 'queued']);
  });

  const desktopTimes = { notReadyMs: 30_000, logoutMs: 300_000, handlingMs: 600_000 };
  for (const [killedAt, restartedAt, loggedOutAt, returnedAt] of [
    [40_000, 41_000, 300_000, 600_000],
    [299_000, 299_500, 329_500, 600_000],
    [299_000, 400_000, 430_000, 600_000],
    [310_000, 320_000, 300_000, 600_000],
    [310_000, 599_000, 300_000, 629_000],
  ] as const) {
    it(`that was lost is logged out at ${loggedOutAt} ms when the server is away from ${killedAt} to ${restartedAt} ms`, async () => {
      const store = new MemoryStore();
      const { centre } = await talking({ store, desktopTimes });
      const begin = centre.clock.now();
      centre.interactions.desktops.opened(KATE)();
      await centre.advance(killedAt);
      const before = stateOf(centre);
      await centre.durable.stop();
      await centre.advance(restartedAt - killedAt);
      const again = openContactCentre({ store, clock: centre.clock, desktopTimes });
      const at = async (ms: number): Promise<unknown> => {
        const now = centre.clock.now() - begin;
        if (ms > now) await again.advance(ms - now);
        return stateOf(again);
      };
      expect(await at(restartedAt)).to.deep.equal(before);
      if (loggedOutAt > restartedAt) {
        expect(await at(loggedOutAt - 1)).to.deep.equal(['notReady', 'disconnected', 'active']);
      }
      expect(await at(Math.max(loggedOutAt, restartedAt))).to.deep.equal([
        'loggedOut',
        'disconnected',
        'active',
      ]);
      expect(await at(returnedAt - 1)).to.deep.equal(['loggedOut', 'disconnected', 'active']);
      expect(await at(returnedAt)).to.deep.equal(['loggedOut', 'disconnected', 'queued']);
      expect([...again.durable.scan('agentDesktopLost')]).to.deep.equal([]);
    });
  }

  it('that comes back after a restart is lost no more', async () => {
    const store = new MemoryStore();
    const { centre } = await talking({ store });
    centre.interactions.desktops.opened(KATE)();
    await centre.advance(200_000);
    await centre.durable.stop();
    const again = openContactCentre({ store, clock: centre.clock });
    await again.settle();
    const close = again.interactions.desktops.opened(KATE);
    await again.advance(300_000);
    expect(stateOf(again)).to.deep.equal(['notReady', 'disconnected', 'active']);
    expect([...again.durable.scan('agentDesktopLost')]).to.deep.equal([]);
    close();
    await again.advance(299_999);
    expect(stateOf(again)).to.deep.equal(['notReady', 'disconnected', 'active']);
    await again.advance(1);
    expect(stateOf(again)).to.deep.equal(['loggedOut', 'disconnected', 'queued']);
  });

  it('in a store of an earlier version is lost as others are', async () => {
    const store = new MemoryStore();
    const { centre } = await talking({ store });
    const now = centre.clock.now();
    const alarm = { id: 'kate', timeoutMs: 60_000 };
    await centre.durable.commit({
      put: [{ table: 'agentDesktop', key: 'kate', value: true }],
      schedule: [
        {
          key: `agent.desktopGone kate ${now + 60_000}`,
          kind: 'agent.desktopGone',
          payload: alarm,
          dueAt: now + 60_000,
        },
      ],
    });
    const again = openContactCentre({ store, clock: centre.clock });
    await again.advance(300_000);
    expect(stateOf(again)).to.deep.equal(['loggedOut', 'disconnected', 'active']);
    await again.advance(300_000);
    expect(stateOf(again)).to.deep.equal(['loggedOut', 'disconnected', 'queued']);
  });

  it('has its whole times again when the clock is set forward, and is lost when it is set back', async () => {
    const base = createSimulatedClock();
    let skew = 0;
    const clock = {
      now: () => base.now() + skew,
      at: (dueAt: number, fire: () => void) => base.at(dueAt - skew, fire),
      advance: base.advance,
    };
    const { centre } = await talking({ clock });
    centre.interactions.desktops.opened(KATE)();
    await centre.advance(1_000);
    skew = 3_600_000;
    await centre.advance(58_000);
    expect(stateOf(centre)).to.deep.equal(['ready', undefined, 'active']);
    await centre.advance(1_000);
    expect(stateOf(centre)).to.deep.equal(['notReady', 'disconnected', 'active']);
    skew = 0;
    await centre.advance(7_200_000);
    expect(stateOf(centre)).to.deep.equal(['loggedOut', 'disconnected', 'queued']);
  });

  it('is watched again when it comes back while the agent is being set not ready', async () => {
    const store = createBrittleStore(new MemoryStore());
    const { centre } = await talking({ store });
    centre.interactions.desktops.opened(KATE)();
    await centre.advance(29_999);
    const release = store.hold();
    const lost = centre.advance(1);
    while (centre.agents.get(KATE)?.state === 'ready') await setImmediate();
    const close = centre.interactions.desktops.opened(KATE);
    release();
    await lost;
    await readyAgent(centre, 'kate');
    close();
    await centre.advance(30_000);
    expect(stateOf(centre)).to.deep.equal(['notReady', 'disconnected', 'active']);
  });

  it('is not watched when the agent never opened a stream', async () => {
    const { centre } = await talking();
    centre.interactions.desktops.seen(KATE);
    await centre.advance(3_600_000);
    expect(stateOf(centre)).to.deep.equal(['ready', undefined, 'active']);
  });
});

describe('an interaction whose agent is gone', () => {
  async function submit(centre: ContactCentre, id: string, sessionId: string): Promise<void> {
    await centre.sessions.perform('queue.submit', {
      sessionId: asId(sessionId),
      attributes: { interactionid: id, queue: 'VQ', route: 'true', timeout: '6000' },
      children: [
        {
          name: 'targets',
          attributes: { type: 'agentgroup', statserver: 'StatServer' },
          params: {},
          children: [{ name: 'target', attributes: { name: 'Billing' }, params: {}, children: [] }],
        },
      ],
    });
    await centre.settle();
  }

  async function enter(centre: ContactCentre, id: string): Promise<string> {
    const chat = { id: asId<never>(id), media: 'chat' as const, userData: {}, queue: 'inbound' };
    await centre.durable.commit(centre.interactions.createBatch(chat));
    await centre.advance(1_000);
    return centre.interactions.get(asId(id))!.sessionId!;
  }

  it('goes to the head of its queue, before those that came meanwhile; the oldest is first', async () => {
    const centre = openContactCentre();
    await readyAgent(centre, 'kate', { capacity: 2 });
    const [old, older, waiting] = ['00AB1CHAT0000022', '00AB1CHAT0000021', '00AB1CHAT0000023'] as const;
    for (const id of [older, old]) {
      await submit(centre, id, await enter(centre, id));
      await centre.interactions.accept(asId(id), KATE);
    }
    await submit(centre, waiting, await enter(centre, waiting));
    await centre.interactions.setAgent(KATE, { state: 'loggedOut' });
    await centre.settle();
    for (const id of [old, older]) await submit(centre, id, centre.interactions.get(asId(id))!.sessionId!);
    const given: string[] = [];
    for (const agentId of ['bob', 'ann', 'eve']) {
      await readyAgent(centre, agentId);
      given.push(...centre.interactions.byAgent(asId(agentId)).map(({ id }) => id));
    }
    expect(given).to.deep.equal([older, old, waiting]);
  });
});
