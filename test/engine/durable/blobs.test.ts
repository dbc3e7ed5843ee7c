import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { openFileBlobs } from '../../../engine/durable/files/fileBlobs.ts';
import type { BlobPort } from '../../../engine/durable/index.ts';
import { MemoryBlobs } from '../../../engine/durable/memory/index.ts';
import { CellBlobs } from '../../../engine/durable/postgres/index.ts';
import { systemClock } from '../../../engine/ports/index.ts';
import { CellFilesBench } from '../../support/cellFilesBench.ts';
import { requirePostgres } from '../../support/postgres.ts';

interface BlobPlace {
  /** May be called again: as after a restart. */
  open(): Promise<BlobPort>;
  remove(): Promise<void>;
}

/** Every adapter of blobs. */
const PLACES: readonly {
  readonly name: string;
  require(context: { skip(): void }): Promise<unknown>;
  make(): Promise<BlobPlace>;
}[] = [
  {
    name: 'memory',
    require: async () => {},
    async make() {
      const blobs = new MemoryBlobs(systemClock);
      return { open: async () => blobs, remove: async () => {} };
    },
  },
  {
    name: 'a folder',
    require: async () => {},
    async make() {
      const path = await mkdtemp(join(tmpdir(), 'orsay-blobs-'));
      return { open: async () => openFileBlobs({ path }), remove: () => rm(path, { recursive: true }) };
    },
  },
  {
    name: 'a cell',
    require: requirePostgres,
    async make() {
      const bench = await CellFilesBench.create();
      return {
        open: async () => new CellBlobs(await bench.open(), systemClock),
        remove: () => bench.close(),
      };
    },
  },
];

/** Longer than some parts, and not a multiple of one. */
const BYTES = Uint8Array.from({ length: 700_001 }, (_, index) => index * 7 + (index >> 8));

for (const { name: where, require, make } of PLACES) {
  describe(`BlobPort: blobs in ${where}`, () => {
    let place: BlobPlace;
    let blobs: BlobPort;

    before(async function () {
      await require(this);
    });

    beforeEach(async () => {
      place = await make();
      blobs = await place.open();
    });

    afterEach(() => place.remove());

    const bytesOf = async (name: string): Promise<Uint8Array> => new Uint8Array((await blobs.read(name))!);

    it('are read as they were written, also after a restart', async () => {
      const names = [await blobs.write(BYTES), await blobs.write(new Uint8Array()), await blobs.write(BYTES)];
      expect(new Set(names).size).to.equal(3);
      blobs = await place.open();
      expect(Buffer.compare(await bytesOf(names[0]!), BYTES)).to.equal(0);
      expect(await bytesOf(names[1]!)).to.have.length(0);
      const opened = (await blobs.open(names[2]!))!;
      expect(opened.size).to.equal(BYTES.length);
      expect(Buffer.compare(await buffer(opened.stream), BYTES)).to.equal(0);
    });

    it('arrive piece by piece, and exist only when they are finished', async () => {
      const draft = await blobs.begin();
      for (let at = 0; at < BYTES.length; at += 99_999) await draft.write(BYTES.subarray(at, at + 99_999));
      expect(draft.size).to.equal(BYTES.length);
      const other = await blobs.begin();
      await other.write(BYTES);
      await other.discard();
      const name = await draft.finish();
      await draft.discard();
      expect(Buffer.compare(await bytesOf(name), BYTES)).to.equal(0);
      expect((await blobs.list()).map((entry) => entry.name)).to.deep.equal([name]);
    });

    it('are listed with the time at which they were written', async () => {
      const name = await blobs.write(BYTES);
      const [entry] = await blobs.list();
      expect(entry!.name).to.equal(name);
      expect(Math.abs(entry!.writtenAt - systemClock.now())).to.be.below(60_000);
    });

    it('are gone when they were removed, but a reader reads them to their end', async () => {
      const name = await blobs.write(BYTES);
      const unread = (await blobs.open(name))!;
      const opened = (await blobs.open(name))!;
      await blobs.remove(name);
      expect(Buffer.compare(await buffer(opened.stream), BYTES)).to.equal(0);
      const closed = new Promise((done) => unread.stream.once('close', done));
      unread.stream.destroy();
      await closed;
      expect([await blobs.read(name), await blobs.open(name)]).to.deep.equal([undefined, undefined]);
      expect(await blobs.list()).to.deep.equal([]);
      await blobs.remove(name);
    });

    it('have no other names than those that were given', async () => {
      const name = await blobs.write(BYTES);
      const draft = await blobs.begin();
      await draft.write(BYTES);
      const others = ['', '.', '..', '../config.json', `./${name}`, `${name}\0`, 'ü', 'x'.repeat(5_000)];
      for (const other of others) {
        expect([await blobs.read(other), await blobs.open(other)], other).to.deep.equal([
          undefined,
          undefined,
        ]);
      }
      await draft.discard();
    });
  });
}
