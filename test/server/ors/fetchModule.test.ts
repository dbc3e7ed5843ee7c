import { expect } from 'chai';
import { HttpFault, type HttpReply, type HttpRequest } from '../../../engine/ports/httpClient.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

const OK: HttpReply = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"a":1}' };

/** A document that performs one fetch and keeps what came of it. */
function fetching(element: string): string {
  return orsDocument(
    `<datamodel><data id="result" expr="null"/><data id="name" expr="''"/><data id="id" expr="''"/></datamodel>
     <state id="asking">
       <onentry>${element}</onentry>
       <transition event="session.fetch.done error.session.fetch">
         <assign location="_data.name" expr="_event.name"/>
         <assign location="_data.result" expr="_event.data"/>
       </transition>
       <transition event="ask">
         <ws:response requestid="_event.sendid">
           <param name="name" expr="_data.name"/><param name="result" expr="_data.result"/>
           <param name="same" expr="_data.result != null &amp;&amp; _data.result.requestid == _data.id"/>
         </ws:response>
       </transition>
     </state>`,
    'initial="asking"',
  );
}

interface Outcome {
  readonly name: string;
  readonly result: Record<string, unknown>;
  readonly same: boolean;
}

describe('<session:fetch>', () => {
  let server: TestServer;
  let asked: HttpRequest[];

  afterEach(() => server.orsay.close());

  async function run(
    element: string,
    answers: (request: HttpRequest, times: number) => HttpReply | Error = () => OK,
    waitMs = 0,
  ): Promise<Outcome> {
    asked = [];
    server = createTestServer({
      documents: writeDocuments({ 'f/f.scxml': fetching(element) }),
      http: async (request) => {
        asked.push(request);
        const answer = answers(request, asked.length);
        if (answer instanceof Error) throw answer;
        return answer;
      },
    });
    const src = 'http://orsay.test/genesys/1/document/service_template/f/f.scxml';
    const { sessionId } = await server.orsay.sessions.start({ src });
    await server.orsay.durable.idle();
    await server.advance(waitMs);
    const reply = await server.send('POST', `/scxml/session/${sessionId}/request/ask`);
    expect(reply.status).to.equal(200);
    return reply.json as Outcome;
  }

  it('puts the params of a get into the query, and returns the content as text and the headers as hints', async () => {
    const outcome = await run(
      `<session:fetch requestid="_data.id" method="'get'" srcexpr="'http://crm.test/customers?v=2'" timeout="7">
         <param name="name" expr="'a b'"/><param name="list" expr="[1,2]"/>
       </session:fetch>`,
    );
    expect(asked.map(({ method, url, timeoutMs }) => ({ method, url, timeoutMs }))).to.deep.equal([
      { method: 'GET', url: 'http://crm.test/customers?v=2&name=a+b&list=%5B1%2C2%5D', timeoutMs: 7000 },
    ]);
    expect(outcome.name).to.equal('session.fetch.done');
    expect(outcome.same).to.equal(true);
    expect(outcome.result).to.deep.include({
      content: '{"a":1}',
      hints: { 'content-type': 'application/json' },
      status: 200,
    });
  });

  it('sends params as a form or as JSON, and content as the body, with the given headers', async () => {
    await run(
      `<session:fetch method="'post'" srcexpr="'http://crm.test/1'"><param name="a" expr="'1'"/></session:fetch>
       <session:fetch method="'put'" srcexpr="'http://crm.test/2'" enctype="'application/json'">
         <param name="a" expr="{ b: 2 }"/>
       </session:fetch>
       <session:fetch method="'post'" srcexpr="'http://crm.test/3'" headers="{ 'X-Key': 'k' }">
         <content _expr="{ c: 3 }"/>
       </session:fetch>`,
    );
    const sent = asked.map(({ method, url, body, headers }) => ({
      method,
      url,
      body,
      type: headers?.['content-type'],
      key: headers?.['x-key'],
    }));
    expect(sent).to.have.deep.members([
      {
        method: 'POST',
        url: 'http://crm.test/1',
        body: 'a=1',
        type: 'application/x-www-form-urlencoded',
        key: undefined,
      },
      {
        method: 'PUT',
        url: 'http://crm.test/2',
        body: '{"a":{"b":2}}',
        type: 'application/json',
        key: undefined,
      },
      { method: 'POST', url: 'http://crm.test/3', body: '{"c":3}', type: 'application/json', key: 'k' },
    ]);
    expect(new Set(asked.map(({ headers }) => headers?.['idempotency-key'])).size).to.equal(3);
  });

  it('reports an HTTP status as http.<code>, with the reply of the server', async () => {
    const outcome = await run(
      `<session:fetch requestid="_data.id" srcexpr="'http://crm.test/none'"/>`,
      () => ({ status: 404, headers: {}, body: 'no such customer' }),
    );
    expect(outcome).to.deep.include({ name: 'error.session.fetch', same: true });
    expect(outcome.result).to.deep.include({ error: 'http.404', status: 404, content: 'no such customer' });
  });

  it('reports the reason of a missing reply, and a reply of an unexpected type', async () => {
    const silent = await run(
      `<session:fetch srcexpr="'http://crm.test/'"/>`,
      () => new HttpFault('timeout', 'slow'),
    );
    expect(silent.result).to.deep.include({ error: 'http.timeout', description: 'slow' });
    await server.orsay.close();
    const html = await run(`<session:fetch srcexpr="'http://crm.test/'" type="'text/xml'"/>`);
    expect(html.result).to.deep.include({ error: 'http.badtype' });
  });

  it('reports an invalid request without sending it', async () => {
    const outcome = await run(`<session:fetch method="'brew'" srcexpr="'http://crm.test/'"/>`);
    expect(outcome.result).to.include({ error: 'brew.unsupported' });
    expect(asked).to.deep.equal([]);
  });

  for (const [attribute, error, expected] of [
    [`gdelivery="'maybe'"`, 'http.badgdelivery', 'gdelivery to be true or false, got "maybe"'],
    [
      `gd_retries="'often'"`,
      'http.badgd_retries',
      'gd_retries to be a whole number of at most MAX_FETCH_RETRIES (100), got "often"',
    ],
    [
      `gd_retries="101"`,
      'http.badgd_retries',
      'gd_retries to be a whole number of at most MAX_FETCH_RETRIES (100), got 101',
    ],
    [`gd_retry_interval="'x'"`, 'http.badgd_retry_interval', 'gd_retry_interval in seconds, got "x"'],
  ] as const) {
    it(`reports a wrong value: ${attribute}`, async () => {
      const outcome = await run(`<session:fetch srcexpr="'http://crm.test/'" ${attribute}/>`);
      expect(outcome.result).to.include({ error, description: `Expected ${expected}.` });
      expect(asked).to.deep.equal([]);
    });
  }

  it('tells caches on the way how old a reply may be', async () => {
    await run(
      `<session:fetch srcexpr="'http://crm.test/'" maxage="60" maxstale="'5'" type="'application/json'"/>
       <session:fetch srcexpr="'http://crm.test/'" maxage="undefined"/>`,
    );
    expect(asked.map(({ headers }) => [headers?.['cache-control'], headers?.accept])).to.have.deep.members([
      ['max-age=60, max-stale=5', 'application/json, */*;q=0.1'],
      [undefined, undefined],
    ]);
    await server.orsay.close();
    const wrong = await run(`<session:fetch srcexpr="'http://crm.test/'" maxage="'old'"/>`);
    expect(wrong.result).to.include({ error: 'http.badmaxage' });
  });

  it('reports the method esp as unsupported', async () => {
    const outcome = await run(`<session:fetch method="'esp'" srcexpr="'Application/Service/Method'"/>`);
    expect(outcome.result).to.include({ error: 'esp.unsupported' });
    expect(asked).to.deep.equal([]);
  });

  it('retries a guaranteed delivery as often and as late as the document says, then reports the result', async () => {
    const element = `<session:fetch requestid="_data.id" srcexpr="'http://crm.test/'" gdelivery="true"
      gd_retries="2" gd_retry_interval="60"/>`;
    const delivered = await run(
      element,
      (_request, times) => (times < 3 ? new HttpFault('unreachable', 'down') : OK),
      120_000,
    );
    expect(asked).to.have.length(3);
    expect(delivered).to.deep.include({ name: 'session.fetch.done', same: true });
    await server.orsay.close();
    const failed = await run(element, () => ({ status: 503, headers: {}, body: '' }), 600_000);
    expect(asked).to.have.length(3);
    expect(failed.result).to.deep.include({ error: 'http.503' });
  });

  it('pauses at least a second before each retry', async () => {
    const element = `<session:fetch requestid="_data.id" srcexpr="'http://crm.test/'" gdelivery="true"
      gd_retries="100" gd_retry_interval="0"/>`;
    await run(element, () => ({ status: 503, headers: {}, body: '' }), 9_500);
    expect(asked).to.have.length(10);
  });

  it('reaches own URLs without leaving the process, and URS by its own method', async () => {
    const own = await run(`<session:fetch srcexpr="'/genesys/1/admin/node/status'"/>`);
    expect(own.result).to.deep.include({ content: 'ONLINE' });
    await server.orsay.close();
    const urs = await run(`<session:fetch method="'urs'" srcexpr="'urs/call/max/lvq?name=VQ'"/>`);
    expect(JSON.parse(urs.result.content as string)).to.include({ calls: 0 });
    expect(asked).to.deep.equal([]);
  });
});
