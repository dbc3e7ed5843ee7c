import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openFileBlobs } from '../../engine/durable/files/index.ts';
import { openLmdbStore } from '../../engine/durable/lmdb/index.ts';
import { CellBench, put, records } from '../support/cellBench.ts';
import { requirePostgres, type TestPostgres } from '../support/postgres.ts';
import { type OrsayRun, runOrsay } from '../support/runOrsay.ts';

describe('orsay cells', () => {
  let postgres: TestPostgres;
  let bench: CellBench;

  before(async function () {
    postgres = await requirePostgres(this);
  });

  beforeEach(async () => {
    bench = await CellBench.create(postgres);
  });

  afterEach(() => bench.close());

  const cells = (args: readonly string[], database = bench.database): Promise<OrsayRun> =>
    runOrsay(['cells', ...args], { env: { ORSAY_CELL_DATABASE: database } });

  async function writeThree(): Promise<void> {
    const owner = await bench.open('a', { address: 'http://10.0.0.5:8080' });
    await put(owner, 'k1');
    await put(owner, 'k2');
    await owner.write([{ table: 't', key: 'k1', text: null }]);
  }

  it('list shows the cells with their owners and beats', async () => {
    expect(await cells(['list', '--json'])).to.deep.equal({ code: 0, stdout: '{"cells":[]}\n', stderr: '' });
    await writeThree();
    const { stdout } = await cells(['list', '--json']);
    const [{ beats, logBytes, ...cell }] = (JSON.parse(stdout) as { cells: [Record<string, unknown>] }).cells;
    expect(cell).to.deep.equal({
      cell: 'main',
      owner: 'a',
      address: 'http://10.0.0.5:8080',
      epoch: 1,
      head: 3,
      ttlMs: 500,
      snapshot: 0,
      standbys: [],
    });
    expect(beats).to.be.greaterThan(0);
    expect(logBytes).to.be.greaterThan(0);
    const lines = (await cells(['list'])).stdout.split('\n');
    expect(lines[0]).to.equal(
      'CELL  OWNER  ADDRESS               CLAIM  HEAD  BEATS  LOG MB  SNAPSHOT  STANDBYS',
    );
    expect(lines[1]).to.match(/^main {2}a {6}http:\/\/10\.0\.0\.5:8080 {2}1 {6}3 {5}\d+ +0\.\d {5}0 *$/);
  });

  it('verify reads the whole log, and says where it is not what was written', async () => {
    await writeThree();
    expect(await cells(['verify', 'main'])).to.deep.equal({
      code: 0,
      stdout: '3 frames, 3 changes, 1 records, 0 snapshots: sound.\n',
      stderr: '',
    });
    const problem = async (change: string): Promise<unknown> => {
      await bench.query(change);
      const { code, stdout } = await cells(['verify', 'main', '--json']);
      return { code, ...(JSON.parse(stdout) as object) };
    };
    const upTo = (frames: number, changes: number) => ({
      code: 1,
      cell: 'main',
      frames,
      changes,
      snapshots: 0,
    });
    expect(await problem("UPDATE orsay.cells SET head_id = ''")).to.deep.equal({
      ...upTo(3, 3),
      records: 1,
      problems: ['The last frame, 3, is not the one that the cell names.'],
    });
    expect(await problem('DELETE FROM orsay.log_1 WHERE seq = 3')).to.deep.equal({
      ...upTo(2, 2),
      records: 2,
      problems: ['Frame 3 of 3 is missing.'],
    });
    expect(
      await problem('UPDATE orsay.log_1 SET frame = set_byte(frame, 60, 1) WHERE seq = 2'),
    ).to.deep.equal({
      ...upTo(1, 1),
      records: 1,
      problems: ['Frame 2 is damaged, or does not follow frame 1.'],
    });
  });

  it('verify names a damaged snapshot, and one that has other records than the log gives', async () => {
    const owner = await bench.open('a', { ttlMs: 60_000 });
    await bench.follow('b', { snapshots: { leastBytes: 1, checkMs: 10 } });
    for (const [at, key] of ['k1', 'k2', 'k1'].entries()) {
      await put(owner, key, `text ${at}`);
      while (
        (await bench.snapshots())[0]?.seq !== at + 1 ||
        (await bench.snapshots())[0]?.state !== 'verified'
      );
    }
    const verify = async (): Promise<Record<string, unknown>> =>
      JSON.parse((await cells(['verify', 'main', '--json'])).stdout) as Record<string, unknown>;
    expect(await verify()).to.deep.include({ frames: 3, records: 2, snapshots: 2, problems: [] });
    const [last, first] = await bench.snapshots();
    await bench.query(`UPDATE orsay.snapshot_${last!.id} SET bytes = set_byte(bytes, 70, 1)`);
    await bench.query(`UPDATE orsay.snapshots SET checksum = checksum + 1 WHERE id = ${first!.id}`);
    expect(await verify()).to.deep.include({
      snapshots: 0,
      problems: [
        'The snapshot at frame 3 is not what was written, in part 0 of 2.',
        'The snapshot at frame 2 has other records than the log gives.',
      ],
    });
  });

  describe('import and export', () => {
    let folder: string;

    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'orsay-move-'));
      const store = openLmdbStore({ path: join(folder, 'data', 'store') });
      for (let key = 0; key < 300; key++) {
        await store.write([
          { table: key % 2 === 0 ? 't' : 'other', key: `k${key}`, text: `${'ä'.repeat(3_000)}${key}` },
        ]);
      }
      await store.write([{ table: 't', key: 'k0', text: null }]);
      await store.close();
      await openFileBlobs({ path: join(folder, 'data', 'blobs') }).write(Uint8Array.of(1, 2, 3));
      writeFileSync(join(folder, 'data', 'config.json'), '{"services": {}}');
    });

    afterEach(() => rmSync(folder, { recursive: true }));

    const importIt = (): Promise<OrsayRun> =>
      cells(['import', 'main', '--data', join(folder, 'data'), '--json']);
    const exportIt = (): Promise<OrsayRun> => cells(['export', 'main', join(folder, 'back'), '--json']);

    it('move a data directory into a cell, and out again with what the cell has changed', async () => {
      const into = await importIt();
      const { digest, ...imported } = JSON.parse(into.stdout) as Record<string, unknown>;
      expect({ code: into.code, ...imported }).to.deep.equal({
        code: 0,
        cell: 'main',
        records: 299,
        files: 2,
        problems: [],
      });
      expect((await cells(['verify', 'main'])).stdout).to.equal(
        '0 frames, 0 changes, 299 records, 1 snapshots: sound.\n',
      );
      expect(JSON.parse((await exportIt()).stdout)).to.deep.equal({
        cell: 'main',
        records: 299,
        digest,
        files: 2,
        problems: [],
      });
      const blobsIn = (data: string): readonly string[] => readdirSync(join(folder, data, 'blobs'));
      expect(blobsIn('back')).to.deep.equal(blobsIn('data'));
      expect(readFileSync(join(folder, 'back', 'config.json'), 'utf8')).to.equal('{"services": {}}');
      rmSync(join(folder, 'back'), { recursive: true });
      const owner = await bench.open('a');
      await put(owner, 'k2', 'new');
      await put(owner, 'k9999');
      const inCell = records(owner);
      await owner.close();
      const out = await exportIt();
      expect(JSON.parse(out.stdout)).to.deep.include({ cell: 'main', records: 300 });
      const store = openLmdbStore({ path: join(folder, 'back', 'store') });
      expect(records(store)).to.deep.equal(inCell);
      expect([...store.scan('other', {})]).to.have.length(150);
      expect(store.get('t', 'k2')).to.equal('new');
      await store.close();
      expect((await cells(['verify', 'main'])).stdout).to.equal(
        '2 frames, 2 changes, 300 records, 1 snapshots: sound.\n',
      );
    });

    it('are refused while a node has the cell, or a server the directory, and when they would overwrite', async () => {
      const owner = await bench.open('a');
      const used =
        "Expected a cell that no node has, got 'main': the node 'a' has it. Stop the nodes of the cell with " +
        'SIGTERM, so that they hand it over.';
      expect((await cells(['import', 'main', '--data', join(folder, 'data')])).stderr).to.equal(`${used}\n`);
      await put(owner, 'k1');
      expect((await cells(['export', 'main', join(folder, 'back')])).stderr).to.equal(`${used}\n`);
      await owner.close();
      expect((await cells(['import', 'main', '--data', join(folder, 'data')])).stderr).to.equal(
        "Expected an empty cell for the import, and 'main' has 1 frames. Give the name of another one.\n",
      );
      expect((await cells(['export', 'main', join(folder, 'data')])).stderr).to.equal(
        `Expected an empty or absent directory for the data, got '${join(folder, 'data')}'.\n`,
      );
      expect((await cells(['export', 'none', join(folder, 'back')])).stderr).to.equal(
        "Expected the name of a cell of the database, got 'none'.\n",
      );
      const server = openLmdbStore({ path: join(folder, 'data', 'store') });
      expect((await cells(['import', 'other', '--data', join(folder, 'data')])).code).to.equal(1);
      await server.close();
      expect(existsSync(join(folder, 'back'))).to.equal(false);
    });
  });

  it('say what they need, without the password', async () => {
    const named = await cells(['verify', 'other']);
    expect(named).to.deep.equal({
      code: 2,
      stdout: '',
      stderr: "Expected the name of a cell of the database, got 'other'.\n",
    });
    const wrong = await cells(['list'], 'mysql://u:secret@h/d');
    expect(wrong).to.deep.equal({
      code: 2,
      stdout: '',
      stderr: 'Expected ORSAY_CELL_DATABASE to be a URL as postgres://user:password@host:5432/database.\n',
    });
    const away = await cells(['list'], 'postgres://u:secret@127.0.0.1:1/d');
    expect(away).to.deep.equal({
      code: 3,
      stdout: '',
      stderr: 'Expected PostgreSQL at 127.0.0.1:1/d, got: connect ECONNREFUSED 127.0.0.1:1\n',
    });
  });
});
