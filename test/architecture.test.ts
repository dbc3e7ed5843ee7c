import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';

const ROOT = resolve(import.meta.dirname, '..');
const TEXT = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
const MAX_FILES = 20;

/** The numbered lists of files, by the heading above each. */
const WALKS = new Map(
  TEXT.split(/^### /m)
    .slice(1)
    .map((section) => [
      section.split('\n')[0]!,
      [...section.matchAll(/^\d+\. `([^`]+)`/gm)].map(([, file]) => file!),
    ]),
);

const QUESTIONS = [...TEXT.matchAll(/^\| [^|]+ \| `([^`]+)` +\|$/gm)].map(([, file]) => file!);

describe('docs/architecture.md', () => {
  it('follows three requests through at most 20 files each, none of them twice', () => {
    expect([...WALKS.keys()]).to.deep.equal([
      'Creating a callback',
      'An event into a session',
      "An agent's accept",
    ]);
    for (const [name, files] of WALKS) {
      expect(files.length, name).to.be.within(5, MAX_FILES);
      expect(files, name).to.deep.equal([...new Set(files)]);
    }
  });

  it('answers at least twelve questions with one file each', () => {
    expect(QUESTIONS.length).to.be.at.least(12);
  });

  it('names files that are there', () => {
    const named = [...WALKS.values()].flat().concat(QUESTIONS);
    expect(named.filter((file) => !existsSync(join(ROOT, file)))).to.deep.equal([]);
  });
});
