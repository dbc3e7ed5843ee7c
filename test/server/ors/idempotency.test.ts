import { expect } from 'chai';
import { crashAtEveryWrite } from '../../support/crashedServer.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

const COUNTER = orsDocument(
  `<datamodel><data id="count" expr="0"/></datamodel>
   <state id="counting">
     <transition event="add"><assign location="_data.count" expr="_data.count + 1"/></transition>
     <transition event="ask">
       <assign location="_data.count" expr="_data.count + 1"/>
       <ws:response requestid="_event.sendid"><param name="count" expr="_data.count"/></ws:response>
     </transition>
     <transition event="end" target="over"/>
   </state>
   <final id="over"/>`,
  'initial="counting"',
);
const SRC = 'http://orsay.test/genesys/1/document/service_template/c/c.scxml';

describe('the header Idempotency-Key', () => {
  let server: TestServer;

  beforeEach(() => {
    server = createTestServer({ documents: writeDocuments({ 'c/c.scxml': COUNTER }) });
  });

  afterEach(() => server.orsay.close());

  async function post(url: string, key: string, form: Record<string, string> = {}) {
    return server.send('POST', url, { form, headers: { 'idempotency-key': key } });
  }

  async function start(key: string): Promise<string> {
    const { status, json } = await post('/scxml/session/start', key, { src: SRC });
    expect(status).to.equal(200);
    return (json as { _id: string })._id;
  }

  async function count(id: string): Promise<unknown> {
    const { json } = await server.send('GET', `/scxml/session/${id}/query`);
    return (json as { data: { count: unknown } }).data.count;
  }

  it('starts one session for a repeated start, and another one for another key', async () => {
    const first = await start('a');
    expect(first).to.match(/^[A-Z0-9]{32}$/);
    expect(await start('a')).to.equal(first);
    expect(await start('b')).not.to.equal(first);
  });

  it('starts no second session when the first has ended and was removed', async () => {
    const first = await start('a');
    await post(`/scxml/session/${first}/event/end`, 'last');
    await server.advance(2 * 3_600_000);
    expect(await start('a')).to.equal(first);
    expect((await server.send('GET', `/scxml/session/${first}/query`)).status).to.equal(404);
    await server.advance(24 * 3_600_000);
    expect(await start('a')).to.equal(first);
    expect((await server.send('GET', `/scxml/session/${first}/query`)).status).to.equal(200);
  });

  it('starts no second session after a crash at any write', async () => {
    const made: boolean[] = [];
    const ask = (of: TestServer) =>
      of.send('POST', '/scxml/session/start', { form: { src: SRC }, headers: { 'idempotency-key': 'a' } });
    await crashAtEveryWrite({
      server: { documents: writeDocuments({ 'c/c.scxml': orsDocument('<final id="over"/>') }) },
      request: ask,
      async check({ restart, store }) {
        const wasMade = [...store.scan('session', {})].length > 0;
        made.push(wasMade);
        // Its record lives for an hour.
        const next = restart(2 * 3_600_000);
        const { _id: id } = (await ask(next)).json as { _id: string };
        const { status } = await next.send('GET', `/scxml/session/${id}/query`);
        expect(status).to.equal(wasMade ? 404 : 200);
        await next.orsay.close();
      },
    });
    expect(made).to.include.members([false, true]);
  });

  it('makes an event count once, and without the header every time', async () => {
    const id = await start('a');
    await Promise.all([
      post(`/scxml/session/${id}/event/add`, 'e1'),
      post(`/scxml/session/${id}/event/add`, 'e1'),
    ]);
    await post(`/scxml/session/${id}/event/add`, 'e1');
    expect(await count(id)).to.equal(1);
    await server.send('POST', `/scxml/session/${id}/event/add`);
    await server.send('POST', `/scxml/session/${id}/event/add`);
    expect(await count(id)).to.equal(3);
  });

  it('gives a repeated request the same answer', async () => {
    const id = await start('a');
    const answers = [];
    for (const key of ['r1', 'r1', 'r2', 'r1']) {
      answers.push((await post(`/scxml/session/${id}/request/ask`, key)).json);
    }
    expect(answers).to.deep.equal([{ count: 1 }, { count: 1 }, { count: 2 }, { count: 1 }]);
  });

  it('acknowledges a repetition of the event that ended the session, and answers 410 to a request', async () => {
    const id = await start('a');
    for (let time = 0; time < 2; time++) {
      expect((await post(`/scxml/session/${id}/event/end`, 'last')).status).to.equal(200);
    }
    expect((await post(`/scxml/session/${id}/event/end`, 'other')).status).to.equal(404);

    const other = await start('b');
    for (let time = 0; time < 2; time++) {
      const { status, json } = await post(`/scxml/session/${other}/request/end`, 'last');
      expect(status).to.equal(410);
      expect(json).to.include({ code: 'SESSION_ENDED' });
    }
  });

  it('must not be longer than 256 characters', async () => {
    const { status, json } = await post('/scxml/session/start', 'x'.repeat(257), { src: SRC });
    expect(status).to.equal(400);
    expect(json).to.include({ code: 'PARAMETER_INVALID' });
    expect((json as { message: string }).message).to.include('MAX_IDEMPOTENCY_KEY (256)');
  });
});
