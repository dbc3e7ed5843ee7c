// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are document code.
import { expect } from 'chai';
import { script, value } from '../../support/expressionDocument.ts';
import { openCode, outcome } from '../../support/openCode.ts';

/** Ways to the host's objects (data-model.md section 4). Each would give the secret of the environment. */
const READS = `('return typeof process === "undefined" ? 0 : process.env.ORSAY_SECRET')()`;

const ATTACKS: readonly string[] = [
  'process.env.ORSAY_SECRET',
  'globalThis.process.env.ORSAY_SECRET',
  'global.process.env.ORSAY_SECRET',
  'require("process").env.ORSAY_SECRET',
  `this.constructor.constructor${READS}`,
  `(function () { return this })().constructor.constructor${READS}`,
  `(function () { return this })().process`,
  `(function () {}).constructor${READS}`,
  `(() => 1).constructor${READS}`,
  `(function* () {}).constructor('yield process.env.ORSAY_SECRET')().next().value`,
  `Function${READS}`,
  `new Function('return process.env.ORSAY_SECRET')()`,
  `Reflect.construct(Function, ['return process.env.ORSAY_SECRET'])()`,
  `Reflect.getPrototypeOf(function* () {}).constructor('return 1')()`,
  `_event.constructor.constructor${READS}`,
  `_event.data.constructor.constructor${READS}`,
  `_ioprocessors.constructor.constructor${READS}`,
  `_x.constructor.constructor${READS}`,
  `In.constructor${READS}`,
  `In('a').constructor.constructor${READS}`,
  `(function () { try { null.x } catch (e) { return e.constructor.constructor${READS} } })()`,
  `(function () { try { In(Symbol()) } catch (e) { return e.constructor.constructor${READS} } })()`,
  `(function () { try { JSON.parse('{') } catch (e) { return e.constructor.constructor${READS} } })()`,
  `(function () { try { new Array(-1) } catch (e) { return e.constructor.constructor${READS} } })()`,
  `(function () { try { 'x'.repeat(2 ** 30) } catch (e) { return e.constructor.constructor${READS} } })()`,
  `(function () { try { decodeURIComponent('%') } catch (e) { return e.constructor.constructor${READS} } })()`,
  `(function f() { try { return f() } catch (e) { return e.constructor.constructor${READS} } })()`,
  `(function f() { try { return f() } catch (e) { return e.stack } })()`,
  `(function f() { try { return f() } catch (e) { return eval('1;' + 'e.constructor.constructor') } })()`,
  `(function f() { try { return f() } catch (e) { return In('x').constructor.constructor${READS} } })()`,
  `(function f(n) { try { return f(n + 1) } catch (e) { try { eval('n' + n) } catch (g) { return g.constructor.constructor${READS} } } })(0)`,
  `import('process')`,
  `import('process').catch(function (e) { return e.constructor.constructor${READS} })`,
  `(async function () {})()`,
  `(async () => import('process'))()`,
  `({ async f() {} }).f()`,
  `(async function* () {})()`,
  `(class { static async f() {} }).f()`,
  `new Promise(function (done, fail) { fail(1) })`,
  `eval('process.env.ORSAY_SECRET')`,
  `eval('import("process")')`,
  `eval('(async()=>1)()')`,
  `eval('this.constructor.constructor')${READS}`,
  `(0, eval)('process.env.ORSAY_SECRET')`,
  `[eval][0]('process.env.ORSAY_SECRET')`,
  `eval.constructor${READS}`,
  `eval.call(null, 'process.env.ORSAY_SECRET')`,
  `new Proxy({}, {})`,
  `new WebAssembly.Module(new Uint8Array(8))`,
  `new SharedArrayBuffer(8)`,
  `new WeakRef({})`,
  `Intl.DateTimeFormat().resolvedOptions()`,
  `console.log.constructor${READS}`,
  `setTimeout(function () {}, 0)`,
  `queueMicrotask(function () {})`,
  `structuredClone({})`,
  `Error.prepareStackTrace = function (e, frames) { return frames[0].getThis() }`,
  `Object.defineProperty(Error, 'prepareStackTrace', { value: function (e, s) { return s } })`,
  `(function () { Error.stackTraceLimit = 10; return new Error('x').stack })()`,
  `(function () { var o = {}; Error.captureStackTrace(o); return o.stack })()`,
  `(function f() { return f.caller })()`,
  `(function f() { return f.arguments })()`,
  `(function f() { return f.caller.caller })()`,
  `arguments`,
  `(() => arguments[0])()`,
  `orsay$k`,
  `orsay$s`,
  `orsay$g.n = 1e9`,
  `(function (orsay$g) { return orsay$g })({ n: 1 })`,
  `(function () { var orsay$d = 1; return orsay$d })()`,
  `(function () { let { a: orsay$k } = { a: 1 }; return orsay$k })()`,
  `(class orsay$k {})`,
  `(function () { try { throw 1 } catch (orsay$k) { return orsay$k } })()`,
  `(function orsay$k() { return 1 })()`,
  `orsay\\u0024k`,
  `$d`,
  `({}).__proto__.constructor.constructor${READS}`,
  `Object.getOwnPropertyDescriptor(Object.prototype, 'toString').get.constructor${READS}`,
  `Object.prototype.__lookupGetter__('__proto__').constructor${READS}`,
  `[].concat.constructor${READS}`,
  `Date.constructor${READS}`,
  `new Date().constructor.constructor${READS}`,
  `Math.random.constructor${READS}`,
  `({}).toSource.constructor${READS}`,
  `({ toString: function () { return this.constructor.constructor } })`,
  `Symbol.for('x').constructor.constructor${READS}`,
  `new.target`,
  `super.x`,
  `import.meta.url`,
  `await 1`,
  `a)(b`,
  `a);(process`,
  `1}; process; {1`,
  `\${process}`,
  '`${process.env.ORSAY_SECRET}`',
  `function(){}}; process.env.ORSAY_SECRET; ({`,
  `debugger`,
];

