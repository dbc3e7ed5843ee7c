import { expect } from 'chai';
import { CellBlobs, type CellFiles } from '../../../../engine/durable/postgres/index.ts';
import { systemClock } from '../../../../engine/ports/index.ts';
import { CellFilesBench } from '../../../support/cellFilesBench.ts';
import { DatabaseProxy } from '../../../support/databaseProxy.ts';
import { rejection } from '../../../support/durableBench.ts';
import { requirePostgres, type TestPostgres } from '../../../support/postgres.ts';

const BYTES = Buffer.alloc(600_000, 'abc');

describe('files of a cell', () => {
  let postgres: TestPostgres;
  let bench: CellFilesBench;
  let proxy: DatabaseProxy;
  let files: CellFiles;

  before(async function () {
    postgres = await requirePostgres(this);
  });

  beforeEach(async () => {
    bench = await CellFilesBench.create();
    proxy = await DatabaseProxy.start(postgres);
    files = await bench.open();
  });

  afterEach(async () => {
    proxy.release();
    proxy.cut();
    await bench.close();
    await proxy.close();
  });

  const query = (text: string) => postgres.query<Record<string, unknown>>(text, bench.database);
  const codeOf = async (promise: Promise<unknown>) => ((await rejection(promise)) as { code?: string }).code;

  async function names(of: AsyncIterable<{ readonly name: string }> = files.list('')): Promise<string[]> {
    const found: string[] = [];
    for await (const { name } of of) found.push(name);
    return found;
  }

  it('get a name once, whoever comes first', async () => {
    const others = await Promise.all([1, 2, 3, 4].map(() => bench.open()));
    const won = await Promise.all(others.map((one, index) => one.write('a', Buffer.from([index]))));
    expect(won.filter((isFirst) => isFirst)).to.have.length(1);
    expect(await files.read('a')).to.deep.equal(Buffer.from([won.indexOf(true)]));
    expect(await names()).to.deep.equal(['a']);
    expect((await query('SELECT count(*)::int AS parts FROM orsay.file_parts'))[0]).to.deep.equal({
      parts: 1,
    });
  });

  it('are neither named nor removed by a node that has lost the cell', async function () {
    this.timeout(60_000);
    await query("UPDATE orsay.cells SET claim = 'mine', owner = 'a'");
    const owner = await bench.open({ claim: () => 'mine', repeatMs: 300 });
    await owner.write('kept', BYTES);
    const draft = owner.begin();
    await draft.write(BYTES);
    await query("UPDATE orsay.cells SET claim = 'other', owner = 'b'");
    expect(await codeOf(draft.finish('late'))).to.equal('STORE_UNAVAILABLE');
    expect(await codeOf(owner.remove('kept'))).to.equal('STORE_UNAVAILABLE');
    await draft.discard();
    expect(await names()).to.deep.equal(['kept']);
  });

  it('are not named while a claim of another node is under way', async () => {
    await query("UPDATE orsay.cells SET claim = 'mine'");
    let claim = 'mine';
    const owner = await bench.open({ claim: () => claim });
    const draft = owner.begin();
    await draft.write(BYTES);
    await query("UPDATE orsay.cells SET claim = 'mine again'");
    const named = draft.finish('a');
    claim = 'mine again';
    expect(await named).to.equal(true);
  });

  it('are written once and whole when replies are lost', async function () {
    this.timeout(60_000);
    const behind = await bench.open({ database: proxy.through(bench.database) });
    for (let number = 0; number < 6; number++) {
      proxy.dropReplies(1 + (number % 4));
      expect(await behind.write(`f${number}`, BYTES)).to.equal(true);
      if (number % 2 === 1) {
        proxy.dropReplies(1);
        await behind.remove(`f${number}`);
      }
    }
    expect(proxy.dropped).to.be.above(6);
    expect(await names()).to.deep.equal(['f0', 'f2', 'f4']);
    for (const name of await names()) expect(Buffer.compare((await files.read(name))!, BYTES)).to.equal(0);
    expect(await names(files.unfinished())).to.deep.equal([]);
  });

  it('are refused while the database is away, and leave nothing that counts', async function () {
    this.timeout(60_000);
    const behind = await bench.open({ database: proxy.through(bench.database), repeatMs: 300 });
    const draft = behind.begin();
    await draft.write(BYTES);
    proxy.cut();
    await proxy.close();
    expect(await codeOf(draft.finish('a'))).to.equal('STORE_UNAVAILABLE');
    await draft.discard();
    expect(await codeOf(behind.read('a'))).to.equal('STORE_UNAVAILABLE');
    expect(await names()).to.have.length(1);
    const blobs = new CellBlobs(files, systemClock);
    for (const { name } of await blobs.list()) await blobs.remove(name);
    expect((await query('SELECT count(*)::int AS parts FROM orsay.file_parts'))[0]).to.deep.equal({
      parts: 0,
    });
  });

  it('are refused when a part is damaged, missing or doubled, before their first byte', async () => {
    const damages = [
      'UPDATE orsay.file_parts SET content = set_byte(content, 99999, 0) WHERE part = 1',
      'DELETE FROM orsay.file_parts WHERE part = 1',
      'DELETE FROM orsay.file_parts',
      'INSERT INTO orsay.file_parts SELECT file, 9, content FROM orsay.file_parts WHERE part = 0',
      'UPDATE orsay.file_parts SET part = 2 - part + 10',
      'UPDATE orsay.files SET size = size - 1',
      'UPDATE orsay.files SET digest = NULL',
    ];
    for (const damage of damages) {
      await files.write('a', BYTES);
      await query(damage);
      expect(await codeOf(files.open('a')), damage).to.equal('STORE_DAMAGED');
      await files.remove('a');
    }
    await files.write('a', BYTES);
    const opened = (await files.open('a'))!;
    await opened.next();
    await query('UPDATE orsay.file_parts SET content = set_byte(content, 1, 0) WHERE part = 1');
    expect(await codeOf(opened.next())).to.equal('STORE_DAMAGED');
    await opened.close();
  });

  it('of one cell are not seen by another, nor those of a cell that was made anew', async () => {
    await files.write('a', BYTES);
    await query('DELETE FROM orsay.cells; DROP TABLE orsay.log_1');
    const again = await bench.open();
    expect(await again.read('a')).to.equal(undefined);
    expect(await names(again.list(''))).to.deep.equal([]);
  });

  it('refuse a name that is too long', async () => {
    expect(await codeOf(files.write('x'.repeat(2_001), BYTES))).to.equal('STORE_UNAVAILABLE');
    expect(await files.write('x'.repeat(2_000), BYTES)).to.equal(true);
  });
});
