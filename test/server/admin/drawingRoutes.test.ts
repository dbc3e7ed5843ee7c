import { expect } from 'chai';
import { callerOfRole } from '../../../server/identity/index.ts';
import { BASE, createTestServer, type TestServer } from '../../support/testServer.ts';

const ROOT = '/genesys/1/admin';

describe('drawings of documents', () => {
  let server: TestServer;
  before(() => {
    server = createTestServer();
  });
  after(() => server.orsay.close());

  it('are made of the version of a session, with ids by which a page lights its states', async () => {
    await server.send('POST', '/scxml/session/start', {
      form: { src: `${BASE}/genesys/1/document/service_template/hello/hello.scxml` },
    });
    const [version] = (await server.send('GET', `${ROOT}/documents`)).json as { documentHash: string }[];
    const url = `${ROOT}/documents/${version!.documentHash}/drawing`;
    const { status, headers, text } = await server.send('GET', url);
    expect([status, headers['content-type'], headers['content-security-policy']]).to.deep.equal([
      200,
      'image/svg+xml',
      "default-src 'none'; style-src 'unsafe-inline'",
    ]);
    expect([...text.matchAll(/data-state="(\w+)"/g)].map(([, id]) => id)).to.deep.equal([
      'awaitingStart',
      'answered',
      'notStarted',
    ]);
    const layout = (await server.send('GET', `${url}?format=json`)).json as { states: { id: string }[] };
    expect(layout.states.map(({ id }) => id)).to.deep.equal(['awaitingStart', 'answered', 'notStarted']);
  });

  it('are made of a document of a template, with its includes', async () => {
    const url = `${ROOT}/templates/callback/drawing`;
    const { status, text } = await server.send('GET', `${url}?file=src/chat-delay.scxml`);
    expect([status, text.slice(0, 4)]).to.deep.equal([200, '<svg']);
    expect(text).to.contain('data-state="reporting"');
    const refused = await server.send('GET', `${url}?file=src/chat.scxml`);
    expect([refused.status, (refused.json as { message: string }).message]).to.deep.equal([
      400,
      "Expected file to be a document of the template (src/chat-delay.scxml, src/chat-immediate.scxml, src/inbound_chat.scxml), got 'src/chat.scxml'.",
    ]);
    expect((await server.send('GET', `${ROOT}/templates/nothing/drawing`)).status).to.equal(404);
    expect((await server.send('GET', `${ROOT}/templates/hello/drawing?format=gif`)).status).to.equal(400);
    expect((await server.send('GET', `${ROOT}/documents/__proto__/drawing`)).status).to.equal(404);
  });

  it('are made of texts that are given, or say which is wrong', async () => {
    const url = 'http://elsewhere.test/a.scxml';
    const text = '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"><state id="a"/></scxml>';
    const draw = (json: object) => server.send('POST', `${ROOT}/drawing`, { json });
    const drawn = (await draw({ sources: [{ url, text }] })).json as {
      readonly files: readonly string[];
      readonly states: readonly { readonly id: string }[];
    };
    expect([drawn.files, drawn.states.map(({ id }) => id)]).to.deep.equal([[url], ['a']]);
    for (const json of [{}, { sources: [{ url: 'no', text }] }, { sources: [{ url, text: '<no' }] }]) {
      expect((await draw(json)).status, JSON.stringify(json)).to.equal(400);
    }
  });

  it('tell how two versions of a template differ', async () => {
    const shop = (states: string): string =>
      `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" initial="open">${states}</scxml>`;
    const upload = async (states: string): Promise<string> => {
      const body = shop(states);
      const { status, text } = await server.send('PUT', `${ROOT}/templates/shop`, { body });
      expect(status, text).to.equal(200);
      const versions = (await server.send('GET', `${ROOT}/templates/shop/versions`)).json;
      return (versions as { version: string; isPresent: boolean }[]).find(({ isPresent }) => isPresent)!
        .version;
    };
    const first = await upload(
      '<state id="open"><transition event="order" target="ordered"/></state><state id="ordered"/>',
    );
    const second = await upload('<state id="open"/><final id="ordered"/>');
    const url = `${ROOT}/templates/shop/comparison`;
    const { json } = await server.send('GET', `${url}?version=${first}`);
    expect(json).to.deep.equal({
      changes: [
        { kind: 'changed', what: 'state ordered', how: 'atomic in the top -> final in the top' },
        { kind: 'removed', what: 'transition open --order--> ordered' },
      ],
    });
    const same = await server.send('GET', `${url}?version=${second}&to=${second}&file=shop.scxml`);
    expect(same.json).to.deep.equal({ changes: [] });
    for (const [query, status] of [
      ['to=0000000000000000', 404],
      ['file=none.scxml', 400],
    ] as const) {
      expect((await server.send('GET', `${url}?${query}`)).status, query).to.equal(status);
    }
  });

  it('are for debuggers too, who see the chart of a session', () => {
    const asDebugger = (method: string, path: string) =>
      callerOfRole({ user: 'dora', role: 'debugger' }, { audience: 'administrator', method, path });
    const paths = [
      ['GET', `${ROOT}/documents/${'0'.repeat(64)}/drawing`],
      ['POST', `${ROOT}/drawing`],
      ['POST', `${ROOT}/documents/block`],
    ] as const;
    expect(paths.map(([method, path]) => asDebugger(method, path) !== undefined)).to.deep.equal([
      true,
      true,
      false,
    ]);
  });
});
