import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type FileBlobs, openFileBlobs } from '../../../engine/durable/files/index.ts';
import { encodeRecord } from '../../../engine/durable/index.ts';
import { type LmdbStore, openLmdbStore } from '../../../engine/durable/lmdb/index.ts';
import {
  backupData,
  backupOf,
  keepBackup,
  repairData,
  restoreData,
  verifyData,
} from '../../../server/process/dataDirectory.ts';

const BYTES = new Uint8Array(70_000).fill(5);

describe('A data directory', () => {
  let folder: string;
  let data: string;
  let store: LmdbStore;
  let blobs: FileBlobs;
  let blob: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-data-'));
    data = join(folder, 'data');
    store = openLmdbStore({ path: join(data, 'store') });
    blobs = openFileBlobs({ path: join(data, 'blobs') });
    blob = await blobs.write(BYTES);
    mkdirSync(join(data, 'templates', 'v1', 'src'), { recursive: true });
    writeFileSync(join(data, 'templates', 'v1', 'src', 'a.scxml'), '<scxml/>');
    writeFileSync(join(data, 'config.json'), '{}');
    await put('storage.blob', blob, 'file');
    for (let number = 0; number < 300; number++) await put('a', `key ${number}`, `text ${number}`);
  });

  afterEach(async () => {
    await store.close().catch(() => {});
    rmSync(folder, { recursive: true, force: true });
  });

  function put(table: string, key: string, value: string): Promise<void> {
    return store.write([{ table, key, text: encodeRecord(value) }]);
  }

  /** Opens and reads a store. */
  async function recordsOf(path: string): Promise<readonly (readonly [string, string])[]> {
    const opened = openLmdbStore({ path: join(path, 'store') });
    const records = ['a', 'b'].flatMap((table) =>
      [...opened.scan(table, {})].map(({ key, text }) => [key, text] as const),
    );
    await opened.close();
    return records;
  }

  it('of a running server is backed up at one point in time, and restored with everything', async () => {
    const bytes = backupOf({ dataDir: data, store, blobs })[Symbol.asyncIterator]();
    const first = await bytes.next();
    // Later changes are not in the backup; the blob stays until its end.
    await put('b', 'later', 'later');
    await store.write([{ table: 'a', key: 'key 1', text: null }]);
    await blobs.remove(blob);
    async function* rest() {
      yield first.value as Buffer;
      for (let next = await bytes.next(); next.done !== true; next = await bytes.next()) yield next.value;
    }
    const file = join(folder, 'backup');
    expect(await keepBackup(rest(), file)).to.equal(1 + 300 + 1 + 2);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(existsSync(join(data, 'blobs', blob))).to.equal(false);

    const restored = join(folder, 'restored');
    expect(await restoreData(file, restored)).to.deep.equal({
      records: 301,
      writes: 0,
      blobs: 1,
      problems: [],
    });
    const records = await recordsOf(restored);
    expect(records).to.have.length(300);
    expect(records).to.deep.include(['key 1', encodeRecord('text 1')]);
    expect(readFileSync(join(restored, 'templates/v1/src/a.scxml'), 'utf8')).to.equal('<scxml/>');
    expect(
      new Uint8Array((await openFileBlobs({ path: join(restored, 'blobs') }).read(blob))!),
    ).to.deep.equal(BYTES);
    expect(await restoreData(file, restored).catch(String)).to.include(
      'Expected an empty or absent directory',
    );
  });

  it('is backed up with files that are larger than what is in memory at one time', async () => {
    const large = new Uint8Array(3_500_000).map((_, index) => index % 251);
    const name = await blobs.write(large);
    await put('storage.blob', name, 'large');
    const file = join(folder, 'backup');
    const entries = await keepBackup(backupOf({ dataDir: data, store, blobs }), file);
    expect(entries).to.be.greaterThan(1 + 301 + 2 + 2);
    const restored = join(folder, 'restored');
    expect((await restoreData(file, restored)).problems).to.deep.equal([]);
    const bytes = await openFileBlobs({ path: join(restored, 'blobs') }).read(name);
    expect(Buffer.compare(bytes!, large)).to.equal(0);
  });

  it('is not restored from a backup that was changed or cut, and nothing is left then', async () => {
    await store.close();
    const file = join(folder, 'backup');
    await backupData(data, file);
    const whole = readFileSync(file);
    const { length } = whole;
    for (const at of [0, 5, 60, length / 2, length - 4_096, length - 4_040]) {
      const changed = Buffer.from(whole);
      changed[Math.floor(at)]! ^= 8;
      writeFileSync(file, changed);
      expect(await restoreData(file, join(folder, 'restored')).catch(String), `byte ${at}`).to.include(
        'The backup',
      );
    }
    for (const size of [0, 4_096, length - 4_096, length - 1]) {
      writeFileSync(file, whole);
      truncateSync(file, size);
      // The last byte is padding.
      if (size < length - 1) {
        expect(await restoreData(file, join(folder, 'restored')).catch(String), `size ${size}`).to.include(
          'The backup',
        );
      }
    }
    expect(readdirSync(folder).sort()).to.deep.equal(['backup', 'data']);
  });

  it('is verified while no server has it: every record, write and blob', async () => {
    expect(await verifyData(data).catch(String)).to.include(`in use by process ${process.pid}`);
    await store.close();
    expect(await verifyData(data)).to.deep.equal({ records: 301, writes: 0, blobs: 1, problems: [] });
    writeFileSync(join(data, 'blobs', blob), 'changed');
    expect((await verifyData(data)).problems.join()).to.include(`The blob '${blob}' is not what was written`);
    rmSync(join(data, 'blobs', blob));
    expect((await verifyData(data)).problems).to.deep.equal([`The blob '${blob}' is missing.`]);
  });

  it('is repaired: a damaged record is lost and named, the others are kept, and the damaged store as well', async () => {
    expect(
      await (async () => {
        await store.close();
        return repairData(data);
      })(),
    ).to.deep.equal(['The store is sound: nothing was changed.']);
    const tree = join(data, 'store', 'orsay.mdb');
    const content = readFileSync(tree);
    // Pages that are no longer in use may have the text as well.
    for (let at = content.indexOf('text 17"'); at >= 0; at = content.indexOf('text 17"', at + 1))
      content[at]! ^= 1;
    writeFileSync(tree, content);
    expect(() => openLmdbStore({ path: join(data, 'store') })).to.throw(
      /damaged; at least 1 record\(s\) are in doubt:\n {2}orsay\.mdb: the record 'key 17' of the table 'a'.*orsay store repair/s,
    );
    const lines = await repairData(data);
    expect(lines[0]).to.equal(
      "lost: orsay.mdb: the record 'key 17' of the table 'a' is not what was written",
    );
    expect(lines[1]).to.equal('At least 1 record(s) are lost; 300 records of the tree are kept.');
    expect(await recordsOf(data)).to.have.length(299);
    expect((await verifyData(data)).problems).to.deep.equal([]);
    expect(readdirSync(data)).to.include('store.damaged-1');
  });
});
