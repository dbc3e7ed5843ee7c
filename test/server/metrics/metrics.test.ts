import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { METRIC_REFERENCE, metricReference } from '../../../scripts/writeMetricReference.ts';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import { METRICS, type MetricRow, PROCESS_METRICS } from '../../../server/metrics/metricTable.ts';
import { QueueLabels } from '../../../server/metrics/queueLabels.ts';
import { asId } from '../../support/ids.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';

const DASHBOARD = resolve(import.meta.dirname, '../../../examples/grafana/orsay.json');
const GUIDE = resolve(import.meta.dirname, '../../../docs/guides/run-in-production.md');
const ROWS: readonly MetricRow[] = Object.values(METRICS);
const NAMES = new Set([...ROWS.map(({ name }) => name), ...Object.keys(PROCESS_METRICS)]);
/** prom-client has them on Linux only. */
const OF_LINUX = [
  'process_open_fds',
  'process_max_fds',
  'process_virtual_memory_bytes',
  'process_heap_bytes',
  'process_resident_memory_bytes',
];

/** The values of the samples, by name and labels. */
async function scrape(server: TestServer): Promise<ReadonlyMap<string, number>> {
  const reply = await server.send('GET', '/metrics');
  expect([reply.status, reply.headers['content-type']]).to.deep.equal([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  return new Map(
    reply.text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

/** The name of a metric, of a name in a sample or a query. */
function metricOf(name: string): string {
  const plain = name.replace(/_(?:bucket|sum|count)$/, '');
  return NAMES.has(name) ? name : plain;
}

describe('/metrics', () => {
  it('counts requests by the pattern of their route, and by the class of their status', async () => {
    const server = createTestServer();
    await server.send('GET', '/urs/call/max/lvq?name=VQ');
    await server.send('GET', '/urs/call/0000000000000001/lvq?name=VQ');
    await server.send('GET', '/nothing/here?secret=1');
    await server.send('DELETE', '/nothing/else');
    const samples = await scrape(server);
    const lvq = 'route="GET /urs/call/:id/lvq"';
    expect(samples.get(`orsay_http_requests_total{${lvq},outcome="2xx"}`)).to.equal(
      samples.get(`orsay_http_requests_total{${lvq},outcome="4xx"}`),
    );
    expect(samples.get('orsay_http_requests_total{route="none",outcome="4xx"}')).to.equal(2);
    expect(samples.get(`orsay_http_request_duration_seconds_count{${lvq}}`)).to.equal(2);
    expect(samples.get(`orsay_http_request_duration_seconds_bucket{le="+Inf",${lvq}}`)).to.equal(2);
    expect(samples.get('orsay_http_requests_in_progress')).to.equal(1);
    await server.orsay.close();
  });

  it('shows sessions, the store, tasks, agents and queues', async () => {
    const server = createTestServer();
    const { orsay } = server;
    const src = 'http://orsay.test/genesys/1/document/service_template/hello/hello.scxml';
    const started = await server.send('POST', '/scxml/session/start', { form: { src } });
    expect(started.status, started.text).to.equal(200);
    await orsay.interactions.setAgent(asId('kate'), { state: 'ready', groups: ['Sales'] });
    await orsay.interactions.setAgent(asId('bob'), { state: 'notReady', groups: ['Billing'] });
    for (const vq of ['VQ_1', 'VQ_1', 'VQ_2']) {
      await orsay.routing.startCall({ target: 'Billing@.GA', vq, routeDelayMs: 0 });
      await server.advance(10_000);
    }
    await orsay.routing.startCall({ target: 'Billing@.GA', routeDelayMs: 0 });
    const samples = await scrape(server);
    const shown = (name: string): number | undefined => samples.get(`orsay_${name}`);
    expect({
      started: shown('sessions_started_total'),
      steps: Number(shown('session_steps_total')) > 0,
      failed: shown('sessions_ended_total{status="failed"}'),
      commits: Number(shown('store_commits_total')) > 5,
      refused: shown('store_commits_refused_total'),
      writes: Number(shown('store_write_duration_seconds_count')) > 5,
      chars: Number(shown('store_written_chars_total')) > 1_000,
      performed: Number(shown('tasks_performed_total')) > 0,
      ready: shown('agents{state="ready"}'),
      notReady: shown('agents{state="notReady"}'),
      busy: shown('agents_busy'),
      waiting: ['VQ_1', 'VQ_2', 'unnamed'].map((queue) => shown(`queue_calls_waiting{queue="${queue}"}`)),
      oldest: shown('queue_oldest_wait_seconds{queue="VQ_1"}'),
      loggedIn: shown('queue_agents{queue="VQ_1",state="loggedIn"}'),
      free: shown('queue_agents{queue="VQ_1",state="free"}'),
      children: shown('engine_children'),
    }).to.deep.equal({
      started: 1,
      steps: true,
      failed: 0,
      commits: true,
      refused: 0,
      writes: true,
      chars: true,
      performed: true,
      ready: 1,
      notReady: 1,
      busy: 0,
      waiting: [2, 1, 1],
      oldest: 30,
      loggedIn: 1,
      free: 0,
      children: 0,
    });
    await orsay.close();
  });

  it('compares the waits that customers were told with those that came', async () => {
    const server = createTestServer();
    const { orsay } = server;
    // A call comes each minute, and an agent takes it half a minute later.
    for (let turn = 0; turn < 60; turn += 1) {
      const { connId } = await orsay.routing.startCall({ target: 'Billing@.GA', vq: 'VQ', routeDelayMs: 0 });
      await server.advance(30_000);
      await orsay.interactions.setAgent(asId('kate'), { state: 'ready', groups: ['Billing'] });
      await server.advance(0);
      await orsay.interactions.setAgent(asId('kate'), { state: 'notReady' });
      await orsay.routing.cancelCall(connId);
      await server.advance(30_000);
    }
    const samples = await scrape(server);
    const shown = (name: string) => samples.get(`orsay_queue_${name}{queue="VQ"}`);
    expect(shown('compared_calls')).to.be.greaterThan(3);
    expect(shown('wait_seconds')).to.be.closeTo(30, 0.1);
    expect(shown('estimated_wait_seconds')).to.be.closeTo(30, 5);
    expect(shown('estimate_error_seconds')).to.be.lessThan(5);
    await orsay.close();
  });

  it('shows the metrics of the reference, and no others', async () => {
    const server = createTestServer();
    await orsayServes(server);
    const samples = await scrape(server);
    const shown = new Set([...samples.keys()].map((key) => metricOf(key.replace(/\{.*/s, ''))));
    expect([...shown].filter((name) => !NAMES.has(name))).to.deep.equal([]);
    const absent = [...NAMES].filter((name) => !shown.has(name) && !OF_LINUX.includes(name));
    // They have a value only with engine children, files, or served calls.
    const rare = [
      'orsay_engine_child_deaths_total',
      'orsay_store_bytes',
      'orsay_cell_standby_lag_frames',
      'orsay_cell_standby_lag_seconds',
      ...ROWS.filter(({ name }) => /^orsay_queue_(compared|wait_|estimate)/.test(name)).map(
        ({ name }) => name,
      ),
      'nodejs_gc_duration_seconds',
      'nodejs_active_requests',
    ];
    expect(absent.filter((name) => !rare.includes(name))).to.deep.equal([]);
    expect(readFileSync(METRIC_REFERENCE, 'utf8')).to.equal(metricReference());
    await server.orsay.close();
  });

  it('has only metrics of the reference in the dashboard and the guide, and all of them that are no details', () => {
    const { panels } = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as {
      readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
    };
    const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    const used = new Set(
      queries.flatMap((query) => query.match(/\b(?:orsay|process|nodejs)_\w+/g) ?? []).map(metricOf),
    );
    expect([...used].filter((name) => !NAMES.has(name))).to.deep.equal([]);
    const details = [
      'version_info',
      'store_operations_total',
      'store_written_chars_total',
      'queue_compared_calls',
    ];
    const unused = ROWS.map(({ name }) => name).filter((name) => !used.has(name));
    expect(unused).to.have.members(details.map((name) => `orsay_${name}`));
    const labels = queries.flatMap((query) => [...query.matchAll(/by \(([^)]*)\)/g)].map(([, one]) => one!));
    const known = new Set(['le', ...ROWS.flatMap((one) => one.labels)]);
    const guide = readFileSync(GUIDE, 'utf8').match(/\b(?:orsay|nodejs|process)_[a-z0-9_]+/g) ?? [];
    expect(guide.map(metricOf).filter((name) => !NAMES.has(name))).to.deep.equal([]);
    expect(labels.flatMap((one) => one.split(/,\s*/)).filter((one) => !known.has(one))).to.deep.equal([]);
  });

  it('gives a name to the first queues only, so that clients cannot make labels without end', () => {
    const labels = new QueueLabels(2);
    expect(['a', 'b', undefined, 'c', 'a', 'd', 'b'].map((name) => labels.of(name))).to.deep.equal([
      'a',
      'b',
      'unnamed',
      'other',
      'a',
      'other',
      'b',
    ]);
  });

  it('adds up the queues without a label of their own, and escapes names', async () => {
    const server = createTestServer({
      config: (config) => ({ ...config, limits: { ...config.limits, metrics: { queues: 1 } } }),
    });
    for (const vq of ['A "quoted"\n', 'B', 'C', 'C']) {
      await server.orsay.routing.startCall({ target: 'Billing@.GA', vq, routeDelayMs: 0 });
    }
    const samples = await scrape(server);
    expect(samples.get('orsay_queue_calls_waiting{queue="A \\"quoted\\"\\n"}')).to.equal(1);
    expect(samples.get('orsay_queue_calls_waiting{queue="other"}')).to.equal(3);
    await server.orsay.close();
  });

  it('shows the sizes of the files of the store', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'orsay-metrics-'));
    mkdirSync(join(dataDir, 'store'));
    writeFileSync(join(dataDir, 'store', 'orsay.mdb'), 'x'.repeat(300));
    for (const number of [0, 1])
      writeFileSync(join(dataDir, 'store', `orsay-journal-${number}`), 'x'.repeat(20));
    const server = createTestServer({ dataDir });
    const samples = await scrape(server);
    expect(samples.get('orsay_store_bytes{file="tree"}')).to.equal(300);
    expect(samples.get('orsay_store_bytes{file="journal"}')).to.equal(40);
    await server.orsay.close();
    rmSync(dataDir, { recursive: true });
  });

  it('is for users who may read administration', async () => {
    const users = {
      scraper: { role: 'viewer' as const, passwordHash: await hashPassword('secret12') },
      kate: { role: 'agent' as const, agentId: 'kate', passwordHash: await hashPassword('secret12') },
    };
    const server = createTestServer({ config: (config) => ({ ...config, users }) as never });
    const as = (user: string) => ({
      headers: { authorization: `Basic ${Buffer.from(`${user}:secret12`).toString('base64')}` },
    });
    const statuses = [
      (await server.send('GET', '/metrics')).status,
      (await server.send('GET', '/metrics', as('kate'))).status,
      (await server.send('GET', '/metrics', as('scraper'))).status,
    ];
    expect(statuses).to.deep.equal([401, 403, 200]);
    await server.orsay.close();
  });
});

async function orsayServes(server: TestServer): Promise<void> {
  await server.send('GET', '/ors/help');
  await server.orsay.routing.startCall({ target: 'Billing@.GA', vq: 'VQ', routeDelayMs: 0 });
}
