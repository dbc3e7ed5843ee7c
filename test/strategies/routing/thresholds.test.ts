import { expect } from 'chai';
import type { ConnId } from '../../../strategies/routing/callIds.ts';
import { CONDITION_INTERVAL_MS } from '../../../strategies/routing/conditionWatch.ts';
import { TargetError } from '../../../strategies/targets/errors.ts';
import { parseTarget, parseTargets } from '../../../strategies/targets/parseTarget.ts';
import { targetKey } from '../../../strategies/targets/targetKey.ts';
import { type ContactCentre, openContactCentre, readyAgent } from '../../support/contactCentre.ts';

async function start(centre: ContactCentre, target: string, vq = 'VQ'): Promise<ConnId> {
  const { connId } = await centre.routing.startCall({ target, vq, routeDelayMs: 0 });
  await centre.settle();
  return connId;
}

const agentOf = (centre: ContactCentre, connId: ConnId) => centre.routing.get(connId)?.agentId;

/** Waits until the conditions of calls are looked at. */
const nextLook = (centre: ContactCentre) => centre.advance(CONDITION_INTERVAL_MS);

describe('thresholds that are expressions', () => {
  const same: readonly (readonly [string, string])[] = [
    ['{StatAgentsAvailable>2}G@SS.GA', '{sdata(G.GA,StatAgentsAvailable)>2}G@.GA'],
    [
      '{sdata( "Group2.GA" , StatAgentsAvailable ) &gt; 2}G@SS.GA',
      '{sdata[Group2@S.GA,StatAgentsAvailable]>2}G@SS.GA',
    ],
    ['{callage()>=60}G.GA', '{ (callage) >= 60 }G.GA'],
    ['{callage>1&callage<9|callage=0}G.GA', '{(callage>1&&callage<9)||callage==0}G.GA'],
    ['{1+2*3-4/5>callage}G.GA', '{1+(2*3)-(4/5)>callage}G.GA'],
    ['{acfgdata(App,routing,open,0)=1}G.GA', '{acfgdata[App, routing, "open", 0] = 1}G.GA'],
    ['{lcfgdata(Hours,Night,open,-1)<>-1}G.GA', '{lcfgdata(Hours,Night,open,-1)!=(-1)}G.GA'],
    ['{sdata(?:English>1.GA,RStatAgentsReady)>0}G.GA', '{sdata(?:English>1@S.GA,RStatAgentsReady)>0}G.GA'],
  ];
  for (const [one, other] of same) {
    it(`mean the same: ${one} and ${other}`, () => {
      const keyOf = (text: string) => targetKey(parseTarget(text)).replaceAll('(0-1)', '-1');
      expect(keyOf(one)).to.equal(keyOf(other));
    });
  }

  it('are read where a whole number was the only form', () => {
    const [queue, group] = parseTargets('{StatCallsInQueue<10}[25]8001.Q, {2}[1]G@SS.GA');
    expect([queue!.weight, queue!.condition?.text, queue!.threshold]).to.deep.equal([
      25,
      'StatCallsInQueue<10',
      undefined,
    ]);
    expect([group!.threshold, group!.condition]).to.deep.equal([2, undefined]);
  });

  const faults: readonly (readonly [string, number, string])[] = [
    ['{}G.GA', 2, 'expected a number or an expression as threshold'],
    ['{StatAgentsAvailable}G.GA', 21, 'expected a comparison'],
    ['{StatAgentsAvailable>}G.GA', 22, 'got the end of the threshold'],
    ['{1>2>3}G.GA', 5, "expected '&', '|' or the end of the threshold"],
    ['{(1>2)>3}G.GA', 2, 'expected a number'],
    ['{callage+(1>2)>3}G.GA', 10, 'expected a number'],
    ['{callage>3&}G.GA', 12, 'got the end of the threshold'],
    ['{callage(1)>3}G.GA', 10, "expected ')'"],
    ['{callage>3 # 4}G.GA', 12, 'expected a number, a name, an operator or a parenthesis'],
    ['{run[Sub,1]="1"}G.GA', 2, "got 'run': subroutines of Universal Routing do not run here"],
    ['{acd_prefix>1}G.GA', 2, "got 'acd_prefix': no public material explains it"],
    ['{SDATA(G.GA,StatAgentsTotal)>1}G.GA', 2, 'expected a function (sdata, acfgdata, lcfgdata, callage)'],
    ['{constructor(1)>1}G.GA', 2, 'expected a function'],
    ['{StatLoadBalance>1}G.GA', 2, "got 'StatLoadBalance', which is not measured here"],
    ['{RStatLBEWTLAA>1}G.GA', 2, "got 'RStatLBEWTLAA'"],
    ['{sdata(G.GA,StatAgentsBuzy)>1}G.GA', 13, "got 'StatAgentsBuzy'"],
    ['{sdata(G.GA)>1}G.GA', 2, 'expected sdata(target, statistic)'],
    ['{sdata(G.GA,StatAgentsTotal>1}G.GA', 30, "expected ')' behind the arguments of sdata"],
    [
      '{sdata(G.DN,StatAgentsTotal)>1}G.GA',
      10,
      'expected an object of statistics (types A, AP, GA, GC, GP, GQ, Q)',
    ],
    ['{sdata(G,StatAgentsTotal)>1}G.GA', 9, 'expected {threshold}[weight]name@server.type'],
    ['{sdata({2}G.GA,StatAgentsTotal)>1}G.GA', 10, "expected ')' behind"],
    ['{sdata([2]G.GA,StatAgentsTotal)>1}G.GA', 8, 'expected an object without threshold and weight'],
    ['{sdata(?:English.GA,StatAgentsTotal)>1}G.GA', 17, 'expected one of >='],
    ['{acfgdata(App,routing,open)=1}G.GA', 2, 'expected acfgdata(application, folder, property, default)'],
    ['{acfgdata(App,routing,open,yes)=1}G.GA', 28, 'expected a number as default'],
    ['A.GA, {callage>}G.GA', 16, 'got the end of the threshold'],
    [`{${'('.repeat(100)}1>2}G.GA`, 66, 'expected at most 64 nested operands (MAX_THRESHOLD_DEPTH)'],
    [
      `{${'1+'.repeat(3_000)}1>2}G.GA`,
      2,
      'expected a threshold of at most 4096 characters (MAX_THRESHOLD_CHARS)',
    ],
  ];
  for (const [text, position, message] of faults) {
    it(`have the position of a fault: ${text.slice(0, 60)}`, () => {
      expect(() => parseTargets(text))
        .to.throw(TargetError, message)
        .with.property('message')
        .that.includes(`at position ${position} of`);
    });
  }

  it('show the line of a fault in a text of several lines', () => {
    expect(() => parseTargets('A@S.GA,\n  {callage > soon}B@S.GA,\n  C@S.GA'))
      .to.throw(TargetError)
      .with.property('message')
      .that.includes("at line 2, column 14 (position 22) of '  {callage > soon}B@S.GA,', got 'soon'");
  });

  it('open a target while they hold, and are looked at while the call waits', async () => {
    const centre = openContactCentre();
    await readyAgent(centre, 'kate', { groups: ['Billing'] });
    await readyAgent(centre, 'sam', { groups: ['Gold'] });
    const connId = await start(centre, '{sdata(Gold@S.GA,StatAgentsAvailable)>1}Billing@S.GA');
    expect(agentOf(centre, connId)).to.equal(undefined);
    await readyAgent(centre, 'tess', { groups: ['Gold'] });
    expect(agentOf(centre, connId)).to.equal('kate');
  });

  it('open a target when the call is old enough', async () => {
    const centre = openContactCentre();
    await readyAgent(centre, 'kate');
    await readyAgent(centre, 'sam', { groups: ['Gold'] });
    const connId = await start(centre, '{callage<10}Nobody.GA,{callage>=20}Gold.GA');
    await centre.advance(19_000);
    expect(agentOf(centre, connId)).to.equal(undefined);
    await centre.advance(1_000 + CONDITION_INTERVAL_MS);
    expect(agentOf(centre, connId)).to.equal('sam');
  });

  it('are looked at after a restart too', async () => {
    const before = openContactCentre();
    await readyAgent(before, 'sam', { groups: ['Gold'] });
    expect(await start(before, '{callage>=20}Gold.GA')).to.be.a('string');
    expect(before.routing.list()[0]?.agentId).to.equal(undefined);
    await before.routing.readAhead();
    await before.advance(25_000);
    expect(before.routing.list()[0]?.agentId).to.equal('sam');
  });

  it('ask for queues of the tenant, and for the place of the call', async () => {
    const centre = openContactCentre();
    const overflow = '{StatCallsInQueue>=2 & sdata(VQ.Q,PositionInQueue)=1}';
    expect(() => parseTarget(`${overflow}Billing.GA`)).to.throw(TargetError, "got 'StatCallsInQueue'");
    const target = '{sdata(VQ.Q,StatCallsInQueue)>=2 & sdata(VQ.Q,PositionInQueue)=1}Billing.GA';
    const first = await start(centre, target);
    await readyAgent(centre, 'kate', { capacity: 2 });
    expect(agentOf(centre, first)).to.equal(undefined);
    const second = await start(centre, target);
    await nextLook(centre);
    expect([agentOf(centre, first), agentOf(centre, second)]).to.deep.equal(['kate', undefined]);
    const elsewhere = await centre.routing.startCall({ tenant: 'T', target, vq: 'VQ', routeDelayMs: 0 });
    await nextLook(centre);
    expect(agentOf(centre, elsewhere.connId)).to.equal(undefined);
  });

  it('ask for options and lists of the installation', async () => {
    const settings: Record<string, number> = { 'application App routing open': 1 };
    const centre = openContactCentre({
      settingOf: (source, path) => settings[[source, ...path].join(' ')],
    });
    await readyAgent(centre, 'kate', { capacity: 9 });
    const open = await start(centre, '{acfgdata(App,routing,open,0)=1}Billing.GA');
    const byDefault = await start(centre, '{lcfgdata(Hours,Night,open,5)=5}Billing.GA');
    const closed = await start(centre, '{lcfgdata(Hours,Night,open,5)=6}Billing.GA');
    expect([open, byDefault, closed].map((id) => agentOf(centre, id))).to.deep.equal([
      'kate',
      'kate',
      undefined,
    ]);
    settings['list Hours Night open'] = 6;
    await nextLook(centre);
    expect(agentOf(centre, closed)).to.equal('kate');
  });

  it('hold for no comparison with a value that is not known', async () => {
    const values: Record<string, number> = {};
    const centre = openContactCentre({
      readStatistic: async ({ objectId }) => values[objectId] ?? Number.NaN,
    });
    await readyAgent(centre, 'kate', { capacity: 9 });
    const low = await start(centre, '{StatAgentOccupancy<50}Billing.GA');
    const other = await start(centre, '{StatAgentOccupancy!=50}Billing.GA');
    const unknownGroup = await start(centre, '{sdata(Nothing.GQ,StatCallsInQueue)=0}Billing.GA');
    values.Billing = 30;
    await centre.advance(12_000);
    expect([low, other, unknownGroup].map((id) => agentOf(centre, id))).to.deep.equal([
      'kate',
      'kate',
      undefined,
    ]);
  });

  it('write nothing while no call can be routed', async () => {
    const centre = openContactCentre();
    await readyAgent(centre, 'kate');
    await start(centre, '{sdata(Billing.GA,StatAgentsTotal)>5}Billing.GA');
    let commits = 0;
    centre.durable.onChange(['agent', 'agentSlot', 'virtualInteraction'], () => {
      commits += 1;
    });
    await centre.advance(600_000);
    expect(commits).to.equal(0);
  });
});

