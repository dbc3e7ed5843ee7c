import { expect } from 'chai';
import type { SessionId } from '../../../engine/ports/brandedIds.ts';
import type { Json } from '../../../engine/ports/json.ts';
import type { AgentId } from '../../../strategies/ids/index.ts';
import type { ConnId } from '../../../strategies/routing/callIds.ts';
import { orderTargets, readOrder } from '../../../strategies/routing/submitOrder.ts';
import { parseTargets } from '../../../strategies/targets/parseTarget.ts';
import { parseTargetList } from '../../../strategies/targets/targetList.ts';
import {
  type ContactCentre,
  enterQueue,
  IXN,
  openContactCentre,
  readyAgent,
} from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';

const child = (name: string, attributes: Record<string, Json> = {}) => ({
  name,
  attributes,
  params: {},
  children: [],
});
const targetid = (expr: string) => [child('targetid', { expr })];

async function perform(
  centre: ContactCentre,
  name: string,
  call: {
    readonly sessionId: SessionId;
    readonly attributes: Record<string, Json>;
    readonly children?: ReturnType<typeof targetid>;
  },
): Promise<string> {
  const requestid = await centre.sessions.perform(name, call);
  await centre.settle();
  return requestid;
}

const submit = (
  centre: ContactCentre,
  sessionId: SessionId,
  attributes: Record<string, Json> = {},
  children = targetid('Billing@S.GA'),
) => perform(centre, 'queue.submit', { sessionId, attributes: { queue: 'VQ', ...attributes }, children });

/** Error and description of the last event. */
function faultOf(centre: ContactCentre): readonly unknown[] {
  const { name, data } = centre.sessions.events.at(-1)!;
  const { error, description } = data as Record<string, Json>;
  return [name, error, description];
}

const holder = (centre: ContactCentre) => centre.interactions.get(IXN)?.agentId;

const ORDER_STATISTICS =
  'StatAgentLoading, StatAgentLoadingMedia, StatTimeInReadyState, StatAgentOccupancy, StatAgentsAvailable, StatAgentsTotal, StatAgentsBusy, RStatAgentsReady, RStatAgentsReadyvoice, RStatAgentsTotal';

