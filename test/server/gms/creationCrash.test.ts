import { expect } from 'chai';
import type { Config } from '../../../server/process/config.ts';
import { type Crashed, crashAtEveryWrite } from '../../support/crashedServer.ts';
import type { TestReply, TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

const HOUR_MS = 3_600_000;
/** Answers its start with how often it was asked. */
const ASKED = orsDocument(
  `<datamodel><data id="asked" expr="0"/></datamodel>
   <state id="waiting">
     <transition event="start">
       <assign location="_data.asked" expr="_data.asked + 1"/>
       <ws:response requestid="_event.sendid"><param name="asked" expr="_data.asked"/></ws:response>
     </transition>
   </state>`,
  'initial="waiting"',
);

const SERVER = {
  documents: writeDocuments({ 'asked/asked.scxml': ASKED }),
  config: (config: Config) => ({
    ...config,
    services: {
      ...config.services,
      asked: {
        _type: 'ors',
        _service: 'asked',
        _service_type: 'callback',
        _customer_lookup_keys: '_customer_number',
        _ttl: '864000',
      },
      plain: { _type: 'ors', _service: 'asked' },
    },
  }),
};

function create(server: TestServer, url: string): Promise<TestReply> {
  return server.send('POST', url, {
    form: { _customer_number: '6502530000', colour: 'red' },
    headers: { 'idempotency-key': 'k1', gms_user: 'anna' },
  });
}

/** Every repetition is answered the same, and there is one session, which was asked once. */
async function expectOnce(server: TestServer, url: string, before: TestReply | undefined): Promise<void> {
  const first = await create(server, url);
  expect(first.status).to.equal(200);
  expect(first.json).to.include({ asked: 1 });
  if (before !== undefined) expect(first.json).to.deep.equal(before.json);
  await server.advance(HOUR_MS);
  expect((await create(server, url)).json).to.deep.equal(first.json);
  const sessions = await server.orsay.sessions.list();
  expect(sessions.map(({ status }) => status)).to.deep.equal(['running']);
  const { json } = await server.send('GET', `/scxml/session/${sessions[0]!.sessionId}/query`);
  expect((json as { data: object }).data).to.include({ asked: 1 });
  await server.orsay.close();
}

describe('the creation of a service with an Idempotency-Key when the server is killed at any store write', () => {
  for (const url of ['/genesys/1/service/callback/asked', '/genesys/1/service/plain']) {
    for (const [away, afterMs] of [
      ['at once', 0],
      ['hours later', 5 * HOUR_MS],
    ] as const) {
      it(`is one service and one session when ${url} is repeated ${away}`, async () => {
        let crashes = 0;
        await crashAtEveryWrite({
          server: SERVER,
          request: (server) => create(server, url),
          async check({ restart, reply, writes }: Crashed) {
            crashes = writes;
            const server = restart(afterMs);
            // The tasks of the restart run before the repetition, and must not contradict it.
            await server.advance(120_000);
            await expectOnce(server, url, reply);
          },
        });
        // The instance, the session's start, the request: fewer would be another test than this.
        expect(crashes).to.be.at.least(3);
      });
    }
  }

  it('is given up when no repetition comes within a day', async () => {
    await crashAtEveryWrite({
      server: SERVER,
      request: (server) => create(server, '/genesys/1/service/callback/asked'),
      async check({ restart, writes }) {
        if (writes !== 1) return;
        const server = restart(25 * HOUR_MS);
        await server.advance(0);
        const { json } = await server.send(
          'GET',
          '/genesys/1/service/callback/asked?_customer_number=6502530000',
        );
        expect(json).to.have.length(1);
        expect((json as object[])[0]).to.include({
          _callback_state: 'COMPLETED',
          _callback_reason: 'SUBMIT_ERROR',
        });
        await server.orsay.close();
      },
    });
  });
});
