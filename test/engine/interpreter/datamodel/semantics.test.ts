import { expect } from 'chai';
import fc from 'fast-check';
import type { Json } from '../../../../engine/ports/json.ts';
import { anyCharacter } from '../../../support/anyCharacter.ts';
import { condition, location, script, value } from '../../../support/expressionDocument.ts';
import { openCode, outcome, STEP } from '../../../support/openCode.ts';

describe('ECMAScript data model, W3C dialect', () => {
  it('reads and assigns data ids', () => {
    const session = openCode([location('a'), value('a + 1')], { data: ['a'] });
    session.initData('a', { value: 1 });
    session.assign(0, 1);
    expect(session.value(1)).to.equal(3);
  });

  it('gives a declared data id the value undefined until it is set', () => {
    const session = openCode([value('typeof a')], { data: ['a'] });
    session.declare('a');
    expect(session.value(0)).to.equal('undefined');
  });

  it('faults when an undeclared name is read, assigned or incremented', () => {
    const session = openCode([value('a'), location('a'), value('a = 1'), value('a++'), value('1')]);
    expect(outcome(() => session.value(0))).to.equal('script: ReferenceError: a is not defined');
    expect(outcome(() => session.assign(1, 4))).to.equal(
      'location: ReferenceError: a is not a location that can be assigned',
    );
    expect(outcome(() => session.value(2))).to.match(/^location: ReferenceError: a/);
    expect(outcome(() => session.value(3))).to.match(/^script: ReferenceError: a/);
  });

  it('gives typeof of an undeclared name', () => {
    expect(openCode([condition("typeof a === 'undefined'")]).condition(0)).to.equal(true);
  });

  it('faults when a script declares a new name in a scope that is not extensible', () => {
    for (const dialect of ['w3c', 'ors'] as const) {
      for (const declaration of ['var b = 1;', 'let b = 1;', 'function b() {}']) {
        const session = openCode([script('Object.freeze(this)'), script(declaration)], { dialect });
        session.run(0);
        expect(outcome(() => session.run(1))).to.equal(
          'script: TypeError: Cannot add property b, object is not extensible',
        );
      }
    }
  });

  it('shares the top-level vars and functions of scripts with expressions', () => {
    const session = openCode([
      script('var a = 1; function next() { a += 1; return a; }'),
      value('next() + a'),
    ]);
    session.run(0);
    expect(session.value(1)).to.equal(4);
  });

  it('hoists vars and functions, also out of blocks', () => {
    const session = openCode([
      script(
        'before = typeof late; r = f(); if (true) { var late = 1; function f2() { return 9; } } function f() { return 2; }',
      ),
      value('[before, r, late, f2()]'),
    ]);
    session.run(0);
    expect(session.value(1)).to.deep.equal(['undefined', 2, 1, 9]);
  });

  it('declares a var without a change of its present value', () => {
    const session = openCode([script('var a; a = (a || 0) + 1;'), value('a')]);
    session.run(0);
    session.run(0);
    expect(session.value(1)).to.equal(2);
  });

  it('runs a script with top-level let, const and class twice', () => {
    const session = openCode([
      script('let a = 1; const b = 2; class C { three() { return 3; } }'),
      value('a + b + new C().three()'),
    ]);
    session.run(0);
    session.run(0);
    expect(session.value(1)).to.equal(6);
  });

  it('lets a script create a variable by assigning it', () => {
    const session = openCode([script('a = 5'), value('a')]);
    session.run(0);
    expect(session.value(1)).to.equal(5);
  });

  it('uses the data object as `this` in scripts and in functions that are called without `this`', () => {
    const session = openCode([
      script(
        'this.a = 1; function f() { this.b = 2; } f(); function g() { return (() => this.a)(); } c = g();',
      ),
      value('[a, b, c]'),
    ]);
    session.run(0);
    expect(session.value(1)).to.deep.equal([1, 2, 1]);
  });

  it('refuses to assign system variables, in locations and in code', () => {
    const names = ['_event', '_sessionid', '_name', '_ioprocessors', '_x'];
    for (const name of names) {
      const session = openCode([location(name), value(`${name} = 1`), script(`${name} = 1`), value('1')]);
      expect(
        outcome(() => session.assign(0, 3)),
        name,
      ).to.match(/^location: /);
      expect(
        outcome(() => session.value(1)),
        name,
      ).to.match(/^location: /);
      expect(
        outcome(() => session.run(2)),
        name,
      ).to.match(/^location: /);
    }
  });

  it('gives the system variables', () => {
    const session = openCode([value('[_sessionid, _name, _ioprocessors, typeof _x, typeof _event]')], {
      name: 'doc',
      sessionId: 'S9',
      ioProcessors: { scxml: { location: 'here' } },
    });
    expect(session.value(0)).to.deep.equal([
      'S9',
      'doc',
      { scxml: { location: 'here' } },
      'object',
      'undefined',
    ]);
  });

  it('makes _event a frozen object with all of its fields', () => {
    const session = openCode([
      value('[_event.name, _event.type, _event.data.x, typeof _event.sendid, "origin" in _event]'),
      location('_event.name'),
      value("'z'"),
      value('_event'),
    ]);
    session.setEvent({ name: 'go', type: 'external', data: { x: 1 } });
    expect(session.value(0)).to.deep.equal(['go', 'external', 1, 'undefined', true]);
    expect(outcome(() => session.assign(1, 2))).to.match(/^location: TypeError/);
    expect(session.value(3)).to.deep.equal({ name: 'go', type: 'external', data: { x: 1 } });
  });

  it('gives undefined as _event.data of an event without data, and primitives unchanged', () => {
    const session = openCode([value('typeof _event.data'), value('_event.data')]);
    session.setEvent({ name: 'a', type: 'internal' });
    expect(session.value(0)).to.equal('undefined');
    session.setEvent({ name: 'a', type: 'internal', data: 'text' });
    expect(session.value(1)).to.equal('text');
    session.setEvent({ name: 'a', type: 'internal', data: null });
    expect(session.value(1)).to.equal(null);
  });

  it('gives _event.data without -0, as JSON would', () => {
    const session = openCode([value('Object.is(_event.data.zero, 0)')]);
    session.setEvent({ name: 'e', type: 'external', data: { zero: -0 } });
    expect(session.value(0)).to.equal(true);
  });

  it('gives any _event.data as JSON represents it', () => {
    const session = openCode([
      value('JSON.stringify(_event.data)'),
      value('Object.getPrototypeOf(_event.data) === Object.prototype'),
    ]);
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom('__proto__', 'toString', 'constructor', 'toJSON', '1', '0'),
    );
    const one = fc.oneof(
      fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, undefined, null, true, 1.5),
      fc.string({ unit: anyCharacter }),
      fc.jsonValue({ maxDepth: 2 }),
      fc.date(),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, one), { maxLength: 20 }), (fields) => {
        const data = Object.fromEntries(fields) as Json;
        session.setEvent({ name: 'e', type: 'external', data });
        expect(session.value(0)).to.equal(JSON.stringify(data));
        expect(session.value(1)).to.equal(true);
      }),
    );
  });

  it('answers In() from the configuration', () => {
    const session = openCode([condition("In('s1')"), condition("In('s2')")]);
    expect(session.usesConfiguration).to.equal(true);
    session.setConfiguration(['s1', 's1.a']);
    expect([session.condition(0), session.condition(1)]).to.deep.equal([true, false]);
    session.setConfiguration(['s2']);
    expect([session.condition(0), session.condition(1)]).to.deep.equal([false, true]);
  });

  it('tells when a document does not use the configuration', () => {
    expect(openCode([value('1')]).usesConfiguration).to.equal(false);
  });

  it('resolves names in the object of a with statement first', () => {
    const session = openCode([
      script(`
        var o = { a: 1, f: function () { return this.a; } }, b = 5;
        with (o) { a = 2; b = 6; c = f(); var d = a; }
        function inside(p) { with (p) { var q = z + b; q += 1; return q; } }
        e = inside({ z: 10, b: 1 });
      `),
      value('[o.a, b, c, d, e]'),
    ]);
    session.run(0);
    expect(session.value(1)).to.deep.equal([2, 6, 2, 2, 12]);
  });

  it('treats scripts as sloppy and expressions as strict', () => {
    const session = openCode([
      script(
        'octal = 010; frozen = Object.freeze({ a: 1 }); frozen.a = 2; callee = (function () { return typeof arguments.callee; })();',
      ),
      value('[octal, frozen.a, callee]'),
      value('function (a, a) {}'),
      value('frozen.a = 2'),
    ]);
    session.run(0);
    expect(session.value(1)).to.deep.equal([8, 1, 'function']);
    expect(outcome(() => session.value(2))).to.match(/^script: SyntaxError/);
    expect(outcome(() => session.value(3))).to.match(/^script: TypeError/);
  });

  it('throws for an expression that does not compile only when it is evaluated', () => {
    const session = openCode([
      value('a)(b'),
      value(''),
      value('1;2'),
      value('1 +'),
      condition('if'),
      value('7'),
    ]);
    for (const slot of [0, 1, 2, 3]) {
      expect(
        outcome(() => session.value(slot)),
        String(slot),
      ).to.match(/^script: SyntaxError/);
    }
    expect(outcome(() => session.condition(4))).to.match(/^script: SyntaxError/);
    expect(session.value(5)).to.equal(7);
  });

  it('accepts an object literal and a function as an expression', () => {
    const session = openCode(
      [value('{a: 1}'), value('function(x) { return x + 1 }'), location('f'), value('f(2)')],
      {
        data: ['f'],
      },
    );
    expect(session.value(0)).to.deep.equal({ a: 1 });
    expect(session.value(1)).to.equal(undefined);
    session.assign(2, 1);
    expect(session.value(3)).to.equal(3);
  });

  it('refuses an expression that is not a location', () => {
    const session = openCode(
      [location('1'), location('a + 1'), location('f()'), location("'x"), value('1')],
      {
        data: ['a'],
      },
    );
    for (const slot of [0, 1, 2, 3]) {
      expect(
        outcome(() => session.assign(slot, 4)),
        String(slot),
      ).to.match(/^location: /);
    }
  });

  it('assigns members, computed members and values from outside', () => {
    const session = openCode([location('o.list[0].x'), location("o['y']"), value('o')], { data: ['o'] });
    session.initData('o', { value: { list: [{}] } });
    session.assignJson(0, { deep: [1] });
    session.assignJson(1, undefined);
    expect(session.value(2)).to.deep.equal({ list: [{ x: { deep: [1] } }] });
  });

  it('loops over a shallow copy of arrays and iterables, and declares the item variable', () => {
    const session = openCode(
      [
        value('list'),
        location('item'),
        location('i'),
        script('list.push(9); sum = (typeof sum == "number" ? sum : 0) + item * 10 + i'),
        value('sum'),
        value('new Set([1, 2])'),
        value('7'),
        value("'text'"),
      ],
      {
        data: ['list'],
      },
    );
    session.initData('list', { value: [1, 2, 3] });
    const loop = session.openForeach(0);
    for (let index = 0; index < loop.length; index += 1) {
      loop.set(index, 1, 2);
      session.run(3);
    }
    expect(session.value(4)).to.equal(63);
    expect(session.openForeach(5).length).to.equal(2);
    expect(outcome(() => session.openForeach(6))).to.match(/^script: TypeError/);
    expect(outcome(() => session.openForeach(7))).to.match(/^script: TypeError/);
  });

  it('refuses an item that is not a variable', () => {
    const session = openCode([value('[1]'), location('continue'), location("'x'")]);
    expect(outcome(() => session.openForeach(0).set(0, 1))).to.match(/^location: /);
    expect(outcome(() => session.openForeach(0).set(0, 2))).to.match(/^location: /);
  });

  it('reads data from text: JSON, XML kept as text, else text with its white space normalised', () => {
    const session = openCode([value('[j, x, t]')], { data: ['j', 'x', 't'] });
    session.initData('j', { text: ' {"a": [1]} ' });
    session.initData('x', { text: '\n <books>\n <b/></books> ' });
    session.initData('t', { text: '\n some\n   text ' });
    expect(session.value(0)).to.deep.equal([{ a: [1] }, '<books>\n <b/></books>', 'some text']);
  });

  it('takes the time and random numbers from the step', () => {
    const codes = [
      value('[Date.now(), new Date().getTime(), new Date(5).getTime()]'),
      value('Math.random()'),
    ];
    const session = openCode(codes);
    expect(session.value(0)).to.deep.equal([STEP.now, STEP.now, 5]);
    const drawn = [session.value(1), session.value(1)];
    expect(drawn[0]).to.not.equal(drawn[1]);
    const other = openCode(codes);
    expect([other.value(1), other.value(1)]).to.deep.equal(drawn);
    other.beginStep({ ...STEP, seed: 8 });
    expect(other.value(1)).to.not.equal(drawn[0]);
  });

  it('keeps the data of sessions separate when their calls interleave', () => {
    const codes = [value('[Date.now(), _sessionid]'), value('Math.random()')];
    const first = openCode(codes, { sessionId: 'A' });
    const second = openCode(codes, { sessionId: 'B' });
    second.beginStep({ ...STEP, now: 1 });
    expect(first.value(0)).to.deep.equal([STEP.now, 'A']);
    expect(second.value(0)).to.deep.equal([1, 'B']);
    const drawn = first.value(1);
    second.value(1);
    first.beginStep(STEP);
    expect(first.value(1)).to.equal(drawn);
  });

  it('gives text as String does', () => {
    const codes = [
      '1',
      'null',
      'undefined',
      '({})',
      '[1,[2]]',
      "'a'",
      'true',
      '({ toString() { return "mine" } })',
    ];
    const session = openCode(codes.map((code) => value(code)));
    expect(codes.map((_, slot) => session.text(slot))).to.deep.equal([
      '1',
      'null',
      'undefined',
      '[object Object]',
      '1,2',
      'a',
      'true',
      'mine',
    ]);
  });

  /** Code, and its text in a log. */
  const SHOWN: readonly (readonly [code: string, text: string])[] = [
    ["'a'", 'a'],
    ['1', '1'],
    ['-0', '0'],
    ['null', 'null'],
    ['undefined', 'undefined'],
    ['5n', '5'],
    ['Symbol("s")', 'Symbol(s)'],
    ['({})', '{}'],
    ["({ a: 1, b: ['x', null] })", '{"a":1,"b":["x",null]}'],
    ["[1, ['a'], null]", '1,a,'],
    ["[1, [{ a: 'x' }]]", '[1,[{"a":"x"}]]'],
    ['Object.create(null)', '{}'],
    ['({ n: 5n, f() {}, u: undefined })', '{"n":"5"}'],
    [
      '(() => { const o = { a: {} }; o.a.b = o; o.again = o.a; return o; })()',
      '{"a":{"b":"[circular]"},"again":{"b":"[circular]"}}',
    ],
    ['(() => { const l = [1]; l.push(l); return l; })()', '[1,"[circular]"]'],
    ['(() => { const m = new Map(); m.set("k", m); return m; })()', '[["k","[circular]"]]'],
    ['(() => { const o = {}; return [o, o]; })()', '[{},{}]'],
    ['({ toString() { return "mine" } })', 'mine'],
    ['new Map([[1, { a: 1 }]])', '[[1,{"a":1}]]'],
    ['new Set([1, 2])', '[1,2]'],
    ['[Symbol.iterator]', 'script: TypeError: Cannot convert a Symbol value to a string'],
    ['new TypeError("no")', 'TypeError: no'],
    ['({ error: new Error("no") })', '{"error":"Error: no"}'],
    ['({ at: new Date(0) })', '{"at":"1970-01-01T00:00:00.000Z"}'],
    ['/a/g', '/a/g'],
    ['(function f() {})', 'function f() { [code] }'],
    ['(() => { class A { x = 1 } return new A(); })()', '{"x":1}'],
    ['({ toJSON() { return "json" } })', '"json"'],
    ['({ toJSON() { return undefined } })', '[object Object]'],
    ['({ toJSON() { throw new Error("no") } })', 'script: Error: no'],
    ['"x".repeat(5e6)', 'limit MAX_VALUE_CHARS'],
    ['new Array(1e5).fill("x".repeat(50))', 'limit MAX_VALUE_CHARS'],
  ];
  for (const [code, text] of SHOWN) {
    it(`shows in a log ${code}`, () => {
      const session = openCode([value(code)]);
      expect(outcome(() => session.logText(0))).to.equal(text);
    });
  }

  it('gives values as JSON does', () => {
    const codes = [
      'NaN',
      '-0',
      '1/0',
      'new Date(0)',
      '[undefined, () => 1]',
      '({ a: undefined, b: { toJSON() { return 3 } } })',
      'Symbol()',
    ];
    const session = openCode(codes.map((code) => value(code)));
    expect(codes.map((_, slot) => session.value(slot))).to.deep.equal([
      null,
      0,
      null,
      '1970-01-01T00:00:00.000Z',
      [null, null],
      { b: 3 },
      undefined,
    ]);
  });

  it('faults for values that JSON cannot represent', () => {
    const session = openCode([value('1n'), script('var a = {}; a.a = a;'), value('a')]);
    session.run(1);
    expect(outcome(() => session.value(0))).to.match(/^script: TypeError/);
    expect(outcome(() => session.value(2))).to.match(/^script: TypeError/);
  });

  it('dumps all data that JSON can represent', () => {
    const session = openCode([script('var v = 1, f = function () {}, loop = {}; loop.me = loop;')], {
      data: ['a', 'b'],
    });
    session.initData('a', { value: { x: [1] } });
    session.run(0);
    expect(session.dump()).to.deep.equal({ a: { x: [1] }, v: 1, loop: null });
  });

  it('knows the data ids of the top-level datamodel', () => {
    const session = openCode([], { data: ['a'] });
    expect([session.isDeclared('a'), session.isDeclared('b')]).to.deep.equal([true, false]);
  });
});
