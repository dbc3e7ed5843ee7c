import { expect } from 'chai';
import { MemoryStore } from '../../engine/durable/memory/memoryStore.ts';
import { defined } from '../../engine/ports/defined.ts';
import type { Limits } from '../../server/process/config/limits.ts';
import { createTestServer, type TestServer } from '../support/testServer.ts';
import { orsDocument, writeDocuments } from '../support/writeDocuments.ts';

const ROOT = 'http://orsay.test/genesys/1/document/service_template/d';
const KEEPS_ERRORS = `<transition event="error"><script>_data.errors.push(_event.name + ': ' + JSON.stringify(_event.data))</script></transition>`;

const DOCUMENTS: { readonly [name: string]: string } = {
  /** Invokes itself twice. */
  twice: `<datamodel><data id="errors" expr="[]"/></datamodel><state id="s">
    <invoke type="scxml" src="twice.scxml"/><invoke type="scxml" src="twice.scxml"/>${KEEPS_ERRORS}</state>`,
  once: `<datamodel><data id="errors" expr="[]"/></datamodel><state id="s">
    <invoke type="scxml" src="once.scxml"/>${KEEPS_ERRORS}</state>`,
  starts: `<datamodel><data id="errors" expr="[]"/></datamodel><state id="s">
    <onentry><session:start src="'starts.scxml'"/></onentry>${KEEPS_ERRORS}</state>`,
  fetches: `<datamodel><data id="errors" expr="[]"/></datamodel><state id="s">
    <onentry><session:fetch method="'post'" srcexpr="'/scxml/session/start'">
      <param name="src" expr="'${ROOT}/fetches.scxml'"/></session:fetch></onentry>${KEEPS_ERRORS}</state>`,
  /** Creates a service that runs the same document. */
  d: `<datamodel><data id="errors" expr="[]"/></datamodel><state id="s">
    <onentry><session:fetch method="'post'" srcexpr="'/genesys/1/service/self'"/></onentry>
    <transition event="start"><ws:response requestid="_event.sendid" resultcode="0"/></transition>
    ${KEEPS_ERRORS}</state>`,
  /** Starts a session that ends at once, and then the next one. */
  follows: `<datamodel><data id="done" expr="0"/></datamodel><state id="s">
    <onentry><session:start src="'ends.scxml'"/></onentry>
    <transition event="session.start.done" target="s"><script>_data.done++</script></transition></state>`,
  ends: '<final id="f"/>',
  ping: `<datamodel><data id="count" expr="0"/></datamodel><state id="s">
    <invoke id="pong" type="scxml" src="pong.scxml"/>
    <transition event="ping"><script>_data.count++</script><send target="#_pong" event="'pong'"/></transition></state>`,
  pong: `<state id="s"><onentry><send target="#_parent" event="'ping'"/></onentry>
    <transition event="pong"><send target="#_parent" event="'ping'"/></transition></state>`,
};

describe('A document that starts sessions or sends events without end', () => {
  const documents = writeDocuments(
    Object.fromEntries(
      Object.entries(DOCUMENTS).map(([name, body]) => [`d/${name}.scxml`, orsDocument(body)]),
    ),
  );
  let server: TestServer;

  afterEach(() => server.orsay.close());

  function open(limits: Partial<Limits['sessions']>, store = new MemoryStore(), startMs?: number): void {
    server = createTestServer({
      documents,
      store,
      ...defined({ startMs }),
      config: (config) => ({
        ...config,
        services: { ...config.services, self: { _type: 'ors', _service: 'd', _ttl: '3600' } },
        limits: { ...config.limits, sessions: { ...config.limits.sessions, ...limits } },
      }),
    });
  }

  async function start(name: string): Promise<string> {
    const { status, text, json } = await server.send('POST', '/scxml/session/start', {
      form: { src: `${ROOT}/${name}.scxml` },
    });
    expect(status, text).to.equal(200);
    return (json as { _id: string })._id;
  }

  async function running(): Promise<string[]> {
    return (await server.orsay.sessions.list({ status: 'running' })).map(({ sessionId }) => sessionId);
  }

  async function dataOf(id: string): Promise<Record<string, unknown>> {
    const { json } = await server.send('GET', `/scxml/session/${id}/query`);
    return (json as { data: Record<string, unknown> }).data;
  }

  async function allErrors(): Promise<string[]> {
    const found: string[] = [];
    for (const id of await running()) found.push(...((await dataOf(id)).errors as string[]));
    return found;
  }

  function linesAbout(limit: string): number {
    return server.lines.filter(({ fields }) => fields.limit === `limits.sessions.${limit}`).length;
  }

  it('gets an error when its lineage has too many sessions, and the log says it once', async () => {
    open({ ofLineage: 10 });
    const id = await start('twice');
    await server.advance(0);
    expect(await running()).to.have.length(11);
    const errors = await allErrors();
    expect(errors).to.have.length(2 * 11 - 10);
    for (const error of errors) {
      expect(error)
        .to.match(/^error\.communication: /)
        .and.to.contain(`Session '${id}'`)
        .and.to.contain('limits.sessions.ofLineage');
    }
    expect(linesAbout('ofLineage')).to.equal(1);
    // The end of a session makes room for another one.
    await server.send('POST', `/scxml/session/${id}/terminate`);
    await server.advance(0);
    expect(await running()).to.deep.equal([]);
    await start('twice');
    await server.advance(0);
    expect(await running()).to.have.length(11);
  });

  for (const [name, event] of [
    ['once', 'error.communication'],
    ['starts', 'error.session.start'],
    ['fetches', 'error.session.fetch'],
  ] as const) {
    it(`gets an error when its sessions are too deep: ${name}`, async () => {
      open({ depth: 3 });
      await start(name);
      await server.advance(0);
      expect(await running()).to.have.length(4);
      const errors = await allErrors();
      expect(errors).to.have.length(1);
      expect(errors[0]).to.match(new RegExp(`^${event}: .*limits\\.sessions\\.depth`));
      expect(linesAbout('depth')).to.equal(1);
    });
  }

  it('gets an error when the sessions of the services that it creates are too deep', async () => {
    open({ depth: 3 });
    await start('d');
    await server.advance(0);
    expect(await running()).to.have.length(4);
    const errors = await allErrors();
    expect(errors).to.have.length(1);
    expect(errors[0]).to.match(/^error\.session\.fetch: .*limits\.sessions\.depth/);
  });

  it('waits when it starts too many sessions in a second', async () => {
    open({ startsPerSecond: 2 });
    const id = await start('follows');
    await server.advance(0);
    expect(await dataOf(id)).to.deep.include({ done: 20 });
    await server.advance(1_000);
    expect(await dataOf(id)).to.deep.include({ done: 22 });
    expect(linesAbout('startsPerSecond')).to.equal(1);
  });

  it('waits when its sessions send each other too many events, after a restart too', async () => {
    const store = new MemoryStore();
    open({ eventsPerSecond: 4 }, store);
    const id = await start('ping');
    await server.advance(0);
    // 40 events are sent, and every second one reaches the session that counts.
    expect(await dataOf(id)).to.deep.include({ count: 20 });
    await server.advance(1_000);
    expect(await dataOf(id)).to.deep.include({ count: 22 });
    expect(linesAbout('eventsPerSecond')).to.equal(1);
    await server.orsay.close();
    open({ eventsPerSecond: 4 }, store, server.clock.now());
    await server.advance(2_000);
    // A new process does not know how many there were: the burst of 40 events, and 4 for the second after it.
    expect(await dataOf(id)).to.deep.include({ count: 22 + 20 + 2 });
  });
});
