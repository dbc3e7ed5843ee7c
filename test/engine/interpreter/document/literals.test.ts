import { expect } from 'chai';
import { type DocumentError, loadDocument, parseDocument } from '../../../../engine/interpreter/index.ts';
import { caseUrl, readCase } from '../../../support/cases.ts';

const W3C = 'xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"';

/** Codes and messages of the warnings about the entry of a state, without those of other checks. */
async function warningsOf(states: string): Promise<readonly string[]> {
  const { warnings } = await parseDocument(`<scxml ${W3C}>${states}</scxml>`);
  return warnings
    .filter(({ code }) => !['STATE_UNREACHABLE', 'EVENT_UNSENT', 'DATA_UNDECLARED'].includes(code))
    .map(({ code, message }) => `${code} ${message}`);
}

const entry = (content: string): string => `<state id="a"><onentry>${content}</onentry></state>`;
const TARGET =
  "SEND_TARGET Expected a target as '#_internal', '#_parent', '#_<invokeid>' or '#_scxml_<sessionid>', got";

const WRONG: readonly (readonly [string, string])[] = [
  [
    entry('<send event="e" delay="soon"/>'),
    "DELAY_INVALID Expected a delay such as '10s' or '200ms', got 'soon'.",
  ],
  [
    entry('<send event="e" delay="5"/>'),
    "DELAY_INVALID Expected a delay such as '10s' or '200ms', got '5': write '5s' or '5ms'.",
  ],
  [
    entry('<send event="e" delay="-1s"/>'),
    "DELAY_INVALID Expected a delay such as '10s' or '200ms', got '-1s'.",
  ],
  [
    entry(`<send event="e" delayexpr="'1 minute'"/>`),
    "DELAY_INVALID Expected a delay such as '10s' or '200ms', got '1 minute'.",
  ],
  [
    entry('<send event="e" type="smtp"/>'),
    "TYPE_UNKNOWN Expected a <send> of type 'scxml' or 'basichttp', got 'smtp'.",
  ],
  [
    entry('<send event="e" type="basichtp"/>'),
    "TYPE_UNKNOWN Expected a <send> of type 'scxml' or 'basichttp', got 'basichtp'. Did you mean 'basichttp'?",
  ],
  [entry('<send event="e" target="#parent"/>'), `${TARGET} '#parent'; write '#_parent'.`],
  [entry('<send event="e" target="parent"/>'), `${TARGET} 'parent'; write '#_parent'.`],
  [entry('<send event="e" target="_internal"/>'), `${TARGET} '_internal'; write '#_internal'.`],
  [entry('<send event="e" target="somewhere"/>'), `${TARGET} 'somewhere'.`],
  [
    entry('<send event="e" target="http://a.test/"/>'),
    `${TARGET} 'http://a.test/'; a URL needs type="http://www.w3.org/TR/scxml/#BasicHTTPEventProcessor".`,
  ],
  [
    '<state id="a"><invoke id="child" src="x.scxml"/><onentry><send event="e" target="#_chld"/></onentry></state>',
    "SEND_TARGET Expected the id of an <invoke> after '#_', got 'chld'. Did you mean 'child'?",
  ],
  [entry('<cancel sendid="nope"/>'), "CANCEL_UNKNOWN Expected the id of a <send>, got 'nope'."],
  [
    entry('<send id="timer" event="e" delay="1s"/><cancel sendid="tmer"/>'),
    "CANCEL_UNKNOWN Expected the id of a <send>, got 'tmer'. Did you mean 'timer'?",
  ],
  [
    '<state id="a"><invoke type="htpp" src="y"/></state>',
    "TYPE_UNKNOWN Expected an <invoke> of type 'scxml', got 'htpp'.",
  ],
  [
    '<state id="a"><invoke/></state>',
    'INVOKE_EMPTY Expected a document in src, srcexpr or <content> of <invoke>, got none.',
  ],
  [
    '<state id="a"><invoke><content/></invoke></state>',
    'INVOKE_EMPTY Expected a document in src, srcexpr or <content> of <invoke>, got none.',
  ],
  [
    '<state id="a"><invoke><content>hello</content></invoke></state>',
    "INVOKE_EMPTY Expected a document in src, srcexpr or <content> of <invoke>, got 'hello'.",
  ],
  [
    `<state id="alpha"><transition event="e" cond="In('alpa')" target="alpha"/></state>`,
    "IN_UNKNOWN Expected the id of a state in In(), got 'alpa'. Did you mean 'alpha'?",
  ],
  [
    '<state id="a"><transition event="e" cond="v = 3" target="a"/></state>',
    "CONDITION_ASSIGNS Expected a comparison (=== or ==) as condition, got the assignment 'v = 3'.",
  ],
  [
    '<state id="a"><transition event="error.comunication" target="a"/></state>',
    "EVENT_IMPOSSIBLE Expected the descriptor of an event that can come, got 'error.comunication'. Did you mean 'error.communication'?",
  ],
  [
    '<state id="a"><transition event="erorr.*" target="a"/></state>',
    "EVENT_IMPOSSIBLE Expected the descriptor of an event that can come, got 'erorr'. Did you mean 'error'?",
  ],
  [
    '<state id="a"><transition event="done.sate.a" target="a"/></state>',
    "EVENT_IMPOSSIBLE Expected the descriptor of an event that can come, got 'done.sate.a'. Did you mean 'done.state.a'?",
  ],
  [
    '<state id="a"><transition event="foo.*bar" target="a"/></state>',
    "EVENT_IMPOSSIBLE Expected the descriptor of an event that can come, got 'foo.*bar': '*' matches only alone, as the last part.",
  ],
];

