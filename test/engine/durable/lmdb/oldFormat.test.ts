import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect } from 'chai';
import { open } from 'lmdb';
import { inspectStore } from '../../../../engine/durable/lmdb/inspectStore.ts';
import { openLmdbStore } from '../../../../engine/durable/lmdb/lmdbStore.ts';
import { JournalError } from '../../../../engine/durable/lmdb/readSegments.ts';
import { storeFiles } from '../../../../engine/durable/lmdb/storeFiles.ts';

const STORE = 'ab'.repeat(16);

interface OldOperation {
  readonly key: string;
  readonly text: string | null;
}

/** A frame of the releases before checksums. */
function oldFrame(serial: number, operations: readonly OldOperation[], store = STORE): Buffer {
  const parts = operations.map(({ key, text }) => {
    const name = Buffer.from(`t\0${key}`);
    const value = Buffer.from(text ?? '');
    const lengths = Buffer.alloc(8);
    lengths.writeInt32LE(name.length, 0);
    lengths.writeInt32LE(text === null ? -1 : value.length, 4);
    return Buffer.concat([lengths, name, value]);
  });
  const payload = Buffer.concat(parts);
  const header = Buffer.alloc(48);
  header.writeUInt32LE(payload.length, 4);
  header.writeDoubleLE(serial, 8);
  header.write(store, 16, 'hex');
  header.fill(1, 32);
  const frame = Buffer.concat([header, payload]);
  frame.writeUInt32LE(crc32(frame.subarray(4)), 0);
  return Buffer.concat([frame, Buffer.alloc(4096 - frame.length)]);
}

describe('A store of a release without checksums', () => {
  let path: string;

  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'orsay-old-'));
  });

  afterEach(() => rmSync(path, { recursive: true, force: true }));

  async function writeOldStore(frames: readonly Buffer[]): Promise<void> {
    const tree = open<string, Buffer>({
      path: storeFiles(path).tree,
      noSubdir: true,
      keyEncoding: 'binary',
      overlappingSync: false,
      encoding: 'string',
    });
    const put = (name: string, text: string): void => tree.putSync(Buffer.from(name), text);
    tree.transactionSync(() => {
      put('t\0a', 'in the tree');
      put('t\0b', '');
      put('t\0c', 'c'.repeat(20_000));
      put('journal', JSON.stringify({ store: STORE, serial: 4 }));
    });
    await tree.close();
    writeFileSync(storeFiles(path).segments[0], Buffer.concat(frames));
  }

  it('is migrated at its first start, with what only its journal has', async () => {
    await writeOldStore([
      oldFrame(4, [{ key: 'a', text: 'before' }]),
      oldFrame(5, [
        { key: 'b', text: null },
        { key: 'd', text: 'in the journal' },
      ]),
      oldFrame(6, [{ key: 'd', text: 'changed' }]),
    ]);
    const expected = [
      { key: 'a', text: 'in the tree' },
      { key: 'c', text: 'c'.repeat(20_000) },
      { key: 'd', text: 'changed' },
    ];
    expect(inspectStore(storeFiles(path))).to.include({ format: 'old' });
    for (const start of ['first', 'second']) {
      const store = openLmdbStore({ path });
      expect([...store.scan('t', {})], start).to.deep.equal(expected);
      await store.close();
    }
    const inspection = inspectStore(storeFiles(path));
    expect(inspection).to.deep.include({ format: 'present', records: 3, problems: [] });
    expect(inspection.mark).to.include({ store: STORE, serial: 6 });
  });

  it('is refused when its journal lacks frames, or is of another store', async () => {
    await writeOldStore([oldFrame(6, [{ key: 'a', text: 'later' }])]);
    expect(() => openLmdbStore({ path })).to.throw(
      JournalError,
      'should continue with frame 5, but continues with 6',
    );
    writeFileSync(storeFiles(path).segments[0], oldFrame(5, [{ key: 'a', text: 'other' }], 'cd'.repeat(16)));
    expect(() => openLmdbStore({ path })).to.throw(JournalError, 'belongs to another store');
  });
});
