import { expect } from 'chai';
import { crashAtEveryWrite } from '../../support/crashedServer.ts';
import { MAIL, openMediaConfig } from '../../support/openMediaCentre.ts';
import type { TestReply, TestServer } from '../../support/testServer.ts';

const SERVER = { config: openMediaConfig };
const KEY = { 'idempotency-key': 'k1' };

const create = (server: TestServer): Promise<TestReply> =>
  server.send('POST', '/genesys/2/email/support', { form: MAIL, headers: KEY });
const login = (server: TestServer): Promise<TestReply> =>
  server.send('PUT', '/agent/1/agents/kate', {
    json: { state: 'ready', groups: ['Billing'], media: ['email'] },
  });
const act = (server: TestServer, id: string, action: string, json: object = {}): Promise<TestReply> =>
  server.send('POST', `/agent/1/interactions/${id}/${action}`, {
    json,
    headers: { 'idempotency-key': action },
  });
const idOf = ({ json }: TestReply): string => (json as { interactionId: string }).interactionId;

/** The e-mails of kate, once everything that is due has happened. */
async function mailsOf(server: TestServer): Promise<readonly { interactionId: string; state: string }[]> {
  await server.advance(1_000);
  const { json } = await server.send('GET', '/agent/1/agents/kate/interactions');
  return json as { interactionId: string; state: string }[];
}

async function shown(server: TestServer, id: string): Promise<{ state: string; replies: readonly object[] }> {
  const { json } = await server.send('POST', `/genesys/2/email/support/${id}/get`);
  const { properties, email } = json as {
    properties: { interactionState: string };
    email: { replies: readonly object[] };
  };
  return { state: properties.interactionState, replies: email.replies };
}

describe('an e-mail, when the server is killed at any write', () => {
  it('that was answered is offered to an agent once, and a repetition makes no other one', async () => {
    const kills: number[] = [];
    await crashAtEveryWrite({
      server: SERVER,
      prepare: async (server) => void (await login(server)),
      request: create,
      async check({ writes, reply, restart }) {
        const server = restart();
        const repeated = await create(server);
        if (reply !== undefined) expect(repeated.json, `kill after ${writes}`).to.deep.equal(reply.json);
        const mails = await mailsOf(server);
        const expected = [[idOf(repeated), 'offered']];
        expect(mails.map(({ interactionId, state }) => [interactionId, state])).to.deep.equal(expected);
        kills.push(writes);
        await server.orsay.close();
      },
    });
    expect(kills.length).to.be.greaterThan(3);
  });

  for (const [action, state] of [
    ['accept', 'Handling'],
    ['reject', 'Routing'],
  ] as const) {
    it(`has one state for agent and customer after ${action}`, async () => {
      let id = '';
      await crashAtEveryWrite({
        server: SERVER,
        async prepare(server) {
          await login(server);
          id = idOf(await create(server));
          await server.advance(0);
        },
        request: (server) => act(server, id, action),
        async check({ writes, restart }) {
          const server = restart();
          const repeated = await act(server, id, action);
          expect(repeated.status, `kill after ${writes}: ${repeated.text}`).to.equal(200);
          const [mail] = await mailsOf(server);
          const seen = await shown(server, id);
          if (action === 'accept') expect([mail?.state, seen.state]).to.deep.equal(['active', state]);
          else expect(['Queued', state]).to.include(seen.state);
          await server.orsay.close();
        },
      });
    });
  }

  it('has each reply once, and the end frees the agent', async () => {
    let id = '';
    await crashAtEveryWrite({
      server: SERVER,
      async prepare(server) {
        await login(server);
        id = idOf(await create(server));
        await server.advance(0);
        await act(server, id, 'accept');
      },
      request: async (server) => {
        const reply = await act(server, id, 'reply', { text: 'done' });
        await act(server, id, 'leave');
        return reply;
      },
      async check({ writes, restart }) {
        const server = restart();
        const repeated = await act(server, id, 'reply', { text: 'done' });
        expect(repeated.json, `kill after ${writes}`).to.deep.equal({ reply: 1 });
        expect((await act(server, id, 'leave')).status, `kill after ${writes}`).to.equal(200);
        const seen = await shown(server, id);
        expect([seen.state, seen.replies.length]).to.deep.equal(['Stopped', 1]);
        const next = idOf(await server.send('POST', '/genesys/2/email/support', { form: MAIL }));
        expect(
          (await mailsOf(server)).map(({ interactionId, state }) => [interactionId, state]),
        ).to.deep.include([next, 'offered']);
        await server.orsay.close();
      },
    });
  });
});
