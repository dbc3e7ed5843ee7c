import { expect } from 'chai';
import { faultIndex } from '../../../../engine/interpreter/content/faultIndex.ts';
import { createSession, parseDocument } from '../../../../engine/interpreter/index.ts';
import type { Json } from '../../../../engine/ports/index.ts';

const W3C = 'xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"';

interface Fault {
  readonly description: string;
  /** Line and column of the code, or of the element. */
  readonly at: string;
}

/** The faults of a document whose first state has the content in its <onentry>. The script is at line 2. */
async function faultsOf(script: string, content: string, root = W3C): Promise<readonly Fault[]> {
  const xml = `<scxml ${root}><script>\n${script}</script>\n<state id="a">${content}</state></scxml>`;
  const session = createSession(await parseDocument(xml));
  const faults: Fault[] = [];
  session.onRecord((record) => {
    if (record.kind !== 'exec_error') return;
    const data = record.data as { readonly [name: string]: Json };
    const { linenumber, column } = (data.code ?? data) as { readonly [name: string]: Json };
    faults.push({ description: String(data.description), at: `${linenumber}:${column}` });
  });
  session.start();
  await session.settled();
  return faults;
}

const HELPERS = `var Util = (function () {
  var count = 0;
  function deep(x) {
    count += 1;
    return x
      .missing.more;
  }
  return { deep: deep, arrow: x => x.y.z, get broken() { throw new Error('of a getter'); } };
})();
function* steps() { yield 1; unknown(); }
class Keeper { constructor() { this.list.push(1); } static make(a) { return a.b.c; } }
function clash(a) { function a() {} a.b.c; }
function strict() { 'use strict'; const n = 1; inner(); function inner() { n.x.y; } }
function chosen(kind) {
  switch (kind) {
    case 1:
      return kind.a.b;
    default:
      for (const each of [0]) {
        if (each === 0) throw 'a text';
      }
  }
}`;

/** Code of an <onentry>, which begins at column 1 of its line, and where the fault is. */
const CASES: readonly (readonly [code: string, at: string, description: string])[] = [
  ['Util.deep({})', '7:16', "TypeError: Cannot read properties of undefined (reading 'more')"],
  ['Util.arrow({})', '9:40', "TypeError: Cannot read properties of undefined (reading 'z')"],
  ['Util.broken', '9:58', 'Error: of a getter'],
  ['[...steps()]', '11:30', 'ReferenceError: unknown is not defined'],
  ['new Keeper()', '12:42', "TypeError: Cannot read properties of undefined (reading 'push')"],
  ['Keeper.make({})', '12:81', "TypeError: Cannot read properties of undefined (reading 'c')"],
  ['strict()', '14:80', "TypeError: Cannot read properties of undefined (reading 'y')"],
  ['chosen(1)', '18:21', "TypeError: Cannot read properties of undefined (reading 'b')"],
  ['chosen(2)', '21:25', 'a text'],
];

describe('the location of an error of code', () => {
  for (const [code, at, description] of CASES) {
    it(`is the statement, and the name at fault in it: ${code}`, async () => {
      const content = `<onentry><log expr="${code}"/></onentry><onentry><script>${code}</script></onentry>`;
      const fault = { at, description };
      expect(await faultsOf(HELPERS, content)).to.deep.equal([fault, fault]);
    });
  }

  it('is in the script itself, of which all statements before were executed', async () => {
    const content = `<onentry><script>
      var n = 1;
      n += 1;
      if (n === 2) { n = undeclared; }
    </script></onentry>`;
    expect(await faultsOf('', content)).to.deep.equal([
      { at: '6:26', description: 'ReferenceError: undeclared is not defined' },
    ]);
  });

  it('is the same name of ORS code, whose message has none of the compiler', async () => {
    const ors =
      'xmlns="http://www.w3.org/2005/07/scxml" profile="ecmascript" xmlns:q="http://www.genesyslab.com/modules/queue"';
    const content =
      '<onentry><script>var o = {};\no.nope();</script></onentry><onentry><log expr="late()"/></onentry>';
    expect(await faultsOf('var late = 3;', content, ors)).to.deep.equal([
      { at: '4:3', description: 'TypeError: o.nope is not a function' },
      { at: '4:38', description: 'TypeError: late is not a function' },
    ]);
  });

  it('is that of the innermost function also when others catch the error and throw it again', async () => {
    const script = `function inner() {
  null.x;
}
function outer() {
  try { inner(); } catch (e) { throw e; }
}`;
    expect(await faultsOf(script, '<onentry><script>outer();</script></onentry>')).to.deep.equal([
      { at: '3:8', description: "TypeError: Cannot read properties of null (reading 'x')" },
    ]);
  });

  it('is not that of an earlier error that code caught', async () => {
    const script = 'function quiet() { try { null.x; } catch (e) { } }';
    expect(await faultsOf(script, '<onentry><log expr="quiet() || nope"/></onentry>')).to.deep.equal([
      { at: '3:46', description: 'ReferenceError: nope is not defined' },
    ]);
  });

  it('is found when the stack is used up, and where code does not parse', async () => {
    const faults = await faultsOf(
      'function f() {\n  return f(); }',
      '<onentry><script>f();</script></onentry><onentry><script>\nvar a = ;</script></onentry>',
    );
    expect(faults).to.deep.equal([
      { at: '3:3', description: 'RangeError: Maximum call stack size exceeded' },
      { at: '5:9', description: "SyntaxError: Expected a script, got ';'" },
    ]);
  });

  it('is that of the file for a document in <content>, of its code and of its own problems', async () => {
    const child = (content: string): string => `<scxml version="1.0" datamodel="ecmascript"
        initial="i">
  <state id="i">${content}</state>
</scxml>`;
    const xml = `<scxml ${W3C}>
<state id="o">
  <invoke id="one"><content>
${child("<onentry><script>\nvar a = '&amp;';\nmissing();</script></onentry>")}</content></invoke>
  <invoke id="two"><content>                                                 ${child('<transition event="e" target="x"/>')}
  </content></invoke>
</state></scxml>`;
    const session = createSession(await parseDocument(xml));
    const logs: string[] = [];
    session.onEffect((effect) => effect.kind === 'log' && logs.push(effect.text));
    session.start();
    await session.settled();
    expect(logs.join('\n'))
      .to.contain('document.scxml:8:1: <script>: ReferenceError: missing is not defined')
      .and.contain("document.scxml:12:39: TARGET_UNKNOWN: Expected the id of a state, got 'x'.");
  });

  it('points at the name of the message, if the statement has it', () => {
    const at = (source: string, message: string): string => source.slice(faultIndex(source, 0, message));
    expect(at('a.b + c.b2 + c.b', "TypeError: Cannot read properties of undefined (reading 'b')")).to.equal(
      'b + c.b2 + c.b',
    );
    expect(at("x = o['key'].z", "TypeError: Cannot set properties of null (setting 'key')")).to.equal(
      "'key'].z",
    );
    expect(at('x = $f + f', 'ReferenceError: f is not defined')).to.equal('f');
    expect(at('new o.K()', 'TypeError: o.K is not a constructor')).to.equal('K()');
    expect(at('a + b', 'ReferenceError: c is not defined')).to.equal('a + b');
  });
});
