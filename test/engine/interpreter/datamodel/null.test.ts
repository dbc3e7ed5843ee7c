import { expect } from 'chai';
import { createSession, type DocumentError } from '../../../../engine/index.ts';
import { readCase } from '../../../support/cases.ts';
import { condition, location, script, value } from '../../../support/expressionDocument.ts';
import { openCode, outcome } from '../../../support/openCode.ts';
import { brief, parse, problemsOf, SCXML } from '../document/memoryFiles.ts';

describe('Null data model', () => {
  it("evaluates In('id') and In(id) and reports a fault for every other condition", () => {
    const session = openCode(
      [
        condition("In('s1')"),
        condition(' In("s2") '),
        condition('true'),
        condition('!In("s1")'),
        condition('In( s1 )'),
        condition("In('s1)"),
      ],
      {
        datamodel: 'null',
      },
    );
    session.setConfiguration(['s1']);
    expect([0, 1, 4].map((slot) => session.condition(slot))).to.deep.equal([true, false, true]);
    expect(outcome(() => session.condition(5))).to.match(/conditions other than In/);
    expect(outcome(() => session.condition(2))).to.match(
      /^script: The null data model has no conditions other than In/,
    );
    expect(outcome(() => session.condition(3))).to.match(
      /^script: The null data model has no conditions other than In/,
    );
  });

  it('reports a fault for every element that needs data', () => {
    const session = openCode([value('1'), location('a'), script('1')], { datamodel: 'null' });
    for (const run of [
      () => session.value(0),
      () => session.text(0),
      () => session.assign(1, 0),
      () => session.assignJson(1, 1),
      () => session.run(2),
      () => session.openForeach(0),
      () => session.declare('a'),
      () => session.initData('a', { value: 1 }),
    ]) {
      expect(outcome(run)).to.match(/^script: The null data model has no /);
    }
    expect([
      session.isDeclared('a'),
      session.dump(),
      session.drainRequests(),
      session.snapshot(),
    ]).to.deep.equal([false, {}, [], '']);
  });

  /** Lines in a state, the event that makes it run, and the problems. Line 1 is that of <scxml>. */
  const OTHERS: readonly (readonly [is: string, lines: string, at: readonly string[]])[] = [
    ['<data>', '<datamodel><data id="v"/></datamodel>', ['2:12 error NULL_DATAMODEL_DATA']],
    ['<data expr>', '<datamodel><data id="v" expr="1"/></datamodel>', ['2:12 error NULL_DATAMODEL_DATA']],
    ['<data> with text', '<datamodel><data id="v">1</data></datamodel>', ['2:12 error NULL_DATAMODEL_DATA']],
    ['<assign>', '<onentry><assign location="v" expr="1"/></onentry>', ['2:18', '2:31']],
    ['<script>', '<onentry><script>1</script></onentry>', ['2:18']],
    ['<foreach>', '<onentry><foreach array="a" item="i"/></onentry>', ['2:19', '2:29']],
    ['<log expr>', '<onentry><log expr="1"/></onentry>', ['2:15']],
    ['<if> with another condition', '<onentry><if cond="true"/></onentry>', ['2:14']],
    ['a condition around In()', '<transition cond="!In(s)" target="f"/>', ['2:13']],
    ['a condition of two In()', '<transition cond="In(s) || In(s)" target="f"/>', ['2:13']],
    ['<send eventexpr>', '<onentry><send eventexpr="1"/></onentry>', ['2:16']],
    ['<invoke srcexpr>', '<invoke srcexpr="1"/>', ['2:9']],
  ];
  for (const [is, lines, at] of OTHERS) {
    it(`refuses data at load, and makes error events of other code: ${is}`, async () => {
      const xml = `<scxml ${SCXML} datamodel="null"><state id="s">\n${lines}<transition event="error.execution" target="t"/></state><state id="t"/><state id="f"/></scxml>`;
      const problems = (await problemsOf(xml)).filter(({ code }) => code !== 'STATE_UNREACHABLE');
      expect(problems.map(brief)).to.deep.equal(
        at.map((found) => `main.scxml:${/ /.test(found) ? found : `${found} warning NULL_DATAMODEL`}`),
      );
      if (problems.some(({ severity }) => severity === 'error')) return;
      const session = createSession(await parse(xml));
      session.start();
      expect([...session.configuration]).to.deep.equal(['t']);
    });
  }

  it('loads a document with In(id) and literal content', async () => {
    const lines =
      '<onentry><log label="l"/><raise event="e"/></onentry><transition cond="In(s)" event="e" target="f"/>';
    const xml = `<scxml ${SCXML} datamodel="null"><state id="s">${lines}</state><final id="f"><donedata><content>x</content></donedata></final></scxml>`;
    const session = createSession(await parse(xml));
    session.start();
    expect([session.status, session.donedata]).to.deep.equal(['completed', 'x']);
  });

  for (const binding of ['early', 'late'] as const) {
    it(`turns data that were not refused into error events, with ${binding} binding`, async () => {
      const xml = `<scxml ${SCXML}><datamodel><data id="v" expr="1"/></datamodel><state id="s"><transition event="error.execution" target="t"/></state><state id="t"/></scxml>`;
      const session = createSession({ ...(await parse(xml)), datamodel: 'null', binding });
      session.start();
      expect([...session.configuration]).to.deep.equal(['t']);
    });
  }

  it('refuses the document nulldata', async () => {
    const error = await readCase('nulldata').catch((thrown: unknown) => thrown);
    expect((error as DocumentError).problems.map(brief)).to.deep.equal([
      'nulldata.scxml:2:14 error NULL_DATAMODEL_DATA',
    ]);
  });
});
