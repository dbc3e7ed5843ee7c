import { join } from 'node:path';
import { open } from 'lmdb';
import { call } from '../../test/support/crash/load.ts';
import { count, quantile } from '../rounds.ts';
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
/** A copy's number within the ids that it replaces. */
const DIGITS = 8;

interface Entry {
  readonly key: string;
  readonly text: string;
}

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
async function copy(folder: string, template: Waiting): Promise<(number: number) => string> {
  const database = open<string, Buffer>({
    path: join(folder, 'store', 'orsay.mdb'),
    noSubdir: true,
    keyEncoding: 'binary',
    encoding: 'string',
    // Only the benchmark's own filling may be lost.
    noSync: true,
  });
  const all: Entry[] = [...database.getRange({})].map(({ key, value }) => ({
    key: key.toString('utf8'),
    text: value,
  }));
  const mine = (ids: readonly string[]) =>
    all.filter(({ key, text }) => ids.some((id) => key.includes(id) || text.includes(id)));
  // What belongs to its storage area and its call names those, and not always the session.
  const more = mine(template.ids).flatMap(({ text }) => [
    ...[...text.matchAll(/\\*"(?:dataId|_data_id|connectionId)\\*":\\*"([^"\\]{16,})\\*"/g)].map(
      (found) => found[1]!,
    ),
  ]);
  const ids = [...new Set([...template.ids, ...more])];
  const entries = mine(ids);
  const idOf = (id: string, number: number): string =>
    id.slice(0, -DIGITS) + number.toString(16).padStart(DIGITS, '0').slice(-DIGITS);
  const replaced = (text: string, number: number): string =>
    ids.reduce((result, id) => result.replaceAll(id, idOf(id, number)), text);
  for (let from = 1; from <= SESSIONS; from += SESSIONS_IN_ONE_WRITE) {
    await database.batch(() => {
      for (let number = from; number < from + SESSIONS_IN_ONE_WRITE && number <= SESSIONS; number++) {
        for (const { key, text } of entries) {
          const own = (value: string): string =>
            replaced(value, number)
              // Due keys of tasks, and places in queues, are in order of arrival.
              .replace(/(\d{8})(\d{12})$/, (_, epoch) => `${epoch}${String(number).padStart(12, '5')}`)
              .replace(/"serial":\d+/, `"serial":${number + 1}`);
          void database.put(Buffer.from(own(key)), own(text));
        }
      }
    });
  }
  await database.flushed;
  await database.close();
  return (number) => idOf(template.serviceId, number);
}

const folder = temporaryFolder();
console.log(
  `${count(SESSIONS).trim()} waiting sessions of chat-delay\n  ${fsyncLine(measureFsync(folder.path))}`,
);
const template = await makeTemplate(folder.path);
const filling = performance.now();
const serviceOf = await copy(folder.path, template);
console.log(`  filled in ${((performance.now() - filling) / 1_000).toFixed(0)} s`);
const server = await startOrsay(folder.path, 'uploaded');
const base = await server.ready;
console.log(`  ready ${((performance.now() - server.startedAt) / 1_000).toFixed(2)} s after its start`);
const pid = server.child.pid!;
console.log(`  memory (RssAnon): ${anonymousMb(pid).toFixed(0)} MB`);
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
