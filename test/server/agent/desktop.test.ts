import { expect } from 'chai';
import { desktopSchema } from '../../../server/process/config/desktop.ts';
import type { AgentServer } from '../../support/agentServer.ts';
import { openAgentServer } from '../../support/agentServer.ts';
import { enterQueue, IXN, readyAgent, redirect } from '../../support/contactCentre.ts';
import { asId } from '../../support/ids.ts';

const KATE = asId<never>('kate');
const path = `/agent/1/interactions/${IXN}`;

/** An agent server on which kate has the chat. */
async function talking(desktop: object): Promise<AgentServer> {
  const server = await openAgentServer({ desktop: desktopSchema.parse(desktop) });
  const sessionId = await enterQueue(server.centre);
  await readyAgent(server.centre, 'kate');
  await redirect(server.centre, sessionId);
  await server.call('POST', `${path}/accept`);
  return server;
}

describe('what the installation gives to desktops', () => {
  let server: AgentServer;
  afterEach(() => server.close());

  it('has canned texts, by group and language', async () => {
    const text = (id: string, more: object = {}) => ({ id, text: id.toUpperCase(), ...more });
    const cannedTexts = [
      text('hi'),
      text('hallo', { language: 'de', group: 'greetings', title: 'Greeting' }),
      text('servus', { language: 'de-AT', group: 'greetings' }),
      text('bye', { group: 'ends' }),
    ];
    server = await openAgentServer({ desktop: desktopSchema.parse({ cannedTexts }) });
    const found = async (query: string): Promise<unknown> => {
      const { status, body } = await server.call('GET', `/agent/1/cannedTexts${query}`);
      expect(status).to.equal(200);
      return (body as { texts: { id: string }[] }).texts.map(({ id }) => id);
    };
    expect((await server.call('GET', '/agent/1/cannedTexts?group=greetings&language=de')).body).to.deep.equal(
      {
        groups: ['greetings', 'ends'],
        languages: ['de', 'de-AT'],
        texts: [{ id: 'hallo', title: 'Greeting', group: 'greetings', language: 'de', text: 'HALLO' }],
      },
    );
    expect(await found('')).to.deep.equal(['hi', 'hallo', 'servus', 'bye']);
    expect(await found('?language=de-at')).to.deep.equal(['hi', 'hallo', 'servus', 'bye']);
    expect(await found('?language=fr')).to.deep.equal(['hi', 'bye']);
    expect(await found('?group=none')).to.deep.equal([]);
  });

  it('has the reasons for which agents are not ready, and takes no other', async () => {
    server = await openAgentServer({
      desktop: desktopSchema.parse({ notReadyReasons: [{ code: 'lunch', text: 'Lunch' }] }),
    });
    const put = async (change: object) => server.call('PUT', '/agent/1/agents/kate', change);
    expect((await put({ state: 'notReady', reason: 'lunch' })).body).to.include({ reason: 'lunch' });
    expect((await put({ nickname: 'Kate' })).body).to.include({ reason: 'lunch' });
    expect((await put({ state: 'notReady' })).body).to.not.have.property('reason');
    expect(await put({ reason: 'golf' })).to.deep.equal({
      status: 400,
      body: {
        message: "Expected reason to be one of lunch, got 'golf'.",
        exception: 'orsay.BadRequestException',
        code: 'PARAMETER_INVALID',
      },
    });
    expect((await put({ state: 'ready', reason: 'lunch' })).status).to.equal(400);
    expect((await put({ state: 'ready' })).body).to.not.have.property('reason');
    expect((await server.call('GET', '/agent/1/settings')).body).to.deep.equal({
      notReadyReasons: [{ code: 'lunch', text: 'Lunch' }],
      dispositions: [],
      afterWork: { seconds: 0, disposition: 'optional' },
    });
  });
});

describe('the states of an agent for their media', () => {
  let server: AgentServer;
  afterEach(() => server.close());

  it('are set and shown where they differ, with reasons of the installation only', async () => {
    server = await openAgentServer({
      desktop: desktopSchema.parse({ notReadyReasons: [{ code: 'lunch', text: 'Lunch' }] }),
    });
    const put = async (change: object) => server.call('PUT', '/agent/1/agents/kate', change);
    await put({ state: 'ready', media: ['chat', 'voice'] });
    const lunch = { state: 'notReady', reason: 'lunch' };
    expect((await put({ mediaStates: { chat: lunch } })).body).to.deep.equal({
      agentId: 'kate',
      state: 'ready',
      mediaStates: { chat: lunch },
      groups: [],
      skills: {},
      media: ['chat', 'voice'],
      capacity: 1,
    });
    expect((await put({ state: 'afterWork' })).body).to.include({ state: 'afterWork' });
    const problem = async (mediaStates: unknown): Promise<unknown> => {
      const { status, body } = await put({ mediaStates });
      expect(status).to.equal(400);
      return (body as { message: string }).message;
    };
    expect(await problem({ fax: lunch })).to.equal(
      "Expected mediaStates to name media of the agent (chat, voice), got 'fax'.",
    );
    expect(await problem({ chat: { state: 'notReady', reason: 'golf' } })).to.equal(
      "Expected reason to be one of lunch, got 'golf'.",
    );
    expect(await problem({ chat: { state: 'ready', reason: 'lunch' } })).to.equal(
      'Expected a reason only with the state notReady, got it with ready.',
    );
    for (const nonsense of ['ready', { chat: 'ready' }, { chat: {} }, { chat: { state: 'busy' } }, []]) {
      expect(await problem(nonsense)).to.match(/^mediaStates/);
    }
  });
});

