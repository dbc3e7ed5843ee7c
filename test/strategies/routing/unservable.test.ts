import { expect } from 'chai';
import type { SessionId } from '../../../engine/ports/brandedIds.ts';
import type { Json } from '../../../engine/ports/json.ts';
import type { Log } from '../../../engine/ports/log.ts';
import type { StartCall } from '../../../strategies/routing/startCall.ts';
import { MAX_LOGGED_TARGET_CHARS } from '../../../strategies/routing/unservable.ts';
import { type ContactCentre, enterQueue, IXN, readyAgent } from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';
import { silentLog } from '../../support/silentLog.ts';
import { openStatisticsCentre, type StatisticsCentre } from '../../support/statisticsCentre.ts';

const WARNED = 'A call waits that no configured agent can take.';

interface Warning {
  readonly connId: string;
  readonly vq: string;
  readonly media: string;
  readonly target: string;
  readonly missing: string;
}

function open(): { readonly centre: StatisticsCentre; readonly warnings: Warning[] } {
  const warnings: Warning[] = [];
  const log: Log = {
    ...silentLog,
    warn: (fields, message) => {
      if (message === WARNED) warnings.push(fields as unknown as Warning);
    },
  };
  return { centre: openStatisticsCentre({ log, queueGroups: { All: ['VQ', 'VQ_2'] } }), warnings };
}

async function start(centre: ContactCentre, change: Partial<StartCall> = {}): Promise<string> {
  const { connId } = await centre.routing.startCall({ target: 'Billing@S.GA', vq: 'VQ', ...change });
  await centre.settle();
  return connId;
}

async function play(
  centre: ContactCentre,
  name: 'queue.submit' | 'queue.update',
  call: {
    readonly sessionId: SessionId;
    readonly attributes: Record<string, Json>;
    readonly targets: string;
  },
): Promise<readonly unknown[]> {
  const { sessionId, targets } = call;
  centre.sessions.take(sessionId);
  const children = [{ name: 'targetid', attributes: { expr: targets }, params: {}, children: [] }];
  await centre.sessions.perform(name, { ...call, children });
  await centre.settle();
  return centre.sessions.events.map((event) => [event.name, event.data]);
}

const submit = { interactionid: IXN, queue: 'VQ' };

