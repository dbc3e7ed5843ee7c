import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { type BrittleStore, createBrittleStore } from '../../support/brittleStore.ts';
import { crashAtEveryWrite } from '../../support/crashedServer.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

const ROOT = '/genesys/1/admin/debug';
const SRC = 'http://orsay.test/genesys/1/document/service_template/first/first.scxml';

const FIRST = orsDocument(
  `<datamodel><data id="names" expr="['begun']"/><data id="random" expr="Math.random()"/></datamodel>
  <state id="begin"><transition target="open"/></state>
  <state id="open"><transition event="*"><script>_data.names.push(_event.name);</script></transition></state>`,
  'initial="begin"',
);
const BREAKPOINTS = [{ kind: 'state', id: 'open' }];

interface State {
  readonly id: string;
  readonly state: string;
  readonly session?: string;
  readonly data: { readonly names: readonly string[]; readonly random: number } | null;
  readonly configuration: readonly string[];
  readonly waitingCount: number;
  readonly steps: readonly { readonly kind: string }[];
}

for (const place of ['this process', 'engine children'] as const) {
  describe(`the first step of a session that a debugger waits for, in ${place}`, () => {
    let server: TestServer;
    let store: BrittleStore;
    let id: string;

    const open = () =>
      createTestServer({
        store,
        config: (config) => ({
          ...config,
          engine: { ...config.engine, sandbox: place === 'this process' ? 'none' : 'all', children: 1 },
          debug: { ...config.debug, enabled: true },
        }),
        documents: writeDocuments({ 'first/first.scxml': FIRST }),
      });
    const start = () => server.send('POST', '/scxml/session/start', { form: { src: SRC } });
    const state = async () => (await server.send('GET', `${ROOT}/${id}`)).json as State;
    const publish = (to: string, name: string) => server.send('POST', `/scxml/session/${to}/event/${name}`);
    const query = async (session: string) =>
      (await server.send('GET', `/scxml/session/${session}/query`)).json as State & { status?: string };
    const begin = async () => {
      const { json } = await start();
      return (json as { _id: string })._id;
    };

    beforeEach(async () => {
      store = createBrittleStore(new MemoryStore());
      server = open();
      const attached = await server.send('POST', ROOT, { json: { nextOf: SRC } });
      id = (attached.json as State).id;
      const set = await server.send('PUT', `${ROOT}/${id}/breakpoints`, {
        json: { breakpoints: BREAKPOINTS },
      });
      expect(set.json).to.deep.equal({
        breakpoints: [{ verified: false, message: 'It is placed when a session starts on the document.' }],
      });
    });
    afterEach(() => server.orsay.close());

    it('stops before it when it comes to a breakpoint, and takes it with the next command', async () => {
      const session = await begin();
      const stopped = await state();
      expect(stopped).to.deep.include({
        state: 'stopped',
        session,
        configuration: [],
        waitingCount: 0,
        steps: [],
      });
      expect((await publish(session, 'early')).status).to.equal(200);
      const events = await server.send('POST', `${ROOT}/${id}/step`);
      expect(events.status).to.equal(200);
      const stepped = await state();
      expect(stepped).to.deep.include({ state: 'stopped', configuration: ['open'], waitingCount: 1 });
      expect([stepped.steps.map(({ kind }) => kind), stepped.data!.names]).to.deep.equal([
        ['start'],
        ['begun'],
      ]);
      await server.send('POST', `${ROOT}/${id}/continue`);
      await server.advance(10_000);
      expect((await query(session)).data!.names).to.deep.equal(['begun', 'early']);
      expect(server.orsay.durable.taskKeys('begin:')).to.deep.equal([]);
      await server.send('DELETE', `${ROOT}/${id}`);
      expect(server.orsay.durable.taskKeys('release:')).to.deep.equal([]);
      const other = await begin();
      expect((await query(other)).configuration).to.deep.equal(['open']);
    });

    it('goes on after a restart, with the inputs that came meanwhile', async () => {
      const session = await begin();
      await publish(session, 'early');
      const before = server;
      server = open();
      await before.orsay.close();
      await server.advance(30_000);
      expect((await query(session)).data!.names).to.deep.equal(['begun', 'early']);
      for (const keys of ['begin:', 'release:'])
        expect(server.orsay.durable.taskKeys(keys)).to.deep.equal([]);
    });

    it('goes on when the debugger leaves, and never comes when the session is terminated before', async () => {
      const session = await begin();
      expect((await server.send('POST', `/scxml/session/${session}/terminate`)).status).to.equal(200);
      expect((await server.send('GET', ROOT)).json).to.have.nested.property('[0].state', 'ended');
      await server.send('DELETE', `${ROOT}/${id}`);
      await server.advance(10_000);
      expect(await query(session)).to.deep.include({ configuration: [] });
    });

    it('is stored with the hold, or neither is: the debugger then waits for the next session', async () => {
      for (const breakpoints of [BREAKPOINTS, []]) {
        await server.send('PUT', `${ROOT}/${id}/breakpoints`, { json: { breakpoints } });
        store.failNext();
        expect((await start()).status).to.equal(503);
        expect((await state()).state).to.equal('waiting');
      }
      const session = await begin();
      expect(await state()).to.deep.include({ state: 'stopped', session, configuration: ['open'] });
    });
  });
}

describe('a server that is killed while a debugger waits for a session that starts', () => {
  it('starts the session whose start was answered, once', async () => {
    await crashAtEveryWrite({
      server: {
        config: (config) => ({ ...config, debug: { ...config.debug, enabled: true } }),
        documents: writeDocuments({ 'first/first.scxml': FIRST }),
      },
      async prepare(server: TestServer) {
        const attached = await server.send('POST', ROOT, { json: { nextOf: SRC } });
        const path = `${ROOT}/${(attached.json as State).id}/breakpoints`;
        await server.send('PUT', path, { json: { breakpoints: BREAKPOINTS } });
      },
      request: (server: TestServer) => server.send('POST', '/scxml/session/start', { form: { src: SRC } }),
      async check({ reply, restart }) {
        const server = restart();
        await server.advance(30_000);
        const found = (await server.send('GET', '/genesys/1/admin/sessions')).json as {
          configuration: object;
        }[];
        if (reply?.status === 200) expect(found).to.have.length(1);
        for (const { configuration } of found) expect(configuration).to.deep.equal(['open']);
        expect(server.orsay.durable.taskKeys('release:')).to.deep.equal([]);
        await server.orsay.close();
      },
    });
  });
});