describe('statistics in skill expressions', () => {
  it('choose agents by their present work and the time since they are ready', async () => {
    const centre = openContactCentre();
    await readyAgent(centre, 'kate', { capacity: 2 });
    const busy = await start(centre, 'kate.A');
    expect(agentOf(centre, busy)).to.equal('kate');
    const idle = await start(centre, '?:$(StatAgentLoading)=0@S.GA');
    expect(agentOf(centre, idle)).to.equal(undefined);
    await readyAgent(centre, 'sam');
    expect(agentOf(centre, idle)).to.equal('sam');
    const rested = await start(centre, '?:$(StatTimeInReadyState)>=60&$(StatAgentLoggedIn)=1@S.GA');
    await centre.advance(58_000);
    expect(agentOf(centre, rested)).to.equal(undefined);
    await centre.advance(2_000 + CONDITION_INTERVAL_MS);
    expect(agentOf(centre, rested)).to.equal('kate');
  });

  it('do not let a call count as one that no agent can take', async () => {
    const centre = openContactCentre();
    await readyAgent(centre, 'kate');
    await start(centre, '?:$(StatAgentLoading)>7@S.GA,{callage>999}Billing.GA');
    expect(await centre.routing.countUnservable('VQ', 'Environment')).to.equal(0);
  });
});
