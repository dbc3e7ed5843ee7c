import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { ENVIRONMENT_VARIABLES } from '../../server/process/environment.ts';

const ROOT = resolve(import.meta.dirname, '../..');

function page(name: string): string {
  return readFileSync(join(ROOT, 'docs/reference', name), 'utf8');
}

describe('the reference of operators', () => {
  it('names limits by names that occur in the code', () => {
    const sources = ['engine', 'strategies', 'server', 'cli'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts'))
        .map((path) => readFileSync(join(ROOT, folder, path), 'utf8')),
    );
    const named = new Set(
      [...page('limits.md').matchAll(/`(MAX_[A-Z_]+)`/g)].map(([, name]) => name as string),
    );
    expect(named.size).to.be.greaterThan(20);
    expect([...named].filter((name) => !sources.some((text) => text.includes(name)))).to.deep.equal([]);
  });

  it('names every environment variable that the server reads', () => {
    const text = page('configuration.md');
    expect(ENVIRONMENT_VARIABLES.filter((name) => !text.includes(`\`${name}\``))).to.deep.equal([]);
  });
});
