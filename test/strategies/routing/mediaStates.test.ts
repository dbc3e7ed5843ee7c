import { expect } from 'chai';
import type { AgentChange } from '../../../strategies/routing/agentRecord.ts';
import { isBlocked } from '../../../strategies/routing/agentRoom.ts';
import { RoutingError } from '../../../strategies/routing/errors.ts';
import {
  type ContactCentre,
  enterQueue,
  IXN,
  openContactCentre,
  readyAgent,
  redirect,
} from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';

const KATE = asId<never>('kate');
const BOTH: AgentChange = { media: ['chat', 'voice'], capacity: 5 };

async function openWith(change: AgentChange): Promise<ContactCentre> {
  const centre = openContactCentre();
  await readyAgent(centre, 'kate', change);
  return centre;
}

async function put(centre: ContactCentre, change: AgentChange): Promise<unknown> {
  const { state, reason, mediaStates } = await centre.interactions.setAgent(KATE, change);
  await centre.settle();
  return { state, reason, mediaStates };
}

function freeFor(centre: ContactCentre): readonly string[] {
  return ['chat', 'voice'].filter((media) => centre.agents.isFree(KATE, media));
}

describe('the state of an agent', () => {
  it('sets all media; a medium may have another one, and the best of them is that of the agent', async () => {
    const centre = await openWith(BOTH);
    expect(freeFor(centre)).to.deep.equal(['chat', 'voice']);
    const lunch = { state: 'notReady', reason: 'lunch' } as const;
    expect(await put(centre, { mediaStates: { chat: lunch } })).to.deep.equal({
      state: 'ready',
      reason: undefined,
      mediaStates: { chat: lunch },
    });
    expect(freeFor(centre)).to.deep.equal(['voice']);
    expect(await put(centre, { mediaStates: { voice: { state: 'afterWork' } } })).to.deep.equal({
      state: 'afterWork',
      reason: undefined,
      mediaStates: { chat: lunch },
    });
    expect(freeFor(centre)).to.deep.equal([]);
    expect(await put(centre, { mediaStates: { voice: { state: 'loggedOut' } } })).to.deep.equal({
      state: 'notReady',
      reason: 'lunch',
      mediaStates: { voice: { state: 'loggedOut' } },
    });
    expect(await put(centre, { state: 'ready' })).to.deep.equal({
      state: 'ready',
      reason: undefined,
      mediaStates: undefined,
    });
    expect(freeFor(centre)).to.deep.equal(['chat', 'voice']);
  });

  it('is logged out when all media are, and keeps no interaction of a medium that is', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate', BOTH);
    await redirect(centre, sessionId);
    await centre.interactions.accept(IXN, KATE);
    await put(centre, { mediaStates: { voice: { state: 'loggedOut' } } });
    expect(centre.interactions.get(IXN)?.state).to.equal('active');
    expect(await put(centre, { mediaStates: { chat: { state: 'loggedOut' } } })).to.deep.equal({
      state: 'loggedOut',
      reason: undefined,
      mediaStates: undefined,
    });
    expect(centre.interactions.get(IXN)?.state).to.equal('queued');
    expect(centre.agents.slots(KATE)).to.deep.equal([]);
  });

  it('of a medium goes when the agent no longer has the medium', async () => {
    const centre = await openWith(BOTH);
    await put(centre, { mediaStates: { voice: { state: 'notReady' } } });
    expect(await put(centre, { media: ['chat'] })).to.deep.equal({
      state: 'ready',
      reason: undefined,
      mediaStates: undefined,
    });
  });

  it('is refused for a medium that the agent does not have', async () => {
    const centre = await openWith(BOTH);
    for (const media of ['fax', '__proto__', 'constructor']) {
      const mediaStates = Object.fromEntries([[media, { state: 'ready' as const }]]);
      const refused = await centre.interactions.setAgent(KATE, { mediaStates }).catch((error) => error);
      expect(refused).to.be.instanceOf(RoutingError);
      expect(refused.message).to.equal(
        `Expected mediaStates to name media of the agent (chat, voice), got '${media}'.`,
      );
    }
  });

  it('of media with names of JavaScript counts like others', async () => {
    const centre = await openWith({ media: ['constructor', '__proto__'], capacity: 2 });
    expect(centre.agents.isFree(KATE, 'constructor')).to.equal(true);
    const mediaStates = Object.fromEntries([['__proto__', { state: 'notReady' as const }]]);
    await put(centre, { mediaStates });
    expect(centre.agents.isFree(KATE, '__proto__')).to.equal(false);
    expect(centre.agents.isFree(KATE, 'constructor')).to.equal(true);
  });

  it('is told to desktops with the media that differ', async () => {
    const centre = await openWith(BOTH);
    centre.toldEvents.length = 0;
    await put(centre, { mediaStates: { chat: { state: 'notReady', reason: 'lunch' } } });
    expect(centre.toldEvents).to.deep.equal([
      { type: 'state', state: 'ready', mediaStates: { chat: { state: 'notReady', reason: 'lunch' } } },
    ]);
  });

  it('of a record of an earlier version is that of all media', async () => {
    const centre = await openWith(BOTH);
    const { mediaStates: _none, ...earlier } = centre.agents.record(KATE)!;
    await centre.durable.commit({ put: [{ table: 'agent', key: 'kate', value: earlier }] });
    expect(freeFor(centre)).to.deep.equal(['chat', 'voice']);
    await put(centre, { mediaStates: { voice: { state: 'notReady' } } });
    expect(freeFor(centre)).to.deep.equal(['chat']);
  });
});

