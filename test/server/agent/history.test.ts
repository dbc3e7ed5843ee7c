import { expect } from 'chai';
import { type AgentServer, openAgentServer } from '../../support/agentServer.ts';
import { readyAgent } from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';

const BOB = { _customer_number: '5551234' };
const CALLBACK = {
  id: '369-7',
  name: 'chat-delay',
  kind: 'callback',
  state: 'COMPLETED',
  reason: 'AGENT_CONNECTED',
  createdAt: 1,
  desiredTime: 2,
};

describe('what an agent sees of a customer', () => {
  let server: AgentServer;
  beforeEach(async () => {
    const callbacks = ({ name, value }: { name: string; value: string }) =>
      name === '_customer_number' && value === '5551234' ? [CALLBACK, { ...CALLBACK, kind: 'session' }] : [];
    server = await openAgentServer({ callbacks });
  });
  afterEach(() => server.close());

  async function chat(serviceId: string, lookup: Record<string, string>, text: string): Promise<string> {
    const { id } = await server.chats.create({
      serviceId: asId(serviceId),
      nickname: 'Bob',
      subject: text,
      userData: { color: 'red' },
      lookup,
      clientTimeoutMs: 0,
      queue: 'inbound',
    });
    await server.chats.post(id, { party: { type: 'CLIENT', nickname: 'Bob' }, text });
    await server.centre.settle();
    return id;
  }
  const get = (path: string) => server.call('GET', `/agent/1/interactions/${path}`);

  it('has their earlier chats and callbacks, and the transcript of one, but nothing of others', async () => {
    const first = await chat('369-1', BOB, 'first');
    const startedAt = server.centre.clock.now();
    await server.chats.disconnect(asId(first));
    const other = await chat('369-2', { _customer_number: '999' }, 'other');
    await server.centre.advance(60_000);
    const now = await chat('369-3', { ...BOB, _email: 'bob@example.com' }, 'now');
    expect((await get(`${now}/history`)).body).to.deep.equal({
      customer: { ...BOB, _email: 'bob@example.com' },
      chats: [
        {
          interactionId: first,
          serviceId: '369-1',
          subject: 'first',
          startedAt,
          endedAt: startedAt,
          endedBy: 'customer',
        },
      ],
      openMedia: [],
      callbacks: [
        {
          serviceId: '369-7',
          service: 'chat-delay',
          state: 'COMPLETED',
          reason: 'AGENT_CONNECTED',
          createdAt: 1,
          desiredTime: 2,
        },
      ],
    });
    const { body } = await get(`${now}/history/${first}`);
    const { transcript } = body as { transcript: { text: string }[] };
    expect(transcript.map(({ text }) => text)).to.deep.equal(['first', 'has left the session']);
    expect((await get(`${now}/history/${other}`)).status).to.equal(404);
    expect((await get(`${now}/history/NONE`)).status).to.equal(404);
    expect((await get(`${other}/history/${first}`)).status).to.equal(404);
  });

  it('has user data that they change, and the session and the desktops learn of it', async () => {
    const id = await chat('369-1', BOB, 'hi');
    server.centre.sessions.events.length = 0;
    const set = (body: object) => server.call('POST', `/agent/1/interactions/${id}/userData`, body);
    expect((await set({ userData: { size: '42', color: null } })).status).to.equal(200);
    expect(server.centre.interactions.get(asId(id))!.userData)
      .to.include({ size: '42' })
      .and.not.have.property('color');
    expect(server.centre.sessions.events.map(({ name, data }) => [name, data])).to.deep.equal([
      ['interaction.udata.changed', { interactionid: id, udata: { size: '42', color: null } }],
    ]);
    expect(server.centre.toldEvents).to.deep.equal([]);
    await readyAgent(server.centre, 'kate');
    await server.centre.sessions.perform('interaction.redirect', {
      sessionId: server.centre.sessions.started.at(-1)!.id,
      attributes: { interactionid: id, to: { agent: 'kate' } },
    });
    await server.centre.settle();
    await set({ userData: { size: '44' } });
    await server.centre.interactions.accept(asId(id), undefined);
    await server.centre.durable.commit(server.centre.interactions.setUserDataBatch(asId(id), { size: null }));
    expect(server.centre.toldEvents.filter(({ type }) => type === 'userData')).to.deep.equal([
      { type: 'userData', interactionId: id, changes: { size: '44' } },
      { type: 'userData', interactionId: id, changes: { size: null } },
    ]);
    expect((await set({ userData: { big: 'x'.repeat(262_144) } })).status).to.equal(400);
    expect((await set({ userData: 'none' })).status).to.equal(400);
    await server.chats.disconnect(asId(id));
    expect((await set({ userData: { size: '43' } })).status).to.equal(409);
  });
});
