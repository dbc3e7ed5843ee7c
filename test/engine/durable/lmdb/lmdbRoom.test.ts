import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { open } from 'lmdb';
import { LmdbRoom } from '../../../../engine/durable/lmdb/lmdbRoom.mjs';

/** A record with the sizes of its key and value in bytes; without a value it is removed. */
interface Given {
  readonly key: number;
  readonly keyBytes: number;
  readonly bytes: number | undefined;
}

describe('Room in the file of an lmdb environment', () => {
  it('is made before any write needs it', function () {
    this.timeout(120_000);
    const record = fc.record({
      key: fc.nat(2_000),
      keyBytes: fc.constantFrom(4, 4, 30, 500, 1_900),
      bytes: fc.option(fc.oneof(fc.nat(200), fc.nat(2_100), fc.nat(9_000), fc.nat(100_000)), {
        nil: undefined,
      }),
    });
    const write = fc.oneof(
      fc.array(record, { minLength: 1, maxLength: 5, size: 'max' }),
      fc.array(record, { minLength: 1, maxLength: 200, size: 'max' }),
    );
    const writes = fc.array(write, { minLength: 10, maxLength: 60, size: 'max' });
    fc.assert(
      fc.property(writes, (given) => withRoom(0, given)),
      { numRuns: 15 },
    );
  });

  it('is made for a part of a large write only, if the filesystem has plenty', () => {
    const large = Array.from({ length: 4_000 }, (_, key) => ({ key, keyBytes: 30, bytes: 4_000 }));
    withRoom(1e12, [large], (made) => expect(made).to.be.lessThan(8_000_000));
    withRoom(0, [large], (made) => expect(made).to.be.greaterThan(16_000_000));
  });

  it('is counted again after a large write, which may have used more than was made for it', () => {
    const large = Array.from({ length: 4_000 }, (_, key) => ({ key, keyBytes: 30, bytes: 4_000 }));
    const small = (key: number) => [{ key: 5_000 + key, keyBytes: 30, bytes: 2_000 }];
    let written = 0;
    withRoom(1e12, [large, ...Array.from({ length: 40 }, (_, key) => small(key))], (made, after) => {
      written++;
      if (written > 1) expect(after, `write ${written}`).to.equal(made);
    });
  });

  /**
   * Makes the writes. `seen` gets the file's size before and after each; by default, no write may change it.
   */
  function withRoom(
    freeBytes: number,
    writes: readonly (readonly Given[])[],
    seen?: (before: number, after: number) => void,
  ): void {
    const folder = mkdtempSync(join(tmpdir(), 'orsay-room-'));
    const path = join(folder, 'orsay.mdb');
    const database = open<Buffer, Buffer>({
      path,
      noSubdir: true,
      keyEncoding: 'binary',
      encoding: 'binary',
      noSync: true,
    });
    const room = new LmdbRoom(path, database, () => freeBytes);
    for (const given of writes) {
      room.make({
        records: given.length,
        bytes: given.reduce((sum, { keyBytes, bytes = 0 }) => sum + keyBytes + bytes, 0),
        onlyRemoves: given.every(({ bytes }) => bytes === undefined),
      });
      const made = statSync(path).size;
      database.transactionSync(() => {
        for (const { key, keyBytes, bytes } of given) {
          const name = Buffer.from(String(key).padStart(keyBytes, '0'));
          if (bytes === undefined) database.removeSync(name);
          else database.putSync(name, Buffer.alloc(bytes, 'x'));
        }
      });
      const after = statSync(path).size;
      if (seen === undefined) expect(after).to.equal(made);
      else seen(made, after);
    }
    room.close();
    void database.close();
    rmSync(folder, { recursive: true });
  }
});
