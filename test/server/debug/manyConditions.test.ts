import { expect } from 'chai';
import { createTestServer, type TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

const ROOT = '/genesys/1/admin/debug';
const SRC = 'http://orsay.test/genesys/1/document/service_template/again/again.scxml';
/** Enters its state 40 times in one step. */
const AGAIN = orsDocument(
  `<datamodel><data id="count" expr="0"/></datamodel>
  <state id="ready"><transition event="go" target="open"/></state>
  <state id="open">
    <onentry><script>_data.count += 1;</script>
      <if cond="_data.count &lt; 40"><raise event="again"/></if></onentry>
    <transition event="again" target="open"/>
  </state>`,
  'initial="ready"',
);
const ENDLESS = '(function () { for (;;) {} })()';

describe('the conditions of breakpoints', () => {
  let server: TestServer;

  beforeEach(() => {
    server = createTestServer({
      config: (config) => ({ ...config, debug: { ...config.debug, enabled: true } }),
      documents: writeDocuments({ 'again/again.scxml': AGAIN }),
    });
  });
  afterEach(() => server.orsay.close());

  it('do not keep the server busy, however many there are and however often a step comes to them', async () => {
    const started = await server.send('POST', '/scxml/session/start', { form: { src: SRC } });
    const session = (started.json as { _id: string })._id;
    const { json } = await server.send('POST', ROOT, { json: { session } });
    const { id } = json as { id: string };
    const breakpoints = Array.from({ length: 100 }, (_, number) => ({
      kind: 'state',
      id: 'open',
      condition: `${ENDLESS} || ${number}`,
    }));
    const set = await server.send('PUT', `${ROOT}/${id}/breakpoints`, { json: { breakpoints } });
    expect(set.status, set.text).to.equal(200);
    await server.send('POST', `${ROOT}/${id}/continue`);
    const begun = process.cpuUsage();
    await server.send('POST', `/scxml/session/${session}/event/go`);
    const { user } = process.cpuUsage(begun);
    expect((await server.send('GET', `${ROOT}/${id}`)).json).to.deep.include({
      state: 'running',
      data: { count: 40 },
    });
    expect(user / 1_000, 'ms of the processor').to.be.below(20_000);
  });
});
