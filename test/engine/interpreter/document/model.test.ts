import { expect } from 'chai';
import type { Action, Document } from '../../../../engine/interpreter/document/model.ts';
import { BASE, parse, SCXML } from './memoryFiles.ts';

/** States as `index kind id parent [children] last`. */
function outline(document: Document): string[] {
  return document.states.map(
    (s) =>
      `${s.index} ${s.kind} ${s.id} in ${s.parent} [${s.children}] ..${s.lastDescendant} depth ${s.depth}`,
  );
}

/** Transitions as `source -events[type]-> targets`. */
function moves(document: Document): string[] {
  return document.transitions.map(({ source, events, type, targets }) => {
    const names = (events ?? []).map((event) => (event.wildcard ? '*' : event.segments.join('.')));
    return `${source} -${names.join(' ')}[${type}]-> ${targets}`;
  });
}

async function actionsOf(content: string, root = ''): Promise<readonly Action[]> {
  const document = await parse(
    `<scxml ${SCXML} ${root}><final><onentry>${content}</onentry></final></scxml>`,
  );
  return document.states[1]!.onentry[0]!;
}

/** The actions without locations, expressions as `kind:source`. */
function plain(actions: readonly Action[]): unknown {
  return JSON.parse(
    JSON.stringify(actions, (key, value) => {
      if (key === 'at') return undefined;
      if (value && typeof value === 'object' && 'slot' in value) return `${value.kind}:${value.source}`;
      return value;
    }),
  );
}

