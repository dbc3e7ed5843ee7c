import { expect } from 'chai';
import { verifyCell } from '../../engine/durable/postgres/index.ts';
import { CellCluster, type ClusterNode, passed } from '../support/cellCluster.ts';
import { createLedgerLoad } from '../support/crash/ledgerLoad.ts';
import { createRandom } from '../support/crash/random.ts';
import { type Recorder, startRecorder } from '../support/crash/recorder.ts';
import { RepeatingClient } from '../support/crash/repeatingClient.ts';
import { requirePostgres } from '../support/postgres.ts';

/** ORSAY_CRASH_SEED repeats the random choices; `npm run soak:cluster` makes the run long. */
const SEED = Number(process.env.ORSAY_CRASH_SEED ?? Date.now() % 1_000_000);
const MINUTES = Number(process.env.ORSAY_SOAK_MINUTES ?? 1);
const TTL_MS = 1_000;
const LONGEST_CUT_MS = 5_000;
const LONGEST_CALM_MS = 2_000;
const BASE = 'http://cluster.test';

/** Each link between a node and PostgreSQL is a proxy of its own; the links among the nodes are not cut. */
describe(`three servers with one cell, cut off at random for ${MINUTES} minutes (ORSAY_CRASH_SEED=${SEED})`, () => {
  const random = createRandom(SEED);
  let cluster: CellCluster;
  let recorder: Recorder;
  let isOver = false;

  before(async function () {
    this.timeout(120_000);
    cluster = await CellCluster.create(await requirePostgres(this), TTL_MS);
    recorder = await startRecorder();
    for (const name of ['a', 'b', 'c']) await cluster.start(name);
    await cluster.owner();
  });

  after(async () => {
    isOver = true;
    await cluster?.close();
    await recorder?.close();
  });

  /** As its supervisor does: a node that has lost the cell ends. */
  async function supervise(node: ClusterNode): Promise<void> {
    await node.server.ended;
    if (!isOver) void supervise(await cluster.start(node.name));
  }

  const CUTS: Readonly<Record<string, (node: ClusterNode) => Promise<void>>> = {
    silent: async ({ proxy }) => {
      proxy.hold();
      await passed(random.below(LONGEST_CUT_MS));
      proxy.release();
    },
    broken: async ({ proxy }) => {
      proxy.hold();
      await passed(random.below(LONGEST_CUT_MS));
      proxy.cut();
      proxy.release();
    },
    replies: async ({ proxy }) => {
      proxy.dropReplies(1 + random.below(10));
      await passed(random.below(LONGEST_CUT_MS));
    },
    paused: async ({ server }) => {
      server.child.kill('SIGSTOP');
      await passed(random.below(LONGEST_CUT_MS));
      server.child.kill('SIGCONT');
    },
    killed: ({ server }) => server.kill(),
  };

  it('lose nothing, do nothing twice, and fire every timer once', async function () {
    this.timeout(600_000 + MINUTES * 120_000);
    const client = new RepeatingClient({ urls: () => cluster.nodes.map(({ url }) => url), paceMs: 40 });
    const ledger = createLedgerLoad({ random, recorder, call: client.call });
    const counts: Record<string, number> = {};
    for (const node of cluster.nodes) void supervise(node);
    const working = ledger.work(BASE);
    const end = performance.now() + MINUTES * 60_000;
    while (performance.now() < end) {
      const kind = random.pick(Object.keys(CUTS));
      counts[kind] = (counts[kind] ?? 0) + 1;
      await CUTS[kind]!(random.pick(cluster.nodes));
      await passed(random.below(LONGEST_CALM_MS));
    }
    await client.nextAnswer();
    client.end();
    await working;
    client.resume();
    await ledger.check(BASE);
    await ledger.finish(BASE);
    const { frames, problems } = (await verifyCell(cluster.database, 'main'))!;
    expect(problems).to.deep.equal([]);
    expect(ledger.figures.acked).to.be.greaterThan(0);
    console.log(
      `        ${JSON.stringify({ ...counts, ...ledger.figures, repeats: client.repeated, frames })}`,
    );
  });
});
