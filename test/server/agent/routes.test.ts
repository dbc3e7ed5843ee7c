import { expect } from 'chai';
import { type AgentServer, openAgentServer } from '../../support/agentServer.ts';
import { readyAgent } from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';

const KATE = {
  state: 'ready',
  groups: ['Billing'],
  skills: { English: 20 },
  place: 'SIP_Server_Place1',
  media: ['chat'],
};

/** A chat whose interaction is offered to kate. */
async function offerChat(server: AgentServer): Promise<string> {
  const { centre, chats } = server;
  const chat = await chats.create({
    serviceId: asId('369-1'),
    nickname: 'Bob',
    subject: 'billing',
    userData: { reason: 'billing question' },
    clientTimeoutMs: 0,
    queue: 'inbound',
  });
  await centre.settle();
  await offerTo(server, chat.id, 'kate');
  return chat.id;
}

async function offerTo({ centre }: AgentServer, id: string, agent: string): Promise<void> {
  await centre.sessions.perform('interaction.redirect', {
    sessionId: asId(centre.sessions.started.at(-1)!.id),
    attributes: { interactionid: id, to: { agent } },
  });
  await centre.settle();
}

/** Reads server-sent events until `count` have come, or the stream ends. */
async function readEvents(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  count: number,
): Promise<readonly { event: string; data: Record<string, unknown> }[]> {
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const blocks = text.split('\n\n').slice(0, -1);
    const events = blocks.filter((block) => block.startsWith('event: '));
    if (events.length >= count) {
      return events.map((block) => {
        const [event = '', data = ''] = block.split('\n');
        return { event: event.slice('event: '.length), data: JSON.parse(data.slice('data: '.length)) };
      });
    }
    const { done, value } = await reader.read();
    if (done) throw new Error(`The stream ended after: ${text}`);
    text += decoder.decode(value, { stream: true });
  }
}

