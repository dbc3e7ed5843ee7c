import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { CellBench, records } from '../support/cellBench.ts';
import { createRandom } from '../support/crash/random.ts';
import { DatabaseProxy } from '../support/databaseProxy.ts';
import { requirePostgres, TestPostgres } from '../support/postgres.ts';
import { runsOf } from '../support/runLength.ts';
import { type StoreProcess, startStoreProcess } from '../support/storeProcess.ts';
import { builtProgram } from '../support/testBuild.ts';

/** ORSAY_CRASH_SEED repeats the random choices of a run. */
const SEED = Number(process.env.ORSAY_CRASH_SEED ?? Date.now() % 1_000_000);
const TTL_MS = 600;
const KILLS = runsOf({ sample: 3, all: 60 });
const PAUSES = runsOf({ sample: 1, all: 8 });
/** Acknowledged writes of an owner before something happens to it. */
const MOST_ACKED = 400;

describe(`nodes of a cell that are killed and paused under load (ORSAY_CRASH_SEED=${SEED})`, () => {
  const random = createRandom(SEED);
  let postgres: TestPostgres;
  let proxy: DatabaseProxy;
  let bench: CellBench;
  let folder: string;
  let started: StoreProcess[];

  before(async function () {
    await requirePostgres(this);
    this.timeout(240_000);
    builtProgram('test/support/processes/cellOwner.ts');
  });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-cell-crash-'));
    postgres = await TestPostgres.start();
    proxy = await DatabaseProxy.start(postgres);
    bench = await CellBench.create(postgres);
    started = [];
  });

  afterEach(async () => {
    for (const { child } of started) child.kill('SIGKILL');
    proxy.cut();
    await bench.close();
    await proxy.close();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(node: string): StoreProcess {
    const database = proxy.through(bench.database);
    const args = [database, node, join(folder, node), String(TTL_MS), `${node}${started.length}`];
    const process = startStoreProcess('cellOwner', args);
    started.push(process);
    return process;
  }

  const ackedOf = ({ lines }: StoreProcess): readonly string[] =>
    lines.filter((line) => line.startsWith('acked ')).map((line) => line.slice('acked '.length));

  /**
   * Until the owner has acknowledged some more writes; some replies to it are lost meanwhile. False: it has
   * lost the cell before, because a busy machine left it no time to beat.
   */
  async function underLoad(owner: StoreProcess): Promise<boolean> {
    await owner.line('owned');
    const wanted = ackedOf(owner).length + 1 + random.below(MOST_ACKED);
    proxy.dropReplies(random.below(4));
    while (ackedOf(owner).length < wanted) {
      if (owner.lines.includes('lost')) return false;
      await once(owner.child.stdout!, 'data');
    }
    return true;
  }

  /** Whichever takes the cell: after a restart of PostgreSQL it may also be the one that started last. */
  function firstOwner(nodes: readonly StoreProcess[]): Promise<StoreProcess> {
    return Promise.race(nodes.map(async (node) => node.line('owned').then(() => node)));
  }

  /** Every acknowledged write is in the log once, and the others at most once; a new copy has the same. */
  async function expectNothingLost(): Promise<void> {
    const keys = (await bench.logged()).map((entry) => entry.split('=')[0]!);
    expect(new Set(keys).size).to.equal(keys.length);
    const logged = new Set(keys);
    const acked = started.flatMap(ackedOf);
    expect(acked.filter((key) => !logged.has(key))).to.deep.equal([]);
    const fresh = await bench.open('fresh', { ttlMs: TTL_MS });
    expect(records(fresh).map((entry) => entry.split('=')[0])).to.have.members(keys);
    console.log(
      `        ${JSON.stringify({ acked: acked.length, logged: keys.length, lostReplies: proxy.dropped })}`,
    );
    expect(acked.length).to.be.greaterThan(started.length);
  }

  it('lose and repeat no acknowledged write when the owner, PostgreSQL or both are killed', async function () {
    this.timeout(60_000 + KILLS * 15_000);
    let owner = start('a');
    await owner.line('owned');
    let standby = start('b');
    await standby.line('follows');
    for (let kill = 0; kill < KILLS; kill++) {
      const isOwner = await underLoad(owner);
      const kills = kill % 3;
      if (kills !== 0) await postgres.kill();
      if (kills !== 1 || !isOwner) await owner.kill();
      if (kills !== 0) await postgres.restart();
      if (kills === 1 && isOwner) continue;
      const others = [standby, start(`c${kill}`)] as const;
      owner = await firstOwner(others);
      standby = others.find((one) => one !== owner)!;
      await standby.line('follows');
    }
    await underLoad(owner);
    await owner.kill();
    await standby.kill();
    await expectNothingLost();
    expect(proxy.dropped).to.be.greaterThan(0);
  });

  it('refuse the late writes of an owner that was paused', async function () {
    this.timeout(60_000 + PAUSES * 20_000);
    let owner = start('a');
    await owner.line('owned');
    for (let pause = 0; pause < PAUSES; pause++) {
      const standby = start(`b${pause}`);
      await standby.line('follows');
      await underLoad(owner);
      owner.child.kill('SIGSTOP');
      await underLoad(standby);
      const paused = ackedOf(owner).length;
      owner.child.kill('SIGCONT');
      await owner.line('lost');
      expect(await owner.line('refused')).to.equal('refused CELL_LOST');
      // It may print the lines of writes that the database acknowledged before the pause, and no more.
      expect(ackedOf(owner).length - paused).to.be.at.most(16);
      await owner.kill();
      owner = standby;
    }
    owner.child.kill('SIGTERM');
    await owner.line('closed');
    await expectNothingLost();
  });

  it('start again with their own cell at once after they were killed', async () => {
    const first = start('a');
    await underLoad(first);
    await first.kill();
    const second = start('a');
    await second.line('owned');
    await underLoad(second);
    await second.kill();
    await expectNothingLost();
  });
});
