import { expect } from 'chai';
import { FILES_KEPT_MS } from '../../../server/ors/requestFiles.ts';
import { asId } from '../../support/ids.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

const ECHO = orsDocument(
  `<datamodel><data id="greeting" expr="'none'"/></datamodel>
   <state id="waiting">
     <transition event="note"><assign location="_data.greeting" expr="_event.data.text"/></transition>
     <transition event="echo">
       <ws:response requestid="_event.sendid">
         <param name="data" expr="_event.data"/><param name="greeting" expr="_data.greeting"/>
       </ws:response>
     </transition>
     <transition event="refuse">
       <ws:response requestid="_event.sendid" type="negative" resultcode="_event.data.code">
         <param name="message" expr="'not now'"/>
       </ws:response>
     </transition>
     <transition event="leave" target="gone"/>
   </state>
   <final id="gone"/>`,
  'initial="waiting"',
);
const SRC = 'http://orsay.test/genesys/1/document/service_template/echo/echo.scxml';

describe('the session interface of ORS', () => {
  let server: TestServer;

  beforeEach(() => {
    server = createTestServer({
      documents: writeDocuments({ 'echo/echo.scxml': ECHO, 'echo/bad.scxml': '<scxml><state></scxml>' }),
    });
  });

  afterEach(() => server.orsay.close());

  async function start(params: Record<string, string> = {}): Promise<string> {
    const reply = await server.send('POST', '/scxml/session/start', { form: { src: SRC, ...params } });
    expect(reply.status).to.equal(200);
    return (reply.json as { _id: string })._id;
  }

  it('starts a session by form, JSON and query string, with a 32-character id and the session cookie', async () => {
    const replies = [
      await server.send('POST', '/scxml/session/start', { form: { src: SRC, greeting: 'hi' } }),
      await server.send('POST', '/scxml/session/start', { json: { src: SRC, greeting: 'hi' } }),
      await server.send('POST', `/scxml/session/start?src=${encodeURIComponent(SRC)}&greeting=hi`),
    ];
    for (const reply of replies) {
      expect(reply.status).to.equal(200);
      const { _id } = reply.json as { _id: string };
      expect(_id).to.have.length(32);
      expect(reply.headers['set-cookie']).to.deep.equal(
        `ORSSESSIONID=${_id}.node1; Path=/; HttpOnly; SameSite=Lax`,
      );
      const echo = await server.send('POST', `/scxml/session/${_id}/request/echo`);
      expect(echo.json).to.deep.equal({ data: {}, greeting: 'hi' });
    }
  });

  it('passes form fields of a request flat, and JSON also as paramtype and param', async () => {
    const sid = await start();
    const form = await server.send('POST', `/scxml/session/${sid}/request/echo?q=1`, { form: { a: 'b' } });
    expect(form.json).to.deep.equal({ data: { q: '1', a: 'b' }, greeting: 'none' });
    const json = await server.send('POST', `/scxml/session/${sid}/request/echo`, { json: { a: { b: [1] } } });
    expect(json.json).to.deep.equal({
      data: { a: { b: [1] }, paramtype: 'application/json', param: '{"a":{"b":[1]}}' },
      greeting: 'none',
    });
  });

  it('publishes events by POST, and never by GET', async () => {
    const sid = await start();
    expect(
      (await server.send('POST', `/scxml/session/${sid}/event/note`, { form: { text: 'one' } })).json,
    ).to.deep.equal({});
    expect((await server.send('POST', `/scxml/session/${sid}/request/echo`)).json).to.deep.include({
      greeting: 'one',
    });
    await server.send('POST', `/scxml/session/${sid}/event/note?text=two`);
    expect((await server.send('GET', `/scxml/session/${sid}/event/note?text=three`)).status).to.equal(405);
    expect((await server.send('GET', `/scxml/session/${sid}/request/echo`)).status).to.equal(405);
    expect((await server.send('POST', `/scxml/session/${sid}/request/echo`)).json).to.deep.include({
      greeting: 'two',
    });
  });

  it('answers a negative response with its result code as status, or 500 if that is not a status', async () => {
    const sid = await start();
    const conflict = await server.send('POST', `/scxml/session/${sid}/request/refuse`, {
      form: { code: '409' },
    });
    expect(conflict.status).to.equal(409);
    expect(conflict.json).to.deep.equal({
      message: 'not now',
      exception: 'orsay.NegativeResponseException',
      code: 'NEGATIVE_RESPONSE',
      resultcode: '409',
    });
    const other = await server.send('POST', `/scxml/session/${sid}/request/refuse`, {
      form: { code: 'busy' },
    });
    expect(other.status).to.equal(500);
    expect(other.json).to.include({ resultcode: 'busy' });
  });

  it('answers 408 when no <ws:response> comes in time', async () => {
    const sid = await start();
    const pending = server.send('POST', `/scxml/session/${sid}/request/unheard`);
    // The request is in the session before its time runs out.
    while ((await server.orsay.sessions.query(asId(sid))) === undefined) await server.orsay.durable.idle();
    await new Promise((resolve) => setImmediate(resolve));
    await server.advance(31_000);
    const reply = await pending;
    expect(reply.status).to.equal(408);
    expect(reply.json).to.include({ code: 'REQUEST_TIMEOUT', exception: 'orsay.SessionException' });
  });

  it('answers 404 in the error shape for a session that is unknown or has ended', async () => {
    const sid = await start();
    await server.send('POST', `/scxml/session/${sid}/event/leave`);
    for (const url of [
      `/scxml/session/${sid}/event/note`,
      `/scxml/session/${sid}/request/echo`,
      `/scxml/session/${'0'.repeat(32)}/terminate`,
      `/scxml/session/${'0'.repeat(32)}/query`,
    ]) {
      const reply = await server.send('POST', url);
      expect(reply.status, url).to.equal(404);
      expect(reply.json).to.have.keys('message', 'exception', 'code');
      expect(reply.json).to.include({ code: 'SESSION_NOT_FOUND' });
    }
  });

  it('shows a session and its end in a query', async () => {
    const sid = await start({ greeting: 'hey' });
    const running = await server.send('GET', `/scxml/session/${sid}/query`);
    expect(running.json).to.deep.include({
      _id: sid,
      src: SRC,
      status: 'running',
      configuration: ['waiting'],
    });
    await server.send('POST', `/scxml/session/${sid}/terminate`);
    const ended = await server.send('POST', `/scxml/session/${sid}/query`);
    expect(ended.json).to.include({ status: 'terminated', reason: 'Terminated by a client.' });
  });

  it('refuses a start without src, with a wrong idealtime, and with a document that does not load', async () => {
    const missing = await server.send('POST', '/scxml/session/start', { form: {} });
    expect([missing.status, (missing.json as { code: string }).code]).to.deep.equal([
      400,
      'PARAMETER_MISSING',
    ]);
    const time = await server.send('POST', '/scxml/session/start', { form: { src: SRC, idealtime: 'soon' } });
    expect([time.status, (time.json as { code: string }).code]).to.deep.equal([400, 'PARAMETER_INVALID']);
    const gone = await server.send('POST', '/scxml/session/start', { form: { src: `${SRC}x` } });
    expect([gone.status, (gone.json as { code: string }).code]).to.deep.equal([400, 'DOCUMENT_UNREACHABLE']);
    expect((gone.json as { message: string }).message).to.equal(
      `The document '${SRC}x' could not be read: '${SRC}x' answered 404 where 200 was expected.`,
    );
    const files = ['/etc/passwd', '/nothing/there'].map((path) =>
      server.send('POST', '/scxml/session/start', { form: { src: `file://${path}` } }),
    );
    expect((await Promise.all(files)).map(({ json }) => (json as { message: string }).message)).to.deep.equal(
      ['/etc/passwd', '/nothing/there'].map(
        (path) =>
          `The document 'file://${path}' could not be read: 'file://${path}' is not a file of the folders from which documents may be read.`,
      ),
      'whether a file exists is nobody else to know',
    );
    const bad = await server.send('POST', '/scxml/session/start', {
      form: { src: SRC.replace('echo.scxml', 'bad.scxml') },
    });
    expect([bad.status, (bad.json as { code: string }).code]).to.deep.equal([400, 'DOCUMENT_INVALID']);
    expect((bad.json as { message: string }).message).to.match(/bad\.scxml:\d+:\d+: /);
  });

  it('answers 405 with Allow for another method', async () => {
    const reply = await server.send('PUT', '/scxml/session/start');
    expect(reply.status).to.equal(405);
    expect(reply.headers.allow).to.equal('POST');
    expect(reply.json).to.include({ code: 'METHOD_NOT_ALLOWED' });
  });

  it('gives a session the URL of each file of a multipart request', async () => {
    const boundary = 'b';
    const file = (fields: Record<string, string>): string =>
      `${Object.entries(fields)
        .map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
        .join(
          '',
        )}--b\r\nContent-Disposition: form-data; name="greeting"; filename="a.png"\r\nContent-Type: image/png\r\n\r\nPNG\r\n--b--\r\n`;
    const post = (url: string, fields: Record<string, string> = {}) =>
      server.send('POST', url, {
        headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
        body: file(fields),
      });
    const expectFile = async (url: unknown): Promise<void> => {
      expect(url).to.match(/^http:\/\/orsay\.test\/genesys\/1\/storage\/binary\/[\w-]+\/greeting$/);
      const reply = await server.send('GET', new URL(String(url)).pathname);
      expect([reply.status, reply.headers['content-type'], reply.text]).to.deep.equal([
        200,
        'image/png',
        'PNG',
      ]);
    };
    const started = await post('/scxml/session/start', { src: SRC });
    const { _id: sid } = started.json as { _id: string };
    const { greeting } = (await server.send('POST', `/scxml/session/${sid}/request/echo`)).json as {
      greeting: string;
    };
    await expectFile(greeting);
    const echo = (await post(`/scxml/session/${sid}/request/echo`, { colour: 'red' })).json as {
      data: { colour: string; greeting: string };
    };
    expect(echo.data.colour).to.equal('red');
    expect(echo.data.greeting).not.to.equal(greeting);
    await expectFile(echo.data.greeting);
    await server.advance(FILES_KEPT_MS + 1);
    expect((await server.send('GET', new URL(greeting).pathname)).status).to.equal(404);
  });

  it('refuses a file whose field has too long a name', async () => {
    const { _id } = (await server.send('POST', '/scxml/session/start', { form: { src: SRC } })).json as {
      _id: string;
    };
    const reply = await server.send('POST', `/scxml/session/${_id}/request/echo`, {
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body: `--b\r\nContent-Disposition: form-data; name="${'n'.repeat(1_025)}"; filename="a"\r\n\r\nA\r\n--b--\r\n`,
    });
    expect([reply.status, (reply.json as { code: string }).code]).to.deep.equal([400, 'STORAGE_KEY_INVALID']);
  });

  it('stores no files of a request for no session', async () => {
    const unknown = `/scxml/session/${'A'.repeat(32)}`;
    for (const [url, status] of [
      ['/scxml/session/start', 400],
      [`${unknown}/event/note`, 404],
      [`${unknown}/request/echo`, 404],
      [`${unknown}/basichttp`, 404],
    ] as const) {
      const reply = await server.send('POST', url, {
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
        body: '--b\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\nA\r\n--b--\r\n',
      });
      expect(reply.status, reply.text).to.equal(status);
    }
    expect([...server.orsay.durable.scan('storage.area')]).to.deep.equal([]);
  });

  it('describes its operations at /ors/help, each of which exists', async () => {
    const { operations } = (await server.send('GET', '/ors/help')).json as {
      operations: { name: string; url: string }[];
    };
    expect(operations.map(({ name }) => name)).to.deep.equal([
      'start',
      'event',
      'request',
      'query',
      'terminate',
      'basichttp',
    ]);
    const paths = operations.map(({ url }) => url.slice(url.indexOf('/')).replace(/\{(\w+)\}/g, ':$1'));
    expect(server.orsay.routes.map(({ path }) => path)).to.include.members(paths);
  });
});
