import { expect } from 'chai';
import { condition, location, script, value } from '../../../support/expressionDocument.ts';
import { openCode, outcome } from '../../../support/openCode.ts';

describe('Null data model', () => {
  it("evaluates In('id') and reports a fault for every other condition", () => {
    const session = openCode(
      [condition("In('s1')"), condition(' In("s2") '), condition('true'), condition('!In("s1")')],
      {
        datamodel: 'null',
      },
    );
    session.setConfiguration(['s1']);
    expect([session.condition(0), session.condition(1)]).to.deep.equal([true, false]);
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
});