describe('the work after a chat', () => {
  let server: AgentServer;
  afterEach(() => server.close());
  const listed = async () =>
    ((await server.call('GET', '/agent/1/agents/kate/interactions')).body as object[])[0];
  const isFree = () => server.centre.agents.isFree(KATE, 'chat');

  it('does not exist where it is not configured', async () => {
    server = await talking({});
    await server.call('POST', `${path}/outcome`, { disposition: 'anything', notes: 'calls back' });
    await server.call('POST', `${path}/leave`);
    expect(isFree()).to.equal(true);
    expect(await listed()).to.include({ state: 'ended', disposition: 'anything', notes: 'calls back' });
    expect((await server.call('POST', `${path}/complete`)).status).to.equal(409);
    expect(server.centre.told).to.not.include('kate wrapup');
  });

  it('keeps the slot of the agent until they complete it with a disposition', async () => {
    server = await talking({
      dispositions: [{ code: 'sold', text: 'Sold' }],
      afterWork: { seconds: 60, disposition: 'required' },
    });
    await server.call('POST', `${path}/leave`);
    expect(server.centre.interactions.get(asId(IXN))).to.include({ state: 'ended', agentId: 'kate' });
    const wrapupUntil = server.centre.clock.now() + 60_000;
    expect(await listed()).to.include({ state: 'wrapup', wrapupUntil });
    expect(server.centre.told.slice(-2)).to.deep.equal(['kate ended', 'kate wrapup']);
    expect(isFree()).to.equal(false);
    expect((await server.call('POST', `${path}/complete`)).body).to.include({
      message: 'Expected disposition to be one of sold, got none.',
      code: 'PARAMETER_INVALID',
    });
    expect((await server.call('POST', `${path}/outcome`, { disposition: 'lost' })).status).to.equal(400);
    expect((await server.call('POST', `${path}/outcome`, { notes: 'wants a red one' })).status).to.equal(200);
    expect((await server.call('POST', `${path}/complete?agentId=liz`, {})).status).to.equal(409);
    expect((await server.call('POST', `${path}/complete`, { disposition: 'sold' })).status).to.equal(200);
    expect(isFree()).to.equal(true);
    expect(await listed()).to.include({ state: 'ended', disposition: 'sold', notes: 'wants a red one' });
    expect((await server.call('POST', `${path}/complete`, { disposition: 'sold' })).status).to.equal(409);
    await server.centre.advance(60_000);
    expect(server.centre.toldEvents.filter(({ type }) => type === 'completed')).to.deep.equal([
      { type: 'completed', interactionId: IXN, reason: 'completed' },
    ]);
  });

  it('ends by itself when its time is over, also after a customer left', async () => {
    server = await talking({ afterWork: { seconds: 60, disposition: 'required' } });
    await server.centre.durable.commit(server.centre.interactions.endBatch(asId(IXN), 'customer'));
    await server.centre.advance(59_999);
    expect(isFree()).to.equal(false);
    await server.centre.advance(1);
    expect(isFree()).to.equal(true);
    expect(server.centre.toldEvents.at(-1)).to.include({ type: 'completed', reason: 'timeout' });
  });

  it('ends when the agent logs out, and leaves no slot', async () => {
    server = await talking({ afterWork: { seconds: 60 } });
    await server.call('POST', `${path}/leave`);
    await server.call('PUT', '/agent/1/agents/kate', { state: 'loggedOut' });
    await server.call('PUT', '/agent/1/agents/kate', { state: 'ready' });
    expect(isFree()).to.equal(true);
    expect([...server.centre.durable.scan('afterWork')]).to.deep.equal([]);
  });

  it('does not follow an offer that was not accepted', async () => {
    server = await openAgentServer({ desktop: desktopSchema.parse({ afterWork: { seconds: 60 } }) });
    const sessionId = await enterQueue(server.centre);
    await readyAgent(server.centre, 'kate');
    await redirect(server.centre, sessionId);
    await server.centre.durable.commit(server.centre.interactions.endBatch(asId(IXN), 'customer'));
    await server.centre.settle();
    expect(isFree()).to.equal(true);
  });
});