/** Ways to another session of the process. Each sets what PROBE looks for. */
const TRACES: readonly string[] = [
  'Object.prototype.orsayTrace = 1',
  'Array.prototype.push = function () { return 1 }',
  'JSON.stringify = function () { return "1" }',
  'JSON.orsayTrace = 1',
  'Math.orsayTrace = 1',
  'Function.prototype.call = function () {}',
  'Function.prototype.orsayTrace = 1',
  'Object.defineProperty(Object.prototype, "orsayTrace", { value: 1 })',
  'Object.setPrototypeOf(Object.prototype, { orsayTrace: 1 })',
  'Object.setPrototypeOf(Array.prototype, { orsayTrace: 1 })',
  '({}).__proto__.orsayTrace = 1',
  'Object.getPrototypeOf([][Symbol.iterator]()).next = function () { return { done: true } }',
  'Object.getPrototypeOf(function* () {}).orsayTrace = 1',
  'Object.getPrototypeOf(/a/g[Symbol.matchAll]("a")).orsayTrace = 1',
  '/secret(.*)/.test("secretorsayTrace")',
  'Symbol.orsayTrace = 1',
  'Symbol.iterator.orsayTrace = 1',
  'Date.now = function () { return 1 }',
  'Date.orsayTrace = 1',
  'Math.random = function () { return 1 }',
  'Object.getOwnPropertyDescriptor(Object.prototype, "toString").set.orsayTrace = 1',
  'Object.getOwnPropertyDescriptor(Array.prototype, "push").set.call(Array.prototype, 1)',
  'In.orsayTrace = 1',
  '_x.orsayTrace = 1',
  '({}).toSource.orsayTrace = 1',
  'Error.prototype.message = "orsayTrace"',
  'delete Object.prototype.hasOwnProperty',
  'RegExp.prototype.exec = function () { return null }',
  'String.prototype.trim = function () { return "orsayTrace" }',
  'Error.stackTraceLimit = 1',
  'this.constructor = 1',
  'orsayTrace = 1',
  'var orsayTrace = 1',
  'eval("var orsayTrace = 1")',
];

const PROBE = `JSON.stringify([
  ({}).orsayTrace, [].orsayTrace, (function () {}).orsayTrace, JSON.orsayTrace, Math.orsayTrace, In.orsayTrace,
  _x.orsayTrace, Symbol.orsayTrace, Date.orsayTrace, ({}).toSource.orsayTrace,
  typeof orsayTrace, [1].push(2), [...'ab'].length, Date.now(), Math.random(), Object.keys(RegExp),
  RegExp.$1, RegExp.input, RegExp.lastMatch, RegExp['$_'], new Error().message, ' a '.trim(), /a/.exec('a'),
  typeof ({}).hasOwnProperty, Error.stackTraceLimit, (function () {}).call(1), Object.getOwnPropertyNames(Symbol),
])`;

describe('Escapes from document code', () => {
  const SECRET = 'the secret of the environment';

  before(() => {
    process.env.ORSAY_SECRET = SECRET;
  });

  after(() => {
    delete process.env.ORSAY_SECRET;
  });

  for (const attack of ATTACKS) {
    it(`give nothing of the host: ${attack}`, () => {
      for (const dialect of ['w3c', 'ors'] as const) {
        const session = openCode(
          [
            value(attack),
            script(`var got = ${attack}`),
            script(`got = (${attack})`),
            value('got'),
            script(attack),
          ],
          { dialect, data: ['got'] },
        );
        session.setEvent({ name: 'e', type: 'external', data: { a: 1 } });
        session.initData('got', { value: null });
        const seen: unknown[] = [outcome(() => session.value(0)), outcome(() => session.text(0))];
        for (const slot of [1, 2, 4]) {
          seen.push(
            outcome(() => session.run(slot)),
            outcome(() => session.value(3)),
            outcome(() => session.text(3)),
          );
        }
        const shown = JSON.stringify(seen);
        expect(shown).to.not.include(SECRET);
        expect(shown).to.not.match(/file:|\.ts:|node:|\[object (global|process)\]/);
      }
    });
  }

  it('shows code no stack', () => {
    const session = openCode([
      value('(function () { try { null.x } catch (e) { return String(e.stack) } })()'),
    ]);
    expect(session.value(0)).to.equal('undefined');
  });

  for (const trace of TRACES) {
    it(`leave nothing for another session: ${trace}`, () => {
      const fresh = openCode([value(PROBE)]).value(0);
      const attacker = openCode([script(trace), value(trace)]);
      outcome(() => attacker.run(0));
      outcome(() => attacker.value(1));
      expect(openCode([value(PROBE)]).value(0)).to.equal(fresh);
    });
  }

  it('keeps two sessions of one document apart', () => {
    const codes = [
      script(
        'var list = []; function add(x) { list.push(x); add.count = (add.count || 0) + 1; return list; }',
      ),
      value('add(1)'),
      value('[list, add.count]'),
    ];
    const first = openCode(codes);
    const second = openCode(codes);
    for (const session of [first, second]) session.run(0);
    first.value(1);
    first.value(1);
    second.value(1);
    expect([first.value(2), second.value(2)]).to.deep.equal([
      [[1, 1], 2],
      [[1], 1],
    ]);
  });
});
