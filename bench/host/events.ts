import type { StoreOperation } from '../../engine/durable/index.ts';
import { defined, type Json, type SessionId } from '../../engine/ports/index.ts';
import { count, inTurns } from '../rounds.ts';
import { openBareStore } from './bareStore.ts';
import { fsyncLine, measureFsync } from './disk.ts';
import { DATA_TEXT, LIGHT } from './documents.ts';
import { openHost, temporaryFolder } from './openHost.ts';

/** Durable events through the host, compared with commits of the same bytes by the store alone. */

const AT_ONCE = 64;
const SAMPLE_MS = 1_500;
/** Other sessions that wait in the store. */
const WAITING = 100_000;
const EVENT_ID = 'client:';
const DATA: Json = JSON.parse(DATA_TEXT);

/** AT_ONCE workers repeat `work` until the time of the sample is over. Returns the rate per second. */
async function rate(work: (worker: number) => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  let done = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, worker) => {
      for (; performance.now() - begun < SAMPLE_MS; done++) await work(worker);
    }),
  );
  return (done * 1_000) / (performance.now() - begun);
}

type Write = readonly StoreOperation[];

/** The same write for another session: the same bytes with other keys. */
function writeOf(write: Write, from: string, to: string): Write {
  return write.map(({ table, key, text }) => ({
    table,
    key: key.replaceAll(from, to),
    text: text?.replaceAll(from, to) ?? null,
  }));
}

/** `waiting`: other sessions in the store. `ids`: whether the client gives each event an id. */
interface Measured {
  readonly waiting: number;
  readonly ids: 'none' | 'given';
}

async function measure({ waiting, ids: eventIds }: Measured): Promise<void> {
  const hostFolder = temporaryFolder();
  const bareFolder = temporaryFolder();
  let seen: Write = [];
  const host = openHost({ folder: hostFolder.path, document: LIGHT, watch: (write) => (seen = write) });
  const bare = openBareStore(bareFolder.path);
  const ids = await host.start(AT_ONCE);
  const first = ids[0]!;
  let events = 0;
  const nextEvent = (): string => `${EVENT_ID}${String(events++).padStart(10, '0')}`;
  const publish = (sessionId: SessionId): Promise<void> =>
    host.sessions.publish(sessionId, {
      name: 'e',
      data: DATA,
      ...defined({ id: eventIds === 'given' ? nextEvent() : undefined }),
    });
  await publish(first);
  const written = seen;
  const sampleId = `${EVENT_ID}${'0'.padStart(10, '0')}`;

  const value = host.durable.get('session', first);
  const snapshot = host.durable.text('session', first)!;
  const text = written.find(({ table }) => table === 'session')!.text!;
  for (let from = 0; from < waiting; from += 500) {
    const keys = Array.from({ length: Math.min(500, waiting - from) }, (_, n) => waitingKey(from + n));
    await host.durable.commit({ put: keys.map((key) => ({ table: 'session', key, value, text: snapshot })) });
    await bare.write(keys.map((key) => ({ table: 'session', key, text })));
  }
  const writes = ids.map((id) => writeOf(written, first, id));
  const commit = (worker: number): Promise<unknown> => {
    if (eventIds === 'none') return bare.write(writes[worker]!);
    const event = nextEvent();
    return bare.write(writes[worker]!.map((one) => ({ ...one, key: one.key.replace(sampleId, event) })));
  };
  const rows = await inTurns(
    { bare: () => rate(commit), host: () => rate((worker) => publish(ids[worker]!)) },
    'bare',
  );
  const bytes = written.reduce((sum, { key, text }) => sum + key.length + (text?.length ?? 0), 0);
  console.log(
    `  ${eventIds === 'given' ? 'with an event id' : 'without event id'}, ${waiting.toLocaleString('en')} sessions waiting (${written.length} records, ${bytes} bytes an event)`,
  );
  console.log(`    bare lmdb ${count(rows.bare.value)} commits/s`);
  console.log(
    `    the host  ${count(rows.host.value)} events/s    ${rows.host.ratio.toFixed(2)} of the bare store`,
  );
  await host.close();
  await bare.close();
  hostFolder.remove();
  bareFolder.remove();
}

/** Spread over the key space, like session ids. */
function waitingKey(number: number): string {
  return `${((number * 2_654_435_761) % 4_294_967_296).toString(32).toUpperCase().padStart(7, '0')}WAITING${String(number).padStart(18, '0')}`;
}

const folder = temporaryFolder();
console.log(`Durable events, ${AT_ONCE} sessions at once\n  ${fsyncLine(measureFsync(folder.path))}`);
folder.remove();
for (const waiting of [0, WAITING]) {
  for (const ids of ['none', 'given'] as const) await measure({ waiting, ids });
}
