import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import fc from 'fast-check';
import { CodeRunner } from '../../../../engine/interpreter/datamodel/codeRunner.ts';
import { CompiledCode } from '../../../../engine/interpreter/datamodel/compiledCode.ts';
import type { Datamodel, DataSession } from '../../../../engine/interpreter/datamodel/datamodel.ts';
import { compileDatamodel } from '../../../../engine/interpreter/datamodel/ecmascript.ts';
import { sharedRealm } from '../../../../engine/interpreter/datamodel/realm.ts';
import { defined } from '../../../../engine/ports/index.ts';
import { anyCharacter } from '../../../support/anyCharacter.ts';
import type { ExpressionDocumentOptions } from '../../../support/expressionDocument.ts';
import { type Code, expressionDocument, script, value } from '../../../support/expressionDocument.ts';
import { outcome, STEP } from '../../../support/openCode.ts';

function compiled(codes: readonly Code[], options: ExpressionDocumentOptions = {}): Datamodel {
  return compileDatamodel(expressionDocument(codes, options));
}

function open(datamodel: Datamodel, snapshot?: string): DataSession {
  const session = datamodel.open({
    sessionId: 'S',
    ioProcessors: {},
    genesys: { ixn: { interactions: {} } },
    ...defined({ snapshot }),
  });
  session.beginStep(STEP);
  return session;
}

/** Runs the first code, takes a snapshot, and evaluates the others before and after restoring it. */
function roundTrip(codes: readonly Code[], options: ExpressionDocumentOptions = {}): unknown[] {
  const datamodel = compiled(codes, options);
  const session = open(datamodel);
  session.run(0);
  const restored = open(datamodel, session.snapshot());
  const results = codes.slice(1).map((_, index) => restored.value(index + 1));
  expect(results).to.deep.equal(codes.slice(1).map((_, index) => session.value(index + 1)));
  return results;
}

