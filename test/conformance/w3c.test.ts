import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type Shown, type Start, startHosted, startInMemory, startOverHttp } from '../support/conformance.ts';
import { frameworkFolder } from '../support/peers.ts';

/** One row of fixtures/conformance/w3c.json. */
interface Row {
  readonly id: string;
  /** Section of the Recommendation. */
  readonly section: string;
  /** As W3C's manifest says; 'extra' is not in it. */
  readonly level: 'mandatory' | 'optional' | 'extra';
  readonly check: 'automated' | 'manual';
  readonly runs: readonly (keyof typeof RUNS)[];
  readonly expectation: 'pass' | 'fail' | 'skip';
  readonly reason?: string;
  /** The document is ours: a file of fixtures/conformance. */
  readonly document?: string;
  /** Undoes an edit that the package made in the document of W3C. */
  readonly restore?: { readonly from: string; readonly to: string };
  /** How a program checks a manual test. Absent: by the state 'pass'. */
  readonly by?: keyof typeof CHECKS;
}

const RUNS = {
  memory: { name: 'in memory', start: startInMemory },
  host: { name: 'through the host', start: startHosted },
  http: { name: 'over a loopback server', start: startOverHttp },
} as const satisfies { readonly [run: string]: { readonly name: string; readonly start: Start } };

/** W3C's notes on the manual tests, as a program can read them off the log. */
const CHECKS = {
  /** 301: the document is rejected. */
  refused: ({ status }: Shown) => status === 'refused',
  /** 415: the session halts at once. */
  'ends at once': ({ status, configuration }: Shown) =>
    status === 'completed' && configuration.join() === 'final',
  /** 178: both values of the repeated key are in the message. */
  'both keys': ({ log }: Shown) => log.some(({ text }) => text.includes('Var1=2') && text.includes('Var1=3')),
  /** 230: parent and child log the same of the event that is forwarded. */
  'same fields': ({ log }: Shown) => {
    const said = (byChild: boolean) => log.filter((line) => line.byChild === byChild).map(sentence);
    return said(true).length === 7 && said(true).join('\n') === said(false).join('\n');
  },
  /** 250: the cancelled child runs its exit handlers, innermost first. */
  'exit handlers': ({ log }: Shown) => log.map(({ text }) => text).join() === 'Exiting sub01,Exiting sub0',
  /**
   * 307: data that is not there yet and data without the substructure log the same, and neither is an error.
   */
  'same behaviour': ({ log }: Shown) =>
    log.length === 4 && log[0]!.text === log[2]!.text && log.every(({ label }) => !label.startsWith('error')),
} as const;

function sentence({ label, text }: { readonly label: string; readonly text: string }): string {
  return `${label}${text}`;
}

/** Longer than any timer of the suite. */
const ENOUGH_MS = 60_000;

const fixtures = new URL('../../fixtures/conformance/', import.meta.url);
const table = JSON.parse(readFileSync(new URL('w3c.json', fixtures), 'utf8')) as readonly Row[];

async function outcome(row: Row, start: Start): Promise<string> {
  const folder = new URL('w3c-ecma/', frameworkFolder());
  const url =
    row.document === undefined
      ? new URL(`test${row.id}.txml.scxml`, folder)
      : new URL(row.document, fixtures);
  const running = await start(url, (file) => {
    const text = readFileSync(file, 'utf8');
    return row.restore && file.href === url.href ? restored(text, row.restore) : text;
  });
  try {
    await running.advance(ENOUGH_MS);
    return passed(row, await running.show()) ? 'pass' : 'fail';
  } finally {
    await running.close();
  }
}

function passed({ by }: Row, shown: Shown): boolean {
  return by === undefined ? shown.configuration.join() === 'pass' : CHECKS[by](shown);
}

function restored(text: string, { from, to }: NonNullable<Row['restore']>): string {
  const parts = text.split(from);
  if (parts.length !== 2) {
    throw new Error(`Expected ${from} once in the document, got it ${parts.length - 1} times.`);
  }
  return parts.join(to);
}

describe("W3C's implementation report plan", () => {
  it('has a row of the table for each document, and no other row', () => {
    const files = readdirSync(new URL('w3c-ecma/', frameworkFolder())).filter((name) =>
      name.endsWith('.txml.scxml'),
    );
    const ofPackage = table.filter(({ document, runs }) => document === undefined && runs.length > 0);
    expect(ofPackage.map(({ id }) => `test${id}.txml.scxml`).sort()).to.deep.equal(files.sort());
    expect(new Set(table.map(({ id }) => id)).size).to.equal(table.length);
  });

  it('has 160 mandatory and 33 optional automated tests, 12 of them for basic HTTP, and a reason for each exception', () => {
    const count = (level: string) =>
      table.filter((row) => row.level === level && row.check === 'automated').length;
    expect([count('mandatory'), count('optional')]).to.deep.equal([160, 33]);
    expect(table.filter(({ runs }) => runs.includes('http'))).to.have.length(12);
    const bare = table.filter(
      (row) => (row.expectation !== 'pass' || row.restore) && row.reason === undefined,
    );
    expect(bare).to.deep.equal([]);
  });

  for (const row of table) {
    const about = `${row.id} (${row.section}, ${row.level}${row.check === 'manual' ? ', manual' : ''})`;
    for (const run of row.runs) {
      it(`${about} ${RUNS[run].name}: ${row.expectation}`, async () => {
        expect(await outcome(row, RUNS[run].start)).to.equal(row.expectation);
      });
    }
    if (row.runs.length === 0) it(`${about}: ${row.reason}`);
  }
});
