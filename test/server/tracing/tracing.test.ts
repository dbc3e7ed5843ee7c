import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { loadedTracing } from '../../../server/tracing/index.ts';
import { startOrsayProcess } from '../../support/crash/orsayProcess.ts';

interface TestSpan {
  readonly name: string;
  /** SpanKind: 0 internal, 1 server, 2 client. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** SpanStatusCode: 0 unset, 2 error. */
  readonly status: number;
  readonly events: number;
  readonly links: readonly string[];
  readonly parent?: string;
  readonly traceId: string;
  readonly spanId: string;
}

const SDK = resolve(import.meta.dirname, '../../support/processes/memoryTracing.mjs');
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';
/** Everything that a customer says begins so. */
const PRIVATE = 'Grünwald';

const documentAt = (url: string): string => `
  <scxml version="1.0" xmlns="http://www.w3.org/2005/07/scxml" xmlns:session="www.genesyslab.com/modules/session"
    initial="waiting">
    <state id="waiting"><transition event="go.${PRIVATE}" target="asking"/></state>
    <state id="asking">
      <onentry>
        <session:fetch srcexpr="'${url}/crm/${PRIVATE}?name=${PRIVATE}'" method="'get'"/>
      </onentry>
      <transition event="session.fetch.done" target="answered"/>
    </state>
    <state id="answered">
      <onentry><send event="'later'" delay="'1s'"/></onentry>
      <transition event="later" target="telling"/>
    </state>
    <state id="telling"><onentry><session:fetch srcexpr="'${url}/done'" method="'get'"/></onentry></state>
  </scxml>`;

describe('traces', function () {
  this.timeout(60_000);

  let outside: Server;
  let asked: IncomingHttpHeaders[];

  beforeEach(async () => {
    asked = [];
    outside = createServer((request, response) => {
      const { port } = outside.address() as AddressInfo;
      if (request.url === '/document.scxml') response.end(documentAt(`http://127.0.0.1:${port}`));
      else {
        if (request.url === '/done') outside.emit('done');
        else asked.push(request.headers);
        response.end(PRIVATE);
      }
    });
    outside.listen(0, '127.0.0.1');
    await once(outside, 'listening');
  });

  afterEach(() => outside.close());

  /** Runs one session in a server with an SDK, and returns the spans of that server. */
  async function spansOfOneSession(): Promise<readonly TestSpan[]> {
    const folder = mkdtempSync(join(tmpdir(), 'orsay-test-'));
    const file = join(folder, 'spans.json');
    const server = startOrsayProcess(join(folder, 'data'), {
      NODE_OPTIONS: `--import ${SDK}`,
      ORSAY_TEST_SPANS: file,
    });
    const isDone = once(outside, 'done');
    const base = await server.ready;
    const { port } = outside.address() as AddressInfo;
    const started = await fetch(`${base}/scxml/session/start`, {
      method: 'POST',
      body: new URLSearchParams({ src: `http://127.0.0.1:${port}/document.scxml`, name: PRIVATE }),
    });
    const { _id: sid } = (await started.json()) as { readonly _id: string };
    const event = await fetch(
      `${base}/scxml/session/${sid}/event/go.${encodeURIComponent(PRIVATE)}?q=${PRIVATE}`,
      {
        method: 'POST',
        headers: {
          traceparent: `00-${TRACE}-${CALLER}-01`,
          tracestate: 'gateway=1',
          baggage: `name=${encodeURIComponent(PRIVATE)}`,
          gms_user: encodeURIComponent(PRIVATE),
        },
        body: new URLSearchParams({ name: PRIVATE }),
      },
    );
    expect(event.status).to.equal(200);
    await isDone;
    expect((await fetch(`${base}/nowhere/${PRIVATE}`)).status).to.equal(404);
    expect(await server.stop()).to.equal(0);
    return JSON.parse(readFileSync(file, 'utf8'));
  }

  it('has the way of an event from the caller to the outside, and nothing personal', async () => {
    const spans = await spansOfOneSession();
    const text = JSON.stringify(spans);
    expect(text).not.to.contain(PRIVATE).and.not.to.contain(encodeURIComponent(PRIVATE));

    const ofTrace = spans.filter(({ traceId }) => traceId === TRACE);
    const childOf = (parent: string, name: string): TestSpan => {
      const found = ofTrace.find((span) => span.parent === parent && span.name === name);
      if (found === undefined)
        throw new Error(`No '${name}' below ${parent} in ${JSON.stringify(spans, null, 1)}`);
      return found;
    };
    const request = childOf(CALLER, 'POST /scxml/session/:sid/event/:name');
    expect([request.kind, request.attributes]).to.deep.equal([
      1,
      {
        'http.request.method': 'POST',
        'http.route': '/scxml/session/:sid/event/:name',
        'http.response.status_code': 200,
      },
    ]);
    const step = childOf(request.spanId, 'session step');
    expect(step.attributes).to.include({ 'orsay.step.input': 'event' });
    const effect = childOf(step.spanId, 'task session.module');
    expect(effect.attributes).to.deep.equal({
      'orsay.task.kind': 'session.module',
      'orsay.task.attempt': 1,
      'orsay.session.id': step.attributes['orsay.session.id'],
    });
    const client = childOf(effect.spanId, 'GET');
    const { port } = outside.address() as AddressInfo;
    expect([client.kind, client.attributes]).to.deep.equal([
      2,
      {
        'http.request.method': 'GET',
        'server.address': '127.0.0.1',
        'server.port': port,
        'http.response.status_code': 200,
      },
    ]);
    expect(
      asked.map(({ traceparent, tracestate, baggage }) => ({ traceparent, tracestate, baggage })),
    ).to.deep.equal([
      { traceparent: `00-${TRACE}-${client.spanId}-01`, tracestate: 'gateway=1', baggage: undefined },
    ]);

    // The write belongs to no trace alone, and the timer begins one.
    const write = spans.find(({ name, links }) => name === 'store write' && links.includes(step.spanId));
    expect([write !== undefined, write?.parent, write?.traceId === TRACE]).to.deep.equal([
      true,
      undefined,
      false,
    ]);
    const steps = new Set(ofTrace.filter(({ name }) => name === 'session step').map(({ spanId }) => spanId));
    const timer = spans.find(
      ({ name, links }) => name === 'task session.timer' && links.some((link) => steps.has(link)),
    );
    expect([timer !== undefined, timer?.parent, timer?.traceId === TRACE]).to.deep.equal([
      true,
      undefined,
      false,
    ]);
    const last = spans.find(({ name, parent }) => name === 'session step' && parent === timer?.spanId);
    expect(last?.attributes).to.include({ 'orsay.step.input': 'timer' });
    const lost = spans.find(({ attributes }) => attributes['http.response.status_code'] === 404);
    expect([lost?.name, lost?.status]).to.deep.equal(['GET', 0]);
  });

  it('cost nothing without an SDK: nothing is wrapped', () => {
    expect(loadedTracing()).to.equal(undefined);
  });
});
