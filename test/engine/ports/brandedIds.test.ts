import { expect } from 'chai';
import { type Branded, parseId, readId, type SessionId } from '../../../engine/ports/brandedIds.ts';

type OtherId = Branded<'OtherId'>;

describe('branded ids', () => {
  it('are read from text of 1 to 1,500 characters', () => {
    const given = ['S1', 'x'.repeat(1_500), '', 'x'.repeat(1_501), 7, null, undefined];
    const isRead = given.map((raw) => readId<SessionId>(raw) !== undefined);
    expect(isRead).to.deep.equal([true, true, false, false, false, false, false]);
  });

  it('get the not-found error for any other value', () => {
    const parse = (raw: unknown) => parseId<SessionId>(raw, (text) => new Error(`No '${text}'.`));
    expect(parse('S1')).to.equal('S1');
    expect(() => parse('')).to.throw("No ''.");
    expect(() => parse(undefined)).to.throw("No ''.");
  });

  it('are kept apart by the compiler', () => {
    const take = (id: SessionId | undefined): string => id ?? '';
    const other = readId<OtherId>('other');
    // @ts-expect-error: an id of another kind
    expect(take(other)).to.equal('other');
    // @ts-expect-error: text that no parser has read
    expect(take('text')).to.equal('text');
  });
});
