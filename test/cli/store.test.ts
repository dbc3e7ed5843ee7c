import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openLmdbStore } from '../../engine/durable/lmdb/index.ts';
import { type OrsayRun, runOrsay } from '../support/runOrsay.ts';

describe('orsay store', () => {
  let folder: string;
  let data: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-store-'));
    data = join(folder, 'data');
    mkdirSync(data);
    const store = openLmdbStore({ path: join(data, 'store') });
    await store.write([{ table: 't', key: 'a', text: 'a' }]);
    await store.close();
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const orsay = (...args: readonly string[]): Promise<OrsayRun> =>
    runOrsay(['store', ...args], { cwd: folder });

  it('verifies, backs up, restores and repairs the data directory of a stopped server', async function () {
    this.timeout(120_000);
    const sound = { code: 0, stdout: '1 records, 0 writes in the journal, 0 blobs: sound.\n', stderr: '' };
    expect(await orsay('verify')).to.deep.equal(sound);
    expect(await orsay('backup', 'file', '--data', 'data')).to.deep.equal({
      code: 0,
      stdout: 'file: 1 records and files, read again and sound.\n',
      stderr: '',
    });
    expect(await orsay('restore', 'file', 'again')).to.deep.equal(sound);
    const head = join(data, 'store', 'orsay-journal-head');
    writeFileSync(head, readFileSync(head).subarray(1));
    const damaged = await orsay('verify');
    expect(damaged.code).to.equal(1);
    expect(damaged.stdout).to.include('orsay-journal-head: it is not what was written\n');
    const repaired = await orsay('repair');
    expect(repaired.code).to.equal(0);
    expect(repaired.stdout).to.include(`The damaged store is kept in '${join(data, 'store.damaged-1')}'.\n`);
    expect(await orsay('verify')).to.deep.equal(sound);
    expect((await orsay('verify', '--data', 'absent')).stderr).to.equal(
      `Expected a data directory with the folder 'store', got '${join(folder, 'absent')}'.\n`,
    );
  });
});
