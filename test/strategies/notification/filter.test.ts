import { expect } from 'chai';
import fc from 'fast-check';
import { filtersOf, isFilter, isTag } from '../../../strategies/notification/filter.ts';

describe('strategies/notification/filter', () => {
  it('matches the documented tag with each of its filters, and with no others (gms-api 8.3)', () => {
    expect(filtersOf('ors.agentavailability.agent123.available')).to.deep.equal([
      '*',
      'ors.*',
      'ors.agentavailability.*',
      'ors.agentavailability.agent123.*',
      'ors.agentavailability.agent123.available',
    ]);
  });

  it('knows a tag', () => {
    const cases: readonly (readonly [string, boolean])[] = [
      ['ors.context.123456', true],
      ['1first.may_be.a_number', true],
      ['service.agentavailable.369-166652d2-aed6-443c-9781-6bdff370f9a9', true],
      ['', false],
      ['.a', false],
      ['a.', false],
      ['a..b', false],
      ['a b', false],
      ['a.*', false],
      ['*', false],
      ['ä', false],
      ['a/b', false],
      ['a'.repeat(257), false],
    ];
    for (const [tag, expected] of cases) expect(isTag(tag), tag).to.equal(expected);
  });

  it('knows a filter: a tag, or one whose last word is a star', () => {
    const cases: readonly (readonly [string, boolean])[] = [
      ['*', true],
      ['ors.*', true],
      ['ors.events.agentavailabilty.context.1234560', true],
      ['', false],
      ['ors.', false],
      ['ors*', false],
      ['*.ors', false],
      ['ors.*.a', false],
      ['ors.**', false],
    ];
    for (const [filter, expected] of cases) expect(isFilter(filter), filter).to.equal(expected);
  });

  it('finds for any tag exactly the filters that match it', () => {
    const word = fc.stringMatching(/^[a-z0-9_-]{1,5}$/);
    const words = fc.array(word, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(words, words, (tagWords, filterWords) => {
        const tag = tagWords.join('.');
        const wildcard = `${filterWords.join('.')}.*`;
        expect(filtersOf(tag).every(isFilter)).to.equal(true);
        expect(filtersOf(tag).includes(wildcard)).to.equal(tag.startsWith(`${filterWords.join('.')}.`));
      }),
    );
  });
});
