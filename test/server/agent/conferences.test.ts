import { expect } from 'chai';
import { type AgentServer, openAgentServer } from '../../support/agentServer.ts';
import { readyAgent } from '../../support/contactCentre.ts';
import { EventReader } from '../../support/eventReader.ts';
import { asId } from '../../support/ids.ts';

const CLIENT = { type: 'CLIENT', nickname: 'Bob' } as const;

describe('several agents in a chat', () => {
  let server: AgentServer;
  let id: string;

  const act = async (agentId: string, action: string, body: object = {}): Promise<number> => {
    const reply = await server.call('POST', `/agent/1/interactions/${id}/${action}`, { agentId, ...body });
    return reply.status;
  };
  const done = async (agentId: string, action: string, body: object = {}): Promise<void> => {
    const path = `/agent/1/interactions/${id}/${action}`;
    expect(await server.call('POST', path, { agentId, ...body })).to.include({ status: 200 });
  };
  const shown = () => server.centre.interactions.get(asId(id))!;
  const busy = () =>
    ['kate', 'liz', 'max'].filter((agent) => server.centre.agents.slots(asId(agent)).length > 0);
  /** The entries that the customer sees, or another reader. */
  const transcript = (reader: 'ALL' | 'INT' | 'VIP' = 'ALL') =>
    server.chats
      .transcript(asId(id), 1, reader)
      .entries.map(({ type, party, text }) =>
        type === 'Message.Text'
          ? `${party.nickname}: ${text}`
          : `${party.nickname} ${type.slice(7).toLowerCase()}`,
      );
  const told = (agent: string): string[] =>
    server.centre.told
      .filter((one) => one.startsWith(`${agent} `))
      .map((one) => one.slice(agent.length + 1))
      .filter((type) => type !== 'state');

  beforeEach(async () => {
    server = await openAgentServer();
    const { centre, chats } = server;
    const chat = await chats.create({
      serviceId: asId('369-1'),
      nickname: 'Bob',
      subject: 'billing',
      userData: {},
      clientTimeoutMs: 0,
      queue: 'inbound',
    });
    id = chat.id;
    await centre.settle();
    for (const agent of ['kate', 'liz', 'max']) await readyAgent(centre, agent);
    await centre.sessions.perform('interaction.redirect', {
      sessionId: asId(centre.sessions.started.at(-1)!.id),
      attributes: { interactionid: id, to: { agent: 'kate' } },
    });
    await centre.settle();
    await done('kate', 'accept');
    centre.told.length = 0;
    centre.sessions.events.length = 0;
  });
  afterEach(() => server.close());

  it('is transferred to an agent who accepts it; the customer sees one come and the other leave', async () => {
    await done('kate', 'transfer', { to: { agentId: 'liz' }, text: 'wants a refund' });
    expect(shown()).to.include({ state: 'active', agentId: 'kate' });
    expect(busy()).to.deep.equal(['kate', 'liz']);
    const offer = server.centre.toldEvents.find((event) => event.type === 'offered' && 'invitation' in event);
    expect(offer).to.deep.include({ interactionId: id, invitation: { kind: 'transfer', from: 'kate' } });
    const [own] = (await server.call('GET', '/agent/1/agents/liz/interactions')).body as object[];
    expect(own).to.deep.include({ state: 'offered', invitation: { kind: 'transfer', from: 'kate' } });
    const present = await EventReader.open(`${server.url}/agent/1/agents/liz/events`);
    expect((await present.next(2)).map(({ event }) => event)).to.deep.equal(['state', 'offered']);
    await present.cancel();
    expect(await act('max', 'accept')).to.equal(409);
    await done('liz', 'accept');
    expect(shown()).to.include({ state: 'active', agentId: 'liz' }).and.not.have.property('invitations');
    expect(busy()).to.deep.equal(['liz']);
    expect(transcript()).to.deep.equal(['kate joined', 'liz joined', 'kate left']);
    expect(transcript('INT')).to.include('kate: wants a refund');
    expect(told('kate')).to.deep.equal(['invitation', 'withdrawn']);
    expect(told('liz')).to.deep.equal(['offered', 'accepted', 'transferred']);
    const events = server.centre.sessions.events.map(({ name, data }) => [name, data]);
    expect(events).to.deep.equal([
      ['interaction.partystatechanged', { interactionid: id, focusdeviceid: 'liz' }],
    ]);
    expect(await act('kate', 'message', { text: 'still me?' })).to.equal(409);
    await done('liz', 'message', { text: 'Hello' });
  });

  it('stays with its agent when the other one rejects, does not answer, or logs out', async () => {
    for (const [refuse, result] of [
      [() => done('liz', 'reject'), 'rejected'],
      [() => server.centre.advance(30_000), 'noanswer'],
      [() => server.call('PUT', '/agent/1/agents/liz', { state: 'loggedOut' }), 'loggedout'],
      [() => done('kate', 'remove', { participant: 'liz' }), 'cancelled'],
    ] as const) {
      await readyAgent(server.centre, 'liz');
      await done('kate', 'transfer', { to: { agentId: 'liz' } });
      await refuse();
      await server.centre.settle();
      expect(shown()).to.include({ state: 'active', agentId: 'kate' });
      expect(busy(), result).to.deep.equal(['kate']);
      const answer = server.centre.toldEvents.filter(({ type }) => type === 'invitation').at(-1);
      expect(answer).to.include({ agentId: 'liz', kind: 'transfer', result });
    }
    expect(transcript()).to.deep.equal(['kate joined']);
  });

  it('is transferred to a queue, whose application gets it with the note', async () => {
    await done('kate', 'transfer', { to: { queue: 'sales' }, text: 'wants to buy' });
    expect(shown()).to.include({ state: 'queued', queue: 'sales' }).and.not.have.property('agentId');
    expect(busy()).to.deep.equal([]);
    expect(transcript()).to.deep.equal(['kate joined', 'kate left']);
    expect(transcript('INT')).to.include('kate: wants to buy');
    expect(server.centre.sessions.started.at(-1)!.src).to.equal('http://orsay.test/sales_chat.scxml');
  });

  it('is a conference: the customer sees the second agent, who may write and leave', async () => {
    await done('kate', 'conference', { to: { agentId: 'liz' } });
    await done('liz', 'accept');
    await done('liz', 'message', { text: 'I help' });
    await server.chats.post(asId(id), { party: CLIENT, text: 'thanks' });
    await server.centre.settle();
    expect(transcript()).to.deep.equal(['kate joined', 'liz joined', 'liz: I help', 'Bob: thanks']);
    expect(told('liz')).to.deep.equal(['offered', 'accepted', 'message', 'message']);
    expect(told('kate')).to.deep.equal(['invitation', 'joined', 'message', 'message']);
    expect(busy()).to.deep.equal(['kate', 'liz']);
    await done('liz', 'leave');
    expect(transcript().at(-1)).to.equal('liz left');
    expect(busy()).to.deep.equal(['kate']);
    expect(shown()).to.include({ state: 'active', agentId: 'kate' });
  });

  it('goes on with the other agent of a conference when its agent leaves or logs out', async () => {
    for (const leave of [
      () => done('kate', 'leave'),
      () => server.call('PUT', '/agent/1/agents/kate', { state: 'loggedOut' }),
    ]) {
      await readyAgent(server.centre, 'kate');
      if (shown().agentId !== 'kate') {
        await done('liz', 'conference', { to: { agentId: 'kate' } });
        await done('kate', 'accept');
        await done('liz', 'leave');
      }
      await done('kate', 'conference', { to: { agentId: 'liz' } });
      await done('liz', 'accept');
      await leave();
      expect(shown()).to.include({ state: 'active', agentId: 'liz' }).and.not.have.property('partners');
      expect(busy()).to.deep.equal(['liz']);
    }
    await done('liz', 'leave');
    expect(shown()).to.include({ state: 'ended', endReason: 'agent' });
  });

  it('is a consultation that the customer does not see, and then a transfer or a conference', async () => {
    await done('kate', 'consult', { to: { agentId: 'liz' } });
    await done('liz', 'accept');
    await done('liz', 'message', { text: 'say no' });
    await done('kate', 'message', { text: 'why?', visibility: 'INT' });
    await done('liz', 'startTyping');
    expect(await act('liz', 'message', { text: 'hello all', visibility: 'ALL' })).to.equal(400);
    expect(transcript()).to.deep.equal(['kate joined']);
    expect(transcript('INT').slice(1, 4)).to.deep.equal(['liz joined', 'liz: say no', 'kate: why?']);
    await done('kate', 'conference', { to: { agentId: 'liz' } });
    expect(transcript().at(-1)).to.equal('liz joined');
    await done('liz', 'message', { text: 'hello all' });
    await done('kate', 'transfer', { to: { agentId: 'liz' } });
    expect(shown()).to.include({ agentId: 'liz' });
    expect(transcript().slice(-2)).to.deep.equal(['liz: hello all', 'kate left']);
    expect(busy()).to.deep.equal(['liz']);
  });

  it('ends a consultation that nobody continues with the chat', async () => {
    await done('kate', 'consult', { to: { agentId: 'liz' } });
    await done('liz', 'accept');
    await done('kate', 'consult', { to: { agentId: 'max' } });
    await done('kate', 'leave');
    expect(shown()).to.include({ state: 'ended' }).and.not.have.any.keys('partners', 'invitations');
    expect(busy()).to.deep.equal([]);
    expect(told('liz').at(-1)).to.equal('ended');
    expect(told('max')).to.deep.equal(['offered', 'withdrawn']);
    expect(await act('liz', 'message', { text: 'hello?' })).to.equal(409);
  });

  it('returns to its queue without the consulted agent when its agent is lost', async () => {
    await done('kate', 'consult', { to: { agentId: 'liz' } });
    await done('liz', 'accept');
    await server.call('PUT', '/agent/1/agents/kate', { state: 'loggedOut' });
    expect(shown()).to.include({ state: 'queued' }).and.not.have.any.keys('partners', 'agentId');
    expect(busy()).to.deep.equal([]);
    expect(transcript()).to.deep.equal(['kate joined', 'kate left']);
  });

  it('asks only agents who are free and have no part yet', async () => {
    const invite = (agentId: string) => act('kate', 'conference', { to: { agentId } });
    expect(await invite('nobody')).to.equal(400);
    expect(await invite('kate')).to.equal(400);
    await server.call('PUT', '/agent/1/agents/max', { state: 'notReady' });
    expect(
      await server.call('POST', `/agent/1/interactions/${id}/consult`, { to: { agentId: 'max' } }),
    ).to.deep.equal({
      status: 409,
      body: {
        message: "Expected the agent 'max' to be ready and free; it is notReady.",
        exception: 'orsay.ConflictException',
        code: 'CONFLICT',
      },
    });
    expect(await invite('liz')).to.equal(200);
    expect(await invite('liz')).to.equal(400);
    expect(await act('liz', 'transfer', { to: { agentId: 'max' } })).to.equal(409);
    expect(await act('kate', 'transfer', { to: { queue: 'none' } })).to.equal(400);
    expect(await act('kate', 'transfer', { to: {} })).to.equal(400);
    expect(await act('kate', 'remove', { participant: 'max' })).to.equal(400);
  });

  it('is transferred once under a key', async () => {
    const send = () =>
      fetch(`${server.url}/agent/1/interactions/${id}/transfer`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'k' },
        body: JSON.stringify({ agentId: 'kate', to: { agentId: 'liz' } }),
      });
    for (let time = 0; time < 2; time++) expect((await send()).status).to.equal(200);
    await done('liz', 'accept');
    expect((await send()).status).to.equal(200);
    expect(shown().agentId).to.equal('liz');
  });

  describe('with a supervisor', () => {
    it('is watched unseen; the supervisor whispers, joins and leaves', async () => {
      await done('sue', 'monitor');
      expect(transcript()).to.deep.equal(['kate joined']);
      expect(transcript('INT')).to.deep.equal(['kate joined']);
      expect(transcript('VIP')).to.deep.equal(['kate joined', 'sue joined']);
      await server.chats.post(asId(id), { party: CLIENT, text: 'my bill' });
      await server.centre.settle();
      expect(told('sue')).to.deep.equal(['joined', 'message']);
      expect(told('kate')).to.deep.equal(['message']);
      expect(await act('sue', 'message', { text: 'hello', visibility: 'ALL' })).to.equal(400);
      await done('sue', 'message', { text: 'offer 10%' });
      expect(transcript()).to.not.include('sue: offer 10%');
      expect(transcript('INT')).to.include('sue: offer 10%');
      const whisper = server.centre.toldEvents.at(-1)!;
      expect(whisper).to.deep.include({ type: 'message', text: 'offer 10%', visibility: 'INT' });
      expect(whisper.party).to.deep.equal({ type: 'SUPERVISOR', nickname: 'sue' });
      await done('sue', 'join');
      await done('sue', 'message', { text: 'I am the boss' });
      expect(transcript().slice(-2)).to.deep.equal(['sue joined', 'sue: I am the boss']);
      await done('sue', 'leave');
      expect(transcript().at(-1)).to.equal('sue left');
      expect(shown()).to.not.have.property('partners');
      expect(busy()).to.deep.equal(['kate']);
    });

    it('never belongs to the supervisor', async () => {
      await done('sue', 'join');
      expect(await act('kate', 'transfer', { to: { agentId: 'sue' } })).to.equal(400);
      expect(await act('kate', 'remove', { participant: 'sue' })).to.equal(400);
      await done('kate', 'leave');
      expect(shown()).to.include({ state: 'ended' });
      expect(told('sue').at(-1)).to.equal('ended');
      expect(await act('sue', 'monitor')).to.equal(409);
    });
  });

  it('is listed while it is not over, with those whom the reader sees', async () => {
    await done('sue', 'monitor');
    const list = async () =>
      ((await server.call('GET', '/agent/1/interactions')).body as { interactions: object[] }).interactions;
    expect(await list()).to.deep.equal([
      {
        interactionId: id,
        serviceId: '369-1',
        state: 'active',
        media: 'chat',
        userData: { Subject: 'billing', _id: '369-1' },
        agentId: 'kate',
        participants: [{ agentId: 'sue', visibility: 'VIP', isSupervisor: true }],
      },
    ]);
    await done('kate', 'leave');
    expect(await list()).to.deep.equal([]);
  });
});
