import { expect } from 'chai';
import { createTestServer, type TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

const SRC = 'http://orsay.test/genesys/1/document/service_template/w/w.scxml';

describe("the administrator's view of sessions", () => {
  let server: TestServer;
  let id: string;

  beforeEach(async () => {
    server = createTestServer({
      config: (config) => ({ ...config, server: { ...config.server, maxLiveSessions: 1 } }),
      documents: writeDocuments({
        'w/w.scxml': orsDocument('<state id="waiting"/>', 'initial="waiting"'),
      }),
    });
    id = await start();
  });

  afterEach(() => server.orsay.close());

  async function start(): Promise<string> {
    const { json } = await server.send('POST', '/scxml/session/start', { form: { src: SRC } });
    return (json as { _id: string })._id;
  }

  async function sessions(query: string): Promise<Record<string, unknown>[]> {
    const { status, json } = await server.send('GET', `/genesys/1/admin/sessions?${query}`);
    expect(status).to.equal(200);
    return json as Record<string, unknown>[];
  }

  it('says which versions of documents are needed, and by which sessions', async () => {
    const other = await start();
    const { json } = await server.send('GET', '/genesys/1/admin/documents');
    const [version] = json as { documentHash: string; src: string; sessions: number }[];
    expect(version).to.include({ src: SRC, sessions: 2 });
    const found = await sessions(`documentHash=${version!.documentHash}`);
    expect(found.map(({ _id }) => _id)).to.have.members([id, other]);
    expect(await sessions('documentHash=none')).to.deep.equal([]);
    expect(await sessions('limit=1')).to.have.length(1);
  });

  it('shows a session that cannot be restored, and takes it back', async () => {
    const { durable } = server.orsay;
    const record = durable.get<Record<string, unknown>>('session', id)!;
    await start(); // one session may be in memory: the first has left it
    await durable.commit({
      put: [{ table: 'session', key: id, value: { ...record, snapshot: { version: 99 } } }],
    });

    const published = await server.send('POST', `/scxml/session/${id}/event/any`);
    expect(published.status).to.equal(503);
    expect(published.json).to.include({ code: 'SESSION_SET_ASIDE' });
    const [found] = await sessions('status=setAside');
    expect(found).to.include({ _id: id, status: 'setAside' });
    expect(found!.reason).to.be.a('string').and.to.contain('99');

    const refused = await server.send('POST', `/genesys/1/admin/sessions/${id}/retry`);
    expect(refused.status).to.equal(503);
    expect((refused.json as { message: string }).message)
      .to.contain('still cannot be restored')
      .and.to.contain('99');

    const setAside = durable.get<Record<string, unknown>>('session', id)!;
    const repaired = { ...setAside, snapshot: record.snapshot };
    await durable.commit({ put: [{ table: 'session', key: id, value: repaired }] });
    expect((await server.send('POST', `/genesys/1/admin/sessions/${id}/retry`)).status).to.equal(200);
    expect((await server.send('POST', `/scxml/session/${id}/event/any`)).status).to.equal(200);
    expect(await sessions('status=setAside')).to.deep.equal([]);
    expect((await server.send('POST', `/genesys/1/admin/sessions/${id}/retry`)).status).to.equal(404);
  });

  it('refuses a status and a limit that are none', async () => {
    for (const query of ['status=asleep', 'limit=0', 'limit=x']) {
      const { status, json } = await server.send('GET', `/genesys/1/admin/sessions?${query}`);
      expect(status).to.equal(400);
      expect(json).to.include({ code: 'PARAMETER_INVALID' });
    }
  });
});
