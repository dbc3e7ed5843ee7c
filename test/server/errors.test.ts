import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { ERROR_REFERENCE, errorReference } from '../../scripts/writeErrorReference.ts';
import { WIRE_CODES } from '../../server/errors/toWireError.ts';
import { WIRE_ERRORS } from '../../server/errors/wireErrors.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SOURCES = ['engine', 'strategies', 'server'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(ROOT, folder, path), 'utf8')),
);
/** Codes of the tables `const MESSAGES` that make the error classes of the parts. */
const PART_CODES = SOURCES.filter((text) => /extends codedError\(/.test(text)).flatMap((text) =>
  [...text.slice(text.indexOf('const MESSAGES')).matchAll(/^ {2}([A-Z_]+):/gm)].map(
    ([, code]) => code as string,
  ),
);

function isThrown(code: string): boolean {
  const made = new RegExp(`(?:Error|super)\\(\\s*'${code}'`);
  const aliases = Object.entries(WIRE_CODES).filter(([, to]) => to === code);
  return SOURCES.some((text) => made.test(text)) || aliases.some(([from]) => isThrown(from));
}

describe('the table of errors', () => {
  it('is in docs/reference/errors.md as `npm run docs:errors` writes it', () => {
    expect(readFileSync(ERROR_REFERENCE, 'utf8')).to.equal(errorReference());
  });

  it('has no code that nothing throws', () => {
    expect(Object.keys(WIRE_ERRORS).filter((code) => !isThrown(code))).to.deep.equal([]);
  });

  it('has every code of the parts, and each of them is thrown', () => {
    expect(PART_CODES).to.have.length.greaterThan(20);
    const known = (code: string): boolean => code in WIRE_ERRORS || code in WIRE_CODES;
    expect(PART_CODES.filter((code) => !known(code) || !isThrown(code))).to.deep.equal([]);
  });
});
