import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openLmdbStore } from '../../engine/durable/lmdb/index.ts';
import { verifyCell } from '../../engine/durable/postgres/index.ts';
import { CellBench, records } from '../support/cellBench.ts';
import { createRandom } from '../support/crash/random.ts';
import { requirePostgres, type TestPostgres } from '../support/postgres.ts';
import { runsOf } from '../support/runLength.ts';
import { type StoreProcess, startStoreProcess } from '../support/storeProcess.ts';
import { builtProgram } from '../support/testBuild.ts';

/** ORSAY_CRASH_SEED repeats the random choices of a run. */
const SEED = Number(process.env.ORSAY_CRASH_SEED ?? Date.now() % 1_000_000);
const KILLS = runsOf({ sample: 3, all: 60 });
const IMPORT_KILLS = runsOf({ sample: 2, all: 40 });
/** Queries of the test before a standby is killed: a measure of time that follows the load. */
const MOST_LOOKS = 25;
/** Snapshots, trims and builds all the time. */
const OFTEN = { partitionFrames: 20, pollMs: 5, snapshots: { leastBytes: 20_000, checkMs: 5 } };
const IMPORTED = 3_000;

describe(`snapshots of a cell whose writers are killed (ORSAY_CRASH_SEED=${SEED})`, () => {
  const random = createRandom(SEED);
  let postgres: TestPostgres;
  let bench: CellBench;
  let folder: string;
  let started: StoreProcess[];

  before(async function () {
    postgres = await requirePostgres(this);
    this.timeout(240_000);
    builtProgram('test/support/processes/cellOwner.ts');
  });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-snapshot-crash-'));
    bench = await CellBench.create(postgres);
    started = [];
  });

  afterEach(async () => {
    for (const { child } of started) child.kill('SIGKILL');
    await bench.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function run(program: string, args: readonly string[]): StoreProcess {
    const process = startStoreProcess(program, args);
    started.push(process);
    return process;
  }

  const start = (node: string): StoreProcess =>
    run('cellOwner', [bench.database, node, join(folder, node), '60000', 'k', JSON.stringify(OFTEN)]);

  it('lose no acknowledged write, and leave snapshots and a log that are sound', async function () {
    this.timeout(60_000 + KILLS * 10_000);
    const owner = start('a');
    await owner.line('owned');
    const acked = (): readonly string[] => owner.lines.filter((line) => line.startsWith('acked '));
    let latest = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      // With the copy of an earlier process, or of a snapshot.
      const isNew = kill % 2 === 1;
      const standby = start(isNew ? `new${kill}` : 's');
      await standby.line('follows');
      // In the middle of a snapshot or a trim; a new one also while it builds its copy.
      while (!isNew && ((await bench.snapshots())[0]?.id ?? 0) <= latest);
      for (let looks = random.below(MOST_LOOKS); looks > 0; looks--) await bench.snapshots();
      await standby.kill();
      // As when a minute has passed: nobody goes on with the snapshot of the killed one.
      latest = (await bench.snapshots())[0]?.id ?? 0;
      await bench.query("UPDATE orsay.snapshots SET touched_at = touched_at - interval '1 minute'");
      await bench.query("UPDATE orsay.followers SET seen_at = seen_at - interval '1 minute'");
    }
    const last = start('last');
    await last.line('follows');
    while ((await bench.snapshots()).filter(({ state }) => state === 'verified').length < 2);
    while ((await bench.firstFrame()) === 1);
    await last.kill();
    owner.child.kill('SIGTERM');
    await owner.line('closed');
    const found = await verifyCell(bench.database, bench.cell);
    expect(found?.problems).to.deep.equal([]);
    const fresh = await bench.open('fresh', OFTEN);
    const keys = new Set(records(fresh).map((entry) => entry.split('=')[0]!));
    expect(keys.size).to.equal(found?.records);
    const lost = acked().filter((line) => !keys.has(line.slice('acked '.length)));
    expect(lost).to.deep.equal([]);
    expect(bench.errors).to.deep.equal([]);
    const first = await bench.firstFrame();
    console.log(`        ${JSON.stringify({ acked: acked().length, kills: KILLS, firstFrame: first })}`);
  });

  it('leave an empty cell when an import is killed, and the import can be repeated', async function () {
    this.timeout(60_000 + IMPORT_KILLS * 10_000);
    const store = openLmdbStore({ path: join(folder, 'data', 'store') });
    const text = 'x'.repeat(2_000);
    await store.write(Array.from({ length: IMPORTED }, (_, key) => ({ table: 't', key: `k${key}`, text })));
    await store.close();
    const importIt = (): StoreProcess =>
      run('importCell', [bench.database, bench.cell, join(folder, 'data')]);
    let before = 0;
    for (let kill = 0; kill < IMPORT_KILLS; kill++) {
      const importing = importIt();
      await importing.line('begins');
      const parts = random.below(7);
      for (;;) {
        const [written] = await bench
          .query<{ id: number; parts: number }>('SELECT id::integer, parts FROM orsay.snapshots')
          .catch(() => []);
        if (written === undefined || written.id === before || written.parts < parts) continue;
        before = written.id;
        break;
      }
      await importing.kill();
      const [cell] = await bench.query<{ head: string }>('SELECT head FROM orsay.cells');
      if (cell!.head !== '0') break;
    }
    const [cell] = await bench.query<{ head: string }>('SELECT head FROM orsay.cells');
    if (cell!.head === '0') await importIt().line('imported');
    expect((await bench.snapshots()).map(({ state }) => state)).to.deep.equal(['verified']);
    expect(await verifyCell(bench.database, bench.cell)).to.deep.equal({
      frames: 0,
      changes: 0,
      records: IMPORTED,
      snapshots: 1,
      problems: [],
    });
    expect(records(await bench.open('a'))).to.have.length(IMPORTED);
  });
});
