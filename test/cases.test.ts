import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

const CASES = join(import.meta.dirname, '../fixtures/cases');

/** The first cells of the table. `\_\*` at the end of a name is any ending. */
function listedNames(): readonly string[] {
  const rows = readFileSync(join(CASES, 'README.md'), 'utf8').split('\n');
  return rows
    .filter((row) => row.startsWith('| ') && !/^\| (?:-|document )/.test(row))
    .flatMap((row) => row.split('|')[1]!.split(','))
    .map((name) => name.trim().replaceAll('\\', ''));
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('node_modules'));
}

describe('the documents of fixtures/cases', () => {
  const names = readdirSync(CASES)
    .filter((name) => name.endsWith('.scxml'))
    .map((name) => name.slice(0, -'.scxml'.length));

  it('are all in the table of their README, and no others', () => {
    const listed = listedNames();
    const isListed = (name: string): boolean =>
      listed.some((item) => (item.endsWith('*') ? name.startsWith(item.slice(0, -1)) : item === name));
    expect(names.filter((name) => !isListed(name))).to.deep.equal([]);
    expect(listed.filter((item) => !item.endsWith('*') && !names.includes(item))).to.deep.equal([]);
  });

  it('are each played by a test', () => {
    const text = filesIn(import.meta.dirname)
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n');
    const isPlayed = (name: string): boolean => new RegExp(`['"]${name}['"]`).test(text);
    expect(names.filter((name) => !isPlayed(name))).to.deep.equal([]);
  });
});
