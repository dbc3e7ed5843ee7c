import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { WIRE_ERRORS } from '../server/errors/wireErrors.ts';
import { readEnvironment } from '../server/process/environment.ts';

const ROOT = resolve(import.meta.dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** Rows of the README's tables, by their first cell. */
const ROWS = new Map(
  README.split('\n').flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    return cells.length > 3 ? [[cells[1] as string, cells.slice(2).join('|')]] : [];
  }),
);

describe('the README', () => {
  it('lists every error code in the row of its status, and no other', () => {
    const listed = [...ROWS].flatMap(([status, cells]) =>
      /^\d{3}$/.test(status)
        ? [...cells.matchAll(/`([A-Z]+(?:_[A-Z]+)*)`/g)].map(([, code]) => `${code} ${status}`)
        : [],
    );
    const codes = Object.entries(WIRE_ERRORS).map(([code, { status }]) => `${code} ${status}`);
    expect(listed.sort()).to.deep.equal(codes.sort());
  });

  it('names the limits by the names that errors have', () => {
    const sources = ['engine', 'strategies', 'server'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts'))
        .map((path) => readFileSync(join(ROOT, folder, path), 'utf8')),
    );
    const named = new Set([...README.matchAll(/`(MAX_[A-Z_]+)`/g)].map(([, name]) => name as string));
    expect(named.size).to.be.greaterThan(20);
    expect([...named].filter((name) => !sources.some((text) => text.includes(name)))).to.deep.equal([]);
  });

  it('names the variables of the environment that are read', () => {
    const read = new Set<string>();
    readEnvironment(
      new Proxy({} as Record<string, undefined>, {
        get(_target, name) {
          read.add(String(name));
          return undefined;
        },
      }),
    );
    expect([...read].filter((name) => !README.includes(`\`${name}\``))).to.deep.equal([]);
  });

  it('links to files that are there', () => {
    const links = [...README.matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => target as string);
    expect(links).to.not.have.length(0);
    for (const link of links) readFileSync(join(ROOT, link));
  });
});