describe('the order of <queue:submit>', () => {
  /** Ready longest first: old (busy with one of three), middle (free), young (free). */
  async function threeAgents(): Promise<{ readonly centre: ContactCentre; readonly sessionId: SessionId }> {
    const centre = openContactCentre();
    for (const id of ['old', 'middle', 'young']) {
      await readyAgent(centre, id, { capacity: 3 });
      await centre.advance(1_000);
    }
    const slot = {
      agentId: asId<AgentId>('old'),
      holder: asId<ConnId>('other'),
      kind: 'active',
      since: 0,
    } as const;
    await centre.durable.commit(centre.agents.occupyBatch(slot));
    return { centre, sessionId: await enterQueue(centre) };
  }

  for (const [ordertype, orderstat, agent] of [
    ['any', '', 'old'],
    ['', '', 'old'],
    ['any', 'StatAgentLoading', 'old'],
    ['max', '', 'old'],
    ['max', 'none', 'old'],
    ['max', 'StatTimeInReadyState', 'old'],
    ['min', 'StatTimeInReadyState', 'young'],
    ['max', 'StatAgentLoading', 'middle'],
    ['max', 'StatAgentLoadingMedia', 'middle'],
    ['MIN', 'statagentloading', 'old'],
  ] as const) {
    it(`asks '${agent}' with ordertype '${ordertype}' and orderstat '${orderstat}'`, async () => {
      const { centre, sessionId } = await threeAgents();
      await submit(centre, sessionId, { ordertype, orderstat });
      expect(holder(centre)).to.equal(agent);
    });
  }

  it('takes the agent with the best value among the agents of all targets', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'first');
    await centre.advance(1_000);
    await readyAgent(centre, 'last', { groups: ['Sales'] });
    await submit(
      centre,
      sessionId,
      { ordertype: 'min', orderstat: 'StatTimeInReadyState' },
      targetid('[9]Billing@S.GA,Sales@S.GA'),
    );
    expect(holder(centre)).to.equal('last');
  });

  it('takes the agent who was busy for the least part of the time since their login', async () => {
    const occupancies: Record<string, number> = { old: 70, middle: 80, young: 20 };
    const centre = openContactCentre({
      readStatistic: async ({ statistic, objectType, objectId }) => {
        expect([statistic, objectType]).to.deep.equal(['StatAgentOccupancy', 'Agent']);
        return occupancies[objectId]!;
      },
    });
    for (const id of ['old', 'middle', 'young']) {
      await readyAgent(centre, id);
      await centre.advance(1_000);
    }
    const order = { ordertype: 'min', orderstat: 'StatAgentOccupancy' };
    const sessionId = await enterQueue(centre);
    // Values are read when they are asked for first; until then the longest ready agent comes first.
    await submit(centre, sessionId, { ...order, route: 'false' });
    expect(centre.sessions.events.at(-1)!.data).to.deep.include({ targetcomponentselected: 'old@S.A' });
    await submit(centre, sessionId, { ...order, route: 'false' });
    expect(centre.sessions.events.at(-1)!.data).to.deep.include({ targetcomponentselected: 'young@S.A' });
    await submit(centre, sessionId, { ordertype: 'max', orderstat: 'StatAgentOccupancy', route: 'false' });
    expect(centre.sessions.events.at(-1)!.data).to.deep.include({ targetcomponentselected: 'middle@S.A' });
  });

  it('takes the target with the best value of a statistic of targets', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    for (const id of ['a', 'b']) await readyAgent(centre, id, { groups: ['Billing'] });
    await centre.advance(1_000);
    await readyAgent(centre, 'c', { groups: ['Sales'] });
    const ask = async (ordertype: string) => {
      const order = { ordertype, orderstat: 'StatAgentsAvailable', route: 'false' };
      await submit(centre, sessionId, order, targetid('[9]Sales@S.GA,Billing@S.GA'));
      return (centre.sessions.events.at(-1)!.data as Record<string, Json>).targetobjectselected;
    };
    expect(await ask('max')).to.equal('Billing@S.GA');
    // One agent of each target is reserved or free now: the weight decides.
    expect(await ask('min')).to.equal('Sales@S.GA');
  });

  it('gives each target its share with ordertype percentage, and falls back to the others', () => {
    const targets = parseTargets('[60]A@S.GA,[30]B@S.GA,[10]C@S.GA');
    const counts: Record<string, number> = { A: 0, B: 0, C: 0 };
    for (let i = 0; i < 10_000; i += 1) {
      const id = asId<ConnId>(`call-${i}`);
      const ordered = orderTargets(targets, { id, order: { type: 'percentage' } });
      expect(ordered.map(({ name }) => name).sort()).to.deep.equal(['A', 'B', 'C']);
      expect(orderTargets(targets, { id, order: { type: 'percentage' } })).to.deep.equal(ordered);
      counts[ordered[0]!.name]! += 1;
    }
    expect(counts.A).to.be.within(5_700, 6_300);
    expect(counts.B).to.be.within(2_700, 3_300);
    expect(counts.C).to.be.within(850, 1_150);
    const unweighted = parseTargets('A@S.GA,B@S.GA');
    expect(orderTargets(unweighted, { id: asId('x'), order: { type: 'percentage' } })).to.deep.equal(
      unweighted,
    );
  });

  it('leads to the error event where this server cannot measure it', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await submit(centre, sessionId, { ordertype: 'max', orderstat: 'StatLoadBalance' });
    expect(faultOf(centre)).to.deep.equal([
      'error.queue.submit',
      'unsupported',
      `Expected orderstat of <queue:submit> to be a statistic that is measured here (${ORDER_STATISTICS}), got 'StatLoadBalance', which is not measured here.`,
    ]);
    await submit(centre, sessionId, { ordertype: 'best' });
    expect(faultOf(centre)).to.deep.equal([
      'error.queue.submit',
      'badrequest',
      "Expected ordertype of <queue:submit> to be any, max, min, percentage, got 'best'.",
    ]);
    expect(readOrder('percentage', 'x')).to.deep.equal({ order: { type: 'percentage' } });
  });
});