describe('Snapshots of the data', () => {
  it('carry plain data unchanged', () => {
    expect(
      roundTrip([script('var a = { b: [1, "x", null, true, { c: {} }] }; var n = -5.25;'), value('[a, n]')]),
    ).to.deep.equal([[{ b: [1, 'x', null, true, { c: {} }] }, -5.25]]);
  });

  it('carry every string, also when it changes between two snapshots', () => {
    const names = ['v', 'in', 'na"me', 'x'.repeat(101)];
    const session = open(compiled([script('0')], { data: names }));
    const text = fc
      .tuple(fc.string({ unit: anyCharacter }), fc.constantFrom(0, 99, 100, 300))
      .map(([own, filling]) => own + 'f'.repeat(filling));
    fc.assert(
      fc.property(
        fc.array(fc.record({ name: fc.constantFrom(...names), text }), { maxLength: 6 }),
        (sets) => {
          for (const { name, text: value } of sets) {
            session.initData(name, { value });
            const restored = open(compiled([script('0')], { data: names }), session.snapshot());
            expect(restored.dump()).to.deep.equal(session.dump());
          }
        },
      ),
    );
  });

  it('drop long strings that the data no longer have', () => {
    const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
    const session = open(compiled([script('0')], { data: names }));
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    setFlagsFromString('--no-expose-gc');
    collect();
    const before = process.memoryUsage().heapUsed;
    for (const name of names) {
      session.initData(name, { value: `${name}${'x'.repeat(1_000_000)}` });
      session.snapshot();
      session.initData(name, { value: 1 });
    }
    expect(session.snapshot()).to.have.length.below(1_000);
    collect();
    expect(process.memoryUsage().heapUsed - before).to.be.below(5_000_000);
  });

  const ODD: readonly (readonly [string, string, string])[] = [
    ['undefined', 'undefined', 'typeof v'],
    ['undefined inside', '[undefined, { a: undefined }]', '["a" in v[1], v.length, typeof v[0]]'],
    ['NaN', 'NaN', 'String(v)'],
    ['infinities', '[Infinity, -Infinity]', 'String(v)'],
    ['-0', '[-0]', '1 / v[0] < 0'],
    ['BigInt', '[12345678901234567890n]', 'String(v)'],
    [
      'Date',
      '{ d: new Date(1234), bad: new Date(NaN) }',
      '[v.d.getTime(), String(v.bad.getTime()), v.d instanceof Date]',
    ],
    [
      'RegExp',
      '(function () { var r = /a(b)/gi; r.lastIndex = 3; return r })()',
      '[v.source, v.flags, v.lastIndex, v instanceof RegExp]',
    ],
    [
      'Map',
      'new Map([["a", 1], [{ k: 1 }, new Map()]])',
      '[[...v.keys()][1].k, v.get("a"), v.size, [...v.values()][1] instanceof Map]',
    ],
    ['Set', 'new Set([1, "1", NaN])', '[v.size, v.has("1"), v.has(NaN)]'],
    [
      'Error',
      '(function () { var e = new TypeError("bad"); e.code = 7; return e })()',
      '[v instanceof TypeError, v.message, v.code, String(v), Object.keys(v)]',
    ],
    [
      'boxed values',
      '[new String("ab"), new Number(3), new Boolean(false)]',
      '[v[0].length, v[1] + 1, typeof v[2], v[2] == false]',
    ],
    [
      'a cycle',
      '(function () { var o = { a: [] }; o.me = o; o.a.push(o.a); return o })()',
      '[v.me === v, v.a[0] === v.a]',
    ],
    [
      'shared identity',
      '(function () { var s = {}; return [s, s, {}] })()',
      '[v[0] === v[1], v[0] === v[2]]',
    ],
    [
      'a sparse array',
      '(function () { var a = [1, , 3]; a.length = 5; return a })()',
      '[1 in v, 2 in v, v.length]',
    ],
    ['properties of arrays', '/b(c)/.exec("abc")', '[v.index, v.input, v[1], v.length, Array.isArray(v)]'],
    [
      'a long sparse array',
      '(function () { var a = []; a[1e9] = 1; return a })()',
      '[v.length, Object.keys(v)]',
    ],
    [
      'frozen objects',
      'Object.freeze({ a: Object.seal([1]), b: Object.preventExtensions({}) })',
      '[Object.isFrozen(v), Object.isSealed(v.a), Object.isExtensible(v.b), v.a[0]]',
    ],
    [
      'an object without a prototype',
      'Object.assign(Object.create(null), { a: 1 })',
      '[Object.getPrototypeOf(v) === null, v.a]',
    ],
    [
      'an object that inherits from another',
      '(function () { var p = { a: 1 }; var o = Object.create(p); o.p = p; return o })()',
      '[v.a, Object.keys(v), Object.getPrototypeOf(v) === v.p]',
    ],
    [
      'a __proto__ property',
      'JSON.parse(\'{"__proto__": {"a": 1}}\')',
      '[Object.keys(v), v.a, Object.getPrototypeOf(v) === Object.prototype]',
    ],
    [
      'names that need care',
      '{ "u": 1, "": 2, "é": 3, "constructor": 4, "toString": 5, "a.b": 6 }',
      '[v.u, v[""], v["é"], v.constructor, v.toString, Object.keys(v)]',
    ],
    ['the event', '_event', '[typeof v]'],
    [
      'intrinsics',
      '{ m: Math, p: Array.prototype.slice, k: Object, x: _x, i: In }',
      '[v.m === Math, v.p === [].slice, v.k === Object, v.x === _x, v.i === In]',
    ],
    ['arguments', '(function () { return arguments })(1, 2)', '[v[0], v[1], Object.keys(v).length]'],
    ['the data object itself', 'this', '[v.v === v]'],
    [
      'lone surrogates',
      '["\\ud800", "\\ud83d\\ude00", "\\u0000\\u2028"]',
      '[v[0].charCodeAt(0), v[1].length, v[2].charCodeAt(1)]',
    ],
  ];

  for (const [what, source, probe] of ODD) {
    it(`carry ${what}`, () => {
      roundTrip([script(`var v = ${source}`), value(probe)]);
    });
  }

  it('carry objects and scopes with any number of names, any names, in order', () => {
    const ordinary = Array.from({ length: 40 }, (_, n) => `name${n}`);
    const name = fc.constantFrom(...ordinary, 'constructor', 'toString', '0', '17', 'a b', '', '\u2028');
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 47 }), fc.boolean(), (names, isTagged) => {
        const codes = [
          script(`
            var object = {};
            for (const name of ${JSON.stringify(names)}) { object[name] = [name]; this[name] = name; }
            ${isTagged ? 'var date = new Date(5);' : ''}
          `),
          value('Object.entries(object)'),
          value('Object.entries(this).filter(([, value]) => typeof value === "string")'),
          value('Object.getPrototypeOf(object) === Object.prototype'),
        ];
        roundTrip(codes, { dialect: 'ors', data: ['name3', 'name4'] });
      }),
      { numRuns: 100 },
    );
  });

  it('restore variables and objects in the fast form of V8, not as hash tables', () => {
    setFlagsFromString('--allow-natives-syntax');
    const isFast = new Function('value', 'return %HasFastProperties(value)') as (value: unknown) => boolean;
    setFlagsFromString('--no-allow-natives-syntax');
    const names = Array.from({ length: 60 }, (_, n) => `name${n}`);
    const declarations = names.map((name) => `var ${name} = [];`).join(' ');
    const object = `{ ${names
      .slice(0, 40)
      .map((name) => `${name}: 1`)
      .join(', ')} }`;
    const data = names.map((_, n) => `item${n}`);
    const objectsOf = {
      w3c: (all: { item0: unknown }) => [all, all.item0],
      ors: (all: { data: { item0: unknown }; s0: unknown }) => [all.data, all.data.item0, all.s0],
    };
    for (const more of ['', 'var date = new Date(5);']) {
      for (const dialect of ['w3c', 'ors'] as const) {
        const item = dialect === 'ors' ? '_data.item0' : 'item0';
        const codes = [script(`${declarations} ${more} ${item} = ${object};`)];
        const code = new CompiledCode(expressionDocument(codes, { dialect, data }), sharedRealm());
        const runner = new CodeRunner(code, 'S', undefined);
        runner.evaluate(0);
        const restored = new CodeRunner(
          code,
          'S',
          runner.call((host) => host.snapshot(runner.data)),
        );
        for (const { data } of [runner, restored]) {
          expect(objectsOf[dialect](data as never).every(isFast), dialect).to.equal(true);
        }
      }
    }
  });

  it('carry functions that scripts and expressions made, bound to the restored session', () => {
    const codes = [
      script(`
        var n = 1;
        function bump() { n += 1; return n; }
        var arrow = (x) => x * n, anonymous = function (x) { return bump() + x; };
        var holder = { inner: { f: function named(k) { return k ? named(k - 1) + 1 : 0; }, g: arrow } };
        var gen = function* () { yield n; };
        function Strict() { 'use strict'; return this === undefined; }
      `),
      value(
        '[bump(), arrow(3), anonymous(1), holder.inner.f(4), holder.inner.g === arrow, [...gen()][0], Strict()]',
      ),
      value('n'),
    ];
    for (const dialect of ['w3c', 'ors'] as const) {
      expect(roundTrip(codes, { dialect })).to.deep.equal([[2, 6, 4, 4, true, 3, true], 3]);
    }
  });

  it('carry functions with properties, and instances with their prototypes', () => {
    roundTrip([
      script(`
        function K(a) { this.a = a; }
        K.prototype.twice = function () { return this.a * 2; };
        K.count = 3;
        function Sub(a) { K.call(this, a); }
        Sub.prototype = Object.create(K.prototype);
        Sub.prototype.constructor = Sub;
        Sub.prototype.thrice = function () { return this.a * 3; };
        class C { #p = 4; get q() { return 1; } m() { return this.v; } static s() { return 6; } constructor() { this.v = 5; } }
        var k = new K(2), sub = new Sub(3);
      `),
      value(
        '[k.twice(), k instanceof K, K.count, sub.twice(), sub.thrice(), sub instanceof Sub, sub instanceof K, Object.keys(k)]',
      ),
      value('[C.s(), new C().m(), sub.constructor === Sub, k.constructor === K]'),
    ]);
  });

  it('carry an instance of a class', () => {
    roundTrip([
      script('class C { m() { return this.v } constructor() { this.v = 5 } } var c = new C()'),
      value('[c.m(), c instanceof C]'),
    ]);
  });

  it('name a value that they cannot carry, and its location', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['{ s: Symbol("x") }', 'a symbol (s) at d.v'],
      ['{ [Symbol.iterator]: 1 }', 'a property named by a symbol at d.v'],
      ['[1][Symbol.iterator]()', 'Array Iterator at d.v'],
      ['(function* () {})()', 'Generator at d.v'],
      ['{ [Symbol.toStringTag]: "Date" }', 'at d.v'],
    ];
    for (const [source, expected] of cases) {
      const session = open(compiled([script(`var v = ${source}`)]));
      session.run(0);
      expect(
        outcome(() => session.snapshot()),
        source,
      )
        .to.include('A snapshot cannot carry')
        .and.include(expected);
    }
  });

  it('carry the scopes of active ORS states', () => {
    const datamodel = compiled(
      [
        script('var a = 1;'),
        script('var b = { x: 2 }; var c;', 1),
        value('[a, b.x, typeof c, c === undefined]', 2),
        value('b', 0),
      ],
      { dialect: 'ors', parents: [-1, 0, 1] },
    );
    const session = open(datamodel);
    session.enterScope(1);
    session.run(0);
    session.run(1);
    const restored = open(datamodel, session.snapshot());
    expect(restored.value(2)).to.deep.equal([1, 2, 'undefined', true]);
    expect(outcome(() => restored.value(3))).to.match(/b is not defined/);
    restored.exitScope(1);
    restored.beginStep(STEP);
    expect(outcome(() => open(datamodel, restored.snapshot()).value(2))).to.match(/b is not defined/);
  });

  it('carry values that the host set under _genesys', () => {
    const datamodel = compiled([value('_genesys.ixn.interactions.i1.udata')], { dialect: 'ors' });
    const session = open(datamodel);
    session.setGenesys(['ixn', 'interactions'], { i1: { udata: { a: 1 } } });
    session.setGenesys(['ixn', 'interactions', 'i1', 'udata'], { a: 2 });
    expect(open(datamodel, session.snapshot()).value(0)).to.deep.equal({ a: 2 });
  });

  it('are the same text again after restoring', () => {
    const datamodel = compiled([
      script('var a = { b: 1 }; function f() {} var d = [new Date(3), f, , undefined]; d.push(d);'),
    ]);
    const session = open(datamodel);
    session.run(0);
    const snapshot = session.snapshot();
    expect(open(datamodel, snapshot).snapshot()).to.equal(snapshot);
  });

  it('carry any JSON value (property)', () => {
    const datamodel = compiled([value('a')], { data: ['a'] });
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const session = open(datamodel);
        session.initData('a', { value: json as never });
        const restored = open(datamodel, session.snapshot());
        expect(JSON.stringify(restored.value(0))).to.equal(JSON.stringify(session.value(0)));
      }),
      { numRuns: 300 },
    );
  });

  it('carry any graph of objects (property)', () => {
    const datamodel = compiled(
      [value('a'), value('describe(a)'), script(GRAPH_CODE), value('a = build(spec)')],
      {
        data: ['a', 'spec'],
      },
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(8), fc.nat(9), fc.nat(9)), { minLength: 1, maxLength: 10 }),
        (spec) => {
          const session = open(datamodel);
          session.run(2);
          session.initData('spec', { value: spec });
          outcome(() => session.value(3));
          const restored = open(datamodel, session.snapshot());
          expect(restored.value(1)).to.equal(session.value(1));
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** build() makes objects of many kinds that refer to each other; describe() shows kinds and identities. */
const GRAPH_CODE = `
  function Kind() { this.own = 1; }
  var maker = function () { return maker; };
  function make(kind) {
    switch (kind) {
      case 0: return {};
      case 1: return [];
      case 2: return new Map();
      case 3: return new Set();
      case 4: return new Date(5);
      case 5: return new Kind();
      case 6: return new RangeError('r');
      case 7: return maker;
      default: return Object.create({ up: -0 });
    }
  }
  function build(spec) {
    var nodes = spec.map(function (part) { return make(part[0]); });
    spec.forEach(function (part, i) {
      link(nodes[i], nodes[part[1] % nodes.length], 'x');
      link(nodes[i], nodes[part[2] % nodes.length], 'y');
      link(nodes[i], [undefined, NaN, -0, 1n, 'é', null, Infinity][part[1] % 7], 'z');
    });
    return nodes;
  }
  function link(from, to, name) {
    if (from instanceof Map) from.set(name, to);
    else if (from instanceof Set) from.add(to);
    else if (Array.isArray(from)) from.push(to);
    else from[name] = to;
  }
  function describe(root) {
    var seen = [];
    function show(value) {
      if (typeof value !== 'object' && typeof value !== 'function' || value === null) {
        return typeof value + (Object.is(value, -0) ? '-0' : String(value));
      }
      var at = seen.indexOf(value);
      if (at >= 0) return '#' + at;
      seen.push(value);
      var kind = Object.prototype.toString.call(value) + (value instanceof Kind) + Object.is(value.up, -0);
      var parts = Object.keys(value).map(function (key) { return key + '=' + show(value[key]); });
      if (value instanceof Map) value.forEach(function (v, k) { parts.push(show(k) + '>' + show(v)); });
      if (value instanceof Set) value.forEach(function (v) { parts.push(show(v)); });
      if (value instanceof Date) parts.push(value.getTime());
      return kind + '{' + parts.join() + '}';
    }
    return show(root);
  }
`;
