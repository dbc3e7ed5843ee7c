import { expect } from 'chai';
import type { TestServer } from '../../support/testServer.ts';
import { createTestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

/** A document that fetches a URL and keeps the result. */
function fetching(url: string): string {
  return orsDocument(
    `<datamodel><data id="result" expr="null"/><data id="id" expr="''"/></datamodel>
     <state id="asking">
       <onentry><session:fetch requestid="_data.id" method="'get'" srcexpr="'${url}'"/></onentry>
       <transition event="session.fetch.done error.session.fetch">
         <assign location="_data.result"
           expr="{ event: _event.name, status: _event.data.status, content: _event.data.content }"/>
       </transition>
     </state>`,
    'initial="asking"',
  );
}

describe('a document that fetches a URL of its own server', () => {
  let server: TestServer;

  afterEach(() => server.orsay.close());

  async function resultOf(path: string): Promise<Record<string, unknown>> {
    server = createTestServer({
      documents: writeDocuments({ 'f/f.scxml': fetching(`http://orsay.test${path}`) }),
    });
    const src = 'http://orsay.test/genesys/1/document/service_template/f/f.scxml';
    const { sessionId } = await server.orsay.sessions.start({ src });
    await server.orsay.durable.idle();
    const view = await server.orsay.sessions.query(sessionId);
    return (view!.data as { readonly result: Record<string, unknown> }).result;
  }

  it('reaches the URLs of agents as the platform', async () => {
    expect(await resultOf('/agent/1/agents')).to.deep.equal({
      event: 'session.fetch.done',
      status: 200,
      content: '[]',
    });
  });

  it('is refused at the URLs of administrators, also while they are open to everybody else', async () => {
    const result = await resultOf('/genesys/1/admin/templates');
    expect(result).to.include({ event: 'error.session.fetch', status: 403 });
    expect(JSON.parse(result.content as string)).to.deep.equal({
      message: "Documents may not reach URLs of administrators, got '/genesys/1/admin/templates'.",
      exception: 'orsay.ForbiddenException',
      code: 'FORBIDDEN',
    });
  });

  it('reads the status of the node as everybody does', async () => {
    expect(await resultOf('/genesys/1/admin/node/status')).to.include({ status: 200, content: 'ONLINE' });
  });
});
