import { expect } from 'chai';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';

const login = (user: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:secret`).toString('base64')}`,
});

describe('the roles of those who see chats', () => {
  let server: TestServer;
  let path: string;

  const send = async (user: string, method: string, url: string, json?: object): Promise<number> => {
    const { status } = await server.send(method, url, { headers: login(user), ...(json && { json }) });
    return status;
  };

  before(async () => {
    const passwordHash = hashPassword('secret');
    server = createTestServer({
      config: (config) => ({
        ...config,
        users: {
          olga: { role: 'administrator', passwordHash },
          sam: { role: 'supervisor', passwordHash },
          vera: { role: 'viewer', passwordHash },
          kate: { role: 'agent', agentId: 'kate', passwordHash },
          liz: { role: 'agent', agentId: 'liz', passwordHash },
        },
      }),
    });
    await send('olga', 'PUT', '/agent/1/agents/kate', { state: 'ready', groups: ['Billing'] });
    const created = await server.send('POST', '/genesys/1/service/request-chat', { form: {} });
    const { _id: service } = created.json as { _id: string };
    const chat = await server.send('POST', `/genesys/1/service/${service}/ixn/chat`, {
      form: { firstName: 'Bob', subject: 'shoes' },
    });
    path = `/agent/1/interactions/${(chat.json as { chatSessionId: string }).chatSessionId}`;
    for (let step = 0; step < 50; step++) {
      await server.advance(100);
      if ((await send('kate', 'POST', `${path}/accept`)) === 200) break;
    }
    await send('olga', 'PUT', '/agent/1/agents/liz', { state: 'ready', groups: ['Sales'] });
  });
  after(() => server.orsay.close());

  it('an agent sees and changes only their own chats, as themself', async () => {
    expect(await send('kate', 'GET', path)).to.equal(200);
    expect(await send('kate', 'POST', `${path}/message`, { text: 'hello' })).to.equal(200);
    expect(await send('kate', 'POST', `${path}/message`, { text: 'hello', agentId: 'liz' })).to.equal(403);
    expect(await send('liz', 'GET', path)).to.equal(404);
    for (const action of ['accept', 'leave', 'message', 'transfer', 'monitor']) {
      expect(await send('liz', 'POST', `${path}/${action}`, { text: 'x' }), action).to.equal(404);
    }
    const { json } = await server.send('GET', '/agent/1/interactions', { headers: login('liz') });
    expect(json).to.deep.equal({ interactions: [] });
    expect(await send('kate', 'POST', `${path}/monitor`)).to.equal(403);
  });

  it('an agent who is invited sees the chat, until they leave it', async () => {
    expect(await send('kate', 'POST', `${path}/consult`, { to: { agentId: 'liz' } })).to.equal(200);
    expect(await send('liz', 'GET', path)).to.equal(200);
    expect(await send('liz', 'POST', `${path}/accept`)).to.equal(200);
    expect(await send('liz', 'POST', `${path}/message`, { text: 'no discount' })).to.equal(200);
    expect(await send('liz', 'POST', `${path}/leave`)).to.equal(200);
    expect(await send('liz', 'GET', path)).to.equal(404);
  });

  it('a supervisor sees all chats, watches and whispers, and writes as nobody else', async () => {
    const { json } = await server.send('GET', '/agent/1/interactions', { headers: login('sam') });
    expect((json as { interactions: object[] }).interactions).to.have.length(1);
    expect(await send('sam', 'GET', path)).to.equal(200);
    expect(await send('sam', 'POST', `${path}/message`, { text: 'hi' })).to.equal(409);
    expect(await send('sam', 'POST', `${path}/message`, { text: 'hi', agentId: 'kate' })).to.equal(403);
    expect(await send('sam', 'POST', `${path}/leave`, { agentId: 'kate' })).to.equal(403);
    expect(await send('sam', 'POST', `${path}/transfer`, { to: { agentId: 'liz' } })).to.equal(403);
    expect(await send('sam', 'POST', `${path}/monitor`)).to.equal(200);
    expect(await send('sam', 'POST', `${path}/message`, { text: 'slower' })).to.equal(200);
    expect(await send('sam', 'PUT', '/agent/1/agents/sam', { state: 'notReady' })).to.equal(200);
    expect(await send('sam', 'PUT', '/agent/1/agents/sam', { skills: { Gold: 1 } })).to.equal(403);
    expect(await send('sam', 'PUT', '/agent/1/agents/kate', { state: 'notReady' })).to.equal(403);
    expect(await send('sam', 'POST', `${path}/leave`)).to.equal(200);
  });

  it('an administrator changes the groups of an agent, and the audit log names them; agents change only states', async () => {
    const agent = '/agent/1/agents/liz';
    await send('olga', 'PUT', agent, { state: 'notReady', groups: ['Sales'], capacity: 2 });
    await send('olga', 'PUT', agent, { state: 'ready', groups: ['Sales'] });
    await send('liz', 'PUT', agent, { mediaStates: { chat: { state: 'notReady' } } });
    expect(await send('liz', 'PUT', agent, { groups: ['VIP'] })).to.equal(403);
    const { json } = await server.send('GET', '/genesys/1/admin/audit?object=agent:liz', {
      headers: login('olga'),
    });
    const { entries } = json as { entries: { who: string; action: string; details: object }[] };
    const shown = entries.map(({ who, action, details }) => ({ who, action, details }));
    const who = 'administrator olga';
    // The newest first; the groups are those of the beginning.
    expect(shown).to.deep.equal([
      { who, action: 'agent.changed', details: { fields: 'capacity' } },
      { who, action: 'agent.changed', details: { fields: 'groups' } },
    ]);
  });

  it('only an administrator removes an agent, and the audit log tells it', async () => {
    await send('olga', 'PUT', '/agent/1/agents/max', { state: 'notReady' });
    for (const [user, agent, status] of [
      ['kate', 'kate', 403],
      ['kate', 'max', 404],
      ['sam', 'max', 403],
      ['vera', 'max', 403],
      ['olga', 'max', 200],
      ['olga', 'max', 404],
    ] as const) {
      expect(await send(user, 'DELETE', `/agent/1/agents/${agent}`), `${user} ${agent}`).to.equal(status);
    }
    const { json } = await server.send('GET', '/genesys/1/admin/audit?object=agent:max', {
      headers: login('olga'),
    });
    const { entries } = json as { entries: { who: string; action: string }[] };
    expect(entries.map(({ who, action }) => `${who} ${action}`)).to.deep.equal([
      'administrator olga agent.removed',
    ]);
  });

  it('a viewer only reads', async () => {
    expect(await send('vera', 'GET', path)).to.equal(200);
    expect(await send('vera', 'GET', '/agent/1/interactions')).to.equal(200);
    for (const action of ['message', 'monitor', 'leave']) {
      expect(await send('vera', 'POST', `${path}/${action}`, { text: 'x' }), action).to.equal(403);
    }
  });
});
