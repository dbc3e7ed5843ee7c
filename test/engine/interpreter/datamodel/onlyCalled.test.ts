import { expect } from 'chai';
import { onlyCalledFunctions } from '../../../../engine/interpreter/datamodel/code/onlyCalled.ts';
import type { Datamodel, DataSession } from '../../../../engine/interpreter/datamodel/datamodel.ts';
import { compileDatamodel } from '../../../../engine/interpreter/datamodel/ecmascript.ts';
import { loadDocument } from '../../../../engine/interpreter/load/load.ts';
import { defined } from '../../../../engine/ports/index.ts';
import type { ExpressionDocumentOptions } from '../../../support/expressionDocument.ts';
import {
  type Code,
  expressionDocument,
  location,
  script,
  value,
} from '../../../support/expressionDocument.ts';
import { STEP } from '../../../support/openCode.ts';

const DIALECTS = ['w3c', 'ors'] as const;

function onlyCalled(codes: readonly Code[], options: ExpressionDocumentOptions = {}): readonly string[] {
  return [...onlyCalledFunctions(expressionDocument(codes, options))];
}

function open(datamodel: Datamodel, snapshot?: string): DataSession {
  const session = datamodel.open({
    sessionId: 'S',
    ioProcessors: {},
    ...defined({ snapshot }),
  });
  session.beginStep(STEP);
  return session;
}

/** A session after its first script. */
function begun(datamodel: Datamodel): DataSession {
  const session = open(datamodel);
  session.run(0);
  return session;
}

describe('Functions that are only called by their name', () => {
  it('are found in scripts and in blocks of scripts', () => {
    const codes = [
      script(`
        function leaf(n) { return n + 1; }
        function branch(n) { return leaf(n) + (leaf)(n) + leaf\`\`; }
        function other(n) { return n; }
        if (branch(1) > 0) { function inBlock() { return other(2); } }
      `),
      value('branch(1) + inBlock()'),
    ];
    for (const dialect of DIALECTS) {
      expect(onlyCalled(codes, { dialect })).to.deep.equal(['leaf', 'branch', 'other', 'inBlock']);
    }
  });

  it('are found beside comments and escapes that only look as if they reached functions', () => {
    const codes = [
      script(`
        // The caller may eval \\uXXXX.
        function f(text) { return text.replace(/\\\\u([0-9a-f]{4})/, '\\u00e9'); }`),
      value("f('' /* of the caller */)"),
    ];
    for (const dialect of DIALECTS) expect(onlyCalled(codes, { dialect })).to.deep.equal(['f']);
  });

  // Each code reaches the function `f` and changes its prototype.
  const ways: Readonly<Record<string, string>> = {
    'a variable': 'var g = f; g.prototype.changed = true;',
    'an element': '[f][0].prototype.changed = true;',
    'a member of it': 'f.prototype.changed = true;',
    'an argument': '(function (g) { g.prototype.changed = true; })(f);',
    'a method of it': 'f.call(); f.prototype.changed = true;',
    'an instance': 'Object.getPrototypeOf(new f()).changed = true;',
    'itself, inside': 'function h() { return f; } h().prototype.changed = true;',
    'the scope as this': 'this["f"].prototype.changed = true;',
    'arguments.callee': 'function f() { arguments.callee.prototype.changed = true; } f();',
    'another assignment': 'f = function () {}; f.prototype.changed = true;',
    'another declaration': 'function f() {} f.prototype.changed = true;',
    'a pattern': 'var g; [g = f] = []; g.prototype.changed = true;',
    eval: 'eval("f").prototype.changed = true;',
    'a default parameter, beside a variable of its name':
      'function f(g = f) { var f; g.prototype.changed = true; } f();',
    'its own name, where a strict block has another': `
      function f() { "use strict"; { function f() {} } f.prototype.changed = true; } f();`,
    'its own name, in a function inside it': `
      function f() { function g() { "use strict"; { function f() {} } f.prototype.changed = true; } g(); } f();`,
    'the caller of another': `
      function f() { return h(); } var h = function () { var { caller: c } = h; c.prototype.changed = true; }; f();`,
    'the caller of another, in a string with an escape': `
      function f() { return h(); } var h = function () { h['\\u0063aller'].prototype.changed = true; }; f();`,
    'the caller of another, spelt with an escape': `
      function f() { return h(); } var h = function () { h.c\\u0061ller.prototype.changed = true; }; f();`,
  };
  for (const [way, code] of Object.entries(ways)) {
    it(`exclude a function that code reaches by ${way}`, () => {
      const source = code.includes('function f') ? code : `function f() {} ${code}`;
      const codes = [script(source), value('new f().changed === true')];
      for (const dialect of DIALECTS) {
        const datamodel = compileDatamodel(expressionDocument(codes, { dialect }));
        const session = begun(datamodel);
        expect(session.value(1), `${dialect}, before`).to.equal(true);
        const restored = open(datamodel, session.snapshot());
        expect(restored.value(1), `${dialect}, restored`).to.equal(true);
        // Without the expression above: its `new` also excludes the function.
        expect(onlyCalled([script(source)], { dialect }), dialect).not.to.include('f');
      }
    });
  }

  it('exclude generators, whose results inherit from their prototype', () => {
    const codes = [script('function* f() {} Object.getPrototypeOf(f()).changed = 1;'), value('f().changed')];
    for (const dialect of DIALECTS) {
      const session = begun(compileDatamodel(expressionDocument(codes, { dialect })));
      expect(session.value(1)).to.equal(1);
      expect(() => session.snapshot()).to.throw('A snapshot cannot carry');
    }
  });

  it('exclude names of data items, locations or other scripts', () => {
    const declares = script('function f() {}');
    for (const dialect of DIALECTS) {
      expect(onlyCalled([declares], { dialect, data: ['f'] }), 'data').to.deep.equal([]);
      expect(onlyCalled([declares, location('f')], { dialect }), 'location').to.deep.equal([]);
      expect(onlyCalled([declares, script('function f() {} 0')], { dialect }), 'twice').to.deep.equal([]);
    }
  });

  it('change nothing when their script does not compile', () => {
    const codes = [
      script('var n = 1; function h() { return n; }'),
      script('function f() {} import("g");'),
      value('h()'),
    ];
    for (const dialect of DIALECTS) {
      const datamodel = compileDatamodel(expressionDocument(codes, { dialect }));
      const session = begun(datamodel);
      expect(() => session.run(1)).to.throw('import() is not available');
      expect(open(datamodel, session.snapshot()).value(2)).to.equal(1);
    }
  });

  it('are in snapshots together with values of the same name under _data', () => {
    const own = 'function f() { return 1; } _data.f = function () { return 2; };';
    for (const extra of ['', ' var date = new Date(5);']) {
      const codes = [script(own + extra), value('[f(), _data.f()]')];
      const datamodel = compileDatamodel(expressionDocument(codes, { dialect: 'ors' }));
      expect(open(datamodel, begun(datamodel).snapshot()).value(1)).to.deep.equal([1, 2]);
    }
  });
});

