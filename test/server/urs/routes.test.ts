import { expect } from 'chai';
import { type AgentServer, openAgentServer } from '../../support/agentServer.ts';
import { readyAgent } from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';

describe('the URS web API', () => {
  let server: AgentServer;
  beforeEach(async () => {
    server = await openAgentServer();
  });
  afterEach(() => server.close());

  const START =
    '/urs/call/start?tenant=Environment&strategy=WaitForTarget&VQ_TARGET=Billing%40Stat_Server.GA' +
    '&VQ=VQ_Waiting_for_agent&SERVICE_ID=369-1&AGENT_RESERVE_TIMEOUT=20&PRIORITY=';

  async function start(): Promise<string> {
    const { body } = await server.call('GET', START);
    return (body as { conn_id: string }).conn_id;
  }

  it('leads a virtual call through start, lvq in both spellings, invoke and delete', async () => {
    const session = encodeURIComponent('http://orsay.test/scxml/session/S1');
    const started = await server.call('GET', `${START}&SESSION=${session}`);
    const { conn_id: connId } = started.body as { conn_id: string };
    expect(started).to.deep.equal({ status: 200, body: { conn_id: connId } });
    expect(connId).to.match(/^[0-9a-f]{16}$/);
    await server.centre.advance(7_000);

    const time = Math.floor(server.centre.clock.now() / 1000);
    const own = { time, wt: 7, calls: 1, pos: 1, wpos: 1, hit: 0 };
    const last = { time, wt: 0, calls: 1, pos: 2, wpos: 2, hit: 0 };
    const queue = 'VQ_Waiting_for_agent';
    expect(await server.call('GET', `/urs/call/${connId}/lvq?name=${queue}`)).to.deep.equal({
      status: 200,
      body: own,
    });
    expect(await server.call('GET', `/urs/call/${connId}/lvq/${queue}?aqt=stat`)).to.deep.equal({
      status: 200,
      // urs-routing 6: 90 s for 0.0001 agents, because nobody is logged in.
      body: { ...own, ewt: 900_000 },
    });
    expect(await server.call('GET', `/urs/call/${connId}/lvq`)).to.deep.equal({ status: 200, body: own });
    expect(await server.call('GET', `/urs/call/max/lvq?name=${queue}&aqt=urs2`)).to.deep.equal({
      status: 200,
      body: last,
    });
    expect(await server.call('GET', `/urs/call/max/lvq/${queue}?tenant=Environment`)).to.deep.equal({
      status: 200,
      body: last,
    });

    await readyAgent(server.centre, 'kate');
    const invoked = await server.call('GET', `/urs/call/${connId}/invoke?strategy=SetRouteDelay&DELAY=0`);
    expect(invoked).to.deep.equal({ status: 200, body: {} });
    expect(server.centre.posts.map(({ url }) => url)).to.deep.equal([
      'http://orsay.test/scxml/session/S1/request/method_urs_request_route_done',
    ]);
    expect(await server.call('GET', `/urs/call/${connId}/delete`)).to.deep.equal({ status: 200, body: {} });
    expect((await server.call('GET', `/urs/call/${connId}/lvq?name=${queue}`)).status).to.equal(404);
  });

  it('shows the position of a new call in the reply to its start, if it asks', async () => {
    const path = '/urs/call/start?VQ_TARGET=Billing@S.GA&VQ=VQ1';
    for (const method of ['default', 'urs']) {
      const { body } = await server.call('GET', `${path}&TELL_QUEUE=${method}`);
      const { conn_id: connId, lvq } = body as { readonly conn_id: string; readonly lvq: unknown };
      const asked = `/urs/call/${connId}/lvq?agent_logged_in=true&estimates=true`;
      expect(lvq).to.deep.equal((await server.call('GET', asked)).body);
    }
    expect((await server.call('GET', path)).body).to.have.all.keys('conn_id');
    const { status, body } = await server.call('GET', `${path}&TELL_QUEUE=best`);
    expect([status, (body as { readonly code: string }).code]).to.deep.equal([400, 'PARAMETER_INVALID']);
  });

  it('accepts any name of a queue that is not too long', async () => {
    for (const vq of ['漢'.repeat(255), 'a'.repeat(255), '__proto__', 'a/b', '%sha256-']) {
      const name = encodeURIComponent(vq);
      const started = await server.call('GET', `/urs/call/start?VQ_TARGET=Billing@S.GA&VQ=${name}`);
      expect(started.status, JSON.stringify(started.body)).to.equal(200);
      const { body } = await server.call('GET', `/urs/call/max/lvq/${name}`);
      expect(body).to.include({ calls: 1 });
    }
  });

  it('returns ewt once the queue has distributed calls', async () => {
    for (const agentId of ['a', 'b']) {
      await readyAgent(server.centre, agentId);
      const connId = await start();
      await server.centre.advance(40_000);
      await server.call('GET', `/urs/call/${connId}/invoke?strategy=SetRouteDelay&DELAY=0`);
    }
    const { body } = await server.call('GET', '/urs/call/max/lvq?name=VQ_Waiting_for_agent');
    expect(body).to.include({ pos: 1, hit: 2, ewt: 40 });
  });

  it('answers wrong requests with a code, and all problems of a start at once', async () => {
    const connId = await start();
    const faults = [
      ['GET', '/urs/call/nobody/lvq?name=VQ', 404, 'CALL_NOT_FOUND'],
      ['GET', '/urs/call/nobody/invoke?strategy=SetRouteDelay&DELAY=0', 404, 'CALL_NOT_FOUND'],
      ['DELETE', '/urs/call/nobody', 404, 'CALL_NOT_FOUND'],
      ['GET', '/urs/call/00000000000000ff/lvq?name=VQ', 404, 'CALL_NOT_FOUND'],
      ['GET', `/urs/call/max/lvq/${'q'.repeat(256)}`, 400, 'PARAMETER_INVALID'],
      ['GET', '/urs/call/max/lvq', 400, 'PARAMETER_MISSING'],
      ['GET', `/urs/call/${connId}/lvq?aqt=mine`, 400, 'PARAMETER_INVALID'],
      ['GET', `/urs/call/${connId}/invoke`, 400, 'PARAMETER_MISSING'],
      ['GET', `/urs/call/${connId}/invoke?strategy=Mine`, 400, 'PARAMETER_INVALID'],
      ['GET', `/urs/call/${connId}/invoke?strategy=SetRouteDelay`, 400, 'PARAMETER_INVALID'],
      ['GET', '/urs/call/start?VQ=VQ&VQ_TARGET=Billing', 400, 'PARAMETER_INVALID'],
      ['GET', '/urs/call/start?VQ_TARGET=Billing@S.GA&VQ=All@.GQ', 400, 'PARAMETER_INVALID'],
      ['GET', `/urs/call/start?VQ_TARGET=Billing@S.GA&tenant=${'t'.repeat(65)}`, 400, 'PARAMETER_INVALID'],
      ['GET', `/urs/call/start?VQ_TARGET=Billing@S.GA&more=${'x'.repeat(8_192)}`, 400, 'PARAMETER_INVALID'],
      ['GET', `/urs/call/${connId}/lvq?name=Unknown.GQ`, 400, 'PARAMETER_INVALID'],
      ['GET', `/urs/call/${connId}/lvq?tenant=${'t'.repeat(65)}`, 400, 'PARAMETER_INVALID'],
      ['GET', '/urs/call/@nobody/lvq', 404, 'CALL_NOT_FOUND'],
      ['GET', '/urs/call/ff/query', 404, 'CALL_NOT_FOUND'],
      ['GET', `/urs/call/${connId}/func`, 400, 'PARAMETER_MISSING'],
      ['GET', `/urs/call/${connId}/func?name=Dance`, 400, 'PARAMETER_INVALID'],
      ['GET', `/urs/call/${connId}/func?name=Priority&params=7`, 400, 'PARAMETER_INVALID'],
      ['GET', `/urs/call/${connId}/func?name=Priority&params=["high"]`, 400, 'PARAMETER_INVALID'],
      [
        'GET',
        `/urs/call/${connId}/func?name=Priority&params=[{"toString":1,"valueOf":1}]`,
        400,
        'PARAMETER_INVALID',
      ],
      ['GET', '/urs/call/ff/func?name=ConnID', 404, 'CALL_NOT_FOUND'],
      ['GET', `/urs/call/${connId}/reply/17`, 409, 'CONFLICT'],
      ['GET', '/urs/call/dance/help', 404, 'NOT_FOUND'],
      ['POST', '/urs/call/start', 405, 'METHOD_NOT_ALLOWED'],
    ] as const;
    for (const [method, path, status, code] of faults) {
      const reply = await server.call(method, path);
      expect({ status: reply.status, code: (reply.body as { code: string }).code }, path).to.deep.equal({
        status,
        code,
      });
      expect(reply.body, path).to.include.keys('message', 'exception');
    }
    const { body } = await server.call(
      'GET',
      '/urs/call/start?SESSION=here&PRIORITY=high&AGENT_RESERVE_TIMEOUT=0&PRIORITY_INCREMENT_INTERVAL=4e-324',
    );
    const { problems } = body as { problems: readonly string[] };
    expect(problems.map((problem) => problem.split(':')[0])).to.deep.equal([
      'VQ_TARGET',
      'SESSION',
      'PRIORITY',
      'PRIORITY_INCREMENT_INTERVAL',
      'AGENT_RESERVE_TIMEOUT',
    ]);
  });

  it('starts one call for a start that is repeated with its Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'S1.e4' };
    const first = await (await fetch(`${server.url}${START}`, { headers })).json();
    const again = await (await fetch(`${server.url}${START}`, { headers })).json();
    expect(again).to.deep.equal(first);
  });

  const ZEROS = { wt: 0, calls: 1, pos: 1, wpos: 1, hit: 0 };

  async function lvq(path: string): Promise<unknown> {
    const { time: _time, ...fields } = (await server.call('GET', path)).body as { readonly time: number };
    return fields;
  }

  it('puts a call that names no queue into the queue of its target, whatever name lvq has', async () => {
    const path = '/urs/call/start?tenant=Environment&strategy=WaitForTarget&VQ_TARGET=Billing@Stat_Server.GA';
    const { body } = await server.call('GET', path);
    const { conn_id: connId } = body as { conn_id: string };
    expect(await lvq(`/urs/call/${connId}/lvq?name=VQ_Waiting_for_agent`)).to.deep.equal(ZEROS);
    const other = (await server.call('GET', path)).body as { conn_id: string };
    expect(await lvq(`/urs/call/${other.conn_id}/lvq?name=VQ_Waiting_for_agent`)).to.include({ pos: 2 });
    const elsewhere = (await server.call('GET', path.replace('Billing', 'Sales'))).body as {
      conn_id: string;
    };
    expect(await lvq(`/urs/call/${elsewhere.conn_id}/lvq`)).to.deep.equal(ZEROS);
  });

  it('tells the session the name of its queue, of any tenant, and the target where there is none', async () => {
    const session = encodeURIComponent('http://orsay.test/scxml/session/S1');
    await readyAgent(server.centre, 'kate');
    for (const query of ['&tenant=Other%2Fone&VQ=VQ', '&VQ=tenant:VQ', '']) {
      const { body } = await server.call(
        'GET',
        `/urs/call/start?VQ_TARGET=Billing@S.GA&SESSION=${session}${query}`,
      );
      const { conn_id: connId } = body as { conn_id: string };
      await server.call('GET', `/urs/call/${connId}/invoke?strategy=SetRouteDelay&DELAY=0`);
      await server.call('DELETE', `/urs/call/${connId}`);
      await server.centre.advance(60_000);
    }
    const told = server.centre.posts.map(({ body }) => (body as { vq: string }).vq);
    expect(told).to.deep.equal(['VQ', 'tenant:VQ', 'Billing@S.GA']);
  });

  it('keeps the queues of tenants apart', async () => {
    const path = '/urs/call/start?VQ_TARGET=Billing@S.GA&VQ=VQ&tenant=';
    await server.call('GET', `${path}Environment`);
    await server.call('GET', path);
    const { body } = await server.call('GET', `${path}Other`);
    const { conn_id: connId } = body as { conn_id: string };
    for (const query of ['', '?name=VQ', '?name=VQ&tenant=Other']) {
      expect(await lvq(`/urs/call/${connId}/lvq${query}`), query).to.deep.equal(ZEROS);
    }
    expect(await lvq('/urs/call/max/lvq?name=VQ')).to.include({ calls: 2, pos: 3 });
    expect(await lvq('/urs/call/max/lvq?name=VQ&tenant=Other')).to.include({ calls: 1, pos: 2 });
    expect(await lvq('/urs/call/max/lvq?name=VQ&tenant=Third')).to.include({ calls: 0, pos: 1 });
    expect(await lvq('/urs/call/max/lvq?name=tenant:Other/VQ')).to.include({ calls: 0, pos: 1 });
  });

  it('reads the queues of a group together', async () => {
    server = await reopened({ queueGroups: { Waiting: ['VQ_a', 'VQ_b'] } });
    const path = '/urs/call/start?VQ_TARGET=Billing@S.GA&VQ=';
    for (const vq of ['VQ_a', 'VQ_b', 'VQ_c']) await server.call('GET', `${path}${vq}`);
    const { conn_id: connId } = (await server.call('GET', `${path}VQ_b`)).body as { conn_id: string };
    for (const name of ['Waiting.GQ', 'Waiting@Stat_Server.GQ', 'Waiting@.GQ']) {
      expect(await lvq(`/urs/call/${connId}/lvq?name=${name}`), name).to.deep.equal({
        ...ZEROS,
        calls: 3,
        pos: 3,
        wpos: 3,
      });
      expect(await lvq(`/urs/call/max/lvq/${name}`), name).to.include({ calls: 3, pos: 4 });
    }
    expect(await lvq(`/urs/call/${connId}/lvq`)).to.include({ calls: 2, pos: 2 });
  });

  it('knows strategies by the names under which they were imported', async () => {
    server = await reopened({ strategies: { MyWait: 'WaitForTarget', MyDelay: 'SetRouteDelay' } });
    const { body } = await server.call('GET', '/urs/call/start?VQ_TARGET=Billing@S.GA&strategy=MyWait');
    const { conn_id: connId } = body as { conn_id: string };
    await readyAgent(server.centre, 'kate');
    expect((await server.call('GET', `/urs/call/${connId}/invoke?strategy=MyDelay&DELAY=0`)).status).to.equal(
      200,
    );
    expect(server.centre.routing.get(asId(connId))).to.include({
      state: 'routed',
      strategy: 'WaitForTarget',
    });
    for (const strategy of ['MyDelay', 'SetRouteDelay', 'Mine', '']) {
      const wrong = await server.call('GET', `/urs/call/start?VQ_TARGET=B@S.GA&strategy=${strategy}x`);
      expect(wrong).to.deep.include({ status: 400 });
      expect((wrong.body as { message: string }).message).to.contain(
        'WaitForTarget or LastAgentFirst or MyWait',
      );
    }
  });

  it('takes a connection id without leading zeros and in capital letters', async () => {
    const connId = await start();
    const short = connId.replace(/^0+/, '').toUpperCase();
    expect((await server.call('GET', `/urs/call/${short}/query`)).body).to.include({ conn_id: connId });
  });

  it('keeps other parameters of a start with the call, where query and UData show them', async () => {
    const { body } = await server.call('GET', `${START}&Segment=Gold&list=1&list=2`);
    const { conn_id: connId } = body as { conn_id: string };
    expect((await server.call('GET', `/urs/call/${connId}/query`)).body).to.deep.equal({
      conn_id: connId,
      state: 'held',
      strategy: 'WaitForTarget',
      tenant: 'Environment',
      vq: 'VQ_Waiting_for_agent',
      entered: Math.floor(server.centre.clock.now() / 1000),
      data: { Segment: 'Gold', list: '["1","2"]' },
    });
    const func = `/urs/call/${connId}/func?name=UData&sync=1&params=`;
    expect((await server.call('GET', `${func}["Segment"]`)).body).to.deep.equal({ result: 'Gold' });
    for (const name of ['none', 'constructor', '__proto__', 'toString']) {
      expect((await server.call('GET', `${func}["${name}"]`)).body, name).to.deep.equal({ result: '' });
    }
  });

  it('describes its methods', async () => {
    const all = (await server.call('GET', '/urs/help')).body as { methods: { name: string; url: string }[] };
    expect(all.methods.map(({ name }) => name)).to.deep.equal([
      'start',
      'lvq',
      'invoke',
      'query',
      'func',
      'delete',
    ]);
    expect((await server.call('GET', '/urs/call/lvq/help')).body).to.deep.equal({
      methods: [all.methods[1]],
    });
  });

  async function reopened(routing: Parameters<typeof openAgentServer>[0]): Promise<AgentServer> {
    await server.close();
    return openAgentServer(routing);
  }
});
