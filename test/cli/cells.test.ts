import { expect } from 'chai';
import { CellBench, put } from '../support/cellBench.ts';
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
    });
    expect(beats).to.be.greaterThan(0);
    expect(logBytes).to.be.greaterThan(0);
    const lines = (await cells(['list'])).stdout.split('\n');
    expect(lines[0]).to.equal('CELL  OWNER  ADDRESS               CLAIM  HEAD  BEATS  LOG MB');
    expect(lines[1]).to.match(/^main {2}a {6}http:\/\/10\.0\.0\.5:8080 {2}1 {6}3 {5}\d+ +0\.\d$/);
  });

  it('verify reads the whole log, and says where it is not what was written', async () => {
    await writeThree();
    expect(await cells(['verify', 'main'])).to.deep.equal({
      code: 0,
      stdout: '3 frames, 3 changes, 1 records: sound.\n',
      stderr: '',
    });
    const problem = async (change: string): Promise<unknown> => {
      await bench.query(change);
      const { code, stdout } = await cells(['verify', 'main', '--json']);
      return { code, ...(JSON.parse(stdout) as object) };
    };
    const upTo = (frames: number, changes: number) => ({ code: 1, cell: 'main', frames, changes });
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
