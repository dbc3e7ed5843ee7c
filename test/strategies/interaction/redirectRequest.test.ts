import { expect } from 'chai';
import type { Json } from '../../../engine/ports/json.ts';
import { MAX_QUEUE_REDIRECTS } from '../../../strategies/interaction/redirects.ts';
import {
  type ContactCentre,
  enterQueue,
  IXN,
  openContactCentre,
  readyAgent,
  redirect,
} from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';

/** Error and description of the last event of a session. */
function faultOf(centre: ContactCentre): readonly [name: string, error: string, description: string] {
  const { name, data } = centre.sessions.events.at(-1)!;
  const { error, description } = data as { readonly error: string; readonly description: string };
  return [name, error, description];
}

const TELEPHONE = 'is a route of telephone calls, and this server has no voice channel.';

/** Attributes that refuse the redirect, with error and description. */
const REFUSED: readonly (readonly [attributes: Record<string, Json>, error: string, description: string])[] =
  [
    [
      { to: 'kate', from: '8001' },
      'badrequest',
      "Expected from to be the queue 'inbound' of the interaction, got '8001'.",
    ],
    ...[2, 3, 4, 5, 8, 9, 11].map((type) => {
      const name = {
        2: 'Label',
        3: 'OverwriteDNIS',
        4: 'DDD',
        5: 'IDDD',
        8: 'Announcement',
        9: 'PostFeature',
        11: 'GetFromDN',
      }[type];
      return [{ to: 'kate', type }, 'unsupported', `type RouteType${name} ${TELEPHONE}`] as const;
    }),
    [{ to: 'kate', type: 'RouteTypeDDD' }, 'unsupported', `type RouteTypeDDD ${TELEPHONE}`],
    [
      { to: 'kate', type: 99 },
      'badrequest',
      "Expected type to be a value of _genesys.queue.rType, got '99'.",
    ],
    [{ to: 'kate', detach: 'maybe' }, 'badrequest', "Expected detach to be true or false, got 'maybe'."],
    [{ to: 'kate', hints: 'x' }, 'badrequest', 'Expected hints to be an object or its JSON, got "x".'],
    [
      { to: 'kate', hints: { _agent_reserve_timeout: 'soon' } },
      'badrequest',
      'Expected _agent_reserve_timeout of hints to be seconds above 0, got "soon".',
    ],
    [
      { to: 'kate', hints: { _agent_reserve_timeout: { toString: 1, valueOf: 1 } } },
      'badrequest',
      'Expected _agent_reserve_timeout of hints to be seconds above 0, got {"toString":1,"valueOf":1}.',
    ],
    [
      { to: 'sales', type: 10 },
      'invaliddestination',
      "Expected to to name an agent, because type is RouteTypeDirectAgent, got the queue 'sales'.",
    ],
    [
      { to: { agent: { toString: 1 } } },
      'invaliddestination',
      'Expected to to name an agent or a configured interaction queue, got {"agent":{"toString":1}}.',
    ],
    ...['nowhere', '8001@Switch.DN', 'nowhere@Switch.RP'].map(
      (to) =>
        [
          { to },
          'invaliddestination',
          `Expected to to name an agent or a configured interaction queue, got "${to}".`,
        ] as const,
    ),
  ];

/** Attributes that offer the interaction to an agent. */
const OFFERED: readonly Record<string, Json>[] = [
  { to: 'kate' },
  { to: 'kate', type: 0 },
  { to: 'kate', type: 1 },
  { to: 'kate', type: 'RouteTypeDirect' },
  { to: { agent: 'kate' }, type: 10 },
  { to: 'kate', from: 'inbound' },
  { to: 'kate', from: { queue: 'inbound' }, hints: '' },
];

