import { expect } from 'chai';
import fc from 'fast-check';
import { decodeRecord, encodeRecord, expiryOf, KeptText } from '../../../engine/host/recordCodec.ts';

describe('A record as it is stored', () => {
  it('comes back with its bytes, its kept text and its time to live, whatever they hold', () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.uint8Array(),
      fc.record({ bytes: fc.uint8Array(), text: fc.string() }),
    );
    const kept = fc.option(fc.string({ unit: 'binary' }), { nil: undefined });
    const expiry = fc.option(fc.nat(), { nil: undefined });
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('a', 'b', '|', ':'), value),
        kept,
        expiry,
        (fields, text, expiresAt) => {
          const record = { ...fields, ...(text !== undefined && { kept: new KeptText(text) }) };
          const stored = encodeRecord(record, expiresAt);
          expect(expiryOf(stored)).to.equal(expiresAt);
          const { kept: found, ...rest } = decodeRecord<Record<string, unknown>>(stored).value;
          expect(rest).to.deep.equal({ ...fields });
          expect((found as KeptText | undefined)?.text).to.equal(text);
          expect(found === undefined || found instanceof KeptText).to.equal(true);
        },
      ),
    );
  });

  it('has its kept text behind it as it is', () => {
    const record = { id: 'S', snapshot: new KeptText('{"a":"b"}\n"') };
    expect(encodeRecord(record, 5)).to.equal('J5|snapshot:10|{"id":"S"}{"a":"b"}\n"');
  });
});
