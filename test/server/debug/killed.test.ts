import { expect } from 'chai';
import { crashAtEveryWrite } from '../../support/crashedServer.ts';
import type { TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

const ROOT = '/genesys/1/admin/debug';
const SRC = 'http://orsay.test/genesys/1/document/service_template/names/names.scxml';
const NAMES = orsDocument(
  `<datamodel><data id="names" expr="[]"/></datamodel>
  <state id="open"><transition event="*"><script>_data.names.push(_event.name);</script></transition></state>`,
  'initial="open"',
);

describe('a server that is killed while a debugger holds a session', () => {
  const documents = writeDocuments({ 'names/names.scxml': NAMES });
  let session: string;
  let debuggerId: string;

  async function hold(server: TestServer): Promise<void> {
    const started = await server.send('POST', '/scxml/session/start', { form: { src: SRC } });
    session = (started.json as { _id: string })._id;
    const attached = await server.send('POST', ROOT, { json: { session } });
    debuggerId = (attached.json as { id: string }).id;
    await publish(server, 'first');
  }
  const publish = (server: TestServer, name: string) =>
    server.send('POST', `/scxml/session/${session}/event/${name}`);

  for (const [name, request] of [
    ['an event comes', (server: TestServer) => publish(server, 'second')],
    ['the debugger leaves', (server: TestServer) => server.send('DELETE', `${ROOT}/${debuggerId}`)],
  ] as const) {
    it(`loses no acknowledged event, and takes none twice: ${name}`, async () => {
      await crashAtEveryWrite({
        server: { config: (config) => ({ ...config, debug: { ...config.debug, enabled: true } }), documents },
        prepare: hold,
        request,
        async check({ reply, restart }) {
          const server = restart();
          await server.advance(10_000);
          const { json } = await server.send('GET', `/scxml/session/${session}/query`);
          const { names } = (json as { data: { names: string[] } }).data;
          const expected =
            name === 'an event comes' && reply?.status === 200 ? ['first', 'second'] : ['first'];
          expect(names.slice(0, expected.length)).to.deep.equal(expected);
          expect(names.length).to.be.at.most(2);
          expect(server.orsay.durable.taskKeys('release:')).to.deep.equal([]);
          await server.orsay.close();
        },
      });
    });
  }
});
