import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { BASE, createTestServer, type TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';
import { eventsIn } from '../openapi/streams.ts';

const ROOT = '/genesys/1/admin/debug';
const SRC = 'http://orsay.test/genesys/1/document/service_template/order/order.scxml';

const ORDER = orsDocument(
  `<datamodel><data id="order" expr="{ items: [] }"/></datamodel>
  <state id="open">
    <onentry><send event="'late'" delay="'60s'"/></onentry>
    <transition event="add"><script>_data.order.items.push(_event.data.name);</script></transition>
    <transition event="late" target="late"/>
    <transition event="stop" target="closed"/>
  </state>
  <state id="late"><transition event="stop" target="closed"/></state>
  <final id="closed"/>`,
  'initial="open"',
);

interface Streamed {
  readonly event: string;
  readonly id?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An event stream over a socket. */
class OpenStream {
  readonly #stream: IncomingMessage;
  #text = '';

  private constructor(stream: IncomingMessage) {
    this.#stream = stream;
    stream.on('data', (chunk) => {
      this.#text += String(chunk);
    });
  }

  static async open(port: number, path: string, lastEventId?: string): Promise<OpenStream> {
    const headers = { host: new URL(BASE).host, ...(lastEventId && { 'last-event-id': lastEventId }) };
    const sent = request({ host: '127.0.0.1', port, path, headers }).end();
    const [reply] = (await once(sent, 'response')) as [IncomingMessage];
    expect(reply.statusCode).to.equal(200);
    return new OpenStream(reply);
  }

  /** All events so far, when so many have come. */
  async events(count: number): Promise<readonly Streamed[]> {
    while (eventsIn(this.#text).length < count) await turn();
    return eventsIn(this.#text) as unknown as readonly Streamed[];
  }

  /** Resolves when the server has ended it. */
  async end(): Promise<void> {
    while (!this.#stream.readableEnded) await turn();
  }

  close(): void {
    this.#stream.destroy();
  }
}

describe('those who watch a session', () => {
  let server: TestServer;
  let listener: Server;
  let session: string;
  let path: string;

  const open = (debug: object = {}) =>
    createTestServer({
      config: (config) => ({
        ...config,
        debug: { ...config.debug, enabled: true, watchers: 3, lostSeconds: 30, ...debug },
      }),
      documents: writeDocuments({ 'order/order.scxml': ORDER }),
    });
  beforeEach(async () => {
    server = open();
    listener = createServer((req, res) => server.orsay.handler(req, res)).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const started = await server.send('POST', '/scxml/session/start', { form: { src: SRC } });
    session = (started.json as { _id: string })._id;
    path = `${ROOT}/sessions/${session}`;
  });
  afterEach(async () => {
    listener.closeAllConnections();
    listener.close();
    await server.orsay.close();
  });

  const publish = (name: string, data?: object) =>
    server.send('POST', `${path}/event`, { json: { name, ...(data && { data }) } });
  const watch = (lastEventId?: string) =>
    OpenStream.open((listener.address() as AddressInfo).port, `${path}/events`, lastEventId);
  const closed = async (...streams: readonly OpenStream[]): Promise<void> => {
    for (const stream of streams) stream.close();
    while ((await promisify(listener.getConnections.bind(listener))()) > 0) await turn();
    await turn();
  };

  it('are told each step with its lines, the changes of data and effects, and nothing is held', async () => {
    const stream = await watch();
    expect((await publish('add', { name: 'tea' })).status).to.equal(200);
    await publish('stop');
    const [state, added, stopped, ended, removed] = await stream.events(5);
    expect(state).to.deep.include({ event: 'state' });
    expect(state!.data).to.deep.include({ status: 'running', isStopped: false, configuration: ['open'] });
    expect(added!.event).to.equal('step');
    const { at, lines, ...step } = added!.data;
    expect(at).to.be.a('string');
    expect((lines as { text: string }[]).map(({ text }) => text)).to.deep.equal([
      'event add',
      'transition open',
    ]);
    expect(step).to.deep.equal({
      type: 'step',
      kind: 'event',
      name: 'add',
      data: { name: 'tea' },
      changes: [{ path: 'order.items[0]', after: 'tea' }],
      effects: [],
      configuration: ['open'],
    });
    const [timer] = (state!.data.timers as { key: string }[]).map(({ key }) => key);
    expect(stopped!.data).to.deep.include({ name: 'stop', effects: [{ kind: 'timerCancelled', id: timer }] });
    expect(stopped!.data).not.to.have.property('configuration');
    expect(ended).to.deep.include({ event: 'ended' });
    expect(ended!.data).to.deep.equal({ type: 'ended', status: 'completed' });
    expect(removed).to.deep.equal({ event: 'removed', data: { type: 'removed' } });
    await stream.end();
  });

  it('may be several, and go on after a lost stream where they were', async () => {
    const [one, two] = [await watch(), await watch()];
    await publish('add', { name: 'tea' });
    const seen = await one.events(2);
    expect(seen.map(({ event }) => event)).to.deep.equal(['state', 'step']);
    expect(await two.events(2)).to.deep.equal(seen);
    await closed(one, two);
    await server.advance(20_000);
    await publish('add', { name: 'milk' });
    const again = await watch(seen.at(-1)!.id);
    const [milk, ...others] = await again.events(1);
    expect([milk!.data.changes, others]).to.deep.equal([[{ path: 'order.items[1]', after: 'milk' }], []]);
    await closed(again);
    await server.advance(31_000);
    const late = await watch(milk!.id);
    const [reload, state] = await late.events(2);
    expect(reload!.data).to.deep.equal({ type: 'reload', lastEventId: milk!.id });
    expect(state!.data.data).to.deep.include({ order: { items: ['tea', 'milk'] } });
  });

  it('are bounded, and find no session that has ended', async () => {
    const streams = [await watch(), await watch(), await watch()];
    const refused = await server.send('GET', `${path}/events`);
    expect([refused.status, (refused.json as { message: string }).message]).to.deep.equal([
      503,
      'Expected at most 3 streams of watched sessions (debug.watchers), got one more.',
    ]);
    await closed(...streams);
    const fourth = await watch();
    await publish('stop');
    const ended = (await fourth.events(3)).find(({ event }) => event === 'ended');
    expect((await server.send('GET', `${path}/events`)).status).to.equal(404);
    const reply = await server.send('GET', `${path}/events`, { headers: { 'last-event-id': ended!.id! } });
    expect(reply.status).to.equal(404);
  });

  it('see pending timers, and fire one now', async () => {
    const stream = await watch();
    const timers = (await server.send('GET', `${path}/timers`)).json as { key: string; event: string }[];
    expect(timers.map(({ event }) => event)).to.deep.equal(['late']);
    const [{ key } = { key: '' }] = timers;
    const fire = () => server.send('POST', `${path}/timers/${encodeURIComponent(key)}/fire`);
    expect((await fire()).status).to.equal(200);
    const [, fired] = await stream.events(2);
    expect(fired!.data).to.deep.include({ kind: 'timer', name: key, resultOf: key, configuration: ['late'] });
    const again = await fire();
    expect([again.status, (again.json as { message: string }).message]).to.deep.equal([
      404,
      `No timer '${key}' of session '${session}' is pending: it has fired, or was cancelled.`,
    ]);
    expect((await server.send('GET', `${path}/timers`)).json).to.deep.equal([]);
    await server.advance(120_000);
    expect((await stream.events(2)).filter(({ event }) => event === 'step')).to.have.length(1);
  });

  it('fire a timer of a stopped session, which takes it later', async () => {
    const attached = await server.send('POST', ROOT, { json: { session } });
    const { id, timers } = attached.json as { id: string; timers: { key: string }[] };
    await server.send('POST', `${path}/timers/${timers[0]!.key}/fire`);
    const held = await server.send('GET', `${ROOT}/${id}`);
    expect(held.json).to.deep.include({ waitingCount: 1, configuration: ['open'] });
    await server.send('POST', `${ROOT}/${id}/step`);
    await server.advance(1);
    const state = (await server.send('GET', path)).json;
    expect(state).to.deep.include({ configuration: ['late'], isStopped: true, waitingCount: 0 });
  });

  it('read the texts of the document, and are recorded in the audit log', async () => {
    const { json } = await server.send('GET', `${path}/document`);
    expect(json).to.deep.include({ url: SRC, dialect: 'ors' });
    expect((json as { sources: { text: string }[] }).sources.map(({ text }) => text)).to.deep.equal([ORDER]);
    await watch();
    await server.send('GET', `${path}/timers`);
    await publish('stop');
    const audit = await server.send('GET', '/genesys/1/admin/audit?action=session.debugged');
    const { entries } = audit.json as { entries: { object: string; details: object }[] };
    expect(entries.map(({ object, details }) => [object, details])).to.deep.equal([
      [`session:${session}`, { use: 'send an event', event: 'stop' }],
      [`session:${session}`, { use: 'read' }],
      [`session:${session}`, { use: 'watch' }],
      [`session:${session}`, { use: 'read the document' }],
    ]);
  });

  it('are refused unless debuggers are switched on, and events without a name are', async () => {
    expect((await publish('a b')).status).to.equal(400);
    expect((await server.send('POST', `${path}/event`, { json: [] as unknown as object })).status).to.equal(
      400,
    );
    await server.orsay.close();
    server = open({ enabled: false });
    for (const part of ['', '/events', '/timers', '/document']) {
      expect((await server.send('GET', `${path}${part}`)).status, part).to.equal(403);
    }
    expect((await server.send('POST', `${path}/timers/1/fire`)).status).to.equal(403);
    expect((await publish('stop')).status).to.equal(403);
  });
});
