import { expect } from 'chai';
import { joinBatches } from '../../../engine/durable/durable.ts';
import type { SessionId } from '../../../engine/ports/brandedIds.ts';
import type { Json } from '../../../engine/ports/json.ts';
import {
  type ContactCentre,
  enterQueue,
  IXN,
  openContactCentre,
  readyAgent,
  redirect,
} from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';

describe('queue:submit', () => {
  const targets = (...names: readonly string[]) => ({
    children: [
      {
        name: 'targets',
        attributes: { type: 'agentgroup', statserver: 'StatServer' },
        params: {},
        children: names.map((name) => ({ name: 'target', attributes: { name }, params: {}, children: [] })),
      },
    ],
  });

  async function submit(
    centre: ContactCentre,
    sessionId: SessionId,
    attributes: Record<string, Json>,
    children: object = targets('Billing'),
  ): Promise<string> {
    centre.sessions.take(sessionId);
    const call = { sessionId, attributes: { interactionid: IXN, queue: 'VQ', ...attributes }, ...children };
    const requestId = await centre.sessions.perform('queue.submit', call);
    await centre.settle();
    return requestId;
  }

  it('offers the interaction to one agent after the other until one accepts', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    for (const id of ['rejects', 'sleeps', 'accepts']) {
      await readyAgent(centre, id);
      await centre.advance(1_000);
    }
    const requestid = await submit(centre, sessionId, { route: 'true', timeout: '300' });
    expect(centre.sessions.events.map(({ name, data }) => [name, data])).to.deep.equal([
      ['queue.submit.requestid', { requestid }],
    ]);
    await centre.interactions.reject(IXN, asId('rejects'));
    await centre.settle();
    expect(centre.interactions.get(IXN)).to.include({ state: 'offered', agentId: 'sleeps' });
    await centre.advance(30_000);
    expect(centre.agents.get(asId('sleeps'))?.state).to.equal('notReady');
    expect(centre.interactions.get(IXN)).to.include({ state: 'offered', agentId: 'accepts' });
    centre.sessions.take(sessionId);
    await centre.interactions.accept(IXN, asId('accepts'));
    await centre.settle();
    expect(centre.sessions.events.map(({ name, data }) => [name, data])).to.deep.equal([
      [
        'queue.submit.done',
        {
          requestid,
          interactionid: IXN,
          targetselected: 'accepts@Orsay.DN',
          targetcomponentselected: 'accepts@StatServer.A',
          targetobjectselected: 'Billing@StatServer.GA',
          vqselected: 'VQ',
          resource: {
            type: 'GA',
            id: 'Billing',
            agent: 'accepts',
            place: 'accepts',
            dn: 'accepts',
            switch: 'Orsay',
            resource: 'accepts',
            vq: 'VQ',
          },
        },
      ],
      ['interaction.partystatechanged', { interactionid: IXN, focusdeviceid: 'accepts' }],
    ]);
    expect(await centre.routing.viewQueue(asId('max'), { vq: 'VQ' })).to.include({ calls: 0, hit: 1 });
    expect(centre.routing.list()).to.deep.equal([]);
    await centre.advance(600_000);
    expect(centre.sessions.events).to.have.length(2);
  });

  it('only selects with route="false", and the selected agent can be redirected to', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate');
    await submit(
      centre,
      sessionId,
      { route: false },
      {
        children: [
          { name: 'targetid', attributes: { expr: '?:English>1@S.GA,kate@S.A' }, params: {}, children: [] },
        ],
      },
    );
    expect(centre.interactions.get(IXN)?.state).to.equal('queued');
    const done = centre.sessions.events.at(-1)!;
    expect(done.name).to.equal('queue.submit.done');
    expect(centre.agents.isFree(asId('kate'), 'chat')).to.equal(false);
    await redirect(centre, sessionId, { to: (done.data as { resource: Json }).resource });
    expect(centre.interactions.get(IXN)).to.include({ state: 'offered', agentId: 'kate' });
  });

  it('fails after its timeout, and no earlier', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    const requestid = await submit(centre, sessionId, { timeout: 60 });
    await centre.advance(59_999);
    expect(centre.sessions.take(sessionId)).to.deep.equal(['queue.submit.requestid']);
    await centre.advance(1);
    expect(centre.sessions.events.map(({ name, data }) => [name, data])).to.deep.equal([
      [
        'error.queue.submit',
        {
          requestid,
          interactionid: IXN,
          error: 'timeout',
          description: 'No target of the submit took the interaction in time (virtual queue VQ).',
        },
      ],
    ]);
    expect(centre.routing.list()).to.deep.equal([]);
    await readyAgent(centre, 'late');
    expect(centre.interactions.get(IXN)?.state).to.equal('queued');
  });

  it('waits for the answer to an open offer when its timeout passes meanwhile', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate');
    await submit(centre, sessionId, { timeout: '10' });
    await centre.advance(10_000);
    expect(centre.sessions.take(sessionId)).to.deep.equal(['queue.submit.requestid']);
    await centre.interactions.accept(IXN, asId('kate'));
    await centre.settle();
    expect(centre.sessions.take(sessionId)).to.deep.equal([
      'queue.submit.done',
      'interaction.partystatechanged',
    ]);
  });

  for (const [how, seconds, refuse] of [
    ['does not answer', 30, async () => {}],
    [
      'rejects',
      20,
      (centre: ContactCentre) => centre.interactions.reject(IXN, asId('kate')).then(() => centre.settle()),
    ],
    [
      'logs out',
      20,
      (centre: ContactCentre) =>
        centre.interactions.setAgent(asId('kate'), { state: 'loggedOut' }).then(() => centre.settle()),
    ],
  ] as const) {
    it(`loses no time by an agent who ${how}: the next agent is asked, and the timeout goes on then`, async () => {
      const centre = openContactCentre();
      const sessionId = await enterQueue(centre);
      await readyAgent(centre, 'kate');
      await submit(centre, sessionId, { timeout: '12' });
      await centre.advance(5_000);
      await readyAgent(centre, 'liz');
      await centre.advance((seconds - 5) * 1000);
      await refuse(centre);
      expect(centre.interactions.get(IXN)).to.include({ state: 'offered', agentId: 'liz' });
      await centre.interactions.reject(IXN, asId('liz'));
      await centre.interactions.setAgent(asId('liz'), { state: 'notReady' });
      await centre.interactions.setAgent(asId('kate'), { state: 'notReady' });
      await centre.advance(11_999);
      expect(centre.sessions.take(sessionId)).to.deep.equal(['queue.submit.requestid']);
      await centre.advance(1);
      expect(centre.sessions.take(sessionId)).to.deep.equal(['error.queue.submit']);
    });
  }

  it('is cancelled by its request id, and its open offer is withdrawn', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate');
    const requestid = await submit(centre, sessionId, {});
    expect(centre.interactions.get(IXN)?.state).to.equal('offered');
    centre.sessions.take(sessionId);
    await centre.sessions.perform('queue.cancel', { sessionId, attributes: { requestid } });
    await centre.sessions.perform('queue.cancel', { sessionId, attributes: { requestid } });
    await centre.settle();
    expect(centre.sessions.take(sessionId)).to.deep.equal(['queue.cancel.done', 'error.queue.cancel']);
    expect(centre.interactions.get(IXN)?.state).to.equal('queued');
    expect(centre.agents.isFree(asId('kate'), 'chat')).to.equal(true);
    expect(centre.told.at(-1)).to.equal('kate withdrawn');
  });

  it('is cancelled by its interaction and queue, and not by another queue', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await submit(centre, sessionId, {});
    centre.sessions.take(sessionId);
    const cancel = (queue: string) =>
      centre.sessions.perform('queue.cancel', { sessionId, attributes: { interactionid: IXN, queue } });
    await cancel('another');
    expect(centre.routing.list()).to.have.length(1);
    await cancel('VQ');
    expect(centre.sessions.take(sessionId)).to.deep.equal(['error.queue.cancel', 'queue.cancel.done']);
    expect(centre.routing.list()).to.deep.equal([]);
  });

  it('leaves its queue, with all its records, when the interaction ends', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await submit(centre, sessionId, { timeout: 60 });
    expect(centre.routing.list()).to.have.length(1);
    await centre.durable.commit(centre.routing.dropSubmitsBatch(IXN));
    expect(centre.routing.list()).to.deep.equal([]);
    for (const table of ['virtualInteraction', 'virtualQueueEntry', 'sessionCall', 'interactionCall']) {
      expect([...centre.durable.scan(table)], table).to.deep.equal([]);
    }
    centre.sessions.take(sessionId);
    await centre.advance(60_000);
    expect(centre.sessions.take(sessionId)).to.deep.equal([]);
  });

  it('names as component the place that was asked for, or the agent, also without a server', async () => {
    for (const [target, component] of [
      ['Desk7@StatServer.AP', 'Desk7@StatServer.AP'],
      ['kate@StatServer.A', 'kate@StatServer.A'],
      ['[5]Billing.GA', 'kate@.A'],
    ] as const) {
      const centre = openContactCentre();
      const sessionId = await enterQueue(centre);
      await readyAgent(centre, 'kate', { place: 'Desk7' });
      const targetid = { name: 'targetid', attributes: { expr: target }, params: {}, children: [] };
      await submit(centre, sessionId, { route: 'false' }, { children: [targetid] });
      const done = centre.sessions.events.find(({ name }) => name === 'queue.submit.done');
      expect(done?.data, target).to.include({
        targetselected: 'kate@Orsay.DN',
        targetcomponentselected: component,
      });
    }
  });

  it('answers queue:query with priority and position', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await centre.routing.startCall({ target: 'Billing@S.GA', vq: 'VQ', priority: { base: 9 } });
    const requestid = await submit(centre, sessionId, { priority: '5' });
    centre.sessions.events.length = 0;
    await centre.sessions.perform('queue.query', { sessionId, attributes: { requestid } });
    await centre.sessions.perform('queue.query', { sessionId, attributes: { requestid: 'none' } });
    expect(centre.sessions.events.map(({ name, data }) => [name, data])).to.deep.equal([
      ['queue.query.done', { requestid, priority: 5, positioninqueue: 2 }],
      [
        'error.queue.query',
        {
          requestid: 'none',
          error: 'unknownrequest',
          description: "Expected requestid of a waiting submit, got 'none'.",
        },
      ],
    ]);
  });

  it('names the fault of an invalid submit', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    const faults: (readonly string[])[] = [];
    const cases: readonly (readonly [Record<string, Json>, object])[] = [
      [{}, { children: [] }],
      [{ timeout: 'soon' }, targets('Billing')],
      [{ route: 'maybe' }, targets('Billing')],
      [{ clearontimeout: 'maybe' }, targets('Billing')],
      [{ interactionid: 'OTHER' }, targets('Billing')],
      [{}, { children: [{ name: 'targetid', attributes: { expr: 'Billing' }, params: {}, children: [] }] }],
    ];
    for (const [attributes, children] of cases) {
      await submit(centre, sessionId, attributes, children);
      faults.push(
        centre.sessions.events.map(({ name, data }) =>
          `${name} ${(data as { error?: string }).error ?? ''}`.trim(),
        ),
      );
    }
    const badRequest = ['queue.submit.requestid', 'error.queue.submit badrequest'];
    expect(faults).to.deep.equal([
      badRequest,
      badRequest,
      badRequest,
      badRequest,
      ['queue.submit.requestid', 'error.queue.submit unknown'],
      badRequest,
    ]);
  });

  it('leaves its queue when the interaction or the session ends', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await submit(centre, sessionId, {});
    await centre.durable.commit(joinBatches(centre.interactions.endBatch(IXN, 'customer')));
    await centre.settle();
    expect(centre.routing.list()).to.deep.equal([]);

    const again = await openedAgain();
    expect(again).to.deep.equal([]);

    async function openedAgain(): Promise<readonly unknown[]> {
      const other = openContactCentre();
      const session = await enterQueue(other);
      await submit(other, session, {});
      await other.sessions.end(session);
      await other.settle();
      return other.routing.list();
    }
  });
});
