import { expect } from 'chai';
import {
  completionsAt,
  findName,
  hoverAt,
  LanguageWorkspace,
  outlineOf,
  placeOf,
  renameName,
} from '../../../engine/language/index.ts';

const URL_OF = 'file:///d/main.scxml';
const HEAD = '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">';
const ORS =
  '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" xmlns:xi="http://www.w3.org/2001/XInclude"';

/** The files of an editor; `|` in the text marks the cursor, and is taken out. */
function edited(marked: string, others: Readonly<Record<string, string>> = {}) {
  const offset = marked.indexOf('|');
  const files = new Map(Object.entries(others).map(([name, text]) => [`file:///d/${name}`, text]));
  const workspace = new LanguageWorkspace({
    fetchText: async (url) => files.get(url.href) ?? Promise.reject(new Error('no such file.')),
    candidates: async () => [...files.keys()],
  });
  const file = workspace.open(URL_OF, marked.replace('|', ''));
  return { workspace, file, offset };
}

async function completed(marked: string, others?: Readonly<Record<string, string>>) {
  const { workspace, file, offset } = edited(marked, others);
  return completionsAt(await workspace.partsOf(file), file, offset).map(({ text }) => text);
}

/** Each place of the name at the cursor, as its file and the text around it. */
async function named(marked: string, others?: Readonly<Record<string, string>>) {
  const { workspace, file, offset } = edited(marked, others);
  const found = findName(await workspace.partsOf(file), file, offset);
  const shown = (places: readonly { file: { url: string; text: string }; start: number; end: number }[]) =>
    places.map(
      (place) =>
        `${place.file.url.slice(10)} ${place.file.text.slice(place.start - 4, place.start)}[${place.file.text.slice(place.start, place.end)}]`,
    );
  return found && { kind: found.kind, definitions: shown(found.definitions), uses: shown(found.uses) };
}

async function problemsOf(text: string, others?: Readonly<Record<string, string>>) {
  const { workspace, file } = edited(text, others);
  const { problems } = await workspace.check(file);
  const shown = [];
  for (const problem of problems) {
    const other = (await workspace.file(new URL(problem.file)))!;
    const { start, end } = placeOf(problem, other);
    shown.push(`${problem.file.slice(10)} ${problem.code} ${other.text.slice(start, end)}`);
  }
  return shown;
}

