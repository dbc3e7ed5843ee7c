import { expect } from 'chai';
import type { SessionId } from '../../../engine/ports/brandedIds.ts';
import type { Json } from '../../../engine/ports/json.ts';
import { viewRoute } from '../../../strategies/routing/routeStrategy.ts';
import { readCall } from '../../../strategies/routing/virtualInteraction.ts';
import {
  type ContactCentre,
  enterQueue,
  IXN,
  openContactCentre,
  readyAgent,
  redirect,
} from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';

type Attributes = Readonly<Record<string, Json>>;

const element = (name: string, attributes: Attributes = {}, children: readonly object[] = []) =>
  ({ name, attributes, params: {}, children }) as never;
const targetid = (expr: string) => element('targetid', { expr });
const targets = (attributes: Attributes, ...children: readonly Attributes[]) =>
  element(
    'targets',
    attributes,
    children.map((one) => element('target', one)),
  );

/** A queued chat of a session, and kate, who can take it as soon as she is ready. */
async function open(): Promise<{ readonly centre: ContactCentre; readonly sessionId: SessionId }> {
  const centre = openContactCentre();
  const sessionId = await enterQueue(centre);
  await readyAgent(centre, 'kate', {
    state: 'notReady',
    place: 'Desk7',
    dn: '7001',
    switchName: 'SIP',
    skills: { French: 5 },
  });
  centre.sessions.take(sessionId);
  return { centre, sessionId };
}

/** Performs an element, and returns the events of the session since then. */
async function perform(
  { centre, sessionId }: Awaited<ReturnType<typeof open>>,
  name: string,
  attributes: Attributes,
  children: readonly never[] = [],
): Promise<{ readonly requestId: string; readonly events: readonly (readonly [string, Json])[] }> {
  centre.sessions.take(sessionId);
  const requestId = await centre.sessions.perform(name, { sessionId, attributes, children });
  await centre.settle();
  return { requestId, events: eventsOf(centre) };
}

const eventsOf = (centre: ContactCentre) =>
  centre.sessions.events.map(({ name, data }) => [name, data ?? null] as const);

