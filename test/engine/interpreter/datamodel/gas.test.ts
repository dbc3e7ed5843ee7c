import { expect } from 'chai';
import { script, value } from '../../../support/expressionDocument.ts';
import { openCode, outcome, STEP } from '../../../support/openCode.ts';

/** Endless code that gas stops in the process (data-model 5). */
const ENDLESS: readonly string[] = [
  'while (true);',
  'for (;;) {}',
  'do {} while (1)',
  'for (;;) { try { for (;;); } catch (e) {} }',
  'for (;;) { try { for (;;); } finally { continue } }',
  'for (;;) { try { throw 1 } catch { } finally { } }',
  'l: while (true) { try { while (true); } finally { continue l } }',
  'function f() { try { f() } catch (e) { f() } finally { f() } } f()',
  'function f() { while (true) { try { f() } catch (e) { } } } f()',
  'var g = (function* () { for (;;) yield 1 })(); for (var x of g);',
  'for (var x of { [Symbol.iterator]() { return { next() { return { done: false } }, return() { for (;;); } } } });',
  '[1, 2].sort(function () { for (;;); })',
  'JSON.stringify({ toJSON() { for (;;); } })',
  'JSON.parse("[1]", function () { for (;;); })',
  '"aaa".replace(/a/g, function () { for (;;); })',
  'String({ toString() { for (;;); } })',
  '({ valueOf() { for (;;); } }) + 1',
  '({ get a() { for (;;); } }).a',
  'Array.from({ length: 1e9 }, function () { return 1 })',
  'new (class { constructor() { for (;;); } })()',
  '(class { f = (() => { for (;;); })() }); new (class { f = (() => { for (;;); })() })()',
  'var o = { [Symbol.toPrimitive]() { for (;;); } }; +o',
  'eval("for (;;);")',
  'eval("while (1) { try { while (1); } catch (e) {} }")',
  'for (;;) eval("1" + Math.random())',
  'for (;;) _event',
  'for (let i = 0; ; i++) { (() => i)() }',
  'with ({ a: 1 }) { for (;;) a++ }',
  'switch (1) { default: for (;;); }',
  'var a = [1]; for (var i = 0; i < a.length; i++) a.push(1)',
  'throw { get message() { for (;;); } }',
  'throw { toString() { for (;;); } }',
];

describe('Gas of document code', () => {
  for (const source of ENDLESS) {
    it(`ends: ${source}`, () => {
      const session = openCode([script(source), value('1 + 1')]);
      expect(outcome(() => session.run(0))).to.be.oneOf(['limit MAX_CODE_STEPS', 'limit MAX_EVAL_CODES']);
      session.beginStep(STEP);
      expect(session.value(1)).to.equal(2);
    });
  }

  it('is not refilled before the next step', () => {
    const session = openCode([script('for (;;);'), value('(function () { return 1 })()'), value('2')]);
    outcome(() => session.run(0));
    expect(outcome(() => session.value(1))).to.equal('limit MAX_CODE_STEPS');
    session.beginStep(STEP);
    expect(session.value(1)).to.equal(1);
  });

  it('is counted per session', () => {
    const first = openCode([script('for (;;);')]);
    const second = openCode([value('(function () { return 1 })()')]);
    outcome(() => first.run(0));
    expect(second.value(0)).to.equal(1);
    expect(outcome(() => first.run(0))).to.equal('limit MAX_CODE_STEPS');
  });

  it('covers code that runs while values leave the realm', () => {
    const endless = '{ for (;;); }';
    const session = openCode([
      value(`({ toJSON() ${endless} })`),
      value(`({ toString() ${endless} })`),
      value(`({ [Symbol.iterator]() ${endless} })`),
      value(`({ get a() ${endless} })`),
    ]);
    for (const run of [
      () => session.value(0),
      () => session.text(1),
      () => session.openForeach(2),
      () => session.value(3),
    ]) {
      expect(outcome(run)).to.equal('limit MAX_CODE_STEPS');
      session.beginStep(STEP);
    }
  });

  it('lets a document catch its own stack overflow, and reports an uncaught one', () => {
    const session = openCode([
      value('(function f() { return f() })()'),
      value(
        '(function () { try { (function f() { return f() })() } catch (e) { return e instanceof RangeError } })()',
      ),
      script('var a = []; for (var i = 0; i < 100000; i++) a = [a];'),
      value('a'),
    ]);
    const many = { ...STEP, gas: 10_000_000 };
    session.beginStep(many);
    expect(outcome(() => session.value(0))).to.match(/^script: RangeError: Maximum call stack/);
    expect(session.value(1)).to.equal(true);
    session.run(2);
    expect(outcome(() => session.value(3))).to.match(/^script: /);
    expect(outcome(() => session.snapshot())).to.be.a('string');
  });
});

