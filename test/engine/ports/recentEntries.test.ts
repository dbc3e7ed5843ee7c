import { expect } from 'chai';
import { recentEntries } from '../../../engine/ports/recentEntries.ts';

describe('recentEntries', () => {
  it('forgets the entry that nobody used for the longest time', () => {
    const entries = recentEntries<string, number>(2);
    entries.set('a', 1).set('b', 2);
    entries.get('a');
    entries.set('c', 3);
    expect([...entries.entries()].sort()).to.deep.equal([
      ['a', 1],
      ['c', 3],
    ]);
  });

  it('takes no memory for entries that it does not have', () => {
    const before = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
    const maps = Array.from({ length: 20 }, () => recentEntries<string, number>(1_000_000));
    const after = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
    expect(maps).to.have.length(20);
    expect(after - before).to.be.lessThan(10_000_000);
  });
});
