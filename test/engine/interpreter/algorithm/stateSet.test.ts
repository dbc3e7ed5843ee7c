import { expect } from 'chai';
import fc from 'fast-check';
import { StateSet } from '../../../../engine/interpreter/algorithm/stateSet.ts';

const SIZE = 130;
const states = fc.array(fc.nat(SIZE - 1), { maxLength: 60 });

describe('a set of states', () => {
  it('has the same members as a Set, in document order', () => {
    fc.assert(
      fc.property(states, states, (added, removed) => {
        const set = StateSet.of(SIZE, added);
        const model = new Set(added);
        for (const state of removed) {
          set.delete(state);
          model.delete(state);
        }
        expect(set.toArray()).to.deep.equal([...model].sort((a, b) => a - b));
        for (let state = 0; state < SIZE; state++) expect(set.has(state)).to.equal(model.has(state));
      }),
    );
  });

  it('returns the members of a range, and whether the range has members', () => {
    fc.assert(
      fc.property(states, fc.nat(SIZE - 1), fc.nat(SIZE - 1), (members, a, b) => {
        const [first, last] = [Math.min(a, b), Math.max(a, b)];
        const set = StateSet.of(SIZE, members);
        const inside = [...new Set(members)]
          .filter((state) => state >= first && state <= last)
          .sort((x, y) => x - y);
        expect([...set.inRange(first, last)]).to.deep.equal(inside);
        expect(set.hasAnyIn(first, last)).to.equal(inside.length > 0);
      }),
    );
  });

  it('has the same key only as equal sets, and tells whether it intersects another set', () => {
    fc.assert(
      fc.property(states, states, (a, b) => {
        const [left, right] = [StateSet.of(SIZE, a), StateSet.of(SIZE, b)];
        const equal = left.toArray().join() === right.toArray().join();
        expect(left.key() === right.key()).to.equal(equal);
        expect(left.intersects(right)).to.equal(a.some((state) => b.includes(state)));
        expect(left.copy().key()).to.equal(left.key());
      }),
    );
  });
});
