import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { type BrittleStore, createBrittleStore } from '../../support/brittleStore.ts';
import { createTestServer, type TestReply, type TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

const ROOT = '/genesys/1/admin/debug';
const SRC = 'http://orsay.test/genesys/1/document/service_template/count/count.scxml';
const OTHER = 'http://orsay.test/genesys/1/document/service_template/gone/gone.scxml';

/** Counts events, twice for each "twice", and after a second. */
const COUNT = orsDocument(
  `<datamodel><data id="count" expr="0"/><data id="names" expr="[]"/></datamodel>
  <state id="open">
    <onentry><send event="'late'" delay="'1s'"/></onentry>
    <transition event="add late own"><script>_data.count += 1; _data.names.push(_event.name);</script></transition>
    <transition event="twice"><send event="'own'"/><send event="'own'"/></transition>
    <transition event="ask"><ws:response requestid="_event.sendid"><param name="count" expr="_data.count"/></ws:response></transition>
    <transition event="stop" target="closed"/>
  </state>
  <final id="closed"/>`,
  'initial="open"',
);

interface State {
  readonly id: string;
  readonly state: string;
  readonly data: { readonly count: number; readonly names: readonly string[] };
  readonly waiting: readonly { readonly kind: string; readonly name: string }[];
  readonly waitingCount: number;
  readonly steps: readonly { readonly name: string; readonly configuration?: readonly string[] }[];
  readonly timers: readonly { readonly event: string }[];
}

for (const place of ['this process', 'engine children'] as const) {
  describe(`live debuggers of sessions in ${place}`, () => {
    let server: TestServer;
    let store: BrittleStore;
    let session: string;

    const open = (enabled = true) =>
      createTestServer({
        store,
        config: (config) => ({
          ...config,
          engine: { ...config.engine, sandbox: place === 'this process' ? 'none' : 'all', children: 1 },
          server: { ...config.server, requestTimeout: 5, maxMailboxLength: 20 },
          debug: { ...config.debug, enabled, sessions: 2, lostSeconds: 30, maxPauseSeconds: 60 },
        }),
        documents: writeDocuments({ 'count/count.scxml': COUNT, 'gone/gone.scxml': COUNT }),
      });

    beforeEach(async () => {
      store = createBrittleStore(new MemoryStore());
      server = open();
      session = await start();
    });
    afterEach(() => server.orsay.close());

    async function start(src = SRC): Promise<string> {
      const { status, json, text } = await server.send('POST', '/scxml/session/start', { form: { src } });
      expect(status, text).to.equal(200);
      return (json as { _id: string })._id;
    }

    const attach = async (to: object = { session }): Promise<State> => {
      const reply = await server.send('POST', ROOT, { json: to });
      expect(reply.status, reply.text).to.equal(200);
      return reply.json as State;
    };
    const command = (id: string, name: string) => server.send('POST', `${ROOT}/${id}/${name}`);
    const state = async (id: string) => (await server.send('GET', `${ROOT}/${id}`)).json as State;
    const publish = (name: string, to = session) => server.send('POST', `/scxml/session/${to}/event/${name}`);
    const query = async (id = session) =>
      ((await server.send('GET', `/scxml/session/${id}/query`)).json as State).data;
    const statusOf = ({ status }: TestReply) => status;

    it('refuses everything unless the configuration switches debuggers on, and says so', async () => {
      await server.orsay.close();
      server = open(false);
      const reply = await server.send('POST', ROOT, { json: { session } });
      expect(reply.status).to.equal(403);
      expect(reply.json).to.have.property(
        'message',
        'Debuggers are switched off: expected debug.enabled to be true in the configuration, got false.',
      );
      expect(statusOf(await server.send('GET', ROOT))).to.equal(403);
    });

    it('stops a session, stores its inputs, takes one for each step, and lets it go on in order', async () => {
      const { id, state: phase, timers } = await attach();
      expect([phase, timers.map(({ event }) => event)]).to.deep.equal(['stopped', ['late']]);
      for (const name of ['add', 'twice', 'add']) expect(statusOf(await publish(name))).to.equal(200);
      const held = await state(id);
      expect(held.waiting.map(({ name }) => name)).to.deep.equal(['add', 'twice', 'add']);
      expect(held.data.count).to.equal(0);
      expect((await query()).count, 'others read it').to.equal(0);
      await command(id, 'step');
      const stepped = await state(id);
      expect([stepped.state, stepped.data.count, stepped.waitingCount]).to.deep.equal(['stopped', 1, 2]);
      expect(stepped.steps.map(({ name }) => name)).to.deep.equal(['add']);
      await command(id, 'step');
      await state(id);
      await server.advance(1);
      const sent = await state(id);
      expect(
        sent.waiting.map(({ kind, name }) => name || kind),
        'its own events are steps too',
      ).to.deep.equal(['continue', 'add']);
      await command(id, 'continue');
      await server.advance(1);
      expect(await state(id)).to.deep.include({ state: 'running', waitingCount: 0 });
      await publish('add');
      await server.advance(1);
      expect((await query()).names).to.deep.equal(['add', 'own', 'own', 'add', 'add']);
      expect(statusOf(await server.send('DELETE', `${ROOT}/${id}`))).to.equal(200);
      expect((await server.send('GET', ROOT)).json).to.deep.equal([]);
      expect(statusOf(await command(id, 'step'))).to.equal(404);
    });

    it('fires no timer of a stopped session; one that becomes due waits, and one that is cancelled never comes', async () => {
      const { id } = await attach();
      await server.advance(5_000);
      const held = await state(id);
      expect([held.waiting.map(({ kind }) => kind), held.data.count]).to.deep.equal([['timer'], 0]);
      await command(id, 'step');
      expect((await state(id)).data.names).to.deep.equal(['late']);
    });

    it('answers requests that need the session by their usual time-out, and takes them later', async () => {
      const { id } = await attach();
      const asked = server.send('POST', `/scxml/session/${session}/request/ask`);
      const other = await start(OTHER);
      const free = await server.send('POST', `/scxml/session/${other}/request/ask`);
      expect([free.status, free.json], 'other sessions answer').to.deep.include({ count: 0 });
      await server.advance(5_000);
      expect(await asked).to.include({ status: 408 });
      expect((await state(id)).waiting.map(({ name }) => name)).to.include('ask');
    });

    it('takes the next input that comes when a step finds none', async () => {
      const { id } = await attach();
      await command(id, 'step');
      expect((await state(id)).state).to.equal('running');
      await publish('add');
      await publish('add');
      expect(await state(id)).to.deep.include({ state: 'stopped', waitingCount: 1 });
      await command(id, 'continue');
      await command(id, 'pause');
      await publish('add');
      expect((await state(id)).state).to.equal('stopped');
    });

    it('bounds the inputs that wait, and the debuggers', async () => {
      const { id } = await attach();
      const replies = [];
      for (let sent = 0; sent < 25; sent++) replies.push(statusOf(await publish('add')));
      expect(replies.filter((status) => status === 200)).to.have.length(20);
      expect(replies.filter((status) => status === 503)).to.have.length(5);
      const second = await start();
      const third = await start();
      const refused = await server.send('POST', ROOT, { json: { session } });
      expect([refused.status, refused.json]).to.deep.include(409);
      await attach({ session: second });
      expect(statusOf(await server.send('POST', ROOT, { json: { session: third } }))).to.equal(503);
      await server.send('DELETE', `${ROOT}/${id}`);
      expect((await query()).count, 'nothing that was acknowledged is lost').to.equal(20);
      await attach({ session: third });
    });

    it('lets a session go when its debugger is lost', async () => {
      await attach();
      await publish('add');
      await server.advance(29_000);
      expect((await query()).count).to.equal(0);
      await server.advance(2_000);
      expect((await query()).names).to.deep.equal(['add', 'late']);
      expect((await server.send('GET', ROOT)).json).to.deep.equal([]);
    });

    it('lets a session go when its debugger leaves or is lost, also when the audit log cannot be written', async () => {
      const { id } = await attach();
      await publish('add');
      store.failNext();
      expect(statusOf(await server.send('DELETE', `${ROOT}/${id}`))).to.equal(503);
      await server.advance(10_000);
      expect((await query()).names).to.deep.equal(['add', 'late']);
      await attach();
      await publish('add');
      await server.advance(29_000);
      store.failNext();
      await server.advance(10_000);
      expect((await query()).names).to.deep.equal(['add', 'late', 'add']);
    });

    it('lets a session go after the longest pause, and says so', async () => {
      const { id } = await attach();
      await publish('add');
      for (const _ of [1, 2]) {
        await server.advance(25_000);
        await state(id);
      }
      await command(id, 'step');
      await publish('add');
      for (const _ of [1, 2]) {
        await server.advance(25_000);
        expect((await state(id)).state, 'each stop has its own time').to.equal('stopped');
      }
      await server.advance(15_000);
      expect((await query()).names.length, 'nothing is lost').to.equal(3);
      expect(statusOf(await command(id, 'step'))).to.equal(404);
      const { json } = await server.send('GET', '/genesys/1/admin/audit?action=session.debugged&limit=1');
      expect(json).to.have.nested.property(
        'entries[0].details.use',
        'let go after 60 s (debug.maxPauseSeconds)',
      );
    });

    it('holds no session for a debugger that was lost before it was attached', async () => {
      const release = store.hold();
      const published = publish('add');
      const attached = server.send('POST', ROOT, { json: { session } });
      const armed = server.send('POST', ROOT, { json: { nextOf: OTHER } });
      for (let turns = 0; turns < 50; turns++) await turn();
      await server.clock.advance(31_000, () => turn());
      release();
      expect(statusOf(await published)).to.equal(200);
      expect([statusOf(await attached), statusOf(await armed)]).to.deep.equal([404, 404]);
      await publish('add');
      await server.advance(10_000);
      expect((await query()).names).to.deep.equal(['add', 'late', 'add']);
      const next = await start(OTHER);
      await publish('add', next);
      expect((await query(next)).count).to.equal(1);
      expect((await server.send('GET', ROOT)).json).to.deep.equal([]);
    });

    it('holds nothing after a restart, and takes what was acknowledged first', async () => {
      await attach();
      for (const name of ['twice', 'add']) await publish(name);
      await server.advance(2_000);
      const before = server;
      server = open();
      await before.orsay.close();
      await publish('add');
      await server.advance(10_000);
      expect((await query()).names).to.deep.equal(['own', 'own', 'add', 'late', 'add']);
      expect((await server.send('GET', ROOT)).json).to.deep.equal([]);
      const { waitingCount } = await attach();
      expect(waitingCount).to.equal(0);
    });

    it('ends with the session, also when somebody else terminates it', async () => {
      const { id } = await attach();
      await publish('add');
      expect(statusOf(await server.send('POST', `/scxml/session/${session}/terminate`))).to.equal(200);
      expect((await server.send('GET', ROOT)).json).to.have.nested.property('[0].state', 'ended');
      expect(statusOf(await command(id, 'continue'))).to.equal(409);
      expect(statusOf(await server.send('GET', `${ROOT}/${id}`))).to.equal(404);
      expect([...server.orsay.durable.scan('parkedTask')]).to.deep.equal([]);
      expect(server.orsay.durable.taskKeys('release:')).to.deep.equal([]);
    });

    it('stops the next session of a document after its first step', async () => {
      const waits = await attach({ nextOf: OTHER });
      expect(waits.state).to.equal('waiting');
      expect(statusOf(await command(waits.id, 'step'))).to.equal(409);
      await start();
      expect((await state(waits.id)).state).to.equal('waiting');
      const next = await start(OTHER);
      await publish('add', next);
      expect(await state(waits.id)).to.deep.include({ state: 'stopped', session: next, waitingCount: 1 });
      const later = await start(OTHER);
      await publish('add', later);
      expect((await query(later)).count).to.equal(1);
    });

    it('stops before an input whose step comes to a breakpoint, and goes on from there', async () => {
      const { id } = await attach();
      const breakpoints = [
        { kind: 'event', name: 'own', condition: '_data.count > 1' },
        { kind: 'condition', condition: '_data.count === 1' },
        { kind: 'state', id: 'opne' },
        { kind: 'line', file: SRC, line: 9 },
      ];
      const set = await server.send('PUT', `${ROOT}/${id}/breakpoints`, { json: { breakpoints } });
      const { breakpoints: placed } = set.json as { breakpoints: Record<string, unknown>[] };
      expect(placed.map(({ verified, line, message }) => [verified, line ?? message])).to.deep.equal([
        [true, undefined],
        [true, undefined],
        [false, "Expected the id of a state, got 'opne'. Did you mean 'open'?"],
        [true, 9],
      ]);
      await command(id, 'continue');
      await publish('add');
      expect(await state(id), 'count becomes 1').to.deep.include({ state: 'stopped', waitingCount: 1 });
      expect((await query()).count).to.equal(0);
      await publish('twice');
      await command(id, 'continue');
      await server.advance(1);
      const own = await state(id);
      expect([own.state, own.data.names], 'before its own event').to.deep.equal(['stopped', ['add']]);
      await command(id, 'step');
      expect((await state(id)).data.names).to.deep.equal(['add', 'own']);
    });

    it('evaluates expressions on a copy, with the gas of a step', async () => {
      const { id } = await attach();
      const evaluate = (expression: unknown) =>
        server.send('POST', `${ROOT}/${id}/evaluate`, { json: { expression } as object });
      expect((await evaluate('_data.count + 1')).json).to.deep.equal({ value: 1 });
      expect((await evaluate('(_data.count = 7)')).json).to.deep.equal({ value: 7 });
      expect((await evaluate('undefined')).json).to.deep.equal({});
      for (const wrong of [
        'nowhere.near',
        '1 +',
        '(function () { for (;;) {} })()',
        '',
        'x'.repeat(5_000),
        7,
        null,
      ]) {
        expect(statusOf(await evaluate(wrong)), String(wrong).slice(0, 40)).to.equal(400);
      }
      expect((await query()).count).to.equal(0);
    });

    it('refuses what it cannot debug', async () => {
      for (const [json, status] of [
        [{}, 400],
        [{ session, nextOf: SRC }, 400],
        [{ nextOf: 'count' }, 400],
        [{ session: 'nobody' }, 404],
        [{ session: { a: 1 } }, 404],
        [[session], 400],
      ] as const) {
        expect(statusOf(await server.send('POST', ROOT, { json })), JSON.stringify(json)).to.equal(status);
      }
      expect((await server.send('GET', ROOT)).json).to.deep.equal([]);
    });

    it('records each use in the audit log', async () => {
      const { id } = await attach();
      await state(id);
      await state(id);
      await command(id, 'step');
      await server.send('DELETE', `${ROOT}/${id}`);
      const { json } = await server.send('GET', '/genesys/1/admin/audit?action=session.debugged');
      const { entries } = json as { entries: { object: string; details: { use: string } }[] };
      expect(entries.map(({ object, details }) => [object, details.use])).to.deep.equal(
        ['detach', 'step', 'read', 'attach'].map((use) => [`session:${session}`, use]),
      );
    });
  });
}
