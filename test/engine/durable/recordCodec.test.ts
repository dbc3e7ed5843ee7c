import { expect } from 'chai';
import fc from 'fast-check';
import { decodeRecord, encodeRecord, expiryOf, textOf } from '../../../engine/durable/recordCodec.ts';
import { anyCharacter } from '../../support/anyCharacter.ts';

describe('A record as it is stored', () => {
  it('is decoded with its bytes, its text and its expiry, whatever they are', () => {
    const value = fc.oneof(
      // JSON has no -0.
      fc.jsonValue({ maxDepth: 3 }).map((json) => JSON.parse(JSON.stringify(json))),
      fc.uint8Array(),
      fc.record({ bytes: fc.uint8Array(), text: fc.string() }),
    );
    const text = fc.option(fc.string({ unit: anyCharacter }), { nil: undefined });
    const expiry = fc.option(fc.nat(), { nil: undefined });
    const fields = fc.dictionary(fc.constantFrom('a', 'b', '|', ':'), value);
    fc.assert(
      fc.property(fields, text, expiry, (given, kept, expiresAt) => {
        const stored = encodeRecord(given, expiresAt, kept);
        expect(expiryOf(stored)).to.equal(expiresAt);
        expect(decodeRecord(stored)).to.deep.equal({
          value: { ...given },
          ...(expiresAt !== undefined && { expiresAt }),
        });
        expect(textOf(stored)).to.equal(kept);
      }),
    );
  });

  it('has its text after its value without escaping, also when the same value is stored with another text', () => {
    const record = { id: 'S' };
    expect(encodeRecord(record, 5, '{"a":"b"}\n"')).to.equal('J5|10|{"id":"S"}{"a":"b"}\n"');
    expect(encodeRecord(record, undefined, 'x')).to.equal('J|10|{"id":"S"}x');
  });

  it('is read in the old format, with a name for its text', () => {
    const stored = 'J5|snapshot:10|{"id":"S"}:"';
    expect(decodeRecord(stored)).to.deep.equal({ value: { id: 'S' }, expiresAt: 5 });
    expect(textOf(stored)).to.equal(':"');
  });
});