describe('<ixn:redirect>', () => {
  for (const attributes of OFFERED) {
    it(`offers the interaction to the agent: ${JSON.stringify(attributes)}`, async () => {
      const centre = openContactCentre();
      const sessionId = await enterQueue(centre);
      await readyAgent(centre, 'kate');
      await redirect(centre, sessionId, attributes);
      expect(centre.interactions.get(IXN)).to.include({ state: 'offered', agentId: 'kate' });
    });
  }

  for (const [attributes, error, description] of REFUSED) {
    it(`leads to its error event: ${JSON.stringify(attributes)}`, async () => {
      const centre = openContactCentre();
      const sessionId = await enterQueue(centre);
      await readyAgent(centre, 'kate');
      await redirect(centre, sessionId, attributes);
      expect(faultOf(centre)).to.deep.equal(['error.interaction.redirect', error, description]);
      expect(centre.interactions.get(IXN)).to.include({ state: 'queued' });
    });
  }

  it('asks the agent for _agent_reserve_timeout of its hints; the desktop gets the other hints', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate');
    const hints = { _agent_reserve_timeout: 5, skill: 'French' };
    await redirect(centre, sessionId, { to: 'kate', hints: JSON.stringify(hints) });
    expect(centre.toldEvents.at(-1)).to.deep.include({ type: 'offered', hints: { skill: 'French' } });
    await centre.advance(5_000);
    expect(faultOf(centre)[1]).to.equal('noanswer');
  });

  it('ends the interaction with the type RouteTypeReject', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate');
    centre.sessions.take(sessionId);
    await redirect(centre, sessionId, { to: 'kate', type: 7 });
    expect(centre.sessions.take(sessionId)).to.have.members([
      'interaction.redirect.done',
      'interaction.deleted',
    ]);
    expect(centre.interactions.get(IXN)).to.include({ state: 'ended', endReason: 'document' });
  });

  for (const to of ['sales', 'sales@Switch', 'sales@Switch.Q', 'sales@Switch.RP', { queue: 'sales' }]) {
    it(`moves the interaction to a queue, whose application takes it: ${JSON.stringify(to)}`, async () => {
      const centre = openContactCentre();
      const first = await enterQueue(centre);
      await centre.sessions.perform('queue.submit', {
        sessionId: first,
        attributes: {},
        children: [{ name: 'targetid', attributes: { expr: 'Billing@S.GA' }, params: {}, children: [] }],
      });
      await centre.settle();
      centre.sessions.take(first);
      const requestid = await redirect(centre, first, { to });
      const second = centre.sessions.started.at(-1)!;
      expect(second.src).to.equal('http://orsay.test/sales_chat.scxml');
      const told = centre.sessions.events.filter(({ sessionId }) => sessionId === first);
      expect(told.map(({ name, data }) => [name, data])).to.have.deep.members([
        ['interaction.redirect.done', { requestid, interactionid: IXN }],
        ['interaction.deleted', { interactionid: IXN, resultof: 'redirect' }],
        ['interaction.notcontrolled', { interactionid: IXN }],
      ]);
      expect(centre.sessions.take(second.id)).to.deep.equal(['interaction.added', 'interaction.present']);
      expect(centre.interactions.get(IXN)).to.include({
        state: 'queued',
        queue: 'sales',
        sessionId: second.id,
      });
      // The submit of the first session does not take the interaction any more.
      await readyAgent(centre, 'kate');
      expect(centre.interactions.get(IXN)).to.include({ state: 'queued' });
    });
  }

  it('moves an interaction to queues MAX_QUEUE_REDIRECTS times at most', async () => {
    const centre = openContactCentre();
    let sessionId = await enterQueue(centre);
    for (let i = 0; i < MAX_QUEUE_REDIRECTS; i += 1) {
      await redirect(centre, sessionId, { to: i % 2 === 0 ? 'sales' : 'inbound' });
      sessionId = centre.sessions.started.at(-1)!.id;
    }
    await redirect(centre, sessionId, { to: 'sales' });
    expect(faultOf(centre).slice(0, 2)).to.deep.equal(['error.interaction.redirect', 'invaliddestination']);
    expect(faultOf(centre)[2]).to.contain('20 times (MAX_QUEUE_REDIRECTS)');
    expect(centre.sessions.started).to.have.length(1 + MAX_QUEUE_REDIRECTS);
  });
});