describe("the agents' API", () => {
  let server: AgentServer;
  beforeEach(async () => {
    server = await openAgentServer();
  });
  afterEach(() => server.close());

  it('creates, changes and shows agents', async () => {
    const view = { agentId: 'kate', ...KATE, capacity: 1 };
    expect(await server.call('PUT', '/agent/1/agents/kate', KATE)).to.deep.equal({ status: 200, body: view });
    expect(await server.call('PUT', '/agent/1/agents/kate', { state: 'notReady' })).to.deep.equal({
      status: 200,
      body: { ...view, state: 'notReady' },
    });
    expect(await server.call('GET', '/agent/1/agents/kate')).to.deep.equal({
      status: 200,
      body: { ...view, state: 'notReady' },
    });
    await server.call('PUT', '/agent/1/agents/liz', { state: 'loggedOut', nickname: 'Liz' });
    expect((await server.call('GET', '/agent/1/agents')).body).to.deep.equal([
      { ...view, state: 'notReady', current: 0 },
      {
        agentId: 'liz',
        state: 'loggedOut',
        groups: [],
        skills: {},
        media: ['chat'],
        nickname: 'Liz',
        capacity: 1,
        current: 0,
      },
    ]);
    expect((await server.call('GET', '/agent/1/agents/kate/interactions')).body).to.deep.equal([]);
  });

  it('reports all problems of an agent at once', async () => {
    const wrong = { state: 'away', groups: 'Billing', skills: { English: 'good' }, media: [], colour: 'red' };
    const { status, body } = await server.call('PUT', '/agent/1/agents/kate', wrong);
    const { code, problems } = body as { code: string; problems: readonly string[] };
    expect(status).to.equal(400);
    expect(code).to.equal('PARAMETER_INVALID');
    expect(problems.map((problem) => problem.split(':')[0])).to.deep.equal([
      'state',
      'groups',
      'skills.English',
      'media',
      'body',
    ]);
    expect((await server.call('PUT', '/agent/1/agents/kate', {})).status).to.equal(400);
    expect((await server.call('PUT', '/agent/1/agents/a%20b', KATE)).status).to.equal(400);
    expect(await server.call('GET', '/agent/1/agents/kate')).to.have.property('status', 404);
    expect(await server.call('GET', '/agent/1/agents/kate/interactions')).to.have.property('status', 404);
    expect(await server.call('GET', '/agent/1/agents/kate/events')).to.have.property('status', 404);
  });

  it('leads a chat from the offer to the end', async () => {
    await server.call('PUT', '/agent/1/agents/kate', { ...KATE, nickname: 'Kate' });
    const id = await offerChat(server);
    const item = (state: string) => ({
      interactionId: id,
      serviceId: '369-1',
      state,
      media: 'chat',
      userData: { reason: 'billing question', Subject: 'billing', _id: '369-1' },
    });
    expect((await server.call('GET', '/agent/1/agents/kate/interactions')).body).to.deep.equal([
      item('offered'),
    ]);

    const path = `/agent/1/interactions/${id}`;
    expect((await server.call('POST', `${path}/message`, { text: 'too early' })).status).to.equal(409);
    expect(await server.call('POST', `${path}/accept`)).to.deep.equal({ status: 200, body: item('active') });
    expect(await server.call('POST', `${path}/startTyping`, {})).to.deep.equal({ status: 200, body: {} });
    expect(await server.call('POST', `${path}/stopTyping`, {})).to.deep.equal({ status: 200, body: {} });
    expect(await server.call('POST', `${path}/message`, { text: 'Hello Bob' })).to.deep.equal({
      status: 200,
      body: { position: 4 },
    });
    const { body } = await server.call('GET', path);
    const party = { type: 'AGENT', nickname: 'Kate' };
    expect(body).to.deep.equal({
      ...item('active'),
      agentId: 'kate',
      transcript: [
        { type: 'Notice.Joined', party, text: 'has joined the session', seconds: 0 },
        { type: 'Notice.TypingStarted', party, text: 'is typing', seconds: 0 },
        { type: 'Notice.TypingStopped', party, text: 'stopped typing', seconds: 0 },
        { type: 'Message.Text', party, text: 'Hello Bob', seconds: 0 },
      ],
      nextPosition: 5,
    });
    const rest = (await server.call('GET', `${path}?position=4`)).body as { transcript: readonly unknown[] };
    expect(rest.transcript).to.have.length(1);
    expect(await server.call('POST', `${path}/leave`)).to.deep.equal({ status: 200, body: {} });
    expect((await server.call('GET', '/agent/1/agents/kate/interactions')).body).to.deep.equal([
      item('ended'),
    ]);
    expect(server.chats.get(asId(id))?.status).to.include({ kind: 'ended', by: 'agent' });
    expect((await server.call('POST', `${path}/message`, { text: 'gone' })).status).to.equal(409);
  });

  it('checks the agent that a request names', async () => {
    await server.call('PUT', '/agent/1/agents/kate', KATE);
    const id = await offerChat(server);
    const path = `/agent/1/interactions/${id}`;
    const asLiz = await fetch(`${server.url}${path}/accept`, {
      method: 'POST',
      headers: { 'x-agent-id': 'liz' },
    });
    expect(asLiz.status).to.equal(409);
    expect(await asLiz.json()).to.deep.equal({
      message: `Expected interaction '${id}' to be offered with agent 'liz'; it is offered with agent 'kate'.`,
      exception: 'orsay.InteractionException',
      code: 'INTERACTION_STATE',
    });
    expect((await server.call('POST', `${path}/accept`, { agentId: 'liz' })).status).to.equal(409);
    expect((await server.call('POST', `${path}/reject?agentId=kate`)).status).to.equal(200);
    expect((await server.call('POST', `${path}/accept`)).status).to.equal(409);
    expect((await server.call('POST', '/agent/1/interactions/NONE/accept')).status).to.equal(404);
    expect((await server.call('GET', '/agent/1/interactions/NONE')).status).to.equal(404);
    expect((await server.call('GET', `${path}?position=0`)).status).to.equal(400);
  });

  it('repeats the reply under a key to the same agent only', async () => {
    await server.call('PUT', '/agent/1/agents/kate', KATE);
    await server.call('PUT', '/agent/1/agents/bob', KATE);
    const id = await offerChat(server);
    const act = async (action: string, actor: { header?: string; field?: string }) => {
      const reply = await fetch(`${server.url}/agent/1/interactions/${id}/${action}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': '1',
          ...(actor.header === undefined ? {} : { 'x-agent-id': actor.header }),
        },
        body: JSON.stringify({
          text: 'hello',
          ...(actor.field === undefined ? {} : { agentId: actor.field }),
        }),
      });
      const body = await reply.json();
      await server.centre.settle();
      return { status: reply.status, body };
    };
    const state = () => server.centre.interactions.get(asId(id))?.state;
    for (const [agent, actor] of [
      ['kate', { header: 'kate' }],
      ['bob', { field: 'bob' }],
    ] as const) {
      if (agent === 'bob') await offerTo(server, id, agent);
      expect(await act('reject', actor)).to.deep.equal({ status: 200, body: {} });
      expect(state()).to.equal('queued');
    }
    // Those who have rejected are told so again, whoever has the interaction now.
    await offerTo(server, id, 'kate');
    expect(await act('reject', { header: 'kate' })).to.deep.equal({ status: 200, body: {} });
    expect(state()).to.equal('offered');
    const accepted = await act('accept', { header: 'kate' });
    expect(accepted).to.have.property('status', 200);
    expect(accepted.body).to.include({ interactionId: id, state: 'active' });
    expect(await act('message', { header: 'kate' })).to.deep.equal({ status: 200, body: { position: 2 } });
    expect((await act('message', { header: 'bob' })).status).to.equal(409);
    expect((await act('leave', { header: 'bob' })).status).to.equal(409);
    for (let time = 0; time < 2; time++) {
      expect(await act('leave', { header: 'kate' })).to.deep.equal({ status: 200, body: {} });
    }
    expect(await act('accept', { header: 'kate' })).to.deep.equal(accepted);
    expect(await act('message', { field: 'kate' })).to.deep.equal({ status: 200, body: { position: 2 } });
  });

  it('streams the present state, then changes and heartbeats, and ends cleanly', async () => {
    await server.call('PUT', '/agent/1/agents/kate', KATE);
    const reply = await fetch(`${server.url}/agent/1/agents/kate/events`);
    expect(reply.headers.get('content-type')).to.equal('text/event-stream');
    const reader = reply.body!.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    const first = await readEvents(reader, 1);
    expect(first).to.deep.equal([{ event: 'state', data: { type: 'state', state: 'ready' } }]);

    const id = await offerChat(server);
    await readyAgent(server.centre, 'liz');
    await server.call('POST', `/agent/1/interactions/${id}/accept`);
    await server.chats.post(asId(id), { party: { type: 'CLIENT', nickname: 'Bob' }, text: 'hi' });
    await server.chats.startTyping(asId(id), { party: { type: 'CLIENT', nickname: 'Bob' } });
    await server.chats.disconnect(asId(id));
    await server.centre.settle();
    const told = await readEvents(reader, 5);
    expect(told.map(({ event }) => event)).to.deep.equal([
      'offered',
      'accepted',
      'message',
      'typing',
      'ended',
    ]);
    expect(told[2]?.data).to.deep.equal({
      type: 'message',
      interactionId: id,
      party: { type: 'CLIENT', nickname: 'Bob' },
      text: 'hi',
      position: 2,
    });
    expect(told[4]?.data).to.deep.equal({ type: 'ended', interactionId: id, by: 'customer' });

    await server.centre.advance(15_000);
    const { value } = await reader.read();
    expect(new TextDecoder().decode(value)).to.equal(': heartbeat\n\n');
    server.closeStreams();
    expect(await reader.read()).to.deep.equal({ done: true, value: undefined });
  });

  it('shows the offers to a desktop that reconnects', async () => {
    await server.call('PUT', '/agent/1/agents/kate', KATE);
    const id = await offerChat(server);
    const reply = await fetch(`${server.url}/agent/1/agents/kate/events`);
    const reader = reply.body!.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    const events = await readEvents(reader, 2);
    expect(events.map(({ event, data }) => [event, data.interactionId])).to.deep.equal([
      ['state', undefined],
      ['offered', id],
    ]);
    await reader.cancel();
  });
});
