// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are document code.
import vm from 'node:vm';
import { expect } from 'chai';
import type { DataSession } from '../../../../engine/interpreter/datamodel/datamodel.ts';
import { compileDatamodel } from '../../../../engine/interpreter/datamodel/ecmascript.ts';
import { defined } from '../../../../engine/ports/index.ts';
import { type Code, expressionDocument, script, value } from '../../../support/expressionDocument.ts';
import { outcome, STEP } from '../../../support/openCode.ts';

const DIALECTS = ['w3c', 'ors'] as const;

/** A script that makes `f`, and the calls whose results it must have in their order. */
const KINDS: readonly (readonly [is: string, setUp: string, call: string])[] = [
  ['a counter', 'var f = (function () { var c = 0; return function () { return ++c; }; })();', 'f()'],
  ['an arrow function', 'var f = (() => { let c = 0; return () => ++c; })();', 'f()'],
  [
    'two functions that share a variable',
    'var f = (function () { var c = 0; return { up: function () { c += 2; }, get: function () { return c; } }; })();',
    '(f.up(), f.get())',
  ],
  [
    'a parameter',
    'function adder(n) { return function (m) { return n + m; }; } var f = adder(2), g = adder(5);',
    '[f(1), g(1)]',
  ],
  [
    'a parameter with a default value',
    'function adder(n, k = n + 1) { return function (m) { return n + m + k; }; } var f = adder(2);',
    'f(1)',
  ],
  [
    'a parameter in a pattern',
    'function make({ a, b: [c] }, ...rest) { return () => [a++, c, rest.length]; } var f = make({ a: 1, b: [2] }, 3, 4);',
    'f()',
  ],
  [
    'arguments',
    'function make() { return () => arguments.length + arguments[0]++; } var f = make(5, 6);',
    'f()',
  ],
  ['this', 'var o = { n: 1, make: function () { return () => ++this.n; } }; var f = o.make();', '[f(), o.n]'],
  [
    'this of a method',
    'var o = { n: 1, make() { return () => ++this.n; } }; var f = o.make();',
    '[f(), o.n]',
  ],
  [
    'this in nested arrow functions',
    'var o = { n: 1, make() { return () => () => ++this.n; } }; var f = o.make();',
    'f()()',
  ],
  [
    'a named function expression',
    'var f = (function () { var c = 0; return function up(n) { return n ? up(n - 1) : ++c; }; })();',
    'f(2)',
  ],
  [
    'the own name in an inner function',
    'var f = (function () { return function self() { return () => typeof self; }; })();',
    'f()()',
  ],
  [
    'a function declaration in a function',
    'var f = (function () { var c = 0; function up() { return ++c; } return up; })();',
    'f()',
  ],
  [
    'functions that call each other',
    'var f = (function () { var c = 0; function even(n) { return n === 0 ? ++c : odd(n - 1); } function odd(n) { return n === 0 ? -1 : even(n - 1); } return even; })();',
    '[f(2), f(3)]',
  ],
  [
    'a function that is used before its declaration',
    'var f = (function () { return later; function later() { return helper(); } function helper() { return 3; } })();',
    'f()',
  ],
  [
    'a method of an object literal',
    'var f = (function () { var c = 0; return { next() { return ++c; } }; })();',
    '[f.next(), f.next.name]',
  ],
  [
    'a method without captured variables',
    'var f = { n: 1, next() { return ++this.n; }, "quoted name"() { return 2; } };',
    '[f.next(), f["quoted name"]()]',
  ],
  [
    'a getter and a setter',
    'var f = (function () { var c = 0; return { get v() { return c; }, set v(n) { c = n * 2; }, w: 1 }; })();',
    '(f.v += 1, [f.v, Object.keys(f)])',
  ],
  [
    'a getter by defineProperty',
    'var f = (function () { var c = 0; var o = {}; Object.defineProperty(o, "v", { get: function () { return ++c; }, enumerable: true, configurable: true }); return o; })();',
    'f.v',
  ],
  [
    'a generator function',
    'var f = (function () { var c = 0; return function* () { yield ++c; yield ++c; }; })();',
    '[...f()]',
  ],
  [
    'a bound function',
    'function add(a, b) { return this.n++ + a + b; } var o = { n: 1 }; var f = add.bind(o, 2);',
    '[f(3), o.n]',
  ],
  [
    'a bound function of a bound function',
    'var f = function (a, b, c) { return [this.n, a, b, c]; }.bind({ n: 1 }, 2).bind(null, 3);',
    'f(4)',
  ],
  [
    'a bound closure',
    'var f = (function () { var c = 0; return function (n) { return c += n; }; })().bind(null, 3);',
    'f()',
  ],
  [
    'a class that captures',
    'var f = (function () { var c = 0; return class { next() { return ++c; } get last() { return c; } }; })();',
    '[new f().next(), new f().last]',
  ],
  [
    'a class in a function',
    'var f = (function () { class A { constructor(n) { this.n = n; } get() { return this.n; } } return function (n) { return new A(n).get(); }; })();',
    'f(4)',
  ],
  [
    'an instance of a class in a function',
    'var f = (function () { class A { constructor(n) { this.n = n; } up() { return ++this.n; } } return new A(4); })();',
    'f.up()',
  ],
  [
    'a class that extends another',
    'class A { constructor(n) { this.n = n; } up() { return ++this.n; } static make(n) { return new this(n); } } class B extends A { up() { return super.up() * 2; } } var f = B.make(3);',
    '[f.up(), f instanceof B, f instanceof A, B.make(1).up(), Object.getPrototypeOf(B) === A, f.constructor === B]',
  ],
  [
    'a class that extends another in a function',
    'var f = (function () { var c = 0; class A { get c() { return ++c; } } class B extends A { get c() { return super.c + 10; } } return new B(); })();',
    'f.c',
  ],
  [
    'a class that extends what a function gives',
    'var f = (function () { var made = 0; const mix = (base) => class extends base { made() { return ++made; } }; return new (mix(mix(Array)))(); })();',
    '(f.push(1), [f.made(), f.length, Array.isArray(f)])',
  ],
  [
    'an error of its own class',
    'class Mine extends Error { constructor(m) { super(m); this.code = 4; } get name() { return "Mine"; } } var f = new Mine("m");',
    '[String(f), f.code++, f instanceof Mine, f instanceof Error]',
  ],
  [
    'a class that extends null',
    'class A extends null { static n() { return 1; } } var f = A;',
    '[f.n(), f.prototype instanceof Object]',
  ],
  [
    'static fields',
    'var made = 0; class A { static n = ++made; static all = [A.n]; static up() { return ++A.n; } } class B extends A { static m = B.n + 1; }',
    '[A.up(), A.all.push(A.n), B.m++, B.up(), made, Object.keys(A)]',
  ],
  [
    'a static field that code removed or added',
    'class A { static n = 1; static m = 2; } delete A.n; A.k = 0;',
    '[A.k++, Object.keys(A), "n" in A]',
  ],
  [
    'names of methods that are constants',
    'class A { constructor() { this.i = 3; } ["a b"]() { return --this.i; } *[Symbol.iterator]() { while (this["a b"]() > 0) yield this.i; } static [`s`] = 5; } var f = new A();',
    '(f.i = 3, [[...f], A.s++])',
  ],
  [
    'a class that uses private fields of objects inside a step only',
    'class A { #n = 1; up() { return ++this.#n; } } var count = 0;',
    'count += new A().up()',
  ],
  [
    'a function with another prototype',
    'function A() {} A.n = 1; function B() {} Object.setPrototypeOf(B, A); var f = B;',
    '[f.n, (A.n += 1)]',
  ],
  [
    'let in a loop',
    'var f = []; for (let i = 0; i < 3; i++) f.push(function () { return i++; });',
    'f.map(function (g) { return g(); })',
  ],
  [
    'let in a loop of a function',
    'var f = (function () { var list = []; for (let i = 0, n = 3; i < n; i++) { if (i === 1) continue; list.push(() => i++); } return list; })();',
    'f.map((g) => g())',
  ],
  [
    'let in a labelled loop',
    'var f = (function () { var list = []; outer: for (let i = 0; i < 4; i++) { for (let j = 0; ; j++) { if (j === i) continue outer; if (i === 3) break outer; list.push(() => [i, j++]); } } return list; })();',
    'f.map((g) => g())',
  ],
  [
    'a variable that the body of a loop changes',
    'var f = (function () { var list = []; for (let i = 0; i < 4; i++) { list.push(() => i); i++; } return list; })();',
    'f.map((g) => g())',
  ],
  [
    'const of for-of',
    'var f = (function () { var list = []; for (const [k, v] of [["a", 1], ["b", 2]]) list.push(() => k + v); return list; })();',
    'f.map((g) => g())',
  ],
  [
    'let of for-in',
    'var f = (function () { var list = []; for (let k in { a: 1, b: 2 }) list.push(() => k += "!"); return list; })();',
    'f.map((g) => g())',
  ],
  [
    'var in a loop',
    'var f = (function () { var list = []; for (var i = 0, n = 2; i < n; i++) list.push(function () { return i; }); return list; })();',
    'f.map(function (g) { return g(); })',
  ],
  [
    'var of for-of',
    'var f = (function () { var list = []; for (var x of [1, 2]) list.push(function () { return x; }); return list; })();',
    'f.map(function (g) { return g(); })',
  ],
  [
    'variables of while loops',
    'var f = (function () { var list = [], i = 0; while (i < 2) { let j = i++; list.push(() => j++); } return list; })();',
    'f.map((g) => g())',
  ],
  ['a variable of a block', 'var f; { let c = 1; const k = 2; f = () => (c += k); }', 'f()'],
  [
    'a variable of catch',
    'var f = (function () { try { throw { n: 1 }; } catch ({ n }) { return () => ++n; } })();',
    'f()',
  ],
  [
    'a variable of switch',
    'var f = (function (x) { switch (x) { case 1: let c = 10; return () => ++c; default: return null; } })(1);',
    'f()',
  ],
  [
    'a function in a block',
    'var f = (function () { if (true) { var c = 0; function up() { return ++c; } } return up; })();',
    'f()',
  ],
  [
    'destructured variables',
    'var f = (function () { var { a, b } = { a: 1, b: 2 }; let [x, y] = [3, 4]; [x, a] = [a, x]; return () => [a++, b, x, y]; })();',
    'f()',
  ],
  [
    'a variable that is deleted and asked for its type',
    'var f = (function () { var c = 1; return () => [delete c, typeof c, c++]; })();',
    'f()',
  ],
  [
    'all operators of assignment',
    'var f = (function () { var c = 1, d; return () => { c += 2; c **= 2; c %= 7; d ??= c; d ||= 5; c++; --d; return [c, d]; }; })();',
    'f()',
  ],
  [
    'a captured function that is called without this',
    '"use strict"; var f = (function () { var g = function () { return this === undefined; }; return () => g(); })();',
    'f()',
  ],
  [
    'closures of closures',
    'var f = (a) => { var n = 0; return (b) => { var m = 0; return (c) => [a, b, c, ++n, ++m]; }; }; f = f(1)(2);',
    'f(3)',
  ],
  [
    'values of other types',
    'var f = (function () { var d = new Date(5), m = new Map([[1, { a: NaN }]]), o = {}; o.self = o; return () => [d.getTime(), m.get(1).a !== m.get(1).a, o.self === o, ++m.get(1).n]; })();',
    'f()',
  ],
  [
    'a module with private state',
    'var f = (function () { var list = []; function add(x) { list.push(x); return api; } var api = { add: add, size: function () { return list.length; } }; return api; })();',
    'f.add(1).add(2).size()',
  ],
  [
    'memoised results',
    'var f = (function () { var cache = {}; return function (n) { return n in cache ? "hit" : (cache[n] = n * 2); }; })();',
    '[f(1), f(1), f(2)]',
  ],
  [
    'once',
    'var f = (function () { function once(g) { var done = false, v; return function () { if (!done) { done = true; v = g.apply(this, arguments); } return v; }; } var n = 0; return once(function () { return ++n; }); })();',
    'f()',
  ],
  [
    'functions with properties',
    'var f = (function () { var c = 0; function g() { return ++c + g.extra++; } g.extra = 10; return g; })();',
    'f()',
  ],
  [
    'prototypes of captured constructors',
    'var f = (function () { var made = 0; function K(n) { this.n = n; made++; } K.prototype.get = function () { return [this.n++, made]; }; return new K(7); })();',
    '[f.get(), f.constructor.name]',
  ],
  [
    'template strings and tags',
    'var f = (function () { var n = 1; var tag = (p, ...v) => p.join("|") + v.join(); return () => tag`a${n++}b`; })();',
    'f()',
  ],
  [
    'default values that other parameters give',
    'var f = (function () { var k = 3; return (a, b = a + k++) => [a, b]; })();',
    'f(1)',
  ],
  [
    'eval inside a closure',
    'var f = (function () { var c = 1; return function () { return c++ + eval("1 + 1"); }; })();',
    'f()',
  ],
];

