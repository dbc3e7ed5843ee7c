import { expect } from 'chai';
import type { SessionRecord } from '../../../engine/host/sessionRecord.ts';
import { withoutSense } from '../../support/keptSnapshots.ts';
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

  it('lists the versions of documents in use, and the sessions that need each', async () => {
    const other = await start();
    const { json } = await server.send('GET', '/genesys/1/admin/documents');
    const [version] = json as { documentHash: string; src: string; sessions: number }[];
    expect(version).to.include({ src: SRC, sessions: 2 });
    const found = await sessions(`documentHash=${version!.documentHash}`);
    expect(found.map(({ _id }) => _id)).to.have.members([id, other]);
    expect(await sessions(`documentHash=${'0'.repeat(64)}`)).to.deep.equal([]);
    const [first, second] = [id, other].sort();
    const page = await sessions('limit=1&status=running');
    expect(page).to.have.length(1);
    expect(page[0]).to.include({ _id: first }).and.not.to.have.property('data');
    const next = await sessions(`limit=1&status=running&after=${first}`);
    expect(next.map(({ _id }) => _id)).to.deep.equal([second]);
    expect(await sessions(`documentHash=${version!.documentHash}&after=${second}`)).to.deep.equal([]);
  });

  it('shows a session that cannot be restored, and restores it on retry', async () => {
    const { durable } = server.orsay;
    const text = durable.text('session', id)!;
    await start(); // one session may be in memory: the first has left it
    await durable.commit({ put: [withoutSense(durable, id)] });

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

    const setAside = durable.get<SessionRecord>('session', id)!;
    await durable.commit({ put: [{ table: 'session', key: id, value: setAside, text }] });
    expect((await server.send('POST', `/genesys/1/admin/sessions/${id}/retry`)).status).to.equal(200);
    expect((await server.send('POST', `/scxml/session/${id}/event/any`)).status).to.equal(200);
    expect(await sessions('status=setAside')).to.deep.equal([]);
    const again = await server.send('POST', `/genesys/1/admin/sessions/${id}/retry`);
    expect(again.status).to.equal(404);
    expect(again.json).to.include({
      code: 'SESSION_NOT_FOUND',
      message: `No session '${id}' is set aside.`,
    });
  });

  it('refuses invalid parameters', async () => {
    const queries = [
      ...['status=asleep', 'limit=0', 'limit=x', 'documentHash=none', `after=${'x'.repeat(1_501)}`],
      // A session that has ended needs no document.
      `status=failed&documentHash=${'0'.repeat(64)}`,
    ];
    for (const query of queries) {
      const { status, json } = await server.send('GET', `/genesys/1/admin/sessions?${query}`);
      expect(status).to.equal(400);
      expect(json).to.include({ code: 'PARAMETER_INVALID' });
    }
  });
});
