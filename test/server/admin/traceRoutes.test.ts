import { expect } from 'chai';
import { readTrace, stepperAfter } from '../../../engine/trace/index.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

const FOLDER = 'http://orsay.test/genesys/1/document/service_template/';

describe('the traces of sessions', () => {
  let server: TestServer;

  beforeEach(async () => {
    server = createTestServer({
      config: (config) => ({
        ...config,
        traces: { documents: [`${FOLDER}w/*`], maxSteps: 1_000, maxBytes: 1_000_000, keptDays: 1 },
      }),
      documents: writeDocuments({
        'w/w.scxml': orsDocument(
          `<datamodel><data id="count" expr="0"/></datamodel>
           <state id="waiting"><transition event="count"><assign location="_data.count" expr="_data.count + 1"/>
           </transition></state>`,
          'initial="waiting"',
        ),
        'q/q.scxml': orsDocument('<state id="waiting"/>', 'initial="waiting"'),
      }),
    });
  });

  afterEach(() => server.orsay.close());

  async function start(path: string): Promise<string> {
    const { json } = await server.send('POST', '/scxml/session/start', { form: { src: `${FOLDER}${path}` } });
    return (json as { _id: string })._id;
  }

  it('are given as a file that goes on in the stepper, and their export is in the audit log', async () => {
    const id = await start('w/w.scxml');
    await server.send('POST', `/scxml/session/${id}/event/count`);
    const { status, text } = await server.send('GET', `/genesys/1/admin/sessions/${id}/trace`);
    expect(status).to.equal(200);
    const session = await stepperAfter(readTrace(text, 'reply'));
    expect(session.get('_data.count')).to.equal(1);
    const { json } = await server.send('GET', '/genesys/1/admin/audit?action=trace.exported');
    expect(json).to.have.nested.property('entries[0].object', `session:${id}`);
  });

  it('are there for the documents of the configuration only', async () => {
    const [traced, other] = [await start('w/w.scxml'), await start('q/q.scxml')];
    const { json } = await server.send('GET', '/genesys/1/admin/traces');
    expect((json as { sessionId: string }[]).map(({ sessionId }) => sessionId)).to.deep.equal([traced]);
    const { status, json: refusal } = await server.send('GET', `/genesys/1/admin/sessions/${other}/trace`);
    expect(status).to.equal(404);
    expect(refusal).to.include({
      code: 'SESSION_NOT_FOUND',
      message: `There is no trace of session '${other}': expected one that started on a document of traces.documents, in the last traces.keptDays.`,
    });
    expect((await server.send('GET', '/genesys/1/admin/traces?limit=x')).status).to.equal(400);
  });
});
