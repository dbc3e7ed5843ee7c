import { expect } from 'chai';
import { verifyCell } from '../../engine/durable/postgres/index.ts';
import { CellCluster, type ClusterNode, passed } from '../support/cellCluster.ts';
import { createLedgerLoad } from '../support/crash/ledgerLoad.ts';
import { createRandom } from '../support/crash/random.ts';
import { type Recorder, startRecorder } from '../support/crash/recorder.ts';
import { RepeatingClient } from '../support/crash/repeatingClient.ts';
import { requirePostgres, TestPostgres } from '../support/postgres.ts';

/** ORSAY_CRASH_SEED repeats the random choices of a run; ORSAY_CRASH_KILLS makes it longer. */
const SEED = Number(process.env.ORSAY_CRASH_SEED ?? Date.now() % 1_000_000);
const KILLS = Number(process.env.ORSAY_CRASH_KILLS ?? 12);
/** The other disturbances, and the replies that are lost in one of them. */
const TIMES = Math.ceil(KILLS / 4);
const REPLIES = 10;
const TTL_MS = 1_000;
const PAUSE_MS = 10_000;
const LONGEST_LIFE_MS = 1_000;
/** Clients that repeat their requests ignore it. */
const BASE = 'http://cluster.test';

describe(`two servers with one cell under load (ORSAY_CRASH_SEED=${SEED})`, () => {
  let postgres: TestPostgres;
  let cluster: CellCluster;
  let recorder: Recorder;
  const random = createRandom(SEED);

  before(async function () {
    await requirePostgres(this);
  });

  beforeEach(async () => {
    postgres = await TestPostgres.start();
    cluster = await CellCluster.create(postgres, TTL_MS);
    recorder = await startRecorder();
  });

  afterEach(async () => {
    await cluster.close();
    await recorder.close();
    await postgres.stop();
  });

  /** Disturbs the owner; resolves when two nodes can take the cell again. */
  type Disturb = (owner: ClusterNode) => Promise<void>;

  async function startAgain({ name }: ClusterNode): Promise<void> {
    await cluster.follows(await cluster.start(name));
  }

  /**
   * A node that has lost the cell ends by itself. A busy machine may leave the other one no time to beat
   * either: then that one ends, and whichever comes first has the cell.
   */
  async function afterLoss(): Promise<void> {
    const ended = await Promise.race(
      cluster.nodes.map(async (node) => ({ node, code: (await node.server.ended).code })),
    );
    expect(ended.code).to.equal(1);
    await startAgain(ended.node);
  }

  /** For nodes that have ended by themselves. */
  async function startEnded(): Promise<void> {
    for (const node of cluster.nodes) {
      if (node.server.child.exitCode !== null) await startAgain(node);
    }
  }

  const DISTURBANCES: readonly {
    readonly name: string;
    readonly times: number;
    readonly disturb: Disturb;
  }[] = [
    {
      name: 'is killed',
      times: KILLS,
      disturb: async (owner) => {
        await owner.server.kill();
        await startAgain(owner);
      },
    },
    {
      name: 'loses replies of PostgreSQL',
      times: TIMES,
      disturb: async ({ proxy }) => {
        const wanted = proxy.dropped + REPLIES;
        proxy.dropReplies(REPLIES);
        while (proxy.dropped < wanted) await passed(10);
      },
    },
    {
      name: 'is there while PostgreSQL is killed',
      times: TIMES,
      disturb: async () => {
        await postgres.kill();
        await postgres.restart();
      },
    },
    {
      name: 'is paused for longer than its time',
      times: TIMES,
      disturb: async (owner) => {
        owner.server.child.kill('SIGSTOP');
        await passed(PAUSE_MS);
        owner.server.child.kill('SIGCONT');
        await afterLoss();
      },
    },
    {
      name: 'is cut off from PostgreSQL',
      times: TIMES,
      disturb: async (owner) => {
        owner.proxy.hold();
        await cluster.owner({ not: owner.name });
        owner.proxy.release();
        owner.proxy.cut();
        await afterLoss();
      },
    },
  ];

  for (const { name, times, disturb } of DISTURBANCES) {
    it(`lose nothing and do nothing twice when the owner ${name} ${times} times`, async function () {
      this.timeout(240_000 + times * 40_000);
      const client = new RepeatingClient({ urls: () => cluster.nodes.map(({ url }) => url), paceMs: 40 });
      const ledger = createLedgerLoad({ random, recorder, call: client.call });
      // It knows only one node, which follows from the first disturbance on, or again and again.
      const single = new RepeatingClient({ urls: () => [cluster.nodes[0]!.url], paceMs: 200 });
      const forwarded = createLedgerLoad({ random, recorder, call: single.call, prefix: 'one-' });
      await cluster.start('a');
      await cluster.owner();
      await cluster.follows(await cluster.start('b'));
      const working = [ledger.work(BASE), forwarded.work(BASE)];
      const gaps: number[] = [];
      for (let time = 0; time < times; time++) {
        await client.nextAnswer();
        await passed(random.below(LONGEST_LIFE_MS));
        await startEnded();
        const owner = await cluster.owner();
        const [gap] = await Promise.all([client.nextAnswer(), disturb(owner)]);
        gaps.push(Math.round(gap));
      }
      await client.nextAnswer();
      for (const one of [client, single]) one.end();
      await Promise.all(working);
      for (const one of [client, single]) one.resume();
      for (const load of [ledger, forwarded]) {
        await load.check(BASE);
        await load.finish(BASE);
        expect(load.figures.acked).to.be.greaterThan(times);
      }
      const { frames, problems } = (await verifyCell(cluster.database, 'main'))!;
      expect(problems).to.deep.equal([]);
      const answers = { gapMs: spreadOf(gaps), repeats: client.repeated, atOneNode: forwarded.figures.acked };
      const lostReplies = cluster.nodes.reduce((sum, { proxy }) => sum + proxy.dropped, 0);
      console.log(`        ${JSON.stringify({ ...ledger.figures, ...answers, lostReplies, frames })}`);
    });
  }
});

function spreadOf(values: readonly number[]): Readonly<Record<string, number>> {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor(part * (sorted.length - 1))]!;
  return { least: at(0), median: at(0.5), p95: at(0.95), most: at(1) };
}
