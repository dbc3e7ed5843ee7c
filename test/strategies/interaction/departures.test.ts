import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import type { Batch } from '../../../engine/durable/durable.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { createBrittleStore } from '../../support/brittleStore.ts';
import type { ContactCentre } from '../../support/contactCentre.ts';
import { enterQueue, IXN, openContactCentre, readyAgent, redirect } from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';

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
  it('may be away for the reconnect time; then the agent is logged out, and their chat returns', async () => {
    const { centre } = await talking();
    const close = centre.interactions.desktops.opened(KATE);
    await centre.advance(600_000);
    expect(centre.agents.get(KATE)?.state).to.equal('ready');
    close();
    await centre.advance(59_999);
    expect(centre.interactions.get(IXN)).to.include({ state: 'active', agentId: 'kate' });
    await centre.advance(1);
    expect(centre.agents.get(KATE)).to.include({ state: 'loggedOut', reason: 'disconnected' });
    expect(centre.interactions.get(IXN)?.state).to.equal('queued');
  });

  it('is there while one of its streams is open, and when it reconnects in time', async () => {
    const { centre } = await talking();
    const first = centre.interactions.desktops.opened(KATE);
    const second = centre.interactions.desktops.opened(KATE);
    first();
    first();
    await centre.advance(300_000);
    second();
    await centre.advance(50_000);
    centre.interactions.desktops.opened(KATE);
    await centre.advance(300_000);
    expect(centre.interactions.get(IXN)).to.include({ state: 'active', agentId: 'kate' });
  });

  it('has the whole reconnect time after a restart, also when nobody noticed that its stream ended', async () => {
    const store = new MemoryStore();
    const { centre } = await talking({ store });
    centre.interactions.desktops.opened(KATE);
    await centre.advance(30_000);
    await centre.durable.stop();
    const again = openContactCentre({ store, clock: centre.clock });
    await again.advance(59_999);
    expect(again.agents.get(KATE)?.state).to.equal('ready');
    await again.advance(60_000);
    expect(again.agents.get(KATE)).to.include({ state: 'loggedOut', reason: 'disconnected' });
    expect(again.interactions.get(IXN)?.state).to.equal('queued');
  });

  it('is watched again when it comes back while the agent is being logged out', async () => {
    const store = createBrittleStore(new MemoryStore());
    const { centre } = await talking({ store });
    centre.interactions.desktops.opened(KATE)();
    await centre.advance(59_999);
    const release = store.hold();
    const logout = centre.advance(1);
    while (centre.agents.get(KATE)?.state === 'ready') await setImmediate();
    const close = centre.interactions.desktops.opened(KATE);
    release();
    await logout;
    await readyAgent(centre, 'kate');
    close();
    await centre.advance(60_000);
    expect(centre.agents.get(KATE)).to.include({ state: 'loggedOut', reason: 'disconnected' });
  });

  it('is not watched when the agent never opened a stream', async () => {
    const { centre } = await talking();
    await centre.advance(3_600_000);
    expect(centre.interactions.get(IXN)).to.include({ state: 'active', agentId: 'kate' });
  });
});
