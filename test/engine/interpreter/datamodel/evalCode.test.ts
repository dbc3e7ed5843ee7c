import { expect } from 'chai';
import { compileDatamodel } from '../../../../engine/interpreter/datamodel/ecmascript.ts';
import { expressionDocument, location, script, value } from '../../../support/expressionDocument.ts';
import { openCode, outcome, STEP } from '../../../support/openCode.ts';

describe('eval in document code', () => {
  it('parses JSON as ORS documents do', () => {
    const session = openCode([value("eval('(' + _event.data.content + ')')")], { dialect: 'ors' });
    session.setEvent({ name: 'e', type: 'external', data: { content: ' {"a": [1, {"b": null}]} ' } });
    expect(session.value(0)).to.deep.equal({ a: [1, { b: null }] });
  });

  it('runs code in the scope of the expression', () => {
    const session = openCode(
      [
        script("var App_Target = { requestid: 'r1' };", 1),
        script("var name = 'Target';", 2),
        value("eval('App_' + name + '.requestid')", 2),
        value("eval('App_' + 'Target' + '.requestid')", 0),
        script("eval('App_Target.requestid = \\'r2\\'')", 2),
        location('RequestId', 1),
        script('var RequestId;', 1),
      ],
      { dialect: 'ors', parents: [-1, 0, 1] },
    );
    session.enterScope(1);
    session.run(0);
    session.run(6);
    session.enterScope(2);
    session.run(1);
    expect(session.value(2)).to.equal('r1');
    expect(outcome(() => session.value(3))).to.equal('script: ReferenceError: App_Target is not defined');
    session.run(4);
    session.assign(5, 2);
    expect(session.value(2)).to.equal('r2');
  });

  it('gives the value of the last expression statement', () => {
    const texts = [
      '1; 2',
      'if (true) { 3 } else { 4 }',
      'var a = 5',
      'a',
      '',
      "'text'",
      '{ 7; } var b',
      'for (var i = 0; i < 3; i++) i',
      'function f() { return 1 } f() + 1',
      '({ x: 1 })',
      '[1, 2]; 8; ;',
    ];
    const session = openCode(texts.map((text) => value(`eval(${JSON.stringify(text)})`)));
    expect(texts.map((_, slot) => session.value(slot))).to.deep.equal([
      2,
      3,
      undefined,
      5,
      undefined,
      'text',
      7,
      2,
      2,
      { x: 1 },
      8,
    ]);
  });

  it('returns an argument that is not a string', () => {
    const session = openCode([value('eval(5)'), value('eval()'), value('eval({ a: 1 })')]);
    expect([session.value(0), session.value(1), session.value(2)]).to.deep.equal([5, undefined, { a: 1 }]);
  });

  it('throws errors that documents can catch', () => {
    const session = openCode([
      value(
        "(function () { try { eval('(') } catch (e) { return [e.name, e instanceof SyntaxError, e instanceof Error] } })()",
      ),
      value("eval('nothing')"),
      value("eval('with')"),
    ]);
    expect(session.value(0)).to.deep.equal(['SyntaxError', true, true]);
    expect(outcome(() => session.value(1))).to.equal('script: ReferenceError: nothing is not defined');
    expect(outcome(() => session.value(2))).to.match(/^script: SyntaxError/);
  });

  it('can use names that no other code of the document uses', () => {
    const session = openCode([value('eval(\'_event.name + In("s") + _ioprocessors.a\')')], {
      ioProcessors: { a: 1 },
    });
    session.setConfiguration(['s']);
    session.setEvent({ name: 'go', type: 'external' });
    expect(session.value(0)).to.equal('gotrue1');
  });

  it('declares variables and functions for the document', () => {
    const session = openCode([script("eval('var a = 1; function f() { return a + 1 }')"), value('[a, f()]')]);
    session.run(0);
    expect(session.value(1)).to.deep.equal([1, 2]);
  });

  it('is found in every spelling, and is not a value', () => {
    const session = openCode(
      [value("\\u0065val('1 + 1')"), value("(eval)('2 + 2')"), value('typeof eval'), value('var_ = eval')],
      { data: ['var_'] },
    );
    expect([session.value(0), session.value(1), session.value(2)]).to.deep.equal([2, 4, 'function']);
    expect(outcome(() => session.value(3))).to.equal('script: ReferenceError: eval is not defined');
  });

  it('may be a local name of a function', () => {
    const session = openCode([
      script('var a = (function (eval) { return eval(3) })(function (x) { return x + 1 })'),
      value('a'),
    ]);
    session.run(0);
    expect(session.value(1)).to.equal(4);
  });

  it('keeps compiled texts by the state in which they run, and separates sessions', () => {
    const document = expressionDocument(
      [
        script("var who = 'one';", 1),
        script("var who = 'two';", 2),
        value("eval('who')", 1),
        value("eval('who')", 2),
      ],
      { dialect: 'ors', parents: [-1, 0, 0] },
    );
    const datamodel = compileDatamodel(document);
    const open = () => {
      const session = datamodel.open({ sessionId: 'S', ioProcessors: {} });
      session.beginStep(STEP);
      for (const state of [1, 2]) session.enterScope(state);
      return session;
    };
    const session = open();
    session.run(0);
    session.run(1);
    expect([session.value(2), session.value(3)]).to.deep.equal(['one', 'two']);
    expect(outcome(() => open().value(2))).to.equal('script: ReferenceError: who is not defined');
  });

  it('runs many different texts', () => {
    const session = openCode([
      script("var sum = 0; for (var i = 0; i < 600; i++) { sum += eval('0, ' + i) }"),
      value('sum'),
    ]);
    session.beginStep({ ...STEP, gas: 10_000_000 });
    session.run(0);
    expect(session.value(1)).to.equal((599 * 600) / 2);
  });
});