describe('parts of <queue:submit> that this server does not perform', () => {
  const why = (target: string): string =>
    `Target: expected targets of agents (types A, AP, GA, GP, GC) at position ${target.lastIndexOf('.') + 2} of '${target}', got '${target}'; <ixn:redirect> moves an interaction to a queue.`;
  for (const [attributes, children, description] of [
    [
      { src: 'http://x' },
      targetid('Billing@S.GA'),
      'This server has no stored submits for src of <queue:submit>.',
    ],
    [{}, [child('activity')], '<queue:activity> of <queue:submit> is not performed here.'],
    [{}, [child('workbin')], '<queue:workbin> of <queue:submit> is not performed here.'],
    ...['Q', 'DN', 'RP', 'DL'].map(
      (type) => [{}, targetid(`8001@S.${type}`), why(`8001@S.${type}`)] as const,
    ),
    ...Object.entries({ queue: 'Q', dn: 'DN', routepoint: 'RP', label: 'DL' }).map(
      ([type, letters]) => [{}, [child('target', { name: 'X', type })], why(`X@.${letters}`)] as const,
    ),
  ] as const) {
    it(`lead to the error event: ${description} (${JSON.stringify(children[0]?.attributes)})`, async () => {
      const centre = openContactCentre();
      const sessionId = await enterQueue(centre);
      centre.sessions.take(sessionId);
      await submit(centre, sessionId, attributes, [...children]);
      expect(faultOf(centre)).to.deep.equal(['error.queue.submit', 'unsupported', description]);
      expect(centre.sessions.take(sessionId)).to.deep.equal(['queue.submit.requestid', 'error.queue.submit']);
      expect(centre.routing.list()).to.deep.equal([]);
    });
  }

  it('are refused in the option _target too, which would wait for ever', () => {
    expect(() => parseTargetList('8001@S.Q')).to.throw("got '8001@S.Q'");
    expect(() => parseTargetList('[{"target": "A@S.GA"}, {"target": "8001@S.RP"}]')).to.throw(
      '1: expected targets of agents',
    );
  });
});