describe('an agent who does not answer', () => {
  it('is not ready for that medium; the submit keeps its place and goes to another agent', async () => {
    const centre = await openWith(BOTH);
    const first = await enterQueue(centre);
    await centre.sessions.perform('queue.submit', {
      sessionId: first,
      attributes: { interactionid: IXN, queue: 'VQ', route: 'true', timeout: '600' },
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
    expect(centre.interactions.get(IXN)).to.include({ state: 'offered', agentId: 'kate' });
    await centre.advance(30_000);
    expect(centre.agents.get(KATE)).to.deep.include({
      state: 'ready',
      mediaStates: { chat: { state: 'notReady', reason: 'noanswer' } },
    });
    expect(freeFor(centre)).to.deep.equal(['voice']);
    // They are ready again at once, and still do not get the same interaction.
    await put(centre, { state: 'ready' });
    expect(centre.interactions.get(IXN)?.state).to.equal('queued');
    await readyAgent(centre, 'bob');
    expect(centre.interactions.get(IXN)).to.include({ state: 'offered', agentId: 'bob' });
  });
});

describe('a rule that one medium blocks another', () => {
  const slots = (...media: (string | undefined)[]) =>
    media.map((one, at) => ({
      agentId: KATE,
      holder: asId<never>(`holder${at}`),
      kind: 'active' as const,
      since: 0,
      ...(one === undefined ? {} : { media: one }),
    }));

  it('holds when one of its alternatives has all its numbers', () => {
    const rules = { chat: [{ voice: 1 }, { email: 2, callback: 1 }] };
    expect(isBlocked(rules, 'chat', slots())).to.equal(false);
    expect(isBlocked(rules, 'chat', slots('voice'))).to.equal(true);
    expect(isBlocked(rules, 'chat', slots('email', 'email'))).to.equal(false);
    expect(isBlocked(rules, 'chat', slots('email', 'email', 'callback'))).to.equal(true);
    expect(isBlocked(rules, 'callback', slots('chat', 'voice'))).to.equal(false);
  });

  it('for any medium stands for those without a rule, and counts all work', () => {
    const rules = { voice: [{ '*': 1 }], '*': [{ voice: 1 }] };
    expect(isBlocked(rules, 'voice', slots('chat'))).to.equal(true);
    expect(isBlocked(rules, 'chat', slots('chat'))).to.equal(false);
    expect(isBlocked(rules, 'constructor', slots('voice'))).to.equal(true);
    expect(isBlocked(rules, 'chat', slots(undefined))).to.equal(true);
  });

  it('is kept by the calls that are matched at once, in their order', async () => {
    const centre = openContactCentre({ blocking: { voice: [{ '*': 1 }], '*': [{ voice: 1 }] } });
    const ids: string[] = [];
    for (const media of ['chat', 'voice', 'chat', 'email']) {
      const { connId } = await centre.routing.startCall({
        target: 'Billing@S.GA',
        vq: 'VQ',
        media,
        routeDelayMs: 0,
      });
      ids.push(connId);
    }
    await readyAgent(centre, 'kate', { media: ['chat', 'voice', 'email'], capacity: 5 });
    const states = () => ids.map((id) => centre.routing.get(asId(id))?.state);
    expect(states()).to.deep.equal(['routed', 'routable', 'routed', 'routed']);
    await readyAgent(centre, 'bob', { media: ['voice', 'chat'], capacity: 5 });
    expect(states()).to.deep.equal(['routed', 'routed', 'routed', 'routed']);
    expect(centre.agents.isFree(asId('bob'), 'chat')).to.equal(false);
    expect(freeFor(centre)).to.deep.equal(['chat']);
  });
});
