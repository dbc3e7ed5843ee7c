import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { BLOCK_BYTES } from '../../../../engine/durable/lmdb/journalFrames.mjs';
import { fastFolder, imageFiles, outcomesOf, spreadBits, usedTreeBytes } from '../../../support/damage.ts';
import { runsOf, sampleOf } from '../../../support/runLength.ts';
import { makeStoreImage } from '../../../support/storeImage.ts';

/** Bits of the headers and first bytes of frames. damage.long.ts flips all bits. */
const HEADER_BITS = Array.from(
  { length: runsOf({ sample: 3, all: 6 }) },
  (_, index) => 8 * BLOCK_BYTES * (index % 6) + 71 * index,
);

describe('A store whose files were changed', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(fastFolder(), 'orsay-damage-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('is refused, or answers as before, after a flipped bit in any file', async function () {
    this.timeout(120_000);
    const records = await makeStoreImage(folder);
    const damages = imageFiles(folder).map(({ file, size }) => ({
      kind: 'flip' as const,
      file,
      together: file === 'orsay.mdb' ? 5 : 1,
      bits: file.includes('journal-')
        ? HEADER_BITS
        : spreadBits(
            file === 'orsay.mdb' ? usedTreeBytes(folder) : size,
            file === 'orsay.mdb' ? runsOf({ sample: 5, all: 10 }) : runsOf({ sample: 1, all: 2 }),
          ),
    }));
    const { right = 0, refused = 0, ...wrong } = await outcomesOf(folder, records, damages);
    expect(wrong).to.deep.equal({});
    expect([right > 3, refused > runsOf({ sample: 2, all: 8 })]).to.deep.equal([true, true]);
  });

  it('is refused, or answers as before, after a file was cut at any length, or deleted', async function () {
    this.timeout(120_000);
    const records = await makeStoreImage(folder);
    const damages = imageFiles(folder).flatMap(({ file, size }) => [
      { kind: 'delete' as const, file },
      {
        kind: 'cut' as const,
        file,
        lengths: sampleOf([0, 100, BLOCK_BYTES + 60, 3 * BLOCK_BYTES, size - 1], 3)
          .filter((length) => length >= 0 && length < size)
          .map(Math.floor),
      },
    ]);
    const { right = 0, refused = 0, ...wrong } = await outcomesOf(folder, records, damages);
    expect(wrong).to.deep.equal({});
    expect([right > 0, refused > runsOf({ sample: 4, all: 10 })]).to.deep.equal([true, true]);
  });
});