describe('<ixn:accept>', () => {
  const accept = async (
    centre: ContactCentre,
    attributes: Record<string, Json>,
  ): Promise<readonly unknown[]> => {
    const { sessionId } = centre.interactions.get(IXN)!;
    await centre.sessions.perform('interaction.accept', {
      sessionId: sessionId!,
      attributes: { interactionid: IXN, ...attributes },
    });
    await centre.settle();
    const { name, data } = centre.sessions.events.findLast((event) => event.name.includes('accept'))!;
    return [name, (data as { error?: string }).error];
  };

  for (const resource of [undefined, 'kate', { agent: 'kate' }]) {
    it(`accepts the offer for the agent: ${JSON.stringify(resource) ?? 'without resource'}`, async () => {
      const centre = openContactCentre();
      const sessionId = await enterQueue(centre);
      await readyAgent(centre, 'kate');
      await redirect(centre, sessionId);
      const attributes = resource === undefined ? {} : { resource };
      expect(await accept(centre, attributes)).to.deep.equal(['interaction.accept.done', undefined]);
      expect(centre.interactions.get(IXN)).to.include({ state: 'active', agentId: 'kate' });
      expect(centre.sessions.take(sessionId)).to.include.members([
        'interaction.redirect.done',
        'interaction.partystatechanged',
      ]);
      expect(centre.told).to.include('kate accepted');
      // The agent has it already.
      expect(await accept(centre, attributes)).to.deep.equal(['interaction.accept.done', undefined]);
    });
  }

  it('leads to its error event when the interaction is not offered to that agent', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate');
    await readyAgent(centre, 'sam');
    expect(await accept(centre, {})).to.deep.equal(['error.interaction.accept', 'invalidstate.queued']);
    await redirect(centre, sessionId);
    expect(await accept(centre, { resource: 'sam' })).to.deep.equal([
      'error.interaction.accept',
      'invalidstate.offered',
    ]);
    expect(await accept(centre, { resource: '101' })).to.deep.equal([
      'error.interaction.accept',
      'badrequest',
    ]);
    expect(centre.interactions.get(IXN)).to.include({ state: 'offered', agentId: 'kate' });
  });
});

describe('<ixn:terminate>', () => {
  for (const name of ['resource', 'hints']) {
    it(`leads to its error event with ${name}`, async () => {
      const centre = openContactCentre();
      const sessionId = await enterQueue(centre);
      const attributes = { interactionid: IXN, [name]: 'x' };
      await centre.sessions.perform('interaction.terminate', { sessionId, attributes });
      expect(faultOf(centre)).to.deep.equal([
        'error.interaction.terminate',
        'unsupported',
        `<ixn:terminate> takes no ${name} here: no party could end the interaction.`,
      ]);
      expect(centre.interactions.get(IXN)).to.include({ state: 'queued' });
    });
  }
});

describe('interaction.abandoned', () => {
  for (const [by, events] of [
    ['customer', ['interaction.abandoned', 'interaction.deleted']],
    ['timeout', ['interaction.abandoned', 'interaction.deleted']],
    ['document', ['interaction.deleted']],
  ] as const) {
    it(`${by === 'document' ? 'does not come' : 'comes'} when a queued chat ends by ${by}`, async () => {
      const centre = openContactCentre();
      const sessionId = await enterQueue(centre);
      centre.sessions.take(sessionId);
      await centre.durable.commit(centre.interactions.endBatch(IXN, by));
      await centre.settle();
      expect(centre.sessions.take(sessionId)).to.deep.equal(events);
    });
  }

  it('does not come when the customer leaves an agent', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate');
    await redirect(centre, sessionId);
    await centre.interactions.accept(IXN, asId('kate'));
    await centre.settle();
    centre.sessions.take(sessionId);
    await centre.durable.commit(centre.interactions.endBatch(IXN, 'customer'));
    await centre.settle();
    expect(centre.sessions.take(sessionId)).to.deep.equal(['interaction.deleted']);
  });
});
