import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { StoreBuilder } from '../../engine/durable/lmdb/index.ts';
import { type OwnedCell, openCell } from '../../engine/durable/postgres/index.ts';
import { importData } from '../../server/process/index.ts';
import { TestPostgres } from '../../test/support/postgres.ts';
import { startStoreProcess } from '../../test/support/storeProcess.ts';
import { count, quantile } from '../rounds.ts';
import { log, temporaryFolder } from './openHost.ts';

/**
 * Snapshots of a cell: the time of an append of its owner while nothing else happens, while a standby, or the
 * owner itself, writes a snapshot, and while the log is trimmed; and the time until a new node has all
 * records. `ORSAY_BENCH_RECORDS`: default 1,000,000, of 500 bytes.
 */
const RECORDS = Number(process.env.ORSAY_BENCH_RECORDS ?? 1_000_000);
const VALUE = 'x'.repeat(500);
/** Between two appends, in ms: a load that leaves some of the processor. */
const PAUSE_MS = 5;
const PARTITION_FRAMES = 1_000;
const TRIM_MS = 300;

const folder = temporaryFolder();
const postgres = await TestPostgres.start();
const database = await postgres.createDatabase();
const quiet = { ...log, warn() {}, info() {} };
const cell = 'bench';

function seconds(begun: number): string {
  return `${((performance.now() - begun) / 1_000).toFixed(1)} s`;
}

async function time<T>(what: string, work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await work();
  console.log(`  ${what}: ${seconds(begun)}`);
  return result;
}

interface Append {
  readonly at: number;
  readonly ms: number;
}

/** Appends of one owner until `isOver`, one after the other. */
async function append(owner: OwnedCell, isOver: () => boolean): Promise<readonly Append[]> {
  const appends: Append[] = [];
  for (let number = 0; !isOver(); number++) {
    const at = performance.now();
    await owner.write([{ table: 'bench', key: `new-${number % 5_000}`, text: VALUE }]);
    appends.push({ at, ms: performance.now() - at });
    await pause(PAUSE_MS);
  }
  return appends;
}

function report(what: string, appends: readonly Append[]): void {
  const times = appends.map(({ ms }) => ms);
  const [p50, p99, most] = [0.5, 0.99, 1].map((part) => quantile(times, part).toFixed(1));
  console.log(
    `  ${what}: p50 ${p50} ms, p99 ${p99} ms, longest ${most} ms, of ${count(times.length)} appends`,
  );
}

/** Another snapshot is due at once: it would otherwise wait for a log of half the size of the last one. */
async function wantSnapshot(): Promise<void> {
  await postgres.query("UPDATE orsay.snapshots SET bytes = 0 WHERE state = 'verified'", database);
}

async function snapshotState(): Promise<string> {
  const [row] = await postgres.query<{ state: string }>(
    'SELECT state FROM orsay.snapshots ORDER BY id DESC LIMIT 1',
    database,
  );
  return row?.state ?? '';
}

/** The appends while a new snapshot is written, from its row to its verification. */
async function whileWriting(owner: OwnedCell): Promise<readonly Append[]> {
  let isOver = false;
  const appends = append(owner, () => isOver);
  await wantSnapshot();
  while ((await snapshotState()) !== 'writing') await pause(10);
  const from = performance.now();
  while ((await snapshotState()) === 'writing') await pause(10);
  const to = performance.now();
  isOver = true;
  console.log(
    `  a snapshot of ${count(RECORDS)} records was written, and read again: ${((to - from) / 1_000).toFixed(1)} s`,
  );
  return (await appends).filter(({ at }) => at >= from && at < to);
}

/** The appends within TRIM_MS of the drop of a partition. */
async function whileTrimming(owner: OwnedCell): Promise<readonly Append[]> {
  let isOver = false;
  const appends = append(owner, () => isOver);
  const drops: number[] = [];
  const tables = `SELECT count(*)::integer AS count FROM pg_class WHERE relname ~ '^log_1_[0-9]+$'`;
  let before = 0;
  while (drops.length < 5) {
    await wantSnapshot();
    const [{ count: now } = { count: 0 }] = await postgres.query<{ count: number }>(tables, database);
    if (now < before) drops.push(performance.now());
    before = now;
    await pause(5);
  }
  isOver = true;
  return (await appends).filter(({ at }) => drops.some((drop) => Math.abs(drop - at) < TRIM_MS));
}

const options = { database, cell, partitionFrames: PARTITION_FRAMES, log: quiet };
const never = { leastBytes: Number.MAX_SAFE_INTEGER };
const path = (node: string): string => join(folder.path, node);
const startStandby = (node: string, snapshots: object) =>
  startStoreProcess('cellOwner', [
    database,
    node,
    path(node),
    '60000',
    node,
    JSON.stringify({ cell, partitionFrames: PARTITION_FRAMES, snapshots }),
  ]);

console.log(`cellSnapshots: ${count(RECORDS)} records of ${VALUE.length} bytes`);
mkdirSync(path('data'));
const builder = new StoreBuilder(join(path('data'), 'store'));
for (let number = 0; number < RECORDS; number++) {
  builder.put(Buffer.from(`bench\0${String(number).padStart(9, '0')}`), Buffer.from(`${VALUE}${number}`));
}
await builder.finish();
await time('import of a data directory, read again', () =>
  importData({ dataDir: path('data'), database, cell }),
);
const owner = await time('a new node has all records of a snapshot', () =>
  openCell({ ...options, node: 'a', path: path('a'), snapshots: never }),
);
const begun = performance.now();
report('an append while nothing else happens', await append(owner, () => performance.now() - begun > 10_000));

const standby = startStandby('b', { leastBytes: 1, checkMs: 100 });
report('an append while a standby writes a snapshot', await whileWriting(owner));
await standby.kill();

const small = startStandby('c', { leastBytes: 1, checkMs: 100, kept: 1 });
report('an append while the log is trimmed', await whileTrimming(owner));
await small.kill();

await owner.close();
const alone = await openCell({
  ...options,
  node: 'a',
  path: path('a'),
  snapshots: { leastBytes: 1, checkMs: 100, aloneMs: 0 },
});
await postgres.query('DELETE FROM orsay.followers', database);
report('an append while the owner itself writes a snapshot', await whileWriting(alone));
await alone.close();
await postgres.stop();
folder.remove();
