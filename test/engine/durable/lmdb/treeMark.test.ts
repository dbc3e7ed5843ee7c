import { expect } from 'chai';
import { changedDigest } from '../../../../engine/durable/lmdb/treeMark.mjs';

/** A sum of this many checksums has more bits than a number. */
const RECORDS = 5_000_000;
const LARGEST = 2 ** 32 - 1;

function sealOfRecord(record: number): number {
  return LARGEST - (record % 7);
}

describe('The digest of a tree', () => {
  it('is right for millions of records, in any order', () => {
    let digest = 0;
    for (let record = 0; record < RECORDS; record++) {
      digest = changedDigest(digest, 0, sealOfRecord(record));
    }
    let expected = 0n;
    for (let record = 0; record < RECORDS; record++) expected += BigInt(sealOfRecord(record));
    expect(digest).to.equal(Number(expected % 2n ** 32n));
    for (let record = RECORDS - 1; record > 0; record--) {
      digest = changedDigest(digest, sealOfRecord(record), 0);
    }
    expect(digest).to.equal(LARGEST);
    expect(changedDigest(digest, LARGEST, 3)).to.equal(3);
  });
});