describe('Sizes of values that leave the realm', () => {
  it('have named limits', () => {
    const session = openCode(
      [
        value("'x'.repeat(5e6)"),
        value("['x'.repeat(5e6)]"),
        value("({ toString() { return 'x'.repeat(5e6) } })"),
        script('var a = ["x"]; for (var i = 0; i < 60; i++) a = [a, a];'),
        value('a'),
        script('var s = "x".repeat(1000000); for (var i = 0; i < 6; i++) s += s;'),
        script("__Log('x'.repeat(5e6))"),
        script("throw new Error('y'.repeat(5e6))"),
        script("eval('1'.repeat(3e5))"),
        value("({ toJSON() { return ['x'.repeat(5e6)] } })"),
        value("[[1].toSource.call('x'.repeat(5e6))]"),
      ],
      { dialect: 'ors' },
    );
    for (const run of [
      () => session.value(0),
      () => session.value(1),
      () => session.text(2),
      () => session.value(9),
      () => session.value(10),
    ]) {
      expect(outcome(run)).to.equal('limit MAX_VALUE_CHARS');
    }
    session.run(3);
    expect(outcome(() => session.value(4))).to.equal('limit MAX_VALUE_CHARS');
    expect(outcome(() => session.run(6))).to.equal('limit MAX_VALUE_CHARS');
    expect(outcome(() => session.run(8))).to.equal('limit MAX_EVAL_CHARS');
    expect((outcome(() => session.run(7)) as string).length).to.be.lessThan(1100);
    session.run(5);
    expect(outcome(() => session.snapshot())).to.equal('limit MAX_SNAPSHOT_CHARS');
  });
});

describe('Thrown values of every kind', () => {
  const THROWN: readonly (readonly [string, string])[] = [
    ['null', 'script: null'],
    ['undefined', 'script: undefined'],
    ['0', 'script: 0'],
    ["''", 'script: '],
    ['Symbol("s")', 'script: Symbol(s)'],
    ['1n', 'script: 1'],
    ['{}', 'script: {}'],
    ['{ code: 5 }', 'script: {"code":5}'],
    ['function f() {}', 'script: function f() { [code] }'],
    ['new Error("plain")', 'script: Error: plain'],
    ['new Error("two\\nlines")', 'script: Error: two\nlines'],
    ['new TypeError()', 'script: TypeError'],
    ['{ name: 5, message: "only message" }', 'script: only message'],
    ['{ get message() { throw 1 } }', 'script: The code threw a value that cannot be shown'],
    ['{ get message() { throw null } }', 'script: The code threw a value that cannot be shown'],
    ['{ toString() { throw this } }', 'script: The code threw a value that cannot be shown'],
    ['{ toString: null, valueOf: null }', 'script: {"toString":null,"valueOf":null}'],
    ['Object.create(null)', 'script: {}'],
    ['{ toJSON() { throw this } }', 'script: The code threw a value that cannot be shown'],
    ['{ message: { toString() { throw 1 } } }', 'script: {"message":{}}'],
    [
      '{ get message() { return (function f() { return f() })() } }',
      'script: The code threw a value that cannot be shown',
    ],
  ];

  for (const [thrown, expected] of THROWN) {
    it(`become text: ${thrown}`, () => {
      const session = openCode([script(`throw (${thrown})`)]);
      expect(outcome(() => session.run(0))).to.equal(expected);
    });
  }

  it('are cut to a limit', () => {
    const session = openCode([script('throw "z".repeat(1e6)')]);
    expect(outcome(() => session.run(0))).to.equal(`script: ${'z'.repeat(1000)}...`);
  });
});
