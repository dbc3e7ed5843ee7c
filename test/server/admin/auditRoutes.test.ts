import { expect } from 'chai';
import { withoutSense } from '../../support/keptSnapshots.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

const SRC = 'http://orsay.test/genesys/1/document/service_template/w/w.scxml';
const URL = '/genesys/1/admin/audit';
const DOCUMENT = orsDocument('<state id="waiting"/>', 'initial="waiting"');

interface Page {
  readonly entries: readonly Record<string, unknown>[];
  readonly next?: string;
}

describe('The audit log of a server', () => {
  let server: TestServer;

  beforeEach(() => {
    server = createTestServer({
      config: (config) => ({ ...config, server: { ...config.server, maxLiveSessions: 1 } }),
      documents: writeDocuments({ 'w/w.scxml': DOCUMENT }),
    });
  });

  afterEach(() => server.orsay.close());

  async function page(query = ''): Promise<Page> {
    const { status, json } = await server.send('GET', `${URL}?${query}`);
    expect(status).to.equal(200);
    return json as Page;
  }

  /** Entries without their ids, newest first. */
  const entries = async (query = '') => (await page(query)).entries.map(({ id: _, ...entry }) => entry);

  async function start(): Promise<string> {
    const { json } = await server.send('POST', '/scxml/session/start', { form: { src: SRC } });
    return (json as { _id: string })._id;
  }

  const upload = (name: string) =>
    server.send('PUT', `/genesys/1/admin/templates/${name}?override=${name}`, {
      body: DOCUMENT,
      headers: { 'content-type': 'application/xml' },
    });

  it('records uploads and removals of templates, with the actor, the address and the time', async () => {
    await upload('w');
    await upload('w');
    await server.advance(1_000);
    await server.send('DELETE', '/genesys/1/admin/templates/w');
    const [removed, ...uploaded] = await entries();
    const common = { who: 'administrator', address: '127.0.0.1', object: 'template:w' };
    const at = (ms: number) => new Date(server.clock.now() - 1_000 + ms).toISOString();
    expect(removed).to.deep.include({ ...common, action: 'template.removed', at: at(1_000) });
    expect(uploaded).to.deep.equal([
      { ...common, action: 'template.uploaded', details: { files: 1, replaced: 'uploaded' }, at: at(0) },
      { ...common, action: 'template.uploaded', details: { files: 1, replaced: 'installed' }, at: at(0) },
    ]);
  });

  it('records nothing for a request that is refused', async () => {
    await server.send('PUT', '/genesys/1/admin/templates/w', { body: '<scxml' });
    await server.send('DELETE', '/genesys/1/admin/templates/w');
    await server.send('POST', `/genesys/1/admin/sessions/${'0'.repeat(32)}/retry`);
    await server.send('POST', `/scxml/session/${'0'.repeat(32)}/terminate`);
    expect(await entries()).to.deep.equal([]);
  });

  it('records retries and terminations of sessions, of each status', async () => {
    const { durable } = server.orsay;
    const [aside, running] = [await start(), await start()];
    const text = durable.text('session', aside)!;
    await durable.commit({ put: [withoutSense(durable, aside)] });
    await server.send('POST', `/scxml/session/${aside}/event/any`);
    expect((await server.send('POST', `/genesys/1/admin/sessions/${aside}/retry`)).status).to.equal(503);
    await durable.commit({
      put: [{ table: 'session', key: aside, value: durable.get('session', aside), text }],
    });
    await server.send('POST', `/genesys/1/admin/sessions/${aside}/retry`);
    const later = (
      await server.send('POST', '/scxml/session/start', {
        form: { src: SRC, idealtime: String(server.clock.now() + 60_000) },
      })
    ).json as { _id: string };
    for (const id of [running, later._id]) await server.send('POST', `/scxml/session/${id}/terminate`);
    expect((await entries()).map(({ who, action, object }) => [who, action, object])).to.deep.equal([
      ['platform partner', 'session.terminated', `session:${later._id}`],
      ['platform partner', 'session.terminated', `session:${running}`],
      ['administrator', 'session.retried', `session:${aside}`],
    ]);
  });

  it('is read page by page, by time, object, actor and action', async () => {
    for (const name of ['a', 'b', 'c']) {
      await upload(name);
      await server.advance(1_000);
    }
    const objects = async (query: string) => (await page(query)).entries.map(({ object }) => object);
    const first = await page('limit=2');
    expect(first.entries.map(({ object }) => object)).to.deep.equal(['template:c', 'template:b']);
    expect(await objects(`before=${first.next}`)).to.deep.equal(['template:a']);
    const time = new Date(server.clock.now() - 2_000).toISOString();
    expect(await objects(`since=${time}`)).to.deep.equal(['template:c', 'template:b']);
    expect(await objects(`until=${time}`)).to.deep.equal(['template:a']);
    expect(await objects('object=template:b')).to.deep.equal(['template:b']);
    expect(await objects('who=server')).to.deep.equal([]);
    expect(await objects('action=template.removed')).to.deep.equal([]);
  });

  for (const [query, message] of [
    ['since=yesterday', "Expected since to be a time such as 2026-01-05T09:00:00Z, got 'yesterday'."],
    ['limit=0', "Expected limit to be a number from 1 to 1000, got '0'."],
    ['before=x', "Expected before to be 'next' of an earlier page, got 'x'."],
  ] as const) {
    it(`refuses ${query}`, async () => {
      const { status, json } = await server.send('GET', `${URL}?${query}`);
      expect({ status, json }).to.deep.equal({
        status: 400,
        json: { message, exception: 'orsay.BadRequestException', code: 'PARAMETER_INVALID' },
      });
    });
  }
});
