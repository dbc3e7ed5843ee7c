import { expect } from 'chai';
import fc from 'fast-check';
import { instantTexts } from '../../../server/gms/readRange.ts';

const YEAR_10000 = Date.UTC(10_000, 0, 1);

describe('the texts of many instants', () => {
  it('are those of toISOString, whatever their order', () => {
    const minute = fc.integer({ min: 0, max: YEAR_10000 / 60_000 - 1 }).map((minutes) => minutes * 60_000);
    const any = fc.integer({ min: Date.UTC(-1, 0, 1), max: YEAR_10000 + 1 });
    const near = fc.integer({ min: -3_000, max: 3_000 }).map((minutes) => minutes * 60_000);
    fc.assert(
      fc.property(fc.array(fc.oneof(minute, any, near)), (instants) => {
        expect(instantTexts(instants)).to.deep.equal(instants.map((one) => new Date(one).toISOString()));
      }),
    );
  });
});
