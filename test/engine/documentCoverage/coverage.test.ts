import { expect } from 'chai';
import {
  Coverage,
  countsOf,
  coverageLcov,
  coverageText,
  type DocumentCoverage,
} from '../../../engine/documentCoverage/index.ts';
import { parseDocument } from '../../../engine/interpreter/index.ts';
import { stepper } from '../../../engine/interpreter/stepper/index.ts';

const DOCUMENT = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" initial="a">
  <state id="a" initial="a1">
    <state id="a1"><transition event="next" cond="_event.data &gt; 1" target="b"/></state>
    <state id="a2"/>
    <transition event="stay"/>
  </state>
  <parallel id="b">
    <state id="p"><transition event="both" target="p"/></state>
    <!-- Text between the regions. -->
    <state id="q"><transition event="both" cond="false" target="q"/></state>
    <transition event="out" target="h"/>
  </parallel>
  <state id="c">
    <history id="h"><transition target="c1"/></history>
    <state id="c1"><transition event="back" target="a"/></state>
  </state>
</scxml>`;

async function coverageOf(
  ...runs: readonly (readonly (readonly [string, unknown?])[])[]
): Promise<DocumentCoverage> {
  const document = await parseDocument(DOCUMENT, { baseUrl: new URL('file:///documents/c.scxml') });
  const coverage = new Coverage();
  for (const events of runs) {
    coverage.begin();
    const session = await stepper(document, { onRecord: coverage.record });
    session.start();
    for (const [name, data] of events) session.send(name, data);
  }
  return coverage.documents[0]!;
}

describe('the coverage of scenarios', () => {
  it('counts states, transitions, outcomes of conditions and pairs', async () => {
    expect(countsOf(await coverageOf([]))).to.deep.equal({
      states: { passed: 2, all: 8 },
      transitions: { passed: 0, all: 6 },
      guards: { passed: 0, all: 4 },
      pairs: { passed: 0, all: 11 },
    });
    const run = [
      ['stay'],
      ['next', 1],
      ['next', 2],
      ['both'],
      ['both'],
      ['out'],
      ['back'],
      ['stay'],
    ] as const;
    expect(countsOf(await coverageOf(run))).to.deep.equal({
      states: { passed: 7, all: 8 },
      transitions: { passed: 5, all: 6 },
      guards: { passed: 3, all: 4 },
      pairs: { passed: 5, all: 11 },
    });
  });

  it('counts no pair over the border of two sessions', async () => {
    const { pairs } = await coverageOf([['stay']], [['stay']]);
    expect([...pairs.values()].filter(({ count }) => count > 0)).to.deep.equal([]);
  });

  it('tells people the parts that were not passed', async () => {
    const lines = coverageText(await coverageOf([['next', 2]]), {
      pathOf: () => 'document',
      whereAll: '--json',
    });
    expect(lines.slice(0, 9)).to.deep.equal([
      'document: states 5/8 62%, transitions 1/6 16%, guards 1/4 25%, pairs 0/11 0%',
      '  never entered: a2 (document:4:5)',
      '  never entered: c (document:13:3)',
      '  never entered: c1 (document:15:5)',
      '  never taken: a on stay (document:5:5)',
      '  never taken: b -> h on out (document:11:5)',
      '  never taken: p -> p on both (document:8:19)',
      '  never taken: q -> q on both if false (document:10:19)',
      '  never taken: c1 -> a on back (document:15:20)',
    ]);
    expect(lines)
      .to.include('  never false: _event.data > 1 (document:3:45)')
      .and.include('  never evaluated: false (document:10:44)');
  });

  it('writes the LCOV form', async () => {
    const lines = coverageLcov(
      [
        await coverageOf([
          ['next', 1],
          ['next', 2],
        ]),
      ],
      (file) => file.slice(8),
    ).split('\n');
    expect(lines.slice(0, 3)).to.deep.equal(['TN:', 'SF:documents/c.scxml', 'FN:2,a']);
    expect(lines.filter((line) => line.startsWith('BR'))).to.deep.equal([
      'BRDA:3,2,0,1',
      'BRDA:3,2,1,1',
      'BRDA:10,5,0,-',
      'BRDA:10,5,1,-',
      'BRF:4',
      'BRH:2',
    ]);
    expect(lines).to.include('DA:3,2').and.include('DA:4,0').and.include('end_of_record');
  });
});