describe('a document in an editor', () => {
  it('shows each problem at the words that it is about', async () => {
    const text = `${HEAD}
<state id="a"><transition targt="a" event="x" target="a bb"/><onentry><log expr="1 +"/><send/></onentry></state>
<state id="b"><transition cond="nothing.at" target="a"/></state></scxml>`;
    expect(await problemsOf(text)).to.deep.equal([
      'main.scxml ATTRIBUTE_UNKNOWN targt="a"',
      'main.scxml TARGET_UNKNOWN bb',
      'main.scxml EXPRESSION_INVALID expr="1 +"',
      'main.scxml SEND_WITHOUT_EVENT <send',
    ]);
  });

  it('shows the problems of an included file in that file', async () => {
    const text = `${ORS} datamodel="ecmascript"><xi:include href="part.xml"/></scxml>`;
    const part = '<state xmlns="http://www.w3.org/2005/07/scxml" id="p"><transition target="q"/></state>';
    expect(await problemsOf(text, { 'part.xml': part })).to.deep.equal(['part.xml TARGET_UNKNOWN q']);
  });

  it('finds all places of a state: targets, initial, In and done.state, and not those of an inline document', async () => {
    const text = `${HEAD.replace('version', 'initial="a" version')}
<state id="|a" initial="a1"><state id="a1"/><transition event="done.state.a x" cond="In('a')" target="b a"/>
<invoke><content><scxml><state id="a"/></scxml></content></invoke></state><state id="b"/></scxml>`;
    expect(await named(text)).to.deep.equal({
      kind: 'state',
      definitions: ['main.scxml id="[a]'],
      uses: ['main.scxml al="[a]', 'main.scxml ate.[a]', "main.scxml In('[a]", 'main.scxml ="b [a]'],
    });
  });

  it('finds the senders of an event and the transitions that take it', async () => {
    const text = `${HEAD}<state id="a"><onentry><raise event="go.now"/><send event="|go.now"/></onentry>
<transition event="go.*" target="a"/><transition event="stop go" target="a"/><transition event="gone"/></state></scxml>`;
    expect(await named(text)).to.deep.equal({
      kind: 'event',
      definitions: ['main.scxml nt="[go.now]', 'main.scxml nt="[go.now]'],
      uses: ['main.scxml nt="[go.*]', 'main.scxml top [go]'],
    });
  });

  it('finds data in code, and no properties, texts or other names', async () => {
    const text = `${HEAD}<datamodel><data id="|n" expr="0"/></datamodel><state id="a">
<transition cond="n &lt; 3 &amp;&amp; x.n === 'n'" target="a"><assign location="n" expr="nn + n"/></transition>
<onentry><script>n += 1; // n</script></onentry></state></scxml>`;
    expect(await named(text)).to.deep.equal({
      kind: 'data',
      definitions: ['main.scxml id="[n]'],
      uses: ['main.scxml nd="[n]', 'main.scxml on="[n]', 'main.scxml n + [n]', 'main.scxml ipt>[n]'],
    });
  });

  it('goes from an included file to the document around it, with the prefix of resolveid', async () => {
    const part = '<state xmlns="http://www.w3.org/2005/07/scxml" id="p"><transition target="|end"/></state>';
    const document = `${ORS} profile="ecmascript"><xi:include href="main.scxml" resolveid="P"/>
<state id="end"><transition event="done.state.P.p" target="P.p"/></state></scxml>`;
    expect(await named(part, { 'whole.scxml': document })).to.deep.equal({
      kind: 'state',
      definitions: ['whole.scxml id="[end]'],
      uses: ['main.scxml et="[end]'],
    });
    const own = part.replace('|', '').replace('id="p"', 'id="|p"');
    expect(await named(own, { 'whole.scxml': document })).to.deep.equal({
      kind: 'state',
      definitions: ['main.scxml id="[p]'],
      uses: ['whole.scxml ate.[P.p]', 'whole.scxml et="[P.p]'],
    });
    const { workspace, file, offset } = edited(own, { 'whole.scxml': document });
    const parts = await workspace.partsOf(file);
    expect(() => renameName(parts, findName(parts, file, offset), 'q')).to.throw(
      "Expected an id that is written as it is, got 'p', which an include with resolveid makes 'P.p'.",
    );
  });

  it('renames a <data> with all of its uses in attributes, scripts and included files', async () => {
    const body = `<datamodel><data id="|n" expr="0"/><data id="m" expr="{ n: n }"/></datamodel><state id="a">
<transition cond="n &lt; 3 &amp;&amp; x.n === 'n'" target="a"><assign location="_data.n" expr="_data['n'] + _data[&quot;n&quot;]"/></transition>
<onentry><script>n += 1; [n] = [2]; function f(k) { return k + n; } // n</script>
<send event="e" namelist="m"/></onentry></state>`;
    const { workspace, file, offset } = edited(`${ORS}><xi:include href="part.scxml"/>${body}</scxml>`, {
      'part.scxml': '<log xmlns="http://www.w3.org/2005/07/scxml" label="n" expr="n"/>',
    });
    const parts = await workspace.partsOf(file);
    const places = renameName(parts, findName(parts, file, offset), 'cost');
    const texts = new Map(parts.map(({ file: { url, text } }) => [url, text]));
    for (const { file: one, start, end } of [...places].sort((a, b) => b.start - a.start)) {
      const text = texts.get(one.url)!;
      texts.set(one.url, `${text.slice(0, start)}cost${text.slice(end)}`);
    }
    expect(
      [...texts.values()].map((text) => text.replace(/^.*?<(datamodel|log [^>]*label)/s, '<$1')),
    ).to.deep.equal([
      `<datamodel><data id="cost" expr="0"/><data id="m" expr="{ n: cost }"/></datamodel><state id="a">
<transition cond="cost &lt; 3 &amp;&amp; x.n === 'n'" target="a"><assign location="_data.cost" expr="_data['cost'] + _data[&quot;cost&quot;]"/></transition>
<onentry><script>cost += 1; [cost] = [2]; function f(k) { return k + cost; } // n</script>
<send event="e" namelist="m"/></onentry></state></scxml>`,
      '<log xmlns="http://www.w3.org/2005/07/scxml" label="n" expr="cost"/>',
    ]);
  });

  it('refuses to rename a <data> where a use is not certain, with its place', async () => {
    const refusal = async (body: string, newName = 'cost'): Promise<string> => {
      const text = `${HEAD}<datamodel><data id="|n" expr="0"/>\n${body}</datamodel><state id="a"/></scxml>`;
      const { workspace, file, offset } = edited(text);
      const parts = await workspace.partsOf(file);
      try {
        renameName(parts, findName(parts, file, offset), newName);
      } catch (error) {
        return (error as Error).message;
      }
      return 'renamed';
    };
    expect(await refusal('<data id="m" expr="m + 1"/>')).to.equal('renamed');
    expect(await refusal('', 'a b')).to.equal("Expected a name of JavaScript, got 'a b'.");
    expect(await refusal('<data id="m" expr="0"/>', 'm')).to.equal(
      "Expected a name that no code uses, got 'm'.",
    );
    for (const [expr, got] of [
      ['{ n }', "got '{ n }' at main.scxml:2:22."],
      ['_data[which]', 'got a computed property of _data at main.scxml:2:20.'],
      ['JSON.stringify(_data)', 'got _data as a whole at main.scxml:2:35.'],
      ["eval('n')", "got 'eval' at main.scxml:2:20."],
      ['this.n', "got 'this', which has all of them at main.scxml:2:20."],
      ['((n) =&gt; n)(1)', "got a declaration of 'n' at main.scxml:2:22."],
      ['({ n } = m)', "got '{ n }' at main.scxml:2:23."],
      ['n +', 'got another text at main.scxml:2:20.'],
    ]) {
      expect(await refusal(`<data id="m" expr="${expr}"/>`), expr).to.contain(got);
    }
    expect(await refusal('<send namelist="m n"/>')).to.equal(
      "Expected a name that no receiver reads, got 'n' in a list of names that are sent at main.scxml:2:19.",
    );
    expect(await refusal('<data id="m">[n]</data>')).to.equal(
      "Expected code that has 'n', got a text at main.scxml:2:15.",
    );
  });

  it('refuses to rename a state to an id that cannot be one, and other things', async () => {
    const { workspace, file, offset } = edited(`${HEAD}<state id="|a"/><datamodel/></scxml>`);
    const parts = await workspace.partsOf(file);
    const renamed = (at: number, id: string) => () => renameName(parts, findName(parts, file, at), id);
    expect(renamed(offset, 'a b')).to.throw("that does not begin with '#', got 'a b'.");
    expect(renamed(offset, '"')).to.throw('Expected an id without whitespace');
    expect(renamed(3, 'b')).to.throw(
      'Expected the id of a state or a <data>, or a name of a script here, got something else.',
    );
  });

  it('nests the outline as the states are, also while a tag or a value is half written', () => {
    const names = (text: string): unknown => {
      const shown = (nodes: ReturnType<typeof outlineOf>): unknown =>
        nodes.map(({ name, children }) => (children.length > 0 ? [name, shown(children)] : name));
      return shown(outlineOf(edited(text).file));
    };
    const whole = [['<scxml>', [['a', ['a1', 'a2']], 'b']]];
    const text = (change: string): string =>
      `${HEAD}\n<state id="a">\n${change}\n<state id="a1"/>\n<final id="a2"/>\n</state>\n<state id="b"/>\n</scxml>`;
    const changes = [
      '',
      '<',
      '<tran',
      '<transition ',
      '<transition target="',
      '<transition target="a1',
      '<transition target=a1>',
      '<transition target="x"',
      '</onentry>',
      '<onentry>',
      '&',
      'a < b',
      '<!-- <state id="c"> -->',
      '<![CDATA[<state id="c">]]>',
    ];
    for (const change of changes) expect(names(text(change)), change).to.deep.equal(whole);
  });

  it('completes targets, the states inside for initial, and events', async () => {
    const text = `${HEAD}<state id="a" initial="@"><state id="a1"/></state><state id="b"><onentry><raise event="e.f"/></onentry>
<transition event="#" target="$"/></state></scxml>`;
    const at = (mark: string, written = ''): string =>
      text.replace(mark, `${written}|`).replace(/[@#$]/g, '');
    expect(await completed(at('$', 'a b'))).to.deep.equal(['a', 'a1', 'b']);
    expect(await completed(at('@'))).to.deep.equal(['a1']);
    expect(await completed(at('#', 'e'))).to.deep.equal([
      'e.f',
      'error.execution',
      'done.state.a',
      'done.state.a1',
      'done.state.b',
    ]);
  });

  it('completes the elements and attributes that the place takes, of both dialects', async () => {
    expect(await completed(`${HEAD}<state><transition ev|`)).to.deep.equal([
      'event',
      'cond',
      'target',
      'type',
    ]);
    expect(await completed(`${HEAD}<state><transition event="x>y" |/></state>`)).to.deep.equal([
      'cond',
      'target',
      'type',
    ]);
    expect(await completed(`${HEAD}<history id="h"><|`)).to.deep.equal(['transition']);
    expect(await completed(`${HEAD}<state id="a"></|`)).to.deep.equal(['state']);
    const head = `${HEAD.replace(' datamodel="ecmascript"', '')}`.replace(
      '>',
      ' xmlns:ws="www.genesyslab.com/modules/ws">',
    );
    const inside = await completed(`${head}<state><onentry><|</onentry></state></scxml>`);
    expect(inside.slice(-2)).to.deep.equal(['event', 'ws:response']);
    expect(
      await completed(`${head}<state><onentry><ws:response |/></onentry></state></scxml>`),
    ).to.deep.equal(['requestid', 'type', 'resultcode']);
    expect(await completed(`${HEAD}text | text</scxml>`)).to.deep.equal([]);
  });

  it('describes elements, modules and names', async () => {
    const hovered = async (marked: string): Promise<string | undefined> => {
      const { workspace, file, offset } = edited(marked);
      return hoverAt(await workspace.partsOf(file), file, offset)?.text;
    };
    expect(await hovered(`${HEAD}<sta|te id="a"/></scxml>`)).to.equal(
      '`<state>` — [SCXML 3.3](https://www.w3.org/TR/scxml/#state)\n\nA state. With states inside, exactly one of them is active at a time.\n\nAttributes: `id`, `initial`',
    );
    const head = HEAD.replace('>', ' xmlns:d="www.genesyslab.com/modules/dialog">');
    expect(await hovered(`${head}<state><onentry><d:pl|ay/></onentry></state></scxml>`)).to.equal(
      '`<d:play>` — ors-dialect 2.12 Module dialog\n\nIt leads to its error event: this server has no voice channel.',
    );
    expect(await hovered(`${HEAD}<state id="a|"/></scxml>`)).to.equal(
      'state `a`: 1 definitions, first in line 1 of main.scxml; 0 uses',
    );
    expect(await hovered(`${HEAD}<state id="a" |/></scxml>`)).to.equal(undefined);
  });
});
