// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are document code.
import vm from 'node:vm';
import { expect } from 'chai';
import { script, value } from '../../../support/expressionDocument.ts';
import { openCode } from '../../../support/openCode.ts';

/** Each script sets `result`. Plain JavaScript in sloppy mode must set the same value. */
const SCRIPTS: readonly string[] = [
  'var a = 1, b = a + 1; result = [a, b]',
  'var { a, b: { c = 5 }, ...rest } = { a: 1, b: {}, d: 4, e: 5 }; result = [a, c, rest]',
  'var [x, , y = 3, ...z] = [1, 2, undefined, 4, 5]; result = [x, y, z]',
  '[p, q] = [1, 2]; [p, q] = [q, p]; result = [p, q]',
  '({ p, q: r } = { p: 1, q: 2 }); result = [p, r]',
  'var o = { a: 1, get b() { return this.a + 1 }, ["c" + 1]: 3, m() { return this.c1 } }; result = [o.b, o.m()]',
  'var s = 0; for (var i = 0; i < 5; i++) { if (i == 1) continue; if (i == 4) break; s += i } result = [s, i]',
  'var fs = []; for (let i = 0; i < 3; i++) fs.push(function () { return i }); result = fs.map(function (f) { return f() })',
  'var ks = []; for (var k in { a: 1, b: 2 }) ks.push(k); for (const v of [3, 4]) ks.push(v); result = ks',
  'var t = []; outer: for (var i = 0; i < 3; i++) { for (;;) { t.push(i); continue outer } } result = t',
  'var n = 0; do n++; while (n < 3); while (n < 6) n += 2; result = n',
  'try { throw { a: 1 } } catch ({ a }) { result = a } finally { result += 1 }',
  'try { try { throw 1 } finally { result = 5 } } catch (e) { result += e }',
  'function f(x, y = x + 1, ...more) { return [x, y, more, arguments.length] } result = f(1, undefined, 3, 4)',
  'function fact(n) { return n < 2 ? 1 : n * fact(n - 1) } result = fact(6)',
  'var f = function inner(n) { return n ? inner(n - 1) + 1 : 0 }; result = f(3)',
  'function outer() { var n = 0; return { up: function () { return ++n }, get: () => n } } var c = outer(); c.up(); c.up(); result = c.get()',
  'function K(a) { this.a = a } K.prototype.get = function () { return this.a }; result = new K(4).get()',
  'class A { #p = 1; static make() { return new this() } get p() { return this.#p } set p(v) { this.#p = v } has(o) { return #p in o } } class B extends A { constructor() { super(); this.q = super.p + 1 } } var b = B.make(); b.p = 7; result = [b.p, b.q, b.has(b), b.has({}), b instanceof A]',
  'function* g(n) { for (var i = 0; i < n; i++) { var got = yield i; if (got) i += got } return 9 } var it = g(9); it.next(); result = [it.next(3).value, [...g(3)]]',
  'switch (3) { case 1: result = 1; case 3: result = 3; case 4: result += 1; break; default: result = 0 }',
  'switch ("x") { default: let q = 1; result = q }',
  'result = (function () { return typeof this })()',
  'result = [typeof nothing, typeof Math, void 0, delete Math.nothing]',
  'var d = { a: 1 }; delete d.a; result = [d, "a" in d]',
  'result = `a${1 + 1}b${`c${"d"}`}`; ',
  'function tag(parts, ...values) { return parts.raw.join("|") + values.join("-") } result = tag`a\\n${1}b${2}`',
  'var u; result = [u?.a.b, u?.(), ({ a: { b: 2 } })?.a?.b, ({ f() { return this.v }, v: 8 })?.f?.()]',
  'var a = null; a ??= 5; var b = 0; b ||= 6; var c = 1; c &&= 7; result = [a, b, c]',
  'var i = 1; result = [i++ + ++i, i--, --i, -(-i), +-i, 2 ** 3 ** 2, (-2) ** 2]',
  'result = [1 + 2 * 3 - (4 - 5), (1, 2, 3), !0 && (null ?? "d"), (1 < 2) == true, 7 % 4, 1 << 3 >>> 1, ~5, 5 & 3 | 8 ^ 1]',
  'result = [010, 0x1f, 0b11, 1e3, .5, 1e999, "\\x41\\u{1F600}\\0", "a\\\nb", 12n + 1n + ""]',
  'result = [/a(b+)/i.exec("xABBc")[1], "aXbX".replace(/x/gi, function (m, o) { return o }), /[/\\]]+/.test("]")]',
  'if (false) { function hidden() { return 1 } } else { function shown() { return 2 } } result = [typeof hidden, shown()]',
  'result = early(); function early() { return later } var later = 3',
  '{ let k = 1; function readK() { return k } result = readK() }',
  '{ let a = 1; { let a = 2; result = a } result = [result, a] } ',
  'var x = 1; (function () { var x = 2; y = x })(); result = [x, y]',
  'var o = { x: 1 }; with (o) { x = 2; var y = x } result = [o, y]',
  'function dup(a, a) { return a } result = dup(1, 2)',
  'function alias(a) { arguments[0] = 9; return a } result = alias(1)',
  'function strict() { "use strict"; return this === undefined } result = strict()',
  '"use strict"; function f() { return this === undefined } result = f(); var result',
  'result = [1, 2, 3].reduce((sum, n) => sum + n, 0) + [..."ab"].length + Math.max(...[1, 5])',
  'result = ((a, { b }, [c]) => a + b + c)(1, { b: 2 }, [3])',
  'result = (() => ({ a: 1 }))().a',
  'result = new (class { constructor() { this.t = new.target !== undefined } })().t',
  'var m = new Map([["a", 1]]); m.set("b", 2); result = [...m].concat([...new Set([1, 1])])',
  'var e = new TypeError("bad"); e.name = "Mine"; result = String(e) + (e instanceof Error)',
  'function Sub() {} Sub.prototype = new Error(); Sub.prototype.constructor = Sub; Sub.prototype.toString = function () { return "sub" }; result = String(new Sub())',
  'result = JSON.stringify({ b: [1, { c: null }], toString: 1 }, null, 1)',
  'var let_ = 1; var async = 2; var of = 3; var get = 4; result = [let_, async, of, get]',
  'a: { result = 1; break a; result = 2 }',
  'var o = { "quoted key": 1, 2: 2, __proto__: { inherited: 3 } }; result = [o["quoted key"], o[2], o.inherited]',
  'for (var x of [[1, 2]]) { var [a, b] = x } for ({ c } of [{ c: 5 }]) ; result = [a, b, c]',
  'var r = []; for (var i = 0, j = 10; i < j; i += 3, j -= 3) r.push(i, j); result = r',
  'var total = 0; (function walk(n) { total += n.v; (n.c || []).forEach(walk) })({ v: 1, c: [{ v: 2 }, { v: 3, c: [{ v: 4 }] }] }); result = total',
  'if (1) result = 1; else result = 2; if (0) ; else if (0) result = 3; else result = 4',
  'var s = ""; for (const c of "a😀b") s += "<" + c + ">"; result = s',
  'result = parseInt("12px") + isNaN("x") + encodeURIComponent("a b&") + unescape("%41")',
  'result = [10, 9, 1].sort().concat([10, 9, 1].sort(function (a, b) { return a - b }))',
  'var undefinedLater; result = [undefinedLater === undefined, typeof undefinedLater]',
  'x1 = x2 = 4; x1 += x2++; result = [x1, x2]',
];

describe('Rewritten scripts', () => {
  for (const source of SCRIPTS) {
    it(`have the result of plain JavaScript: ${source}`, () => {
      const plain = vm.runInNewContext(`${source}\n;JSON.stringify(result)`) as string;
      for (const dialect of ['w3c', 'ors'] as const) {
        const session = openCode([script(source), value('JSON.stringify(result)')], { dialect });
        session.run(0);
        expect(session.value(1), dialect).to.equal(plain);
      }
    });
  }
});
