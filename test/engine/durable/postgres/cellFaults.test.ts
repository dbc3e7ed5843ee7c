import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { CellConnection } from '../../../../engine/durable/postgres/cellConnection.ts';
import { CellBench, put, records } from '../../../support/cellBench.ts';
import { DatabaseProxy } from '../../../support/databaseProxy.ts';
import { rejection } from '../../../support/durableBench.ts';
import { requirePostgres, type TestPostgres } from '../../../support/postgres.ts';
import { silentLog } from '../../../support/silentLog.ts';

describe('a cell whose network, machine or database is in trouble', () => {
  let postgres: TestPostgres;
  let bench: CellBench;
  let proxy: DatabaseProxy;

  before(async function () {
    postgres = await requirePostgres(this);
  });

  beforeEach(async () => {
    bench = await CellBench.create(postgres);
    proxy = await DatabaseProxy.start(postgres);
  });

  afterEach(async () => {
    proxy.release();
    proxy.cut();
    await bench.close();
    await proxy.close();
  });

  async function refusalOf(promise: Promise<unknown>): Promise<Error & { readonly code: string }> {
    return (await rejection(promise)) as Error & { readonly code: string };
  }

  function connectionOf(more: object): CellConnection {
    const options = { application: 'test', acceptsUnsafeSettings: false, log: silentLog };
    return new CellConnection({ database: proxy.through(bench.database), ...options, ...more });
  }

  it('stays with its owner while a write takes longer than the time to live', async () => {
    const owner = await bench.open('a', { database: proxy.through(bench.database), ttlMs: 500 });
    const standby = await bench.follow('b');
    proxy.slowTo(500_000);
    let refusals = 0;
    const writing = put(owner, 'k1', 'x'.repeat(1_000_000));
    let isDone = false;
    void writing.then(() => {
      isDone = true;
    });
    while (!isDone) {
      if (!owner.mayAnswer) refusals++;
      await new Promise((next) => setTimeout(next, 20));
    }
    await writing;
    while (standby.state.lag !== 0) await bench.logged();
    expect(owner.counts).to.deep.equal({ epoch: 1, head: 1, unknownOutcomes: 0 });
    // On a busy machine a beat may be late.
    expect(refusals).to.be.lessThan(20);
  });

  it('gives up a statement of which nothing arrives, and not one whose reply arrives slowly', async () => {
    const connection = connectionOf({ statementMs: 300 });
    await connection.query({ text: 'SELECT 1' });
    proxy.slowTo(1_000_000);
    const rows = await connection.query({ text: "SELECT repeat('x', 1000000) AS text" });
    expect(rows).to.have.length(1);
    proxy.hold();
    expect(await rejection(connection.query({ text: 'SELECT 1' }))).to.have.property('name', 'OutageError');
    proxy.release();
    await connection.query({ text: 'SELECT 1' });
    await connection.end();
  });

  it('is not answered from after a suspension of the machine, until its owner has made a beat', async () => {
    let sinceBoot = 1_000;
    const owner = await bench.open('a', { ttlMs: 60_000, sinceBoot: () => sinceBoot });
    expect(owner.mayAnswer).to.equal(true);
    sinceBoot += 47_999;
    expect(owner.mayAnswer).to.equal(true);
    // The other clocks stood still.
    sinceBoot += 1;
    expect(owner.mayAnswer).to.equal(false);
    await put(owner, 'k1');
    expect(owner.mayAnswer).to.equal(true);
  });

  it('is not used while a reload of the settings makes acknowledged changes unsafe', async () => {
    const connection = connectionOf({ settingsMs: 0 });
    const reload = async (fsync: string): Promise<void> => {
      await postgres.query(`ALTER SYSTEM SET fsync = ${fsync}`);
      await postgres.query('SELECT pg_reload_conf()');
    };
    await connection.query({ text: 'SELECT 1' });
    try {
      await reload('off');
      let refused: unknown;
      while (refused === undefined) {
        await connection.query({ text: 'SELECT 1' }).catch((error: unknown) => {
          refused = error;
        });
      }
      expect(refused).to.have.property('code', 'CELL_SETTINGS_UNSAFE');
      expect(refused).to.have.property('message').that.contains('(fsync=off)');
    } finally {
      await reload('on');
    }
    let isUsed = false;
    while (!isUsed) {
      isUsed = await connection.query({ text: 'SELECT 1' }).then(
        () => true,
        () => false,
      );
    }
    await connection.end();
  });

  it('is not begun anew when its row was removed by hand', async () => {
    const owner = await bench.open('a');
    await put(owner, 'k1');
    await bench.query('DELETE FROM orsay.cells');
    expect((await owner.lost).code).to.equal('CELL_LOST');
    expect(bench.errors).to.deep.equal([
      'This node has lost the cell: its row was removed from the table orsay.cells.',
    ]);
    await owner.close();
    const { code, message } = await refusalOf(bench.open('a'));
    expect(`${code} ${message}`).to.equal(
      "CELL_ROW_MISSING Expected a row of the cell 'main' in the table orsay.cells: its log orsay.log_1 is " +
        'there, so the row was removed. Restore it from a backup. For an empty cell instead: DROP TABLE orsay.log_1.',
    );
    await bench.query('DROP TABLE orsay.log_1');
    expect(records(await bench.open('a'))).to.deep.equal([]);
  });

  it('refuses writes while the disk of the database is full, and takes them again afterwards', async function () {
    const disk = mkdtempSync(join(tmpdir(), 'orsay-small-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=777', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      rmSync(disk, { recursive: true });
      console.log('        skipped: this user may not mount a small disk');
      this.skip();
    }
    try {
      const folder = join(disk, 'tables');
      mkdirSync(folder);
      execFileSync('chown', ['postgres', folder]);
      await fillAndFree(folder, disk);
    } finally {
      await bench.closeNodes();
      await postgres.query(`DROP DATABASE ${new URL(bench.database).pathname.slice(1)} WITH (FORCE)`);
      await postgres.query('DROP TABLESPACE IF EXISTS small');
      execFileSync('umount', [disk]);
      rmSync(disk, { recursive: true, force: true });
    }
  });

  async function fillAndFree(folder: string, disk: string): Promise<void> {
    await postgres.query(`CREATE TABLESPACE small LOCATION '${folder}'`);
    await postgres.query(
      `ALTER DATABASE ${new URL(bench.database).pathname.slice(1)} SET default_tablespace = small`,
    );
    const owner = await bench.open('a', { ttlMs: 60_000 });
    const written: string[] = [];
    let refused: (Error & { readonly code: string }) | undefined;
    while (refused === undefined) {
      const key = `k${written.length}`;
      // Random, because PostgreSQL compresses what it stores.
      await put(owner, key, crypto.randomUUID().repeat(500)).then(
        () => written.push(key),
        (error: typeof refused) => {
          refused = error;
        },
      );
    }
    expect(refused.code).to.equal('53100');
    expect(owner.mayAnswer).to.equal(true);
    expect((await refusalOf(put(owner, 'late', 'x'.repeat(20_000)))).code).to.equal('53100');
    execFileSync('mount', ['-o', 'remount,size=64m', disk]);
    await put(owner, 'after', 'x'.repeat(20_000));
    const keys = records(owner).map((entry) => entry.split('=')[0]);
    expect(keys).to.have.members([...written, 'after']);
    expect(owner.counts).to.deep.equal({ epoch: 1, head: keys.length, unknownOutcomes: 0 });
  }
});