describe('the model of a document', () => {
  it('numbers states and transitions in document order', async () => {
    const document = await parse(`<scxml ${SCXML} name="n" initial="b2" binding="late">
      <state id="a"><transition event="x.y.* z. *" target="p"/><onexit/></state>
      <state id="b" initial="b1">
        <history id="h" type="deep"><transition target="b2"/></history>
        <state id="b1"/><state id="b2"><transition type="internal" cond="c" target="h"/></state>
      </state>
      <parallel id="p"><state><initial><transition target="q"/></initial><final id="q"/></state><state/></parallel>
    </scxml>`);
    expect(outline(document)).to.deep.equal([
      '0 scxml #scxml0 in -1 [1,2,6] ..9 depth 0',
      '1 atomic a in 0 [] ..1 depth 1',
      '2 compound b in 0 [3,4,5] ..5 depth 1',
      '3 history h in 2 [] ..3 depth 2',
      '4 atomic b1 in 2 [] ..4 depth 2',
      '5 atomic b2 in 2 [] ..5 depth 2',
      '6 parallel p in 0 [7,9] ..9 depth 1',
      '7 compound #state7 in 6 [8] ..8 depth 2',
      '8 final q in 7 [] ..8 depth 3',
      '9 atomic #state9 in 6 [] ..9 depth 2',
    ]);
    expect(moves(document)).to.deep.equal([
      '0 -[external]-> 5',
      '1 -x.y z *[external]-> 6',
      '2 -[external]-> 4',
      '3 -[external]-> 5',
      '5 -[internal]-> 3',
      '7 -[external]-> 8',
    ]);
    expect(document.states.map(({ initial }) => initial)).to.deep.equal([
      0,
      undefined,
      2,
      undefined,
      undefined,
      undefined,
      undefined,
      5,
      undefined,
      undefined,
    ]);
    expect(document.states[3])
      .to.include({ history: 'deep' })
      .and.to.deep.include({ transitions: [3] });
    const { name, binding, datamodel, dialect, persist, url } = document;
    expect({ name, binding, datamodel, dialect, persist, url }).to.deep.equal({
      name: 'n',
      binding: 'late',
      datamodel: 'ecmascript',
      dialect: 'w3c',
      persist: true,
      url: BASE.href,
    });
    expect(Object.fromEntries(document.stateById)).to.include({ a: 1, q: 8, '#state9': 9 });
  });

  it('enters the first state in document order when no initial state is given', async () => {
    const document = await parse(
      `<scxml ${SCXML}><state><history><transition target="x"/></history><state id="x"/></state></scxml>`,
    );
    expect(moves(document)).to.deep.equal(['2 -[external]-> 3', '1 -[external]-> 3', '0 -[external]-> 1']);
  });

  it('accepts several initial states of one legal configuration', async () => {
    const region = (id: string) => `<state id="${id}"><state id="${id}1"/><state id="${id}2"/></state>`;
    const document = await parse(
      `<scxml ${SCXML} initial=" b2&#10;a2 "><parallel id="p">${region('a')}${region('b')}</parallel></scxml>`,
    );
    expect(document.transitions[0]!.targets.map((target) => document.states[target]!.id)).to.deep.equal([
      'b2',
      'a2',
    ]);
  });

  it('numbers expressions in document order, each with its state and location', async () => {
    const document = await parse(`<scxml ${SCXML} datamodel="ecmascript">
  <datamodel><data id="d" expr="1"/></datamodel>
  <script> go() </script>
  <state id="s">
    <datamodel><data id="e" expr="2"/></datamodel>
    <transition event="a"
        cond="d &gt; 1" target="f"><assign location="d" expr="3"/></transition>
  </state>
  <final id="f"><donedata><param name="p" expr="4"/></donedata></final>
</scxml>`);
    expect(
      document.expressions.map(
        ({ slot, kind, source, state, at }) =>
          `${slot} ${kind} ${source} in ${state} at ${at.line}:${at.column}`,
      ),
    ).to.deep.equal([
      '0 value 1 in 0 at 2:27',
      '1 script  go()  in 0 at 3:11',
      '2 value 2 in 0 at 5:29',
      '3 condition d > 1 in 1 at 7:9',
      '4 location d in 1 at 7:44',
      '5 value 3 in 1 at 7:57',
      '6 value 4 in 2 at 9:43',
    ]);
    expect(document.data.map(({ id, state }) => `${id} in ${state}`)).to.deep.equal(['d in 0', 'e in 1']);
    expect(document.scripts.map(({ kind }) => kind)).to.deep.equal(['script']);
  });

  it('gives data of a state the scope of the state when it is bound late', async () => {
    const document = await parse(
      `<scxml ${SCXML} binding="late"><state><datamodel><data id="e" expr="2"/></datamodel></state></scxml>`,
    );
    expect(document.expressions[0]!.state).to.equal(1);
  });

  it('reads data from an expression, from inline content and from a file', async () => {
    const document = await parse(
      `<scxml ${SCXML} xmlns:x="urn:x"><datamodel>
        <data id="a" expr="1"/><data id="b"> {"k": "a  b"} </data><data id="c" src="c.json"/><data id="d"/>
        <data id="e"> <x:y z="&lt;&quot;"><x:w/>t&amp;<!-- no --></x:y> </data><data id="f" src="gone"/>
      </datamodel><final/></scxml>`,
      { 'c.json': '[1]' },
    );
    expect(
      document.data.map(({ at: _, expr, ...item }) => ({ ...item, ...(expr && { expr: expr.source }) })),
    ).to.deep.equal([
      { id: 'a', state: 0, expr: '1' },
      { id: 'b', state: 0, text: ' {"k": "a  b"} ' },
      { id: 'c', state: 0, text: '[1]', src: 'http://docs.test/app/c.json' },
      { id: 'd', state: 0 },
      // An element outside its document declares the namespaces that it uses.
      { id: 'e', state: 0, text: '<x:y xmlns:x="urn:x" z="&lt;&quot;"><x:w/>t&amp;</x:y>' },
      { id: 'f', state: 0, src: 'http://docs.test/app/gone', unread: 'unreadable' },
    ]);
  });

  it('builds executable content', async () => {
    const actions = await actionsOf(`
      <raise event="e"/>
      <log label="l" expr="1"/>
      <if cond="a"><log/><elseif cond="b"/><raise event="f"/><else/><raise event="g"/></if>
      <foreach array="xs" item="x" index="i"><log expr="x"/></foreach>
      <assign location="v"> text </assign>
      <cancel sendidexpr="id"/><cancel sendid="lit"/>
      <script>a<!-- b --><![CDATA[ < ]]>c</script>`);
    expect(plain(actions)).to.deep.equal([
      { kind: 'raise', event: 'e', params: [] },
      { kind: 'log', label: { literal: 'l' }, expr: 'value:1' },
      {
        kind: 'if',
        branches: [
          { cond: 'condition:a', content: [{ kind: 'log' }] },
          { cond: 'condition:b', content: [{ kind: 'raise', event: 'f', params: [] }] },
          { content: [{ kind: 'raise', event: 'g', params: [] }] },
        ],
      },
      {
        kind: 'foreach',
        array: 'value:xs',
        item: 'location:x',
        index: 'location:i',
        content: [{ kind: 'log', expr: 'value:x' }],
      },
      { kind: 'assign', location: 'location:v', text: ' text ' },
      { kind: 'cancel', sendid: { expr: 'value:id' } },
      { kind: 'cancel', sendid: { literal: 'lit' } },
      { kind: 'script', script: 'script:a < c' },
    ]);
  });

  it('builds <send> with literal and computed attributes', async () => {
    const actions = await actionsOf(`
      <send event="e" target="#_parent" type="scxml" id="i" delay="1s" namelist=" a
        b.c "><param name="p" expr="1"/><param name="q" location="l"/></send>
      <send eventexpr="a" targetexpr="b" typeexpr="c" idlocation="d" delayexpr="e"><content> one
        two </content></send>
      <send event="e"><content expr="x"/></send>
      <send event="e"><content>{"a": "b  c"}</content></send>
      <send event="e"><content><a xmlns="urn:a"/></content></send>`);
    expect(plain(actions)).to.deep.equal([
      {
        kind: 'send',
        event: { literal: 'e' },
        target: { literal: '#_parent' },
        type: { literal: 'scxml' },
        id: 'i',
        delay: { literal: '1s' },
        namelist: [
          { name: 'a', location: 'location:a' },
          { name: 'b.c', location: 'location:b.c' },
        ],
        params: [
          { name: 'p', expr: 'value:1' },
          { name: 'q', location: 'location:l' },
        ],
      },
      {
        kind: 'send',
        event: { expr: 'value:a' },
        target: { expr: 'value:b' },
        type: { expr: 'value:c' },
        idlocation: 'location:d',
        delay: { expr: 'value:e' },
        namelist: [],
        params: [],
        content: { text: 'one two' },
      },
      { kind: 'send', event: { literal: 'e' }, namelist: [], params: [], content: { expr: 'value:x' } },
      { kind: 'send', event: { literal: 'e' }, namelist: [], params: [], content: { text: '{"a": "b  c"}' } },
      {
        kind: 'send',
        event: { literal: 'e' },
        namelist: [],
        params: [],
        content: { text: '<a xmlns="urn:a"/>', xml: true },
      },
    ]);
  });

  it('builds <invoke> with an absolute src and its whole inline document', async () => {
    const document = await parse(`<scxml ${SCXML} xmlns:x="urn:x" datamodel="ecmascript"><state>
      <invoke src="child.scxml" id="i" type="scxml" autoforward="true" namelist="a"/>
      <invoke srcexpr="s" idlocation="l" typeexpr="t"><param name="p" expr="1"/><finalize/></invoke>
      <invoke><content><scxml version="1.0"><final id="f"/></scxml></content><finalize><log expr="2"/></finalize></invoke>
    </state></scxml>`);
    expect(plain(document.invokes as unknown as Action[])).to.deep.equal([
      {
        id: 'i',
        type: { literal: 'scxml' },
        src: { literal: 'http://docs.test/app/child.scxml' },
        namelist: [{ name: 'a', location: 'location:a' }],
        params: [],
        autoforward: true,
        finalize: [],
        hasFinalize: false,
        state: 1,
        index: 0,
      },
      {
        type: { expr: 'value:t' },
        src: { expr: 'value:s' },
        idlocation: 'location:l',
        namelist: [],
        params: [{ name: 'p', expr: 'value:1' }],
        autoforward: false,
        finalize: [],
        hasFinalize: true,
        state: 1,
        index: 1,
      },
      {
        namelist: [],
        params: [],
        content: {
          text: '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"><final id="f"/></scxml>',
          xml: true,
          document:
            '\n\n\n<scxml xmlns="http://www.w3.org/2005/07/scxml" xmlns:x="urn:x" datamodel="ecmascript" version="1.0"><final id="f"/></scxml>',
        },
        autoforward: false,
        finalize: [{ kind: 'log', expr: 'value:2' }],
        hasFinalize: true,
        state: 1,
        index: 2,
      },
    ]);
    const child = await parse(document.invokes[2]!.content!.document!);
    expect(outline(child)).to.have.length(2);
  });

  it('passes data to an inline document of <invoke>', async () => {
    const inline = '<content><scxml version="1.0"><final/></scxml></content>';
    const document = await parse(
      `<scxml ${SCXML}><datamodel><data id="a"/></datamodel><state><invoke namelist="a">${inline}</invoke><invoke><param name="p" expr="1"/>${inline}</invoke></state></scxml>`,
    );
    expect(document.warnings).to.deep.equal([]);
  });

  it('separates the states of an inline document from the states of the document around it', async () => {
    const inner = '<scxml version="1.0" datamodel="null"><final id="s"/></scxml>';
    const document = await parse(
      `<scxml ${SCXML}><state id="s"><invoke><content>${inner}</content></invoke></state></scxml>`,
    );
    expect([...document.stateById.keys()]).to.deep.equal(['#scxml0', 's']);
  });

  it('reads a script from a file, with locations in that file', async () => {
    const document = await parse(`<scxml ${SCXML}><script src="lib/a.js"/><final/></scxml>`, {
      'lib/a.js': 'one();',
    });
    expect(document.expressions[0]).to.deep.include({
      source: 'one();',
      at: { file: 'http://docs.test/app/lib/a.js', line: 1, column: 1 },
    });
  });

  it('keeps the lines of a script after comments of several lines', async () => {
    const document = await parse(`<scxml ${SCXML}><script>
<!-- one
two -->
here()</script><final/></scxml>`);
    const { source, at } = document.expressions[0]!;
    expect({ line: at.line + source.slice(0, source.indexOf('here')).split('\n').length - 1 }).to.deep.equal({
      line: 4,
    });
  });

  it('loads 24,000 states', async () => {
    const count = 24_000;
    const states = Array.from(
      { length: count },
      (_, i) => `<state id="s${i}"><transition event="e" target="s${(i + 1) % count}" cond="x > 1"/></state>`,
    );
    const document = await parse(`<scxml ${SCXML}>${states.join('\n')}</scxml>`);
    expect(document.states).to.have.length(count + 1);
    expect(document.transitions.at(-2)!.targets).to.deep.equal([1]);
  });
});
