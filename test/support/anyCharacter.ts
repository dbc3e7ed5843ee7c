import fc from 'fast-check';

/**
 * Any character of Unicode, for `fc.string({ unit: anyCharacter })`. The unit 'binary' of fast-check says the
 * same, but each such string takes three seconds and 100 MB for a table of all characters.
 */
export const anyCharacter: fc.Arbitrary<string> = fc
  .oneof(
    { arbitrary: fc.integer({ min: 0, max: 0xd7ff }), weight: 3 },
    { arbitrary: fc.integer({ min: 0xe000, max: 0x10ffff }), weight: 1 },
  )
  .map((code) => String.fromCodePoint(code));