function open(codes: readonly Code[], dialect: 'w3c' | 'ors', snapshot?: string): DataSession {
  const session = compileDatamodel(expressionDocument(codes, { dialect })).open({
    sessionId: 'S',
    ioProcessors: {},
    ...defined({ snapshot }),
  });
  session.beginStep(STEP);
  return session;
}

/** Results of the call, three times, each in a session that is restored before it. */
function restoredResults(codes: readonly Code[], dialect: 'w3c' | 'ors'): unknown[] {
  let session = open(codes, dialect);
  session.run(0);
  return [1, 2, 3].map(() => {
    session = open(codes, dialect, session.snapshot());
    return session.value(1);
  });
}

describe('Functions that capture variables', () => {
  for (const [is, setUp, call] of KINDS) {
    it(`continue after each restore as in JavaScript: ${is}`, () => {
      const codes = [script(setUp), value(`JSON.stringify(${call})`)];
      const plain = vm.runInNewContext(
        `${setUp}\n;[1, 2, 3].map(function () { return JSON.stringify(${call}); })`,
      ) as string[];
      for (const dialect of DIALECTS) {
        const session = open(codes, dialect);
        session.run(0);
        const unrestored = [1, 2, 3].map(() => session.value(1));
        expect(unrestored, `${dialect}, not restored`).to.deep.equal([...plain]);
        expect(restoredResults(codes, dialect), `${dialect}, restored`).to.deep.equal([...plain]);
      }
    });
  }

  it('keep the identity of functions and of the variables that they share', () => {
    const codes = [
      script(
        'var made = (function () { var c = 0; var up = function () { return ++c; }; return { up: up, same: up, list: [up, function () { return c; }] }; })();',
      ),
      value('[made.up === made.same, made.up === made.list[0], made.up(), made.list[1]()]'),
    ];
    expect(restoredResults(codes, 'w3c')).to.deep.equal([
      [true, true, 1, 1],
      [true, true, 2, 2],
      [true, true, 3, 3],
    ]);
  });

  it('cannot assign constants that they capture', () => {
    const codes = [
      script('var f = (function () { const k = 1; return () => { k = 2; }; })();'),
      value('f()'),
    ];
    expect(() => restoredResults(codes, 'w3c')).to.throw('TypeError: Assignment to constant variable k');
  });

  it('show nothing of the scope objects', () => {
    const codes = [
      script(
        'var f = (function () { var c = 1; return function () { return [c, Reflect.ownKeys(f).join(), f.toString()]; }; })();',
      ),
      value('f()'),
    ];
    expect(restoredResults(codes, 'w3c')[0]).to.deep.equal([
      1,
      'length,name,arguments,caller,prototype',
      'function () { [code] }',
    ]);
  });

  /** Values that no snapshot carries, and the message. */
  const REFUSED: readonly (readonly [code: string, message: string])[] = [
    ['var f = (function* () { yield 1; })();', 'Generator at d.f'],
    ['var f = { [Symbol("s")]: 1 };', 'a property named by a symbol at d.f'],
    ['var f = Symbol("s");', 'a symbol (f) at d'],
    ['var f = eval("(function () { return 1; })");', 'the function (without a name) at d.f'],
    [
      'class A { #n = 1; up() { return ++this.#n; } } class B extends A {} var b = new B();',
      'the private parts of an object of the class A at d.b',
    ],
    ['class A { static #n = 1; }', 'the function A at d.A'],
    ['var n = "x"; class A { [n]() {} }', 'the function A at d.A'],
    [
      'var f = (function () { var g = (function* () { yield 1; })(); return () => g; })();',
      'Generator at d.f.(closure).g',
    ],
    ['var f = (a, g = () => a) => g; f = f(1);', 'the function g at d.f'],
    ['var f = [1][Symbol.iterator]();', 'Array Iterator at d.f'],
  ];
  for (const [code, message] of REFUSED) {
    it(`are named with their position where a snapshot cannot carry them: ${code}`, () => {
      const session = open([script(code)], 'w3c');
      session.run(0);
      expect(outcome(() => session.snapshot())).to.equal(
        `script: TypeError: A snapshot cannot carry ${message}`,
      );
    });
  }
});
