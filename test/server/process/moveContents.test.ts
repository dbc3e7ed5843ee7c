import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { openFileBlobs } from '../../../engine/durable/files/index.ts';
import { exportContents, importContents } from '../../../server/process/moveContents.ts';
import { CellFilesBench } from '../../support/cellFilesBench.ts';
import { rejection } from '../../support/durableBench.ts';
import { requirePostgres } from '../../support/postgres.ts';

const CELL = 'main';

describe('the contents of a data directory', () => {
  let folder: string;
  let dataDir: string;
  let bench: CellFilesBench;

  before(async function () {
    await requirePostgres(this);
  });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-contents-'));
    dataDir = join(folder, 'data');
    bench = await CellFilesBench.create();
  });

  afterEach(async () => {
    await bench.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function write(name: string, content: string | Uint8Array): void {
    mkdirSync(dirname(join(dataDir, name)), { recursive: true });
    writeFileSync(join(dataDir, name), content);
  }

  function filesOf(path: string): Record<string, string> {
    const names = readdirSync(path, { recursive: true }).map(String).sort();
    return Object.fromEntries(
      names
        .filter((name) => statSync(join(path, name)).isFile())
        .map((name) => [name, readFileSync(join(path, name), 'latin1')]),
    );
  }

  it('go into a cell and out again, with their names', async () => {
    write('config.json', '{"services": {}}');
    write('templates/0123456789abcdef/src/a b.scxml', '<scxml/>');
    write('templates/.0123456789abcdef-draft/a.scxml', 'unfinished');
    const path = join(dataDir, 'blobs');
    await openFileBlobs({ path }).write(new Uint8Array(600_000).fill(3));
    // A blob of a release whose names had no checksums.
    write('blobs/01890a5d-ac96-774b-bcce-b302099a8057', 'old');
    write('blobs/01890a5d-ac96-774b-bcce-b302099a8058.part', 'unfinished');
    const cell = await bench.open();
    const first = await importContents({ dataDir, cell: CELL }, cell);
    expect(first).to.deep.equal({ files: 4, bytes: 600_011 + 16, problems: [] });
    expect(await importContents({ dataDir, cell: CELL }, cell), 'repeated').to.include({
      files: 0,
      bytes: 0,
    });

    const out = join(folder, 'out');
    expect(await exportContents(cell, { dataDir: out, cell: CELL })).to.deep.equal(first);
    const expected = Object.entries(filesOf(dataDir)).filter(([name]) => !/\.part$|\.json$|\/\./.test(name));
    expect(filesOf(out)).to.deep.equal({
      ...Object.fromEntries(expected),
      'config.json': '{"services": {}}',
    });
  });

  it('that are damaged do not go into a cell', async () => {
    const path = join(dataDir, 'blobs');
    const name = await openFileBlobs({ path }).write(new Uint8Array(1_000));
    write(`blobs/${name}`, new Uint8Array(1_000).fill(1));
    const cell = await bench.open();
    const { files, problems } = await importContents({ dataDir, cell: CELL }, cell);
    expect(files).to.equal(0);
    expect(problems).to.have.length(1);
    expect(problems[0]).to.include(name);
    expect(await cell.find(`blobs/${name}`)).to.equal(undefined);
  });

  it('never leave the folder into which they go', async () => {
    const cell = await bench.open();
    await cell.write('templates/../../stolen', Uint8Array.of(1));
    const out = join(folder, 'out');
    const error = await rejection(exportContents(cell, { dataDir: out, cell: CELL }));
    expect(error).to.have.property('code', 'STORE_DAMAGED');
    expect(readdirSync(folder)).to.deep.equal([]);
  });
});
