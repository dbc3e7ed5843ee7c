import { expect } from 'chai';
import type { Action, ExtensionElement } from '../../../../engine/interpreter/document/model.ts';
import { parse, SCXML } from './memoryFiles.ts';

const MODULES =
  'xmlns:queue="http://www.genesyslab.com/modules/queue" xmlns:session="www.genesyslab.com/modules/session"';

async function actionsOf(content: string): Promise<readonly Action[]> {
  const document = await parse(
    `<scxml ${SCXML} ${MODULES} profile="ecmascript"><final><onentry>${content}</onentry></final></scxml>`,
  );
  return document.states[1]!.onentry[0]!;
}

function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner) => {
      if (key === 'at') return undefined;
      if (inner && typeof inner === 'object' && 'slot' in inner) return `${inner.kind}:${inner.source}`;
      return inner;
    }),
  );
}

describe('the ORS dialect', () => {
  const dialects: readonly (readonly [string, string, 'w3c' | 'ors'])[] = [
    ['a datamodel attribute', 'datamodel="ecmascript" profile="ecmascript"', 'w3c'],
    ['a profile attribute alone', 'profile="ecmascript"', 'w3c'],
    ['a profile attribute beside _persist', 'profile="ecmascript" _persist="true"', 'ors'],
    ['a Genesys namespace with a scheme', 'xmlns:q="http://www.genesyslab.com/modules/queue"', 'ors'],
    ['a Genesys namespace without a scheme', 'xmlns:q="www.genesyslab.com/modules/queue"', 'ors'],
    [
      'a Genesys namespace beside a datamodel attribute',
      'datamodel="null" xmlns:q="www.genesyslab.com/modules/q"',
      'w3c',
    ],
    ['a namespace that only looks like one', 'xmlns:q="http://notgenesyslab.com/modules/queue"', 'w3c'],
    ['nothing', '', 'w3c'],
  ];
  for (const [what, attributes, dialect] of dialects) {
    it(`is ${dialect === 'ors' ? '' : 'not '}detected by ${what}`, async () => {
      expect((await parse(`<scxml ${SCXML} ${attributes}><final/></scxml>`)).dialect).to.equal(dialect);
    });
  }

  it('is detected by a namespace on an inner element, and can be forced', async () => {
    const xml = `<scxml ${SCXML}><final><onentry><q:x xmlns:q="www.genesyslab.com/modules/queue"/></onentry></final></scxml>`;
    expect((await parse(xml)).dialect).to.equal('ors');
    expect((await parse(xml, {}, { dialect: 'w3c' })).dialect).to.equal('w3c');
  });

  it('reads the attributes of <send> and <cancel> as expressions', async () => {
    const actions = await actionsOf(`
      <send event="'e'" delay="wait" target="sid" type="'scxml'" id="i" hints="h"/>
      <send event="'e'" target="_internal" targettype="basichttp"/>
      <send eventexpr="n" target="#_parent"/>
      <cancel sendid="App['requestid']"/><cancel id="'x'"/>`);
    const empty = { namelist: [], params: [] };
    expect(plain(actions)).to.deep.equal([
      {
        kind: 'send',
        event: { expr: "value:'e'" },
        target: { expr: 'value:sid' },
        type: { expr: "value:'scxml'" },
        id: 'i',
        delay: { expr: 'value:wait' },
        ...empty,
        hints: 'value:h',
      },
      {
        kind: 'send',
        event: { expr: "value:'e'" },
        target: { literal: '_internal' },
        type: { literal: 'basichttp' },
        ...empty,
      },
      { kind: 'send', event: { expr: 'value:n' }, target: { literal: '#_parent' }, ...empty },
      { kind: 'cancel', sendid: { expr: "value:App['requestid']" } },
      { kind: 'cancel', sendid: { expr: "value:'x'" } },
    ]);
  });

  it('knows <raise> with params, its older name <event>, and log levels', async () => {
    const actions = await actionsOf(
      '<raise event="a.b"><param name="p" expr="1"/><param name="q"/></raise><event name="c"/><log expr="x" level="2"/>',
    );
    expect(plain(actions)).to.deep.equal([
      {
        kind: 'raise',
        event: 'a.b',
        params: [
          { name: 'p', expr: 'value:1' },
          { name: 'q', location: 'location:q' },
        ],
      },
      { kind: 'raise', event: 'c', params: [] },
      { kind: 'log', expr: 'value:x', level: '2' },
    ]);
  });

  it('builds elements of modules with every attribute as a value, and as a location if it is one', async () => {
    const actions = await actionsOf(`
      <queue:submit requestid="App['requestid']" timeout="10" route="true" priority="a.b" to="c()">
        <queue:targets><queue:target name="'G'" type="agentgroup"/></queue:targets>
        <param name="p" expr="1"/>
      </queue:submit>
      <session:fetch srcexpr="a + b"><content _expr="payload"/></session:fetch>`);
    const value = (literal: string) => ({ literal, value: `value:${literal}` });
    const place = (literal: string) => ({ ...value(literal), location: `location:${literal}` });
    expect(plain(actions)).to.deep.equal([
      {
        kind: 'extension',
        module: 'queue',
        element: {
          name: 'submit',
          attributes: {
            requestid: place("App['requestid']"),
            timeout: value('10'),
            route: value('true'),
            priority: place('a.b'),
            to: value('c()'),
          },
          params: [{ name: 'p', expr: 'value:1' }],
          children: [
            {
              name: 'targets',
              attributes: {},
              params: [],
              children: [
                {
                  name: 'target',
                  attributes: { name: value("'G'"), type: place('agentgroup') },
                  params: [],
                  children: [],
                },
              ],
            },
          ],
        },
      },
      {
        kind: 'extension',
        module: 'session',
        element: {
          name: 'fetch',
          attributes: { srcexpr: value('a + b') },
          params: [],
          content: { expr: 'value:payload' },
          children: [],
        },
      },
    ]);
  });

  it('keeps an attribute called __proto__ as an attribute', async () => {
    const [action] = await actionsOf('<queue:submit __proto__="1"/>');
    const { attributes } = (action as { element: ExtensionElement }).element;
    expect(Object.keys(attributes)).to.deep.equal(['__proto__']);
    expect(Object.getPrototypeOf(attributes)).to.equal(Object.prototype);
  });

  it('builds unknown elements of SCXML as unsupported actions', async () => {
    const actions = await actionsOf('<vibrate/><f:act xmlns:f="urn:f"/>');
    expect(plain(actions)).to.deep.equal([
      { kind: 'unsupported', namespace: 'http://www.w3.org/2005/07/scxml', name: 'vibrate' },
    ]);
  });

  it('reads _persist, and ignores other attributes with an underscore without a warning', async () => {
    const document = await parse(
      `<scxml ${SCXML} profile="ecmascript" _persist="false" _type="combination"><state _persist="Never" _type="normal"/></scxml>`,
    );
    expect({ persist: document.persist, state: document.states[1]!.persist }).to.deep.equal({
      persist: false,
      state: 'Never',
    });
    expect(document.warnings).to.deep.equal([]);
  });

  it('accepts <initial> with content under <scxml>, and a document without a namespace', async () => {
    const document = await parse(
      '<scxml profile="ecmascript" version="1.0"><script>var a;</script><initial><transition target="f"><log/></transition></initial><final id="f"/><script>a = 1;</script></scxml>',
    );
    expect(document.transitions).to.have.length(1);
    expect(document.transitions[0]).to.deep.include({ source: 0, targets: [1] });
    expect(document.transitions[0]!.content).to.have.length(1);
    expect(document.scripts).to.have.length(2);
    expect(document.warnings.map(({ code }) => code)).to.deep.equal(['NAMESPACE_MISSING']);
  });

  it('gives an inline document its own dialect', async () => {
    const document = await parse(
      `<scxml ${SCXML} profile="ecmascript" exmode="x"><state><invoke><content><scxml version="1.0"><final/></scxml></content></invoke></state></scxml>`,
    );
    expect((await parse(document.invokes[0]!.content!.document!)).dialect).to.equal('ors');
  });

  it('drops the prefix token of a document that is not included', async () => {
    const document = await parse(
      `<scxml ${SCXML} profile="ecmascript" initial="a"><state id="a" initial="$$_MY_PREFIX_$$.b"><state id="b"><transition event="done.state.$$_MY_PREFIX_$$.b" target="$$_MY_PREFIX_$$.a"/></state></state></scxml>`,
    );
    expect(document.transitions.map(({ source, targets }) => [source, ...targets])).to.deep.equal([
      [0, 1],
      [1, 2],
      [2, 1],
    ]);
    expect(document.transitions[2]!.events).to.deep.equal([
      { segments: ['done', 'state', 'b'], wildcard: false },
    ]);
    expect(document.states.map(({ prefix }) => prefix)).to.deep.equal([undefined, undefined, undefined]);
  });
});
