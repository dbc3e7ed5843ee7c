import { expect } from 'chai';
import { type AgentServer, openAgentServer } from '../../support/agentServer.ts';
import { enterQueue, IXN, readyAgent, redirect } from '../../support/contactCentre.ts';
import { crashAtEveryWrite } from '../../support/crashedServer.ts';
import { EventReader } from '../../support/eventReader.ts';
import { asId } from '../../support/ids.ts';
import type { TestServer } from '../../support/testServer.ts';

const KATE = asId<never>('kate');
const UNANSWERED = 'unreachable' as const;

describe('the removal of an agent', () => {
  let server: AgentServer;
  beforeEach(async () => {
    server = await openAgentServer();
  });
  afterEach(() => server.close());

  it('returns their chat to its queue, ends their streams, and leaves nothing of them', async () => {
    const { centre } = server;
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate');
    await redirect(centre, sessionId);
    await server.call('POST', `/agent/1/interactions/${IXN}/accept`);
    const stream = await EventReader.open(`${server.url}/agent/1/agents/kate/events`);
    await stream.next(2);

    expect(await server.call('DELETE', '/agent/1/agents/kate')).to.deep.equal({ status: 200, body: {} });
    await centre.settle();
    expect((await stream.rest()).map(({ event }) => event)).to.deep.equal(['withdrawn', 'removed']);
    expect(centre.interactions.get(IXN)).to.include({ state: 'queued', queue: 'inbound' });
    expect(centre.interactions.get(IXN)!.sessionId).to.not.equal(sessionId);
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/interactions'],
      ['GET', '/capacity'],
      ['GET', '/events'],
      ['DELETE', ''],
    ] as const) {
      const { status, body } = await server.call(method, `/agent/1/agents/kate${path}`);
      expect(status, `${method} ${path}`).to.equal(404);
      expect(body).to.include({ code: 'AGENT_NOT_FOUND' });
    }
    expect(centre.agents.slots(KATE)).to.deep.equal([]);
    // Nothing watches the desktop of the agent before.
    await readyAgent(centre, 'kate');
    await centre.advance(400_000);
    expect(centre.agents.get(KATE)).to.include({ state: 'ready' });
  });

  it('lets a call for which they are reserved wait again, at its place', async () => {
    const { centre } = server;
    centre.answer = () => UNANSWERED;
    const start =
      '/urs/call/start?VQ_TARGET=Billing@S.GA&VQ=VQ&SESSION=http%3A%2F%2Forsay.test%2Fscxml%2Fsession%2FS1';
    const calls: string[] = [];
    for (let n = 0; n < 2; n += 1) {
      calls.push(((await server.call('GET', start)).body as { conn_id: string }).conn_id);
      await server.call('GET', `/urs/call/${calls[n]}/invoke?strategy=SetRouteDelay&DELAY=0`);
    }
    await readyAgent(centre, 'kate');
    expect(centre.routing.get(asId(calls[0]!))).to.include({ state: 'announcing', agentId: 'kate' });
    await server.call('DELETE', '/agent/1/agents/kate');
    await centre.settle();
    expect(centre.routing.get(asId(calls[0]!))!.state).to.equal('routable');
    expect((await server.call('GET', `/urs/call/${calls[0]}/lvq`)).body).to.include({ pos: 1, calls: 2 });

    await readyAgent(centre, 'liz');
    expect(centre.routing.get(asId(calls[0]!))).to.include({ state: 'announcing', agentId: 'liz' });
  });

  it('offers an interaction that they were asked for to another agent', async () => {
    const { centre } = server;
    const sessionId = await enterQueue(centre);
    await readyAgent(centre, 'kate');
    await redirect(centre, sessionId);
    expect(centre.interactions.get(IXN)).to.include({ state: 'offered', agentId: 'kate' });
    await server.call('DELETE', '/agent/1/agents/kate');
    await centre.settle();
    expect(centre.interactions.get(IXN)!.state).to.equal('queued');
    expect(centre.sessions.events.map(({ name }) => name)).to.include('error.interaction.redirect');
  });

  it('gives a repeated key its first reply, whenever the server is killed', async () => {
    const remove = (one: TestServer) =>
      one.send('DELETE', '/agent/1/agents/kate', { headers: { 'idempotency-key': 'k1' } });
    const kills: number[] = [];
    await crashAtEveryWrite({
      server: {},
      prepare: async (one) => {
        await one.send('PUT', '/agent/1/agents/kate', { json: { state: 'ready', groups: ['Billing'] } });
      },
      request: remove,
      async check({ writes, restart }) {
        const after = restart();
        const { status, text } = await remove(after);
        expect([status, text], `kill after ${writes}`).to.deep.equal([200, '{}']);
        expect((await after.send('GET', '/agent/1/agents/kate')).status).to.equal(404);
        kills.push(writes);
        await after.orsay.close();
      },
    });
    expect(kills.length).to.be.greaterThan(1);
  });
});