/** ors-dialect 2.10, element by element and field by field. */
describe('the queue module', () => {
  const submitted: readonly (readonly [
    what: string,
    attributes: Attributes,
    children: readonly never[],
    call: Readonly<Record<string, unknown>>,
  ])[] = [
    ['queue is none by default', {}, [targetid('Billing@.GA')], { vq: 'none' }],
    ['queue names the virtual queue', { queue: 'VQ_1' }, [targetid('Billing@.GA')], { vq: 'VQ_1' }],
    [
      'targetid is a list of targets',
      {},
      [targetid('Billing@.GA,kate@S.A')],
      { targets: ['Billing@.GA,kate@S.A'] },
    ],
    [
      'type and statserver of targets are defaults of its children',
      {},
      [
        targets(
          { type: 'agent', statserver: 'S' },
          { name: 'kate' },
          { name: 'Billing', type: 'agentgroup' },
        ),
      ],
      { targets: ['kate@S.A,Billing@S.GA'] },
    ],
    [
      'threshold and weight of target',
      {},
      [targets({ type: 'agentgroup' }, { name: 'Billing', threshold: '2', weight: 60 })],
      { targets: ['{2}[60]Billing@.GA'] },
    ],
    [
      'skillexpr of target, of all agents and of a group',
      {},
      [
        targets(
          {},
          { type: 'skill', skillexpr: 'French>3' },
          { type: 'skill', name: 'French>4' },
          { type: 'agentgroup', name: 'Billing', skillexpr: 'French>5' },
        ),
      ],
      { targets: ['?:French>3@.GA,?:French>4@.GA,?Billing:French>5@.GA'] },
    ],
    [
      'type place, placegroup and campaigngroup',
      {},
      [
        targets(
          {},
          { type: 'place', name: 'Desk7' },
          { type: 'placegroup', name: 'Floor' },
          { type: 'campaigngroup', name: 'Camp' },
        ),
      ],
      { targets: ['Desk7@.AP,Floor@.GP,Camp@.GC'] },
    ],
  ];
  for (const [what, attributes, children, call] of submitted) {
    it(`submit: ${what}`, async () => {
      const given = await open();
      const { requestId, events } = await perform(given, 'queue.submit', attributes, children);
      const [[name, data] = ['', null]] = events;
      expect([name, (data as { requestid: string }).requestid]).to.deep.equal([
        'queue.submit.requestid',
        requestId,
      ]);
      const [view] = given.centre.routing.ofSession(given.sessionId);
      const { context } = viewRoute(readCall(given.centre.durable, view!.connId)!.snapshot);
      expect({ vq: view!.vq, targets: context.steps.map(({ target }) => target) }).to.deep.include(call);
    });
  }

  it('submit: queue.submit.done has the fields of the selected target', async () => {
    const objects: readonly (readonly [asked: string, object: string, component: string])[] = [
      ['{1}[3]Billing@StatServer.GA', 'Billing@StatServer.GA', 'kate@StatServer.A'],
      ['?:French>3@StatServer.GA', '?:French>3@StatServer.GA', 'kate@StatServer.A'],
      ['?Billing:French>3@S.GA', '?Billing:French>3@S.GA', 'kate@S.A'],
      ['kate@S.A', 'kate@S.A', 'kate@S.A'],
      ['Desk7@S.AP', 'Desk7@S.AP', 'Desk7@S.AP'],
    ];
    for (const [asked, object, component] of objects) {
      const given = await open();
      await readyAgent(given.centre, 'kate', { state: 'ready' });
      const { requestId, events } = await perform(
        given,
        'queue.submit',
        { queue: 'VQ', route: 'false', interactionid: IXN },
        [targetid(asked)],
      );
      const { resource, ...done } = events[1]![1] as Readonly<Record<string, Json>>;
      expect([events[0], events[1]![0], done], asked).to.deep.equal([
        ['queue.submit.requestid', { requestid: requestId }],
        'queue.submit.done',
        {
          requestid: requestId,
          interactionid: IXN,
          targetselected: '7001@SIP.DN',
          targetcomponentselected: component,
          targetobjectselected: object,
          vqselected: 'VQ',
        },
      ]);
      expect(resource, asked).to.include({ dn: '7001', switch: 'SIP', agent: 'kate', place: 'Desk7' });
      // Each of these may be the destination of a redirect.
      for (const to of [resource, done.targetselected, done.targetcomponentselected] as Json[]) {
        await redirect(given.centre, given.sessionId, { to });
        expect(given.centre.interactions.get(IXN), JSON.stringify(to)).to.include({ agentId: 'kate' });
        await given.centre.interactions.reject(IXN, asId('kate'));
        await readyAgent(given.centre, 'kate', { state: 'ready' });
      }
    }
  });

  it('submit: route true offers the interaction, and is done when the agent accepts it', async () => {
    const given = await open();
    await readyAgent(given.centre, 'kate', { state: 'ready' });
    const { events } = await perform(given, 'queue.submit', { route: 'true' }, [targetid('Billing@.GA')]);
    expect(events.map(([name]) => name)).to.deep.equal(['queue.submit.requestid']);
    await given.centre.interactions.accept(IXN, asId('kate'));
    await given.centre.settle();
    expect(eventsOf(given.centre).map(([name]) => name)).to.include('queue.submit.done');
  });

  it('submit: timeout is in seconds, and clearontimeout tells whether the submit waits on', async () => {
    for (const [clearontimeout, waiting] of [
      ['true', 0],
      ['false', 1],
    ] as const) {
      const given = await open();
      const { requestId } = await perform(
        given,
        'queue.submit',
        { timeout: '10', clearontimeout, queue: 'VQ' },
        [targetid('Billing@.GA')],
      );
      given.centre.sessions.take(given.sessionId);
      await given.centre.advance(9_999);
      expect(eventsOf(given.centre)).to.deep.equal([]);
      await given.centre.advance(1);
      expect(eventsOf(given.centre)).to.deep.equal([
        [
          'error.queue.submit',
          {
            requestid: requestId,
            interactionid: IXN,
            error: 'timeout',
            description: 'No target of the submit took the interaction in time (virtual queue VQ).',
          },
        ],
      ]);
      expect(given.centre.routing.ofSession(given.sessionId)).to.have.length(waiting);
    }
  });

  it('update: priority, timeout and targets are new, and the answer is queue.update.done', async () => {
    const given = await open();
    const { requestId: requestid } = await perform(given, 'queue.submit', { queue: 'VQ' }, [
      targetid('Nobody@.GA'),
    ]);
    const { events } = await perform(given, 'queue.update', { requestid, priority: 7, timeout: 5 }, [
      targetid('Billing@.GA'),
    ]);
    expect(events).to.deep.equal([['queue.update.done', { requestid }]]);
    expect((await perform(given, 'queue.query', { requestid })).events).to.deep.equal([
      ['queue.query.done', { requestid, priority: 7, positioninqueue: 1 }],
    ]);
    given.centre.sessions.take(given.sessionId);
    await given.centre.advance(5_000);
    expect(eventsOf(given.centre).map(([name]) => name)).to.deep.equal(['error.queue.submit']);
  });

  it('query: priority, positioninqueue and invqwaittime are those of this moment', async () => {
    const given = await open();
    await given.centre.routing.startCall({ target: 'Nobody@.GA', vq: 'VQ', priority: { base: 9 } });
    const { requestId: requestid } = await perform(given, 'queue.submit', { queue: 'VQ', priority: 3 }, [
      targetid('Nobody@.GA'),
    ]);
    expect((await perform(given, 'queue.query', { requestid })).events).to.deep.equal([
      ['queue.query.done', { requestid, priority: 3, positioninqueue: 2 }],
    ]);
    // Two calls leave the queue, 20 seconds after each other: now there is an estimate.
    for (const agent of ['ann', 'bob']) {
      await readyAgent(given.centre, agent);
      await given.centre.routing.startCall({ target: `${agent}@.A`, vq: 'VQ', routeDelayMs: 0 });
      await given.centre.settle();
      if (agent === 'ann') await given.centre.advance(20_000);
    }
    const [, data] = (await perform(given, 'queue.query', { requestid })).events[0]!;
    expect(data).to.deep.equal({ requestid, priority: 3, positioninqueue: 2, invqwaittime: 40 });
  });

  it('cancel: by requestid, or by interactionid and queue; one event for each submit', async () => {
    const given = await open();
    const submit = (queue: string) => perform(given, 'queue.submit', { queue }, [targetid('Nobody@.GA')]);
    const [first, second, other] = [await submit('VQ'), await submit('VQ'), await submit('VQ_2')];
    expect((await perform(given, 'queue.cancel', { requestid: other.requestId })).events).to.deep.equal([
      ['queue.cancel.done', { requestid: other.requestId }],
    ]);
    const both = await perform(given, 'queue.cancel', { interactionid: IXN, queue: 'VQ' });
    expect(both.events).to.have.deep.members([
      ['queue.cancel.done', { requestid: first.requestId }],
      ['queue.cancel.done', { requestid: second.requestId }],
    ]);
    expect(given.centre.routing.ofSession(given.sessionId)).to.deep.equal([]);
  });

  it('cancel: is performed once, also when a crash repeats it', async () => {
    const given = await open();
    const { requestId: requestid } = await perform(given, 'queue.submit', {}, [targetid('Nobody@.GA')]);
    const cancel = { sessionId: given.sessionId, key: 'same', attributes: { requestid } };
    given.centre.sessions.take(given.sessionId);
    for (let time = 0; time < 2; time += 1) await given.centre.sessions.perform('queue.cancel', cancel);
    await given.centre.settle();
    expect(eventsOf(given.centre)).to.deep.equal([['queue.cancel.done', { requestid }]]);
  });

  const faults: readonly (readonly [element: string, attributes: Attributes, error: string])[] = [
    ['submit', { interactionid: 'OTHER' }, 'unknown'],
    ['submit', { priority: 'high' }, 'badrequest'],
    ['submit', { timeout: '-1' }, 'badrequest'],
    ['submit', { route: 'perhaps' }, 'badrequest'],
    ['submit', { clearontimeout: 'perhaps' }, 'badrequest'],
    ['submit', { ordertype: 'random' }, 'badrequest'],
    ['submit', { ordertype: 'max', orderstat: 'StatLoadBalance' }, 'unsupported'],
    ['submit', { src: 'http://x' }, 'unsupported'],
    ['update', { requestid: 'none', priority: 1 }, 'unknownrequest'],
    ['cancel', { requestid: 'none' }, 'unknownrequest'],
    ['cancel', { interactionid: IXN, queue: 'VQ' }, 'unknownrequest'],
    ['query', { requestid: 'none' }, 'unknownrequest'],
  ];
  for (const [name, attributes, error] of faults) {
    it(`${name}: ${JSON.stringify(attributes)} leads to error.queue.${name} with requestid, error, description`, async () => {
      const children = name === 'submit' ? [targetid('Billing@.GA')] : [];
      const { requestId, events } = await perform(await open(), `queue.${name}`, attributes, children);
      const [event, data] = events.at(-1)!;
      const { description, ...others } = data as Readonly<Record<string, Json>>;
      const requestid = name === 'submit' ? requestId : (attributes.requestid ?? '');
      expect([event, others]).to.deep.equal([`error.queue.${name}`, { requestid, error }]);
      expect(description).to.match(/^(Expected|This server|Orders?|The) .*/);
    });
  }
});
