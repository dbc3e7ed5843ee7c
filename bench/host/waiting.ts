import { renameSync } from 'node:fs';
import { join } from 'node:path';
import {
  inspectStore,
  openLmdbStore,
  StoreBuilder,
  splitName,
  storeFiles,
} from '../../engine/durable/lmdb/index.ts';
import { call } from '../../test/support/crash/load.ts';
import { count, quantile } from '../rounds.ts';
import { CustomerCopies, type StoredEntry } from './customerCopies.ts';
import { fsyncLine, measureFsync } from './disk.ts';
import { temporaryFolder } from './openHost.ts';
import { anonymousMb, startOrsay } from './orsayServer.ts';

/**
 * A million customers of chat-delay who wait: how much memory they need, and how fast the session of one is
 * restored. The real server makes one customer. The others are copies of all its records, with ids of their
 * own. ORSAY_BENCH_WAITING sets their number.
 */

const SESSIONS = Number(process.env.ORSAY_BENCH_WAITING ?? 1_000_000);
const WOKEN = 2_000;
/**
 * Copies keep the due times of the template, which must be later than the end of the measurement. The
 * customer is alone in the queue, so the session asks at once whether they want to chat, and waits for the
 * answer.
 */
const PATIENT = { _wait_for_user_confirm: 'true', _user_confirm_timeout: '7200' };
/**
 * After this time the server has checked that the service's session has started. No copy must repeat the
 * check.
 */
const SETTLED_MS = 61_000;

interface Waiting {
  readonly serviceId: string;
  /** The ids in the records of this customer. */
  readonly ids: readonly string[];
}

/** Runs a server until one customer waits. */
async function makeTemplate(folder: string): Promise<Waiting> {
  const server = await startOrsay(folder, 'uploaded', { chatDelay: PATIENT });
  const base = await server.ready;
  const { body } = await call(`${base}/genesys/1/service/callback/chat-delay`, {
    form: {
      _customer_number: '4082652649',
      usr_reason: 'billing question',
    },
  });
  const serviceId = (body as { _id: string })._id;
  await call(`${base}/genesys/1/service/${serviceId}/check-queue-position`);
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  const sessions = await call(`${base}/genesys/1/admin/sessions`, { method: 'GET' });
  const [session] = sessions.body as readonly { _id: string }[];
  await server.stop();
  return { serviceId, ids: [serviceId, session!._id] };
}

/** All records of a store that no process uses. */
async function readRecords(path: string): Promise<readonly StoredEntry[]> {
  // Opening it moves what the journal still holds into the tree.
  await openLmdbStore({ path }).close();
  const records: StoredEntry[] = [];
  inspectStore(storeFiles(path), (name, text) => {
    records.push({ ...splitName(name.toString()), text: text.toString() });
  });
  return records;
}

/** Builds a store of the template's records and their copies. */
async function copy(
  folder: string,
  template: Waiting,
): Promise<{ readonly vq: string; serviceOf(number: number): string }> {
  const path = join(folder, 'store');
  const kept = join(folder, 'template');
  renameSync(path, kept);
  const all = await readRecords(kept);
  const copies = new CustomerCopies(all, template.ids);
  const builder = new StoreBuilder(path);
  builder.apply(all);
  for (let number = 1; number <= SESSIONS; number++) {
    builder.apply(copies.copy(number));
  }
  builder.apply(copies.arrivals(SESSIONS));
  await builder.finish();
  return { vq: copies.vq, serviceOf: (number) => copies.idOf(template.serviceId, number) };
}

async function askStatus(base: string): Promise<void> {
  const reply = await fetch(`${base}/genesys/1/admin/node/status`);
  const text = await reply.text();
  if (reply.status !== 200) throw new Error(`node/status: ${reply.status} ${text}`);
}

/**
 * Asks for the node's status, one request after the other, until `work` is over. Returns the longest wait in
 * ms.
 */
async function longestWaitDuring(base: string, work: Promise<unknown>): Promise<number> {
  let isOver = false;
  const over = work.finally(() => {
    isOver = true;
  });
  let longest = 0;
  while (!isOver) {
    const begun = performance.now();
    await askStatus(base);
    longest = Math.max(longest, performance.now() - begun);
  }
  await over;
  return longest;
}

/** Measures the first read of the queue after a start, and how long another client waits meanwhile. */
async function lookFirst(base: string, serviceId: string, vq: string): Promise<void> {
  await askStatus(base);
  const begun = performance.now();
  let ms = 0;
  const look = call(`${base}/genesys/1/service/${serviceId}/check-queue-position`).then((reply) => {
    ms = performance.now() - begun;
    if (reply.status !== 200) throw new Error(`${serviceId}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  });
  const longest = await longestWaitDuring(base, look);
  console.log(
    `  the first read of the queue: ${ms.toFixed(0)} ms, another client waited at most ${longest.toFixed(0)} ms meanwhile`,
  );
  const { body } = await call(`${base}/urs/call/max/lvq?name=${encodeURIComponent(vq)}`, { method: 'GET' });
  const { calls } = body as { calls: number };
  // The template waits as well.
  if (calls !== SESSIONS + 1) throw new Error(`Expected ${SESSIONS + 1} calls in '${vq}', got ${calls}.`);
  console.log(`  the reply: ${JSON.stringify(await look)}`);
}

const folder = temporaryFolder();
console.log(
  `${count(SESSIONS).trim()} waiting sessions of chat-delay\n  ${fsyncLine(measureFsync(folder.path))}`,
);
const template = await makeTemplate(folder.path);
const filling = performance.now();
const { vq, serviceOf } = await copy(folder.path, template);
console.log(`  filled in ${((performance.now() - filling) / 1_000).toFixed(0)} s`);
const server = await startOrsay(folder.path, 'uploaded');
const base = await server.ready;
console.log(`  ready ${((performance.now() - server.startedAt) / 1_000).toFixed(2)} s after its start`);
const pid = server.child.pid!;
console.log(`  memory (RssAnon): ${anonymousMb(pid).toFixed(0)} MB`);
await lookFirst(base, serviceOf(SESSIONS), vq);
const times: number[] = [];
for (let n = 0; n < WOKEN; n++) {
  const serviceId = serviceOf(1 + (Math.floor((n * 7_919 * SESSIONS) / WOKEN) % SESSIONS));
  const begun = performance.now();
  const { status, body } = await call(`${base}/genesys/1/service/${serviceId}/status`);
  times.push(performance.now() - begun);
  if (status !== 200) throw new Error(`${serviceId}: ${status} ${JSON.stringify(body)}`);
}
console.log(
  `  the first request of a session that was not in memory: p50 ${quantile(times, 0.5).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms (${WOKEN} of them)`,
);
console.log(`  memory (RssAnon) after that: ${anonymousMb(pid).toFixed(0)} MB`);
await server.kill();
folder.remove();
