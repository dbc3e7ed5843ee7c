import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { openLmdbStore, StoreBuilder } from '../../engine/durable/lmdb/index.ts';
import { call } from '../../test/support/crash/load.ts';
import { count, quantile } from '../rounds.ts';
import { fsyncLine, measureFsync } from './disk.ts';
import { temporaryFolder } from './openHost.ts';
import { processorMs, startOrsay } from './orsayServer.ts';

/**
 * A million callbacks that are scheduled, each of another customer: how long the query of one customer takes,
 * and the administrator's view. The real server makes one callback; the others are copies of the records that
 * queries read. ORSAY_BENCH_CALLBACKS sets their number.
 */

const CALLBACKS = Number(process.env.ORSAY_BENCH_CALLBACKS ?? 1_000_000);
const QUERIES = 5_000;
const TABLES = ['service.instance', 'service.property', 'service.time', 'storage.area'];
const NUMBER = '4082652649';
/** Days until the callbacks begin: none begins during the measurement. */
const DAYS = 20;
const MINUTES_A_DAY = 1_440;

function numberOf(index: number): string {
  return `3${String(index).padStart(9, '0')}`;
}

/** Runs a server until it has one scheduled callback. Returns the parts that differ in each copy. */
async function makeTemplate(
  folder: string,
): Promise<{ readonly ids: readonly string[]; readonly time: number }> {
  const server = await startOrsay(folder, 'uploaded');
  const base = await server.ready;
  const time = Math.ceil(Date.now() / 60_000) * 60_000 + DAYS * MINUTES_A_DAY * 60_000;
  const { body } = await call(`${base}/genesys/1/service/callback/chat-delay`, {
    form: { _customer_number: NUMBER, _desired_time: new Date(time).toISOString(), usr_reason: 'billing' },
  });
  const id = (body as { _id: string })._id;
  const found = await call(`${base}/genesys/1/service/callback?_id=${id}`, { method: 'GET' });
  const [record] = found.body as readonly { _data_id: string }[];
  await server.stop();
  return { ids: [id.slice(id.indexOf('-') + 1), record!._data_id], time };
}

/** Builds a store of copies of the template's callback, some each minute. */
async function copy(
  folder: string,
  { ids, time }: { readonly ids: readonly string[]; readonly time: number },
): Promise<void> {
  const path = join(folder, 'store');
  const kept = join(folder, 'template');
  renameSync(path, kept);
  const store = openLmdbStore({ path: kept });
  const records = TABLES.flatMap((table) => [...store.scan(table, {})].map((entry) => ({ table, ...entry })));
  await store.close();
  if (records.length < TABLES.length) throw new Error(`Expected records of ${TABLES.join(', ')}.`);
  const builder = new StoreBuilder(path);
  for (let index = 1; index <= CALLBACKS; index++) {
    const desired = time + ((index * 7_919) % (10 * MINUTES_A_DAY)) * 60_000;
    const replace = (text: string): string => {
      const digits = index.toString(16).padStart(8, '0');
      const own = ids.reduce((sum, id) => sum.replaceAll(id, digits + id.slice(digits.length)), text);
      return own.replaceAll(NUMBER, numberOf(index)).replaceAll(String(time), String(desired));
    };
    builder.apply(records.map(({ table, key, text }) => ({ table, key: replace(key), text: replace(text) })));
  }
  await builder.finish();
}

interface Measured {
  /** ms, one for each request. */
  readonly times: readonly number[];
  /** Milliseconds of processor time of one request in the server. */
  readonly processor: number;
}

/** Makes requests, `atOnce` of them at a time. */
async function measure(atOnce: number, request: (index: number) => Promise<void>): Promise<Measured> {
  const before = processorMs(server.child.pid!);
  const times: number[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < QUERIES) {
      const index = next++;
      const begun = performance.now();
      await request(index);
      times.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { times, processor: (processorMs(server.child.pid!) - before) / QUERIES };
}

function line(what: string, { times, processor }: Measured): string {
  const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
  const each = `processor ${processor.toFixed(2)} ms each`;
  return `  ${what}: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, ${each} (${times.length} of them)`;
}

const folder = temporaryFolder();
console.log(`${count(CALLBACKS).trim()} scheduled callbacks\n  ${fsyncLine(measureFsync(folder.path))}`);
const template = await makeTemplate(folder.path);
const filling = performance.now();
await copy(folder.path, template);
console.log(`  filled in ${((performance.now() - filling) / 1_000).toFixed(0)} s`);
const server = await startOrsay(folder.path, 'uploaded');
const base = await server.ready;

const query = async (index: number): Promise<void> => {
  const number = numberOf(1 + ((index * 7_919) % CALLBACKS));
  const url = `${base}/genesys/1/service/callback?_customer_number=${number}`;
  const { status, body } = await call(url, { method: 'GET' });
  const found = body as readonly { _customer_number: string }[];
  if (status === 200 && found.length === 1 && found[0]!._customer_number === number) return;
  throw new Error(`${number}: ${status} ${JSON.stringify(body)}`);
};
const status = async (): Promise<void> => {
  await (await fetch(`${base}/genesys/1/admin/node/status`)).text();
};
console.log(line('for comparison, the status of the node', await measure(1, status)));
console.log(line('the query of one customer', await measure(1, query)));
console.log(line('the query of one customer, 64 at once', await measure(64, query)));
const begun = performance.now();
const queues = await call(
  `${base}/genesys/1/admin/callback/queues?end_time=${new Date(template.time + 3_600_000).toISOString()}`,
  { method: 'GET' },
);
const listed = (queues.body as { 'chat-delay': readonly unknown[] })['chat-delay'].length;
console.log(
  `  the administrator's queues, ${listed} callbacks: ${(performance.now() - begun).toFixed(0)} ms`,
);
await server.kill();
folder.remove();
