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

async function shown(
  server: TestServer,
  id: string,
): Promise<{
  state: string;
  userData: readonly { key: string; value: string }[];
  replies: readonly object[];
}> {
  const { json } = await server.send('POST', `/genesys/2/email/support/${id}/get`);
  const { properties, email } = json as {
    properties: {
      interactionState: string;
      interactionUserData: readonly { key: string; value: string }[];
    };
    email: { replies: readonly object[] };
  };
  return {
    state: properties.interactionState,
    userData: properties.interactionUserData,
    replies: email.replies,
  };
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

  it('has all user data of an update or none, and all once it was answered', async () => {
    let id = '';
    const kills: number[] = [];
    const update = (server: TestServer): Promise<TestReply> =>
      server.send('POST', `/genesys/2/email/support/${id}/update`, {
        form: { 'userData[color]': 'blue', 'userData[size]': '42' },
      });
    const changed = async (server: TestServer): Promise<readonly string[]> => {
      const { userData } = await shown(server, id);
      return userData.flatMap(({ key, value }) => (['color', 'size'].includes(key) ? [value] : []));
    };
    await crashAtEveryWrite({
      server: SERVER,
      async prepare(server) {
        id = idOf(await create(server));
        await server.advance(0);
      },
      request: update,
      async check({ writes, reply, restart }) {
        const server = restart();
        const found = await changed(server);
        const possible = reply === undefined ? [[], ['blue', '42']] : [['blue', '42']];
        expect(possible, `kill after ${writes}`).to.deep.include(found);
        expect((await update(server)).json).to.deep.equal({ statusCode: 0 });
        expect(await changed(server)).to.deep.equal(['blue', '42']);
        kills.push(writes);
        await server.orsay.close();
      },
    });
    expect(kills.length).to.be.greaterThan(1);
  });

  for (const isAccepted of [false, true]) {
    it(`stays stopped once that was answered, ${isAccepted ? 'with' : 'offered to'} an agent`, async () => {
      let id = '';
      const kills: number[] = [];
      const stop = (server: TestServer): Promise<TestReply> =>
        server.send('POST', `/genesys/2/email/support/${id}/stop`);
      await crashAtEveryWrite({
        server: SERVER,
        async prepare(server) {
          await login(server);
          id = idOf(await create(server));
          await server.advance(0);
          if (isAccepted) await act(server, id, 'accept');
        },
        request: stop,
        async check({ writes, reply, restart }) {
          const server = restart();
          const { state } = await shown(server, id);
          const before = isAccepted ? ['Handling'] : ['Queued', 'Routing'];
          const possible = reply === undefined ? [...before, 'Stopped'] : ['Stopped'];
          expect(possible, `kill after ${writes}`).to.include(state);
          expect((await stop(server)).json).to.deep.equal({ statusCode: 0 });
          expect((await shown(server, id)).state).to.equal('Stopped');
          const next = idOf(await server.send('POST', '/genesys/2/email/support', { form: MAIL }));
          const open = (await mailsOf(server)).filter((mail) => mail.state !== 'ended');
          expect(open.map((mail) => [mail.interactionId, mail.state])).to.deep.equal([[next, 'offered']]);
          kills.push(writes);
          await server.orsay.close();
        },
      });
      expect(kills.length).to.be.greaterThan(1);
    });
  }
});
