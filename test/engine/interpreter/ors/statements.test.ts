import { expect } from 'chai';
import { createSession, type OutwardEffect } from '../../../../engine/index.ts';
import { readCase } from '../../../support/cases.ts';
import { condition, script, value } from '../../../support/expressionDocument.ts';
import { openCode, outcome } from '../../../support/openCode.ts';
import { brief, parse, SCXML } from '../document/memoryFiles.ts';

/** Code of an ORS value, and its value. */
const NEIGHBOURS: readonly (readonly [source: string, result: unknown])[] = [
  ['caller_id: 1 + 1', 2],
  ['one: two: 3', 3],
  ["a = 'x'; a + 'y'", 'xy'],
  ['var a = 4; a', 4],
  ['var a = 4', undefined],
  ['if (true) 5; else 6', 5],
  ['for (var i = 0; i < 3; i++) i', 2],
  ['label: { 7; break label; }', 7],
  ['function f() { return 8; } f()', 8],
  ['try { nobody.knows(); } catch (e) { 9 }', 9],
  ['1;;', 1],
  ['{ a: 10 }.a', 10],
  ['caller_id: ?', 'script: SyntaxError'],
  ['caller_id: nobody', 'script: ReferenceError: nobody is not defined'],
];

describe('a script where ORS expects an expression', () => {
  for (const [source, result] of NEIGHBOURS) {
    it(`has its completion value: ${source}`, () => {
      const session = openCode([value(source)], { dialect: 'ors' });
      const found = outcome(() => session.value(0));
      if (typeof result === 'string' && result.startsWith('script: Syntax')) {
        expect(found).to.match(/^script: SyntaxError/);
      } else expect(found).to.equal(result);
    });
  }

  it('declares variables that scripts of the state see, counts as a condition, and keeps its functions', () => {
    const session = openCode(
      [
        value('var made = function () { return 11; }; 1'),
        script('seen = made()'),
        value('seen'),
        condition('c: made() === 11'),
      ],
      { dialect: 'ors' },
    );
    session.value(0);
    session.run(1);
    expect([session.value(2), session.condition(3)]).to.deep.equal([11, true]);
    expect(session.snapshot()).to.contain('"seen":11');
  });

  it('is a fault in W3C documents', () => {
    const session = openCode([value('caller_id: 1')]);
    expect(outcome(() => session.value(0))).to.match(/^script: SyntaxError/);
  });

  it('is a warning that says what happens, and its names are checked', async () => {
    const document = await parse(
      `<scxml ${SCXML} profile="ecmascript"><state id="s"><onentry>\n<log expr="l: 1"/>\n<log expr="l: unknown"/>\n<log expr="l: ?"/></onentry></state></scxml>`,
      {},
      { dialect: 'ors' },
    );
    expect(document.warnings.map((warning) => `${brief(warning)} ${warning.message}`)).to.deep.equal([
      "main.scxml:2:13 warning EXPRESSION_INVALID Expected an expression, got ':' after its end: it is evaluated as a script.",
      "main.scxml:3:13 warning EXPRESSION_INVALID Expected an expression, got ':' after its end: it is evaluated as a script.",
      "main.scxml:3:15 warning DATA_UNDECLARED Expected 'unknown' to be declared by <data> or a script, got nothing of that name.",
      "main.scxml:4:13 warning EXPRESSION_INVALID Expected an expression, got ':' after its end: it fails when it is evaluated.",
    ]);
  });

  it('gives the document label-expr its fetch', async () => {
    const document = await readCase('label-expr');
    const performed: OutwardEffect[] = [];
    const session = createSession(document, { ports: { perform: (effect) => performed.push(effect) } });
    session.start();
    expect(performed.map((effect) => effect.kind === 'module' && effect.params)).to.deep.equal([
      { caller_id: '00ab' },
    ]);
    expect(document.warnings.map(({ code }) => code)).to.include('EXPRESSION_INVALID');
  });
});
