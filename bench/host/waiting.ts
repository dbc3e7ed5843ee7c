import { closeSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import { call } from '../../test/support/crash/load.ts';
import { count, quantile } from '../rounds.ts';
import { createCustomerCopies, type StoredEntry } from './customerCopies.ts';
import { fsyncLine, measureFsync } from './disk.ts';
import { temporaryFolder } from './openHost.ts';
import { anonymousMb, startOrsay } from './orsayServer.ts';

/**
 * Very many customers of chat-delay who wait: what they cost in memory, and how fast one of them is there again. One
 * customer is made by the real server; the others are copies of everything that it stored, under ids of their own.
 * ORSAY_BENCH_WAITING chooses their number.
 */

const SESSIONS = Number(process.env.ORSAY_BENCH_WAITING ?? 1_000_000);
const SESSIONS_IN_ONE_WRITE = 1_000;
const WOKEN = 2_000;
/**
 * Copies keep the times at which something is due for the template: those must lie behind the measurement. Alone in its
 * queue it is asked at once whether it wants to chat, and waits for the answer.
 */
const PATIENT = { _user_confirm_timeout: '7200' };
/** After it the server looks whether the service's session has begun: that is not to be copied either. */
const SETTLED_MS = 61_000;
/** Between a table's name and a key. */
const SEPARATOR = '\0';

interface Waiting {
  readonly serviceId: string;
  /** The ids that make this customer's records his own. */
  readonly ids: readonly string[];
}

/** Runs a server until one customer waits. */
async function makeTemplate(folder: string): Promise<Waiting> {
  const server = await startOrsay(folder, 'uploaded', PATIENT);
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

/** Copies everything that the store has of the template. */
async function copy(
  folder: string,
  template: Waiting,
): Promise<{ readonly vq: string; serviceOf(number: number): string }> {
  const path = join(folder, 'store', 'orsay.mdb');
  const database = open<string, Buffer>({
    path,
    noSubdir: true,
    keyEncoding: 'binary',
    encoding: 'string',
    // Only the benchmark's own filling may be lost.
    noSync: true,
  });
  const all = [...database.getRange({})].map(({ key, value: text }) => {
    const name = key.toString('utf8');
    const end = name.indexOf(SEPARATOR);
    return { table: name.slice(0, end), key: name.slice(end + 1), text };
  });
  const copies = createCustomerCopies(all, template.ids);
  const write = (entries: readonly StoredEntry[]): void => {
    for (const { table, key, text } of entries) {
      void database.put(Buffer.from(`${table}${SEPARATOR}${key}`), text);
    }
  };
  for (let from = 1; from <= SESSIONS; from += SESSIONS_IN_ONE_WRITE) {
    await database.batch(() => {
      for (let number = from; number < from + SESSIONS_IN_ONE_WRITE && number <= SESSIONS; number++) {
        write(copies.copy(number));
      }
    });
  }
  await database.batch(() => write(copies.queueRecords(SESSIONS)));
  await database.flushed;
  await database.close();
  // Or the server's own writes would wait for the filling's to be on the disk.
  const file = openSync(path, 'r+');
  fsyncSync(file);
  closeSync(file);
  return { vq: copies.vq, serviceOf: (number) => copies.idOf(template.serviceId, number) };
}

async function askStatus(base: string): Promise<void> {
  const reply = await fetch(`${base}/genesys/1/admin/node/status`);
  const text = await reply.text();
  if (reply.status !== 200) throw new Error(`node/status: ${reply.status} ${text}`);
}

/** Asks for the node's status, one request after the other, until `work` is over: the longest wait in ms. */
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

/** The first look at the queue after a start, and what another client notices of it. */
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
    `  the first look at the queue: ${ms.toFixed(0)} ms, another client waited at most ${longest.toFixed(0)} ms meanwhile`,
  );
  const { body } = await call(`${base}/urs/call/max/lvq?name=${encodeURIComponent(vq)}`, { method: 'GET' });
  const { calls } = body as { calls: number };
  // The template waits too.
  if (calls !== SESSIONS + 1) throw new Error(`Expected ${SESSIONS + 1} calls in '${vq}', got ${calls}.`);
  console.log(`  it says ${JSON.stringify(await look)}`);
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
  `  the first request of one that was not in memory: p50 ${quantile(times, 0.5).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms (${WOKEN} of them)`,
);
console.log(`  memory (RssAnon) after that: ${anonymousMb(pid).toFixed(0)} MB`);
await server.kill();
folder.remove();
