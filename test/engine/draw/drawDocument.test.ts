import { expect } from 'chai';
import {
  drawDocument,
  layoutChart,
  overlayOfStates,
  overlayOfSteps,
  pngOf,
} from '../../../engine/draw/index.ts';
import { type Document, loadDocument, parseDocument } from '../../../engine/interpreter/index.ts';

const HEAD =
  '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" name="order">';
const DOCUMENT = `${HEAD}
<datamodel><data id="n" expr="0"/></datamodel>
<state id="open" initial="idle">
  <onentry><assign location="n" expr="n + 1"/></onentry>
  <history id="before" type="deep"><transition target="idle"/></history>
  <state id="idle">
    <transition event="go.*" cond="n &lt; 3" target="both"><raise event="begun"/><log expr="n"/></transition>
    <transition event="ping"><log expr="'pong'"/></transition>
  </state>
  <state id="away"><transition target="idle"/></state>
</state>
<parallel id="both">
  <state id="left"><state id="l1"><transition event="next" target="l2"/></state><final id="l2"/></state>
  <state id="right"><state id="r1"/><state id="r2"/></state>
  <transition event="fork" target="l2 r2"/>
  <transition event="stop" target="end"/>
</parallel>
<final id="end"/>
</scxml>`;

describe('a drawing of a document', () => {
  let document: Document;
  let svg: string;

  before(async () => {
    document = await parse(DOCUMENT);
    svg = drawDocument(document);
  });

  it('has every state with its id and its source line', () => {
    const titles = [...svg.matchAll(/<g id="s\d+" data-state="([^"]*)"/g)].map(([, title]) => title);
    expect(titles).to.deep.equal([
      ...['open', 'before', 'idle', 'away'],
      ...['both', 'left', 'l1', 'l2', 'right', 'r1', 'r2', 'end'],
    ]);
    for (const line of [':3', ':6', ':12', ':18']) expect(svg).to.contain(`>${line}</text>`);
  });

  it('has transitions with events, conditions, actions and lines', () => {
    const texts = textsOf(svg);
    expect(texts).to.include.members([
      'go :7',
      '[n < 3]',
      '/ raise begun',
      '  log n',
      'next :13',
      'fork :15',
      'stop :16',
    ]);
    expect(texts).to.include.members(['entry / n = n + 1', 'ping :8', "/ log 'pong'"]);
  });

  it('has a sign for initial transitions, and a bar for several targets', () => {
    expect(svg.match(/<circle class="sign"/g)).to.have.length(4);
    expect(svg.match(/<rect class="sign"/g)).to.have.length(1);
    const ways = [...svg.matchAll(/<g id="(t\d+(?:\.\d)?)"/g)].map(([, id]) => id);
    const fork = document.transitions.findIndex(({ targets }) => targets.length === 2);
    expect(ways).to.include.members([`t${fork}`, `t${fork}.0`, `t${fork}.1`]);
  });

  it('draws regions of a parallel state apart, and final states with two lines', () => {
    expect(svg.match(/class="box compound region"/g)).to.have.length(2);
    expect(groupOf(svg, 'end').match(/<rect/g)).to.have.length(2);
  });

  it('is the same each time, and a change of a text moves nothing', async () => {
    const changed = drawDocument(await parse(DOCUMENT.replace('<state id="r1"/>', '<state id="r9"/>')));
    expect(changed).to.equal(svg.replaceAll('r1', 'r9'));
  });

  it('takes the states around those of a configuration for active, too', () => {
    const { overlay, unknown } = overlayOfStates(document, ['l1', 'r1', 'nobody']);
    expect(unknown).to.deep.equal(['nobody']);
    const active = [...overlay.active].map((index) => document.states[index]!.id);
    expect(active).to.have.members(['both', 'left', 'l1', 'right', 'r1']);
  });

  it('marks what a trace visited and took, where it is now, and the parts that it never reached', async () => {
    const steps = [
      { microsteps: [{ exited: [], transitions: [], entered: ['open', 'idle'] }] },
      {
        microsteps: [
          {
            exited: ['idle', 'open'],
            transitions: [{ source: 'idle', line: 7 }],
            entered: ['both', 'left', 'l1', 'right', 'r1'],
          },
        ],
      },
    ];
    const { overlay, unknown } = overlayOfSteps(document, steps);
    expect(unknown).to.deep.equal([]);
    const marked = drawDocument(document, overlay);
    expect(markedAs(marked, 'visited')).to.deep.equal(['open', 'idle']);
    expect(markedAs(marked, 'active')).to.deep.equal(['both', 'left', 'l1', 'right', 'r1']);
    expect(markedAs(marked, 'never')).to.deep.equal(['before', 'away', 'l2', 'r2', 'end']);
    expect(marked.match(/<g id="t\d+" [^>]* class="transition taken"/g)).to.have.length(1);
  });

  it('is a picture, too', async () => {
    const png = Buffer.from(await pngOf(svg));
    expect(png.subarray(1, 4).toString()).to.equal('PNG');
    expect(png.readUInt32BE(16)).to.be.greaterThan(400);
  });

  it('has its places as data, with the ids and numbers of the document', () => {
    const { files, states, transitions } = layoutChart(document);
    expect(files).to.deep.equal(['file:///order.scxml']);
    expect(states.map(({ id, group }) => [group, id])).to.deep.equal(
      [...svg.matchAll(/<g id="(s\d+)" data-state="([^"]*)"/g)].map(([, group, id]) => [group, id]),
    );
    expect(states.find(({ id }) => id === 'end')).to.include({ kind: 'final', file: 0 });
    const stop = transitions.find(({ line }) => line === 16)!;
    expect(stop).to.deep.include({ source: 'both', group: `t${stop.transition}` });
    expect(stop.label!.lines).to.deep.equal(['stop :16']);
    expect(svg).to.contain(
      `<g id="${stop.group}" data-transition="${stop.transition}" data-source="both" data-line="16" class="transition"`,
    );
  });

  it('has the transitions without target in the boxes of their states', async () => {
    const chart = await parse(`${HEAD}<state id="a"><onentry><log expr="1"/></onentry>
      <transition event="tick"><log expr="2"/></transition>
      <transition event="go" target="end"/></state><final id="end"/></scxml>`);
    const { states, transitions } = layoutChart(chart);
    const state = states.find(({ id }) => id === 'a')!;
    const tick = transitions.find(({ line }) => line === 2)!;
    expect(state.label!.lines).to.deep.equal(['entry / log 1']);
    expect(tick).to.deep.include({ source: 'a', points: [] });
    expect(tick.label!.lines).to.deep.equal(['tick :2', '/ log 2']);
    expect([tick.label!.x, tick.label!.y]).to.deep.equal([state.label!.x, state.label!.y + 15]);
    const took = { microsteps: [{ exited: [], transitions: [{ source: 'a', line: 2 }], entered: [] }] };
    const { overlay } = overlayOfSteps(chart, [took]);
    expect(drawDocument(chart, overlay)).to.match(
      /<g id="s\d+" data-state="a"[\s\S]*<g id="t\d+" data-transition="\d+" data-source="a" data-line="2" class="transition taken">/,
    );
  });

  it('names the target at the source where more than four arrows come to a state from other levels', async () => {
    const chart = (count: number) => {
      const leaving = Array.from({ length: count }, (_, n) => `<transition event="e${n}" target="end"/>`);
      return parse(`${HEAD}<state id="work"><state id="a">${leaving.join('')}</state>
        <transition event="stop" target="end"/></state><final id="end"/></scxml>`);
    };
    const [four, five] = [layoutChart(await chart(4)), layoutChart(await chart(5))];
    const firstLines = (layout: typeof four) =>
      layout.transitions.flatMap(({ label }) => label?.lines[0] ?? []);
    expect(firstLines(four)).to.deep.equal(['e0 :1', 'e1 :1', 'e2 :1', 'e3 :1', 'stop :2']);
    expect(firstLines(five)).to.deep.equal([...new Array(5).fill('→ end'), 'stop :2']);
    const { x, width } = five.states.find(({ id }) => id === 'a')!;
    const named = five.transitions.filter(({ label }) => label?.lines[0] === '→ end');
    expect(named.map(({ points }) => points[0]!.x)).to.deep.equal(new Array(5).fill(x + width));
  });

  it('shows the file of a place only where it is another than the one around', async () => {
    const files = new Map([
      [
        'file:///order.scxml',
        `${HEAD.replace('<scxml', '<scxml xmlns:xi="http://www.w3.org/2001/XInclude"')}
        <state id="a"><xi:include href="part.xml"/></state></scxml>`,
      ],
      [
        'file:///part.xml',
        `<state xmlns="http://www.w3.org/2005/07/scxml" id="b">
        <transition event="go" target="c"/><state id="c"/></state>`,
      ],
    ]);
    const fetchText = async (url: URL) => files.get(url.href)!;
    const included = await loadDocument(new URL('file:///order.scxml'), { fetchText });
    const texts = textsOf(drawDocument(included));
    expect(texts).to.include.members(['part.xml:1', 'go :2', ':2']);
  });

  it('of the largest document of the installation has the width of two screens', async () => {
    const chatDelay = new URL('../../../scxml/callback/src/chat-delay.scxml', import.meta.url);
    expect(layoutChart(await loadDocument(chatDelay, {})).width).to.be.lessThan(3_600);
  });

  it('escapes the texts of the document', () => {
    expect(svg).to.contain('[n &lt; 3]').and.not.to.contain('[n < 3]');
  });
});

function parse(text: string): Promise<Document> {
  return parseDocument(text, { baseUrl: new URL('file:///order.scxml') });
}

function textsOf(svg: string): readonly string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) =>
    text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
  );
}

function groupOf(svg: string, state: string): string {
  return new RegExp(`<g id="s\\d+" data-state="${state}".*`).exec(svg)![0];
}

function markedAs(svg: string, mark: string): readonly (string | undefined)[] {
  return [...svg.matchAll(/data-state="([^"]*)" class="state (\w+)"/g)]
    .filter(([, , name]) => name === mark)
    .map(([, state]) => state);
}
