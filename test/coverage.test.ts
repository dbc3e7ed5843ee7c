import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';

const ROOT = resolve(import.meta.dirname, '..');
const STATUSES = ['exact', 'difference', 'no effect', 'absent'] as const;
const TITLE = '| row | status | note | source | test |';

type Status = (typeof STATUSES)[number];

interface Row {
  readonly chapter: string;
  readonly row: string;
  readonly status: string;
  readonly note: string;
  /** Paths of test files, in backticks; a title may follow. */
  readonly tests: readonly string[];
  readonly cells: number;
}

function readRows(markdown: string): Row[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const [chapter = '', ...lines] = section.split('\n');
      return lines
        .filter((line) => line.startsWith('| ') && line !== TITLE && !line.startsWith('| ---'))
        .map((line) => {
          const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
          const [, row = '', status = '', note = '', , test = ''] = cells;
          const tests = [...test.matchAll(/`([^`]+\.ts)`/g)].map(([, path]) => path!);
          return { chapter, row, status, note, tests, cells: cells.length };
        });
    });
}

const rows = readRows(readFileSync(join(ROOT, 'docs/reference/coverage.md'), 'utf8'));

describe('the table of coverage', () => {
  it('has rows of five cells with a known status', () => {
    const wrong = rows.filter(
      ({ status, row, cells }) => cells !== 7 || row === '' || !STATUSES.includes(status as Status),
    );
    expect(wrong).to.deep.equal([]);
    expect(rows.length).to.be.greaterThan(400);
  });

  it('names a test for each row', () => {
    expect(rows.filter(({ tests }) => tests.length === 0)).to.deep.equal([]);
  });

  it('names only tests that exist', () => {
    const missing = rows.flatMap(({ chapter, row, tests }) =>
      tests.filter((path) => !existsSync(join(ROOT, path))).map((path) => ({ chapter, row, path })),
    );
    expect(missing).to.deep.equal([]);
  });

  it('gives a note for each row that works in another form or has no effect', () => {
    const silent = rows.filter(
      ({ status, note }) => (status === 'difference' || status === 'no effect') && note === '',
    );
    expect(silent).to.deep.equal([]);
  });

  for (const chapter of new Set(rows.map((row) => row.chapter))) {
    const count = (status: Status) =>
      rows.filter((row) => row.chapter === chapter && row.status === status).length;
    const counts = STATUSES.filter((status) => count(status) > 0).map(
      (status) => `${count(status)} ${status}`,
    );
    it(`counts in ${chapter}: ${counts.join(', ')}`, () => {
      expect(counts).not.to.be.empty;
    });
  }
});
