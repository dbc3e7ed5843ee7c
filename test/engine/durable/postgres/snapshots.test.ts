import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { CellOptions, OwnedCell } from '../../../../engine/durable/postgres/index.ts';
import { nextMacrotask } from '../../../../engine/ports/index.ts';
import { CellBench, put, records } from '../../../support/cellBench.ts';
import { DatabaseProxy } from '../../../support/databaseProxy.ts';
import { rejection } from '../../../support/durableBench.ts';
import { requirePostgres, type TestPostgres } from '../../../support/postgres.ts';

/** A snapshot after each frame that the checks see, and partitions of four frames. */
const OFTEN = { leastBytes: 1, checkMs: 10, kept: 2, aloneMs: 600_000 };
const SMALL = { partitionFrames: 4, ttlMs: 60_000, pollMs: 5 };
const VERSION_1 = new URL('../../../../fixtures/cells/version1.sql', import.meta.url);

describe('the snapshots of a cell', () => {
  let postgres: TestPostgres;
  let bench: CellBench;

  before(async function () {
    postgres = await requirePostgres(this);
  });

  beforeEach(async () => {
    bench = await CellBench.create(postgres);
  });

  afterEach(() => bench.close());

  const open = (node: string, more: Partial<CellOptions> = {}): Promise<OwnedCell> =>
    bench.open(node, { ...SMALL, ...more });
  const follow = (node: string, more: Partial<CellOptions> = {}) =>
    bench.follow(node, { ...SMALL, snapshots: OFTEN, ...more });

  async function until(isDone: () => Promise<boolean>): Promise<void> {
    while (!(await isDone())) await nextMacrotask();
  }

  async function write(owner: OwnedCell, from: number, to: number): Promise<void> {
    for (let frame = from; frame <= to; frame++) await put(owner, `k${frame % 5}`, `text ${frame}`);
  }

  const hasSnapshotAt = async (seq: number): Promise<boolean> => {
    const [latest] = await bench.snapshots();
    return latest?.state === 'verified' && latest.seq === seq;
  };

  /** Writes up to `to`, with a snapshot by a standby at `to` and one before. */
  async function writeWithSnapshots(owner: OwnedCell, to: number, from = 1): Promise<void> {
    const standby = await follow('b');
    await write(owner, from, to - 2);
    await until(() => hasSnapshotAt(to - 2));
    await write(owner, to - 1, to);
    await until(() => hasSnapshotAt(to));
    await until(async () => (await bench.firstFrame()) > 1);
    await standby.close();
  }

  const AFTER_12 = ['k0=text 10', 'k1=text 11', 'k2=text 12', 'k3=text 8', 'k4=text 9'];

  it('are written by a standby; then the log is trimmed, and a new node begins with the latest one', async () => {
    const owner = await open('a');
    const standby = await follow('b');
    await write(owner, 1, 10);
    await until(() => hasSnapshotAt(10));
    await write(owner, 11, 12);
    await until(() => hasSnapshotAt(12));
    await until(async () => (await bench.firstFrame()) >= 8);
    await until(async () => standby.state.upkeep?.snapshot === 12);
    await standby.close();
    await owner.close();
    const fresh = await open('c');
    expect(records(fresh)).to.deep.equal(AFTER_12);
    await write(fresh, 13, 13);
    expect(fresh.counts).to.deep.equal({ epoch: 2, head: 13, unknownOutcomes: 0 });
    expect(bench.errors).to.deep.equal([]);
  });

  it('are kept, the last two and no more, and leave no table behind', async () => {
    const owner = await open('a');
    await follow('b');
    for (let frame = 1; frame <= 4; frame++) {
      await write(owner, frame, frame);
      await until(() => hasSnapshotAt(frame));
    }
    await until(async () => (await bench.snapshots()).length === 2);
    const tables =
      "SELECT relname AS name FROM pg_class WHERE relname ~ '^snapshot_[0-9]+$' ORDER BY oid DESC";
    await until(async () => (await bench.query(tables)).length === 2);
    const names = (await bench.query<{ name: string }>(tables)).map(({ name }) => name);
    expect(names).to.deep.equal((await bench.snapshots()).map(({ id }) => `snapshot_${id}`));
  });

  it('are not written by an owner with a standby, and by one that has been alone for long enough', async () => {
    const owner = await open('a', { snapshots: { ...OFTEN, aloneMs: 0 } });
    await bench.query("INSERT INTO orsay.followers VALUES (1, 'b', 0, 0, 0, clock_timestamp())");
    await until(async () => owner.upkeep?.followers.length === 1);
    await write(owner, 1, 3);
    const checks = new Set<unknown>();
    await until(async () => checks.add(owner.upkeep).size === 4);
    expect(owner.upkeep?.followers.map(({ node }) => node)).to.deep.equal(['b']);
    expect(await bench.snapshots()).to.deep.equal([]);
    await bench.query("UPDATE orsay.followers SET seen_at = seen_at - interval '2 minutes'");
    await until(() => hasSnapshotAt(3));
  });

  it('trim nothing while a standby that lives does not have it', async () => {
    const owner = await open('a');
    await bench.query("INSERT INTO orsay.followers VALUES (1, 'late', 5, 0, 0, clock_timestamp())");
    await writeWithSnapshots(owner, 12);
    expect(await bench.firstFrame()).to.equal(4);
  });

  it('build a copy anew that is behind the trimmed log, with an error in the log', async () => {
    const owner = await open('a');
    const late = await follow('late', { snapshots: { ...OFTEN, leastBytes: 1e9 } });
    await write(owner, 1, 2);
    await until(
      async () => late.state.lag === 0 && (await bench.query('SELECT FROM orsay.followers')).length > 0,
    );
    await late.close();
    await bench.query('DELETE FROM orsay.followers');
    await writeWithSnapshots(owner, 12, 3);
    await until(async () => (await bench.firstFrame()) >= 8);
    await owner.close();
    expect(records(await open('late'))).to.deep.equal(AFTER_12);
    expect(bench.errors).to.deep.equal([
      'The copy of the cell is removed and built anew: the log has no frame 3 any more, and the snapshot at frame 12 has.',
    ]);
  });

  const DAMAGES = {
    'has another byte': 'UPDATE $ SET bytes = set_byte(bytes, 80, 1) WHERE part = 0',
    'is missing': 'DELETE FROM $ WHERE part = 1',
  };
  for (const [damage, statement] of Object.entries(DAMAGES)) {
    it(`are named and not served when a part ${damage}; the one before and the log have all records`, async () => {
      const owner = await open('a');
      await writeWithSnapshots(owner, 12);
      await owner.close();
      const [latest] = await bench.snapshots();
      await bench.query(statement.replace('$', `orsay.snapshot_${latest!.id}`));
      const fresh = await open('c');
      expect(records(fresh)).to.deep.equal(AFTER_12);
      expect(bench.errors).to.deep.equal(['A snapshot of the cell is damaged; it is not used.']);
      expect(latest!.seq).to.equal(12);
      expect((await bench.snapshots()).slice(0, 2).map(({ state }) => state)).to.deep.equal([
        'damaged',
        'verified',
      ]);
      // Without a frame more, because the latest one does not count.
      await follow('b');
      await until(() => hasSnapshotAt(12));
      await until(async () => (await bench.snapshots()).every(({ state }) => state === 'verified'));
    });
  }

  it('let no node serve anything when all of them are damaged and the log does not have the beginning', async () => {
    const owner = await open('a');
    await writeWithSnapshots(owner, 12);
    await until(async () => (await bench.firstFrame()) >= 8);
    await owner.close();
    for (const { id } of await bench.snapshots()) await bench.query(`DELETE FROM orsay.snapshot_${id}`);
    const error = (await rejection(open('c'))) as Error & { code: string };
    expect(error.code).to.equal('STORE_DAMAGED');
  });

  it('are written again after a connection broke in the middle, and the unfinished one is removed', async () => {
    const proxy = await DatabaseProxy.start(postgres);
    const owner = await open('a');
    await owner.write(
      Array.from({ length: 60 }, (_, record) => ({
        table: 't',
        key: `r${record}`,
        text: 'x'.repeat(100_000),
      })),
    );
    const standby = await follow('b', { database: proxy.through(bench.database) });
    await until(async () => {
      const [unfinished] = await bench.query<{ parts: number }>('SELECT parts FROM orsay.snapshots');
      return (unfinished?.parts ?? 0) > 1;
    });
    proxy.cut();
    await until(() => hasSnapshotAt(1));
    expect((await bench.snapshots()).map(({ state }) => state)).to.deep.equal(['verified']);
    await standby.close();
    await proxy.close();
  });

  it('come to the tables of the release before, whose cells go on', async () => {
    await bench.query(readFileSync(VERSION_1, 'utf8'));
    const before = ['k0=text 7', 'k1=text 8', 'k3=text 3', 'k4=text 4', 'k5=text 5', 'k6=text 6'];
    const owner = await open('a');
    expect(records(owner)).to.deep.equal(before);
    await follow('b');
    await put(owner, 'k9');
    await until(() => hasSnapshotAt(11));
    expect(await bench.query('SELECT version FROM orsay.schema_version')).to.deep.equal([{ version: 3 }]);
  });
});
