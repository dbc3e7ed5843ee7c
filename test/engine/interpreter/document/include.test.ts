import { expect } from 'chai';
import { parsePointer } from '../../../../engine/interpreter/document/xpointer.ts';
import { BASE, NS, parse, SCXML } from './memoryFiles.ts';

const XI = 'xmlns:xi="http://www.w3.org/2001/XInclude"';
const ROOT = `${SCXML} ${XI} profile="ecmascript"`;

describe('includes', () => {
  it('inserts text into a script, with locations in the included file', async () => {
    const document = await parse(
      `<scxml ${ROOT}><script>
  <xi:include href="../include/a.js" parse="text"/></script><script>x();<xi:include href="../include/b.js" parse="text"/></script><final/></scxml>`,
      { '../include/a.js': 'if (a < b) c();', '../include/b.js': 'y();' },
    );
    expect(document.expressions.map(({ source, at }) => ({ source, ...at }))).to.deep.equal([
      { source: 'if (a < b) c();', file: 'http://docs.test/include/a.js', line: 1, column: 1 },
      { source: 'x();y();', file: BASE.href, line: 2, column: 69 },
    ]);
    expect(document.sources.map(({ url }) => url)).to.deep.equal([
      BASE.href,
      'http://docs.test/include/a.js',
      'http://docs.test/include/b.js',
    ]);
  });

  it('prefixes ids and replaces the token under resolveid', async () => {
    const document = await parse(
      `<scxml ${ROOT}>
  <state id="sub" initial="sub.entry">
    <xi:include href="part.scxml" parse="xml" xpointer="entry" resolveid="sub"/>
    <transition event="done.state.sub.entry" target="end"/>
  </state>
  <final id="end"/>
</scxml>`,
      {
        'part.scxml': `<scxml ${SCXML} profile="ecmascript" initial="none">
  <final id="none"/>
  <state id="entry" initial="$$_MY_PREFIX_$$.a">
    <datamodel><data id="d"/></datamodel>
    <state id="a"><onentry><send event="'x'" id="s"/></onentry>
      <transition cond="In('$$_MY_PREFIX_$$.a')" target="$$_MY_PREFIX_$$.b"/></state>
    <final id="b"/>
  </state>
</scxml>`,
      },
    );
    expect(
      document.states.map(({ id, prefix, at }) => [
        id,
        prefix,
        at.file.slice(at.file.lastIndexOf('/') + 1),
        at.line,
      ]),
    ).to.deep.equal([
      ['#scxml0', undefined, 'main.scxml', 1],
      ['sub', undefined, 'main.scxml', 2],
      ['sub.entry', 'sub', 'part.scxml', 3],
      ['sub.a', 'sub', 'part.scxml', 5],
      ['sub.b', 'sub', 'part.scxml', 7],
      ['end', undefined, 'main.scxml', 6],
    ]);
    expect(document.expressions.map(({ source }) => source)).to.include("In('sub.a')");
    expect(document.data.map(({ id }) => id)).to.deep.equal(['d']);
    expect(document.states[3]!.onentry[0]![0]).to.include({ kind: 'send', id: 's' });
  });

  it('joins the prefixes of nested includes, unless the inner prefix has the token', async () => {
    const files = {
      'outer.xml': `<state ${NS} ${XI} id="o" initial="$$_MY_PREFIX_$$.x.i">
        <xi:include href="inner.xml" resolveid="x"/><xi:include href="inner.xml" resolveid="$$_MY_PREFIX_$$.y"/>
        <xi:include href="plain.xml"/></state>`,
      'inner.xml': `<state ${NS} id="i"><transition event="e" target="$$_MY_PREFIX_$$.i"/></state>`,
      'plain.xml': `<state ${NS} id="p"/>`,
    };
    const document = await parse(
      `<scxml ${ROOT}><xi:include href="outer.xml" resolveid="P"/></scxml>`,
      files,
    );
    expect(document.states.slice(1).map(({ id, prefix }) => `${id} of ${prefix}`)).to.deep.equal([
      'P.o of P',
      'P.x.i of P.x',
      'P.y.i of P.y',
      'P.p of P',
    ]);
    expect(document.transitions.map(({ targets }) => targets)).to.deep.equal([[2], [2], [3], [1]]);
  });

  it('includes one file several times under different prefixes, read once', async () => {
    const reads: string[] = [];
    const document = await parse(
      `<scxml ${ROOT}><xi:include href="s.xml" resolveid="a"/><xi:include href="s.xml" resolveid="b"/></scxml>`,
      {},
      {
        fetchText: async (url) => {
          reads.push(url.href);
          return `<final ${NS} id="f"/>`;
        },
      },
    );
    expect(document.states.map(({ id }) => id)).to.deep.equal(['#scxml0', 'a.f', 'b.f']);
    expect(reads).to.deep.equal(['http://docs.test/app/s.xml']);
  });

  it('resolves each href, src and data against the file that contains it', async () => {
    const document = await parse(`<scxml ${ROOT}><xi:include href="deep/er/part.xml"/></scxml>`, {
      'deep/er/part.xml': `<state ${NS} ${XI}><onentry><script src="../a.js"/></onentry><invoke src="c.scxml"/><datamodel><data id="d" src="d.json"/></datamodel><xi:include href="../q.xml"/></state>`,
      'deep/a.js': 'a',
      'deep/er/d.json': '1',
      'deep/q.xml': `<final ${NS}/>`,
    });
    expect(document.invokes[0]!.src).to.deep.equal({ literal: 'http://docs.test/app/deep/er/c.scxml' });
    expect(document.sources.map(({ url }) => url.slice('http://docs.test/app/'.length))).to.deep.equal([
      'main.scxml',
      'deep/er/part.xml',
      'deep/q.xml',
      'deep/a.js',
      'deep/er/d.json',
    ]);
  });

  it('includes a part of its own file, and does not change the ids of an inline document', async () => {
    const document = await parse(
      `<scxml ${ROOT}><state id="t"><invoke><content><scxml version="1.0" initial="$$_MY_PREFIX_$$.t"><state id="t"/></scxml></content></invoke></state><xi:include xpointer="t" resolveid="u"/></scxml>`,
    );
    expect(document.states.map(({ id }) => id)).to.deep.equal(['#scxml0', 't', 'u.t']);
    expect(document.invokes[1]!.content!.document)
      .to.contain('initial="$$_MY_PREFIX_$$.t"')
      .and.to.contain('<state id="t"/>');
  });

  it('uses the fallback when a file cannot be read', async () => {
    const document = await parse(
      `<scxml ${ROOT}><xi:include href="no.xml"><xi:fallback><state id="f"><xi:include href="yes.xml"/></state></xi:fallback></xi:include></scxml>`,
      { 'yes.xml': `<final ${NS} id="y"/>` },
    );
    expect(document.states.map(({ id }) => id)).to.deep.equal(['#scxml0', 'f', 'y']);
    expect(document.warnings).to.deep.equal([]);
  });

  it('reports how to write a target inside an include', async () => {
    const error = await parse(`<scxml ${ROOT}><xi:include href="s.xml" resolveid="a"/></scxml>`, {
      's.xml': `<state ${NS} id="s"><transition event="e" target="s"/></state>`,
    }).catch((e: unknown) => e);
    expect((error as Error).message).to.equal(
      "http://docs.test/app/s.xml:1:77: TARGET_UNKNOWN: Expected the id of a state, got 's'. Write $$_MY_PREFIX_$$.s for 'a.s'.",
    );
  });

  const pointers: readonly (readonly [string, unknown])[] = [
    ['a', { kind: 'id', id: 'a' }],
    [" xpointer( id( 'a' ) ) ", { kind: 'id', id: 'a' }],
    ['xpointer(id("a b"))', { kind: 'id', id: 'a b' }],
    ['element(a)', { kind: 'path', id: 'a', steps: [] }],
    ['element(a/2/1)', { kind: 'path', id: 'a', steps: [2, 1] }],
    ['element(/1/3)', { kind: 'path', steps: [1, 3] }],
    ['element()', undefined],
    ['element(/0)', undefined],
    ['xpointer(//a)', undefined],
    ['', undefined],
  ];
  for (const [text, pointer] of pointers) {
    it(`reads the pointer "${text}"`, () => {
      expect(parsePointer(text)).to.deep.equal(pointer);
    });
  }

  it('finds elements by their position', async () => {
    const files = { 's.xml': `<a ${NS}><b/><c id="k"><final id="f"/><final id="g"/></c></a>` };
    const ids = async (pointer: string) =>
      (await parse(`<scxml ${ROOT}><xi:include href="s.xml" xpointer="${pointer}"/></scxml>`, files))
        .states[1]!.id;
    expect([await ids('element(/1/2/1)'), await ids('element(k/2)')]).to.deep.equal(['f', 'g']);
  });
});
