import { expect } from 'chai';
import { type AgentServer, openAgentServer } from '../../support/agentServer.ts';
import { readyAgent } from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';

const FUNCTIONS = [
  'ConnID',
  'UData',
  'PositionInQueue',
  'InVQWaitTime',
  'CallsWaiting',
  'Priority',
  'IncrementPriority',
  'ExcludeAgents',
  'SData',
  'callage',
  'acfgdata',
  'lcfgdata',
  'GetObjectProperty',
  'FindConfigObject',
  'TargetState',
];

describe('functions of URS for a call', () => {
  let server: AgentServer;
  beforeEach(async () => {
    const settings: { readonly [path: string]: string | number } = {
      'application App waits limit': '20',
      'application App waits name': 'long',
      'list Sites Paris seats': 4,
    };
    server = await openAgentServer({
      settingOf: (source, path) => settings[[source, ...path].join(' ')],
      queueGroups: { Waiting: ['VQ_a', 'VQ_b'] },
    });
  });
  afterEach(() => server.close());

  async function start(query = '&VQ=VQ_a'): Promise<string> {
    const path = '/urs/call/start?VQ_TARGET=Billing@S.GA';
    return ((await server.call('GET', `${path}${query}`)).body as { conn_id: string }).conn_id;
  }

  async function ask(
    connId: string,
    name: string,
    ...params: readonly unknown[]
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    const query = params.length === 0 ? '' : `&params=${encodeURIComponent(JSON.stringify(params))}`;
    return server.call('GET', `/urs/call/${connId}/func?name=${name}${query}&sync=1`);
  }

  async function run(connId: string, name: string, ...params: readonly unknown[]): Promise<unknown> {
    const { status, body } = await ask(connId, name, ...params);
    expect(status, JSON.stringify(body)).to.equal(200);
    return (body as { result: unknown }).result;
  }

  async function refusal(connId: string, name: string, ...params: readonly unknown[]): Promise<string> {
    const { status, body } = await ask(connId, name, ...params);
    expect(status, JSON.stringify(body)).to.equal(400);
    return (body as { message: string }).message;
  }

  it('tell and change the place and the priority of the call', async () => {
    const first = await start();
    const second = await start();
    expect(await run(second, 'ConnID')).to.equal(second);
    expect(await run(second, 'InVQWaitTime')).to.equal(null);
    expect(await run(second, 'PositionInQueue')).to.equal(2);
    expect(await run(second, 'Priority', 5)).to.equal(5);
    expect(await run(second, 'Priority')).to.equal(5);
    expect(await run(second, 'PositionInQueue')).to.equal(1);
    await server.centre.advance(95_000);
    expect(await run(first, 'IncrementPriority', 2, 30)).to.equal(0);
    await server.centre.advance(60_000);
    expect(await run(first, 'Priority')).to.equal(4);
    await server.centre.advance(30_000);
    expect(await run(first, 'PositionInQueue')).to.equal(1);
  });

  it('tell about another queue or a group of queues', async () => {
    await start('&VQ=VQ_b');
    const connId = await start();
    expect(await run(connId, 'CallsWaiting')).to.equal(1);
    expect(await run(connId, 'PositionInQueue', 'VQ_b')).to.equal(2);
    expect(await run(connId, 'CallsWaiting', 'Waiting.GQ')).to.equal(2);
    expect(await refusal(connId, 'CallsWaiting', 'None.GQ')).to.contain('None');
  });

  it('tell the statistics that thresholds know, in any spelling of their names', async () => {
    await readyAgent(server.centre, 'kate', { skills: { English: 9 } });
    await readyAgent(server.centre, 'paul', { state: 'notReady' });
    const connId = await start();
    await server.centre.advance(7_000);
    expect(await run(connId, 'SData', 'Billing@S.GA', 'StatAgentsTotal')).to.equal(2);
    expect(await run(connId, 'SData', 'Billing.GA', 'RStatAgentsReady')).to.equal(1);
    expect(await run(connId, 'sdata', '?:English>5.GA', 'StatAgentsAvailable')).to.equal(1);
    expect(await run(connId, 'SData', 'VQ_a.Q', 'StatCallsInQueue')).to.equal(1);
    expect(await run(connId, 'SData', 'VQ_a.Q', 'PositionInQueue')).to.equal(1);
    expect(await run(connId, 'SData', 'kate.A', 'StatTimeInReadyState')).to.equal(7);
    expect(await run(connId, 'SData', 'kate.A', 'StatAgentOccupancy')).to.equal(null);
    expect(await run(connId, 'callage')).to.equal(7);
    expect(await refusal(connId, 'SData', 'VQ_a.Q', 'StatLoadBalance')).to.contain('not measured here');
    expect(await refusal(connId, 'SData', '{2}Billing.GA', 'StatAgentsTotal')).to.contain(
      'an object without threshold and weight at position 1',
    );
    expect(await refusal(connId, 'SData', 'Billing.GA')).to.equal(
      'Expected parameter 2 of SData to be a text, got none.',
    );
  });

  it('read options and lists of the installation', async () => {
    const connId = await start();
    expect(await run(connId, 'acfgdata', 'App', 'waits', 'limit', 3)).to.equal(20);
    expect(await run(connId, 'acfgdata', 'App', 'waits', 'other', '3')).to.equal(3);
    expect(await run(connId, 'lcfgdata', 'Sites', 'Paris', 'seats', 0)).to.equal(4);
    expect(await run(connId, 'GetObjectProperty', 'CFGApplication', 'App', 'waits', 'name')).to.equal('long');
    expect(await run(connId, 'GetObjectProperty', 'CFGTransaction', 'Sites', 'Paris', 'seats')).to.equal(4);
    expect(await run(connId, 'GetObjectProperty', 'CFGTransaction', 'Sites', 'Rome', 'seats')).to.equal(null);
    expect(await refusal(connId, 'acfgdata', 'App', 'waits', 'other')).to.equal(
      'Expected parameter 4 of acfgdata to be a number as default, got none.',
    );
  });

  it('find agents, and tell their state, media and devices', async () => {
    await readyAgent(server.centre, 'kate', {
      skills: { English: 9 },
      media: ['chat', 'voice', 'email'],
      mediaStates: { voice: { state: 'notReady', reason: 'lunch' }, email: { state: 'loggedOut' } },
      place: 'Desk1',
      nickname: 'Kate',
      dn: '7001',
      switchName: 'SIP',
    });
    const connId = await start();
    const person = {
      employee_id: 'kate',
      name: 'Kate',
      groups: ['Billing'],
      skills: { English: 9 },
      medias: ['chat', 'voice', 'email'],
      dn: '7001@SIP.DN',
      place: 'Desk1',
    };
    for (const filter of ['kate', 'employee_id:kate', 'login_id:kate']) {
      expect(await run(connId, 'FindConfigObject', 'CFGPerson', filter)).to.deep.equal(person);
    }
    const state = {
      agent: 'kate',
      ready: 1,
      state: 'ready',
      medias: [
        { name: 'chat', state: 'ready', available: 1 },
        { name: 'voice', state: 'notReady', available: 0 },
      ],
      dns: ['7001@SIP.DN'],
      place: 'Desk1',
    };
    expect(await run(connId, 'TargetState', 'kate.A')).to.deep.equal(state);
    expect(await run(connId, 'TargetState', 'Desk1@Stat_Server.AP')).to.deep.equal(state);
    expect(await run(connId, 'GetObjectProperty', 'CFGPerson', 'kate', 'skills', 'English')).to.equal(9);
    expect(await run(connId, 'GetObjectProperty', 'cfgperson', 'kate', 'agent', 'place')).to.equal('Desk1');

    for (const name of ['nobody', '__proto__', 'a/b']) {
      expect(await run(connId, 'FindConfigObject', 'CFGPerson', name)).to.equal(null);
      expect(await run(connId, 'TargetState', `${name}.A`)).to.equal(null);
    }
    for (const name of ['__proto__', 'constructor']) {
      expect(await run(connId, 'GetObjectProperty', 'CFGPerson', 'kate', 'skills', name)).to.equal(null);
    }
    expect(await refusal(connId, 'FindConfigObject', 'CFGSwitch', 'SIP')).to.contain('(CFGPerson)');
    expect(await refusal(connId, 'FindConfigObject', 'CFGPerson', 'dbid:101')).to.contain('employee_id:');
    expect(await refusal(connId, 'TargetState', 'Billing.GA')).to.contain('one agent (types A, AP)');
  });

  it('exclude agents from a call, also one who is reserved for it', async () => {
    await readyAgent(server.centre, 'kate');
    server.centre.answer = () => 'unreachable';
    const session = encodeURIComponent('http://orsay.test/scxml/session/S1');
    const connId = await start(`&VQ=VQ_a&SESSION=${session}`);
    await server.call('GET', `/urs/call/${connId}/invoke?strategy=SetRouteDelay&DELAY=0`);
    expect(server.centre.routing.get(asId(connId))).to.include({ state: 'announcing', agentId: 'kate' });

    expect(await run(connId, 'ExcludeAgents', 'kate, paul')).to.equal('');
    await server.centre.settle();
    expect(server.centre.routing.get(asId(connId))!.state).to.equal('routable');
    expect(server.centre.agents.isFree(asId('kate'), 'chat')).to.equal(true);
    await server.centre.advance(120_000);
    expect(server.centre.routing.get(asId(connId))!.state).to.equal('routable');

    server.centre.answer = () => ({ status: 200, headers: {}, body: '{}' });
    expect(await run(connId, 'ExcludeAgents', '')).to.equal('kate,paul');
    await server.centre.settle();
    expect(server.centre.routing.get(asId(connId))).to.include({ state: 'routed', agentId: 'kate' });
    const many = Array.from({ length: 201 }, (_, n) => `a${n}`).join(',');
    for (const wrong of [many, 7]) {
      expect(await refusal(connId, 'ExcludeAgents', wrong)).to.contain('MAX_EXCLUDED_AGENTS');
    }
  });

  it('name all functions when another one is asked for', async () => {
    const connId = await start();
    expect(await refusal(connId, 'RequestRouter')).to.equal(
      `Expected name to be a function (${FUNCTIONS.join(', ')}), got 'RequestRouter'.`,
    );
    expect(await refusal(connId, 'TargetStat')).to.contain("Did you mean 'TargetState'?");
  });
});
