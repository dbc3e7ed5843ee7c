import { expect } from 'chai';
import { type AgentServer, openAgentServer } from '../../support/agentServer.ts';
import { readyAgent } from '../../support/contactCentre.ts';

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
      body: own,
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
      '/urs/call/start?SESSION=here&PRIORITY=high&AGENT_RESERVE_TIMEOUT=0',
    );
    const { problems } = body as { problems: readonly string[] };
    expect(problems.map((problem) => problem.split(':')[0])).to.deep.equal([
      'VQ_TARGET',
      'VQ',
      'SESSION',
      'PRIORITY',
      'AGENT_RESERVE_TIMEOUT',
    ]);
  });

  it('starts one call for a start that is repeated with its Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'S1.e4' };
    const first = await (await fetch(`${server.url}${START}`, { headers })).json();
    const again = await (await fetch(`${server.url}${START}`, { headers })).json();
    expect(again).to.deep.equal(first);
  });
});
