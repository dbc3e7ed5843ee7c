import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { initialText } from '../../server/process/config.ts';
import { requirePostgres } from '../support/postgres.ts';
import { type OrsayRun, runOrsay } from '../support/runOrsay.ts';

describe('orsay config', () => {
  let folder: string;
  let database: string;

  before(async function () {
    database = await (await requirePostgres(this)).createDatabase();
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-config-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const orsay = (...args: readonly string[]): Promise<OrsayRun> =>
    runOrsay(['config', ...args], { cwd: folder, env: { ORSAY_CELL_DATABASE: database } });

  it('puts, gets and lists the versions of a cell, and never replaces one that it was not made from', async () => {
    const none = await orsay('get');
    expect(none).to.include({ code: 2, stdout: '' });
    expect((await orsay('versions', '--json')).stdout).to.equal('{"versions":[]}\n');
    writeFileSync(join(folder, 'a.json'), initialText());
    expect(await orsay('put', 'a.json')).to.deep.equal({
      code: 0,
      stdout: "Version 1 of the configuration of the cell 'main'. Its owner reads it within 10 seconds.\n",
      stderr: '',
    });
    expect(await orsay('get', '-o', 'b.json')).to.deep.equal({
      code: 0,
      stdout: "Version 1 of the configuration of the cell 'main' is in b.json.\n",
      stderr: '',
    });
    expect(readFileSync(join(folder, 'b.json'), 'utf8')).to.equal(initialText());
    expect((await orsay('put', 'b.json', '--replaces', '1')).code).to.equal(0);
    for (const args of [[], ['--replaces', '1'], ['--replaces', '3']]) {
      const { code, stderr } = await orsay('put', 'b.json', ...args);
      expect(code).to.equal(1);
      expect(stderr).to.include(
        "Expected --replaces 2, because the configuration of the cell 'main' has version 2",
      );
    }
    writeFileSync(join(folder, 'bad.json'), '{"services": 5}');
    const bad = await orsay('put', 'bad.json', '--replaces', '2');
    expect(bad.code).to.equal(1);
    expect(bad.stderr).to.include('services: ');
    const { versions } = JSON.parse((await orsay('versions', '--json')).stdout) as {
      readonly versions: readonly { readonly version: number; readonly bytes: number }[];
    };
    expect(versions.map(({ version, bytes }) => [version, bytes])).to.deep.equal([
      [2, initialText().length],
      [1, initialText().length],
    ]);
    expect(JSON.parse((await orsay('get', '--version', '1', '--json')).stdout)).to.deep.equal({
      version: 1,
      text: initialText(),
    });
    expect((await orsay('get', '--version', '9')).code).to.equal(2);
  });
});