describe('<queue:update>', () => {
  it('changes the priority of a submit, which keeps its arrival', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await centre.routing.startCall({ target: 'Billing@S.GA', vq: 'VQ', priority: { base: 9 } });
    const requestid = await submit(centre, sessionId, { priority: '5' });
    await centre.routing.startCall({ target: 'Billing@S.GA', vq: 'VQ', priority: { base: 9 } });
    centre.sessions.events.length = 0;
    for (const priority of ['9', '10']) {
      await perform(centre, 'queue.update', { sessionId, attributes: { requestid, priority } });
      await perform(centre, 'queue.query', { sessionId, attributes: { requestid } });
    }
    expect(centre.sessions.events.map(({ name, data }) => [name, data])).to.deep.equal([
      ['queue.update.done', { requestid }],
      ['queue.query.done', { requestid, priority: 9, positioninqueue: 2 }],
      ['queue.update.done', { requestid }],
      ['queue.query.done', { requestid, priority: 10, positioninqueue: 1 }],
    ]);
  });

  it('gives a submit other targets, to which a free agent is matched at once', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate', { groups: ['Sales'] });
    const requestid = await submit(centre, sessionId);
    expect(centre.interactions.get(IXN)?.state).to.equal('queued');
    const children = targetid('Sales@S.GA');
    await perform(centre, 'queue.update', { sessionId, attributes: { requestid }, children });
    expect(holder(centre)).to.equal('kate');
  });

  it('sets a new timeout, from the update on', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    const requestid = await submit(centre, sessionId, { timeout: 60 });
    await centre.advance(50_000);
    await perform(centre, 'queue.update', { sessionId, attributes: { requestid, timeout: 30 } });
    centre.sessions.take(sessionId);
    await centre.advance(29_999);
    expect(centre.sessions.take(sessionId)).to.deep.equal([]);
    await centre.advance(1);
    expect(faultOf(centre).slice(0, 2)).to.deep.equal(['error.queue.submit', 'timeout']);
  });

  it('leads to its error event without a waiting submit, or a part to change', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    const requestid = await submit(centre, sessionId);
    const update = async (attributes: Record<string, Json>, children = targetid('').slice(1)) => {
      await perform(centre, 'queue.update', { sessionId, attributes, children });
      return faultOf(centre);
    };
    expect(await update({ requestid: 'none', priority: 1 })).to.deep.equal([
      'error.queue.update',
      'unknownrequest',
      "Expected requestid of a waiting submit, got 'none'.",
    ]);
    expect(await update({ requestid })).to.deep.equal([
      'error.queue.update',
      'badrequest',
      'Expected <queue:update> to have priority, timeout or targets, got none.',
    ]);
    expect(await update({ requestid, priority: 'high' })).to.deep.equal([
      'error.queue.update',
      'badrequest',
      "Expected priority to be a number that is not negative, got 'high'.",
    ]);
    expect((await update({ requestid }, targetid('8001@S.Q'))).slice(0, 2)).to.deep.equal([
      'error.queue.update',
      'unsupported',
    ]);
  });
});

describe('_genesys.queue.excludeAgents', () => {
  const exclude = (centre: ContactCentre, sessionId: SessionId, agents: string) =>
    perform(centre, 'queue.excludeagents', { sessionId, attributes: { agents } });

  it('keeps agents from this and later submits of the interaction, until it is called again', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'ann');
    await readyAgent(centre, 'bob');
    await exclude(centre, sessionId, 'ann, bob');
    const requestid = await submit(centre, sessionId);
    expect(centre.interactions.get(IXN)?.state).to.equal('queued');
    await perform(centre, 'queue.cancel', { sessionId, attributes: { requestid } });
    await submit(centre, sessionId);
    expect(centre.interactions.get(IXN)?.state).to.equal('queued');
    await exclude(centre, sessionId, 'ann');
    expect(holder(centre)).to.equal('bob');
    await centre.durable.commit(centre.interactions.endBatch(IXN, 'customer'));
    await centre.settle();
    expect([...centre.durable.scan('excludedAgents')]).to.deep.equal([]);
  });

  it('takes back the offer to an agent who is excluded, and frees one who was selected', async () => {
    const centre = openContactCentre();
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'ann');
    await centre.advance(1_000);
    await readyAgent(centre, 'bob');
    await submit(centre, sessionId);
    expect(holder(centre)).to.equal('ann');
    await exclude(centre, sessionId, 'ann');
    expect(holder(centre)).to.equal('bob');
    expect(centre.told).to.include('ann withdrawn');
    expect(centre.agents.isFree(asId('ann'), 'chat')).to.equal(true);

    const other = openContactCentre();
    const session = await enterQueue(other);
    await readyAgent(other, 'ann');
    await submit(other, session, { route: 'false' });
    expect(other.agents.isFree(asId('ann'), 'chat')).to.equal(false);
    await exclude(other, session, 'ann');
    expect(other.agents.isFree(asId('ann'), 'chat')).to.equal(true);
  });

  it('leads to its error event in a session without an interaction', async () => {
    const centre = openContactCentre();
    centre.sessions.open('ALONE');
    await exclude(centre, asId('ALONE'), 'ann');
    expect(faultOf(centre).slice(0, 2)).to.deep.equal(['error.queue.excludeagents', 'unknown']);
  });
});