describe('a call that no configured agent can take', () => {
  it('is logged once with its queue, its target and the missing agents, and waits', async () => {
    const { centre, warnings } = open();
    const request = { data: { customer: 'Ada Lovelace' }, key: 'k1' };
    const connId = await start(centre, request);
    expect(await start(centre, request)).to.equal(connId);
    await readyAgent(centre, 'kate', { groups: ['Sales'] });
    await centre.advance(60_000);
    expect(warnings).to.deep.equal([
      { connId, vq: 'VQ', media: 'chat', target: 'Billing@S.GA', missing: 'no agent is configured' },
    ]);
    expect(await centre.routing.viewQueue(asId(connId))).to.include({ calls: 1, position: 1 });
  });

  it('is none while an agent matches who is logged out or busy, or whom a later target names', async () => {
    const { centre, warnings } = open();
    await readyAgent(centre, 'kate', { state: 'loggedOut' });
    await readyAgent(centre, 'joe', { state: 'notReady', groups: ['Sales'] });
    await start(centre);
    await start(centre, {
      target: '[{"target":"Nobody@S.GA","timeout":"5"},{"target":"Sales@S.GA"}]',
      vq: 'VQ_2',
    });
    expect(warnings).to.deep.equal([]);
    // The statistic counts by the targets in use now.
    expect(await centre.peek('CurrNumberUnservable', 'Queue', 'VQ')).to.equal(0);
    expect(await centre.peek('CurrNumberUnservable', 'Queue', 'VQ_2')).to.equal(1);
    await centre.advance(5_000);
    expect(await centre.peek('CurrNumberUnservable', 'Queue', 'VQ_2')).to.equal(0);
  });

  it('is explained by the medium, agent, place, group, skill or threshold that is missing', async () => {
    const { centre, warnings } = open();
    await readyAgent(centre, 'kate', { groups: ['Billing'], skills: { English: 5 } });
    await readyAgent(centre, 'joe', { media: ['voice'], groups: ['Voice'] });
    const cases: readonly (readonly [target: string, missing: string, media?: string])[] = [
      ['Billing@S.GA', "no agent has the medium 'email'", 'email'],
      ['Voice@S.GA', "no agent of Voice@S.GA has the medium 'chat'"],
      ['john@S.A', "the agent 'john' does not exist"],
      ['desk 7@S.AP', "no agent is at the place 'desk 7'"],
      ['Sales@S.GA', "no agent is in the group 'Sales'"],
      ['Billing@S.GP', "no agent with a place is in the group 'Billing'"],
      ['?:English>5@S.GA', "no agent matches '?:English>5'"],
      ['?Sales:English>1@S.GA', "no agent is in the group 'Sales'"],
      ['?Billing:French>1@S.GA', "no agent matches '?Billing:French>1'"],
      ['{2}Billing@S.GA', 'Billing@S.GA has the threshold 2, and matches only 1 of the agents'],
      ['a@S.A,b@S.A', "the agent 'a' does not exist; the agent 'b' does not exist"],
    ];
    for (const [target, , media = 'chat'] of cases) await start(centre, { target, media });
    expect(warnings.map(({ target, missing }) => [target, missing])).to.deep.equal(
      cases.map(([target, missing]) => [target, missing]),
    );
  });

  it('has a report of bounded length', async () => {
    const { centre, warnings } = open();
    await readyAgent(centre, 'kate');
    const names = Array.from({ length: 1_000 }, (_, at) => `agent${at}@S.A`);
    await start(centre, { target: names.join(',') });
    expect(warnings).to.have.length(1);
    expect(warnings[0]!.target).to.have.length(MAX_LOGGED_TARGET_CHARS + 1);
    expect(warnings[0]!.missing).to.match(/; 995 more targets match no agent$/);
  });

  it('is counted for its queue until the agents can take it', async () => {
    const { centre } = open();
    const peek = (type: string, id: string): Promise<number> => centre.peek('CurrNumberUnservable', type, id);
    const first = await start(centre, { target: '?:French>3@S.GA' });
    await start(centre, { target: '?:French>3@S.GA' });
    await start(centre, { target: '{2}Billing@S.GA', vq: 'VQ_2' });
    expect([await peek('Queue', 'VQ'), await peek('GroupQueues', 'All')]).to.deep.equal([2, 3]);
    expect(await peek('Queue', 'other')).to.equal(0);
    await centre.routing.cancelCall(asId(first));
    expect(await peek('Queue', 'VQ')).to.equal(1);
    await readyAgent(centre, 'kate', { state: 'notReady', skills: { French: 3 } });
    expect([await peek('Queue', 'VQ'), await peek('Queue', 'VQ_2')]).to.deep.equal([1, 1]);
    await readyAgent(centre, 'kate', { state: 'loggedOut', skills: { French: 4 } });
    expect([await peek('Queue', 'VQ'), await peek('Queue', 'VQ_2')]).to.deep.equal([0, 1]);
    await readyAgent(centre, 'joe', { state: 'notReady' });
    expect(await peek('Queue', 'VQ_2')).to.equal(0);
    await readyAgent(centre, 'kate', { state: 'notReady', skills: { French: 1 } });
    expect(await peek('Queue', 'VQ')).to.equal(1);
    expect(await centre.peek('CurrNumberWaitingCalls', 'Queue', 'VQ')).to.equal(1);
  });

  it('is told to the document that submits it, and waits for an agent', async () => {
    const { centre, warnings } = open();
    const sessionId = await enterQueue(centre);
    const events = await play(centre, 'queue.submit', {
      sessionId,
      attributes: submit,
      targets: 'Billing@S.GA',
    });
    const requestid = 'r1';
    const warning = 'No configured agent can take the interaction: no agent is configured.';
    expect(events).to.deep.equal([['queue.submit.requestid', { requestid, warning }]]);
    const [call] = centre.routing.list();
    const report = { connId: call!.connId, vq: 'VQ', media: 'chat', target: 'Billing@S.GA' };
    expect(warnings).to.deep.equal([{ ...report, missing: 'no agent is configured' }]);
    await readyAgent(centre, 'kate');
    expect(centre.interactions.get(IXN)).to.include({ state: 'offered', agentId: 'kate' });
  });

  it('is told when an update gives a submit such targets', async () => {
    const { centre, warnings } = open();
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate', { state: 'loggedOut' });
    const given = { sessionId, attributes: submit, targets: 'Billing@S.GA' };
    expect(await play(centre, 'queue.submit', given)).to.deep.equal([
      ['queue.submit.requestid', { requestid: 'r1' }],
    ]);
    const change = { sessionId, attributes: { requestid: 'r1' }, targets: 'Sales@S.GA' };
    const warning = "No configured agent can take the interaction: no agent is in the group 'Sales'.";
    expect(await play(centre, 'queue.update', change)).to.deep.equal([
      ['queue.update.done', { requestid: 'r1', warning }],
    ]);
    expect(warnings.map(({ target, missing }) => [target, missing])).to.deep.equal([
      ['Sales@S.GA', "no agent is in the group 'Sales'"],
    ]);
    expect(await centre.peek('CurrNumberUnservable', 'Queue', 'VQ')).to.equal(1);
  });
});
