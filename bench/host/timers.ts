import { join } from 'node:path';
import autocannon from 'autocannon';
import { openLmdbStore } from '../../engine/durable/lmdb/index.ts';
import { fillStore } from '../../test/support/crash/fillStore.ts';
import { call } from '../../test/support/crash/load.ts';
import { startRecorder } from '../../test/support/crash/recorder.ts';
import { count } from '../rounds.ts';
import { fsyncLine, measureFsync } from './disk.ts';
import { LIGHT } from './documents.ts';
import { temporaryFolder } from './openHost.ts';
import { startOrsay } from './orsayServer.ts';

/** Timers of many sessions, due in one second, while clients send requests to other sessions. */

const TIMERS = 100_000;
/** ms from the start of filling until the first timer is due. */
const HEAD_START_MS = 45_000;
const SECOND_MS = 1_000;
const CONNECTIONS = 16;
const SECONDS = 40;

const WAITING = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
  <datamodel><data id="customer" expr="({ number: '4082652649', name: 'James Bond', reasons: ['billing', 'gadget'] })"/>
    <data id="fired" expr="0"/><data id="firedAt" expr="0"/></datamodel>
  <state id="waiting">
    <onentry><send event="due" delay="1h"/></onentry>
    <transition event="due"><script>fired++; firedAt = Date.now();</script></transition>
  </state>
</scxml>`;

/** How often the timer of each session fired, and when, from the data of its document. */
function firings(folder: string): readonly { readonly fired: number; readonly firedAt: number }[] {
  const store = openLmdbStore({ path: join(folder, 'store') });
  const read = (text: string, name: string): number => {
    const value = new RegExp(`\\b${name}\\b\\W+(\\d+)`).exec(text)?.[1];
    if (value === undefined) throw new Error(`Expected ${name} in a snapshot, got ${text}.`);
    return Number(value);
  };
  return [...store.scan('session', { from: 'W0', to: 'W1' })].map(({ text }) => ({
    fired: read(text, 'fired'),
    firedAt: read(text, 'firedAt'),
  }));
}

async function measure(sandbox: 'none' | 'all'): Promise<void> {
  const folder = temporaryFolder();
  const dueAt = Date.now() + HEAD_START_MS;
  await fillStore({
    path: join(folder.path, 'store'),
    count: TIMERS,
    text: WAITING,
    dueAt: (number) => dueAt + Math.floor((number * SECOND_MS) / TIMERS),
  });
  const server = await startOrsay(folder.path, sandbox);
  const base = await server.ready;
  const recorder = await startRecorder();
  const src = recorder.serve('light.scxml', LIGHT);
  const ids = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const { body } = await call(`${base}/scxml/session/start`, { form: { src } });
      return (body as { _id: string })._id;
    }),
  );
  const early = dueAt - Date.now();
  if (early < 0) throw new Error(`The timers were due ${-early} ms before the server was ready.`);
  await new Promise((resolve) => setTimeout(resolve, early));
  let connection = 0;
  const result = await autocannon({
    url: base,
    connections: CONNECTIONS,
    duration: SECONDS,
    setupClient: (client) =>
      client.setRequests([{ method: 'POST', path: `/scxml/session/${ids[connection++]}/request/ask` }]),
  });
  await server.stop();
  await recorder.close();
  const fired = firings(folder.path);
  folder.remove();
  const lost = TIMERS - fired.filter(({ fired: times }) => times === 1).length;
  const last = fired.reduce((latest, { firedAt }) => Math.max(latest, firedAt), 0);
  console.log(`  ${sandbox === 'none' ? 'sessions in the server' : 'sessions in children'}`);
  console.log(`    fired once:${count(fired.length - lost)}   lost or repeated: ${lost}`);
  console.log(`    the last one was ${((last - dueAt - SECOND_MS) / 1_000).toFixed(1)} s late`);
  console.log(
    `    meanwhile${count(result['2xx'] / result.duration)} requests/s over ${CONNECTIONS} connections, p99 ${result.latency.p99} ms, longest ${result.latency.max} ms, ${result.non2xx + result.errors} failed`,
  );
}

const folder = temporaryFolder();
console.log(`${count(TIMERS).trim()} timers due in one second\n  ${fsyncLine(measureFsync(folder.path))}`);
folder.remove();
for (const sandbox of ['none', 'all'] as const) await measure(sandbox);
