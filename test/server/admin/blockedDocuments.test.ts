import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import type { Ids } from '../../../engine/ports/ids.ts';
import { createTestIds } from '../../support/testIds.ts';
import { createTestServer, type TestReply, type TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

const ROOT = 'http://orsay.test/genesys/1/document/service_template/d';
const SRC = `${ROOT}/waits.scxml`;
const STARTER = `${ROOT}/starter.scxml`;

describe('A document that an administrator blocks', () => {
  const documents = writeDocuments({
    'd/waits.scxml': orsDocument('<state id="s"><onentry><send event="late" delay="60s"/></onentry></state>'),
    'd/starter.scxml': orsDocument(`<datamodel><data id="got" expr="''"/></datamodel><state id="s">
      <transition event="go"><session:start src="'waits.scxml'"/></transition>
      <transition event="error.session.start"><script>_data.got = _event.data.description</script></transition></state>`),
  });
  let server: TestServer;
  let store: MemoryStore;
  let ids: Ids;

  beforeEach(() => {
    store = new MemoryStore();
    ids = createTestIds();
    open();
  });
  afterEach(() => server.orsay.close());

  function open(): void {
    server = createTestServer({ documents, store, ids });
  }

  const start = (fields: Record<string, string> = {}): Promise<TestReply> =>
    server.send('POST', '/scxml/session/start', { form: { src: SRC, ...fields } });

  const block = (document: string): Promise<TestReply> =>
    server.send('POST', '/genesys/1/admin/documents/block', { json: { document } });

  const allow = (document: string): Promise<TestReply> =>
    server.send('POST', '/genesys/1/admin/documents/allow', { form: { document } });

  async function live(): Promise<string[]> {
    const { json } = await server.send('GET', '/genesys/1/admin/documents');
    return (json as { src: string }[]).map(({ src }) => src);
  }

  async function codeOf(reply: Promise<TestReply>): Promise<string | number> {
    const { status, json } = await reply;
    return (json as { code?: string }).code ?? status;
  }

  it('ends with all its sessions, and starts no more, also after a restart, until it is allowed', async () => {
    const tomorrow = String(server.clock.now() + 86_400_000);
    const started = await Promise.all([start(), start(), start({ idealtime: tomorrow })]);
    const sessions = started.map(({ json }) => (json as { _id: string })._id);
    const blocked = await block(SRC);
    expect(blocked.json).to.deep.equal({ document: SRC, sessions: 3 });
    await server.advance(0);
    for (const id of sessions) {
      const view = await server.send('GET', `/scxml/session/${id}/query`);
      expect(view.json).to.include({ status: 'terminated', reason: 'its document is blocked' });
    }
    expect(await live()).to.deep.equal([]);
    expect((await start()).json).to.include({
      code: 'DOCUMENT_BLOCKED',
      message: `The document '${SRC}' is blocked: an administrator ended its sessions, and no session may start on it.`,
    });
    await server.orsay.close();
    open();
    expect(await codeOf(start())).to.equal('DOCUMENT_BLOCKED');
    const list = await server.send('GET', '/genesys/1/admin/documents/blocked');
    expect(list.json).to.deep.equal([{ document: SRC, at: '2026-01-05T09:00:00.000Z' }]);
    expect(await codeOf(allow(SRC))).to.equal(200);
    expect(await codeOf(allow(SRC))).to.equal('NOT_FOUND');
    expect(await codeOf(start())).to.equal(200);
  });

  it('may be one version of it', async () => {
    await start();
    const { json } = await server.send('GET', '/genesys/1/admin/documents');
    const [{ documentHash }] = json as [{ documentHash: string }];
    expect((await block(documentHash)).json).to.deep.equal({ document: documentHash, sessions: 1 });
    await server.advance(0);
    expect(await live()).to.deep.equal([]);
    expect(await codeOf(start())).to.equal('DOCUMENT_BLOCKED');
    expect(await codeOf(allow(documentHash))).to.equal(200);
    expect(await codeOf(start())).to.equal(200);
  });

  it('ends also the sessions that start meanwhile', async () => {
    const starts = Array.from({ length: 20 }, () => codeOf(start()));
    await block(SRC);
    starts.push(...Array.from({ length: 20 }, () => codeOf(start())));
    for (const code of await Promise.all(starts)) expect(code).to.be.oneOf([200, 'DOCUMENT_BLOCKED']);
    await server.advance(0);
    expect(await live()).to.deep.equal([]);
  });

  it('is not started by other documents: they get an error event', async () => {
    await block(SRC);
    const { json } = await start({ src: STARTER });
    const { _id: id } = json as { _id: string };
    await server.send('POST', `/scxml/session/${id}/event/go`);
    await server.advance(0);
    const view = await server.send('GET', `/scxml/session/${id}/query`);
    expect((view.json as { data: { got: string } }).data.got).to.contain(`The document '${SRC}' is blocked`);
  });

  it('is named by a URL or a hash', async () => {
    for (const document of ['', 'no url', '0'.repeat(63)]) {
      expect(await codeOf(block(document))).to.equal('PARAMETER_INVALID');
    }
  });
});