describe('The functions that the global scripts declare and code only calls', () => {
  const codes = [
    script('var n = 1; function f() { n += g(); return n; } function g() { return 10; }'),
    script('function h() { return g() + 1; } null.x; '),
    value('f()'),
    value('h()'),
  ];

  /** The text of the roots in a snapshot, which is tagged if a variable is a date. */
  const snapshotOf = (session: DataSession): string => session.snapshot().split('\n')[1]!;

  it('are one number in a snapshot, and are made again from it with the variables of their session', () => {
    for (const dialect of DIALECTS) {
      for (const [extra, isTagged] of [
        ['', false],
        [' var date = new Date(5);', true],
      ] as const) {
        const own = [script(`${codes[0]!.source}${extra}`), codes[2]!];
        const datamodel = compileDatamodel(expressionDocument(own, { dialect }));
        const session = begun(datamodel);
        expect(session.value(1)).to.equal(11);
        const text = snapshotOf(session);
        expect([text.includes('"tagged"'), /"[fg]":|"[fg]",/.test(text)], dialect).to.deep.equal([
          isTagged,
          false,
        ]);
        const [first, second] = [open(datamodel, session.snapshot()), open(datamodel, session.snapshot())];
        expect([first.value(1), first.value(1), second.value(1)]).to.deep.equal([21, 31, 21]);
        expect(snapshotOf(open(datamodel, session.snapshot()))).to.equal(text);
      }
    }
  });

  it('are listed when a script has not run to its end, and no others are added', () => {
    for (const dialect of DIALECTS) {
      const datamodel = compileDatamodel(expressionDocument(codes, { dialect }));
      const session = begun(datamodel);
      expect(snapshotOf(session)).to.match(/"f":\{"f":\d+,"g":\d+\}/);
      const restored = open(datamodel, session.snapshot());
      expect(restored.value(2)).to.equal(11);
      expect(() => restored.value(3)).to.throw('h is not defined');
      expect(() => restored.run(1)).to.throw();
      expect(restored.value(3)).to.equal(11);
      expect(snapshotOf(restored)).to.include('"p":3');
    }
  });

  it('refuse a snapshot with another number of them', () => {
    for (const dialect of DIALECTS) {
      const datamodel = compileDatamodel(expressionDocument([codes[0]!], { dialect }));
      const text = begun(datamodel).snapshot().replace('"p":2', '"p":3');
      const message = 'Expected a snapshot with 2 functions of the document, got 3';
      expect(() => open(datamodel, text), dialect).to.throw(message);
    }
  });

  it('are restored from a snapshot that lists them', () => {
    for (const dialect of DIALECTS) {
      const datamodel = compileDatamodel(expressionDocument([codes[0]!, codes[2]!], { dialect }));
      const text = begun(datamodel).snapshot().replace('"p":2', '"f":{"f":0,"g":1}');
      const restored = open(datamodel, text);
      expect(restored.value(1)).to.equal(11);
      expect(snapshotOf(restored)).to.include('"p":2');
    }
  });
});

describe('The installed documents of callbacks', () => {
  it('have all functions of their scripts in snapshots by their number only', async () => {
    const url = new URL('../../../../scxml/callback/src/chat-delay.scxml', import.meta.url);
    const document = await loadDocument(url);
    const scripts = document.expressions.filter(({ kind }) => kind === 'script').map(({ source }) => source);
    const names = scripts.flatMap((source) =>
      [...source.matchAll(/^function (\w+)/gm)].map(([, name]) => name!),
    );
    const found = onlyCalledFunctions(document);
    expect(names.filter((name) => !found.has(name))).to.deep.equal([]);
  });
});
