import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';

const ROOT = resolve(import.meta.dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

describe('the README', () => {
  it('links to files that are there', () => {
    const links = [...README.matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => target as string);
    expect(links).to.not.have.length(0);
    for (const link of links) readFileSync(join(ROOT, link));
  });

  it('has at most 8 KB', () => {
    expect(Buffer.byteLength(README)).to.be.at.most(8192);
  });
});
