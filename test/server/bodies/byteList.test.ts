import { expect } from 'chai';
import fc from 'fast-check';
import { ByteList } from '../../../server/bodies/byteList.ts';
import { fuzzSeed } from '../../support/fuzzSeed.ts';

describe('a list of bytes', () => {
  it('has the bytes of all its chunks in their order, and leaves the chunks unchanged', () => {
    const chunk = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    const large = fc.integer({ min: 0, max: 255 }).map((byte) => Buffer.alloc(200_000, byte));
    fc.assert(
      fc.property(fc.array(fc.oneof(chunk, large), { maxLength: 12 }), (chunks) => {
        const copies = chunks.map((one) => Buffer.from(one));
        const list = new ByteList(12 * 200_000);
        for (const one of chunks) list.add(one);
        expect(list.size).to.equal(copies.reduce((sum, { length }) => sum + length, 0));
        expect(list.take().equals(Buffer.concat(copies))).to.equal(true);
        expect([list.size, list.take().length]).to.deep.equal([0, 0]);
        expect(chunks.every((one, index) => one.equals(copies[index]!))).to.equal(true);
      }),
      { ...fuzzSeed(), numRuns: 60 },
    );
  });
});
