import { DurableStore, type StorePort } from '../../engine/durable/index.ts';
import { openLmdbStore } from '../../engine/durable/lmdb/index.ts';
import { openCell } from '../../engine/durable/postgres/index.ts';
import { systemClock } from '../../engine/ports/index.ts';
import { TestPostgres } from '../../test/support/postgres.ts';
import { count, inTurns, quantile } from '../rounds.ts';
import { log, temporaryFolder } from './openHost.ts';

/**
 * Durable commits of one cell in PostgreSQL, beside those of the embedded store. Each commit puts three
 * records of 500 bytes with keys of its own writer; a writer waits until its commit is durable.
 */
const WRITERS = [1, 16, 64];
const RECORDS = 3;
const VALUE = 'x'.repeat(500);
/** Records of one writer, which it writes again and again. */
const KEYS = 300;
const ROUND_MS = 1_500;

const folder = temporaryFolder();
const postgres = await TestPostgres.start();
const database = await postgres.createDatabase();
const quiet = { ...log, warn() {} };
const stores = {
  embedded: openLmdbStore({ path: `${folder.path}/embedded` }),
  cell: await openCell({ database, cell: 'bench', node: 'bench', path: folder.path, log: quiet }),
};

/** Times of the commits of all rounds, in ms. */
const times: Record<string, number[]> = {};

async function commitsPerSecond(name: keyof typeof stores, writers: number): Promise<number> {
  const store: StorePort = stores[name];
  const durable = new DurableStore({ store, clock: systemClock, log });
  times[name] ??= [];
  let commits = 0;
  const begun = performance.now();
  const write = async (writer: number): Promise<void> => {
    for (let number = 0; performance.now() - begun < ROUND_MS; number++) {
      const put = Array.from({ length: RECORDS }, (_, record) => {
        const key = `${writer}-${(number * RECORDS + record) % KEYS}`;
        return { table: 'bench', key, value: { number, text: VALUE } };
      });
      const at = performance.now();
      await durable.commit({ put });
      times[name]!.push(performance.now() - at);
      commits++;
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  const rate = (commits * 1_000) / (performance.now() - begun);
  return rate;
}

console.log(`cells: durable commits of ${RECORDS} records; median of the rounds, ratio in the same round`);
for (const writers of WRITERS) {
  for (const name of Object.keys(times)) times[name] = [];
  const rows = await inTurns(
    {
      embedded: () => commitsPerSecond('embedded', writers),
      cell: () => commitsPerSecond('cell', writers),
    },
    'embedded',
  );
  for (const [name, { value, ratio }] of Object.entries(rows)) {
    const p50 = quantile(times[name]!, 0.5).toFixed(1);
    const p99 = quantile(times[name]!, 0.99).toFixed(1);
    console.log(
      `${String(writers).padStart(4)} writers, ${name.padEnd(9)}${count(value)} commits/s, ratio ${ratio.toFixed(2)}, p50 ${p50} ms, p99 ${p99} ms`,
    );
  }
}
for (const store of Object.values(stores)) await store.close();
await postgres.stop();
folder.remove();
