import vm from 'node:vm';
import { expect } from 'chai';
import { script, value } from '../../../support/expressionDocument.ts';
import { openCode } from '../../../support/openCode.ts';

describe('toSource', () => {
  const CASES: readonly (readonly [string, string])[] = [
    ['{ a: 1, "b c": [1, "x", null] }', '({a:1, "b c":[1, "x", null]})'],
    ['[]', '[]'],
    ['"te\\"xt"', '(new String("te\\"xt"))'],
    ['5', '(new Number(5))'],
    ['-0', '(new Number(-0))'],
    ['true', '(new Boolean(true))'],
    ['new Date(5)', '(new Date(5))'],
    ['/a\\/b/gi', '/a\\/b/gi'],
    [
      '{ u: undefined, n: NaN, i: -Infinity, d: new Date(1), f: function name() {} }',
      '({u:(void 0), n:NaN, i:-Infinity, d:(new Date(1)), f:(function f() {})})',
    ],
    ['new TypeError("bad")', '(new TypeError("bad"))'],
    ['[new String("s"), [[]]]', '[(new String("s")), [[]]]'],
    ['{ 1: 2, $a_1: 3, "": 4, "é": 5 }', '({"1":2, $a_1:3, "":4, "é":5})'],
  ];

  for (const [source, expected] of CASES) {
    it(`shows ${source}`, () => {
      const shown = openCode([value(`(${source}).toSource()`)], { dialect: 'ors' }).value(0) as string;
      expect(shown.replace('(function name() {})', '(function f() {})')).to.equal(expected);
      vm.runInNewContext(shown);
    });
  }

  it('shows the event', () => {
    const session = openCode([value('_event.toSource()')], { dialect: 'ors' });
    session.setEvent({ name: 'done', type: 'external', data: { requestid: '1' } });
    expect(session.value(0)).to.match(/^\(\{name:"done", type:"external", .*data:\{requestid:"1"\}\}\)$/);
  });

  it('stops at an object that contains itself', () => {
    const session = openCode([
      script('var a = { list: [] }; a.me = a; a.list.push(a, a.list);'),
      value('a.toSource()'),
    ]);
    session.run(0);
    expect(session.value(1)).to.equal('({list:[{}, []], me:{}})');
  });

  it('is not listed among the properties of objects', () => {
    const session = openCode([
      script('var names = []; for (var name in { a: 1 }) names.push(name);'),
      value('names'),
    ]);
    session.run(0);
    expect(session.value(1)).to.deep.equal(['a']);
  });

  it('gives text that eval turns into an equal value', () => {
    const session = openCode([value("JSON.stringify(eval({ a: [1, 'x'], d: { e: null } }.toSource()))")]);
    expect(session.value(0)).to.equal('{"a":[1,"x"],"d":{"e":null}}');
  });
});