const RIGHT: readonly string[] = [
  entry(
    '<send event="e" delay="10s"/><send event="e" delay=".5s"/><send event="e" delay="0"/><send event="e" delayexpr="d"/>',
  ),
  entry(
    '<send event="e" type="scxml"/><send event="e" type="http://www.w3.org/TR/scxml/#SCXMLEventProcessor"/><send event="e" typeexpr="t"/>',
  ),
  entry(
    '<send event="e" type="http://www.w3.org/TR/scxml/#BasicHTTPEventProcessor" target="http://a.test/"/>',
  ),
  entry(
    '<send event="e" target="#_parent"/><send event="e" target="#_internal"/><send event="e" target="#_scxml_x"/><send event="e" targetexpr="t"/>',
  ),
  '<state id="a"><invoke id="child" src="x.scxml"/><onentry><send event="e" target="#_child"/></onentry></state>',
  entry('<send id="t" event="e"/><cancel sendid="t"/><cancel sendidexpr="t"/>'),
  '<state id="a"><invoke srcexpr="x"/><invoke><content expr="x"/></invoke><invoke type="http://www.w3.org/TR/scxml/" src="x"/></state>',
  `<state id="a"><transition event="e" cond="In('a') &amp;&amp; v === 3" target="a"/></state>`,
  '<state id="a"><transition event="error.mine error error.* done done.state errors.x e.* *" target="a"/></state>',
];

describe('values as written in a document', () => {
  for (const [states, warning] of WRONG) {
    it(`get a warning that says what to write: ${warning}`, async () => {
      expect(await warningsOf(states)).to.deep.equal([warning]);
    });
  }

  for (const states of RIGHT) {
    it(`get no warning where they are right: ${states}`, async () => {
      expect(await warningsOf(states)).to.deep.equal([]);
    });
  }

  it('are all found in the examples', async () => {
    const codes = async (name: string): Promise<readonly string[]> =>
      (await readCase(name)).warnings.map(({ line, code }) => `${line} ${code}`);
    expect(await codes('quiet')).to.deep.equal([
      '3 DELAY_INVALID',
      '3 DELAY_INVALID',
      '3 SEND_TARGET',
      '3 SEND_TARGET',
      '3 TYPE_UNKNOWN',
      '3 CANCEL_UNKNOWN',
      '3 TYPE_UNKNOWN',
      '3 INVOKE_EMPTY',
      '4 IN_UNKNOWN',
      '4 CONDITION_ASSIGNS',
      '5 DATA_ID_RESERVED',
      '5 STATE_UNREACHABLE',
    ]);
    expect((await codes('events2')).filter((text) => text.endsWith('EVENT_IMPOSSIBLE'))).to.have.length(4);
  });

  it('names the state that was meant as a target', async () => {
    const wrong = `<scxml ${W3C}><state id="waiting"><transition event="e" target="wating"/></state></scxml>`;
    const error = await parseDocument(wrong).catch((fault: unknown) => fault as DocumentError);
    expect((error as DocumentError).problems.map(({ message }) => message)).to.deep.equal([
      "Expected the id of a state, got 'wating'. Did you mean 'waiting'?",
    ]);
  });
});

describe('a document that another one invokes', () => {
  const CASES: readonly (readonly [string, RegExp | undefined])[] = [
    ['silent_inv_inline_bad', /^In the <scxml> of <content>: TARGET_UNKNOWN: .*'typo'/],
    ['silent_inv_inline_badcode', /^In the <scxml> of <content>: EXPRESSION_INVALID: /],
    [
      'silent_inv_inline_unknown',
      /^In the <scxml> of <content>: ELEMENT_UNKNOWN: .*<sate>\. Did you mean 'state'\?/,
    ],
    ['silent_inv_missing', /^Expected a document at 'missing\.scxml', got: no such file\.$/],
    ['silent_inv_inline_nons', undefined],
    ['silent_inv_type', undefined],
    ['loop_pingpong', undefined],
  ];
  for (const [name, message] of CASES) {
    it(`is checked with it when that is asked for: ${name}`, async () => {
      const { warnings } = await loadDocument(caseUrl(name), { checkInvoked: true });
      const found = warnings
        .filter(({ code }) => code === 'INVOKED_DOCUMENT')
        .map((problem) => problem.message);
      if (message === undefined) expect(found).to.deep.equal([]);
      else expect(found[0]).to.match(message);
      const unchecked = await readCase(name);
      expect(unchecked.warnings.filter(({ code }) => code === 'INVOKED_DOCUMENT')).to.deep.equal([]);
    });
  }

  it('may invoke the first one again, and is checked by its URL', async () => {
    const files: Readonly<Record<string, string>> = {
      'memory:///a.scxml': `<scxml ${W3C}><state id="a"><invoke src="b.scxml"/></state></scxml>`,
      'memory:///b.scxml': `<scxml ${W3C}><state id="b"><invoke src="a.scxml"/><transition target="no"/></state></scxml>`,
    };
    const fetchText = async (url: URL): Promise<string> => files[url.href]!;
    const { warnings } = await loadDocument(new URL('memory:///a.scxml'), { fetchText, checkInvoked: true });
    expect(warnings.map(({ code, message }) => `${code} ${message}`)).to.deep.equal([
      "INVOKED_DOCUMENT Expected a document that loads at 'b.scxml', got 1:134: Expected the id of a state, got 'no'.",
    ]);
  });
});
