import { expect } from 'chai';
import { DocumentError } from '../../../../engine/interpreter/document/errors.ts';
import { loadDocument, parseDocument } from '../../../../engine/interpreter/load/load.ts';
import { BASE, memoryFiles, SCXML } from './memoryFiles.ts';

const NS = 'http://www.w3.org/2005/07/scxml';

/** The output for a person: line, column and message of each problem, without states that nothing enters. */
async function shown(xml: string): Promise<readonly string[]> {
  const problems = await parseDocument(xml).then(
    ({ warnings }) => warnings,
    (fault: unknown) => (fault as DocumentError).problems,
  );
  return problems
    .filter(({ code }) => code !== 'STATE_UNREACHABLE' && code !== 'EVENT_UNSENT')
    .map(({ line, column, message }) => `${line}:${column} ${message}`);
}

const document = (lines: string): string => `<scxml ${SCXML}>\n${lines}\n</scxml>`;
const END = '<final id="b"/>';

const MISTAKES: readonly (readonly [what: string, xml: string, messages: readonly string[]])[] = [
  [
    'a misspelt element',
    document(`<state id="a"><transitoin event="x" target="b"/></state>${END}`),
    ["2:15 Expected an element of SCXML in <state>, got <transitoin>. Did you mean 'transition'?"],
  ],
  [
    'an element in upper case',
    document('<State id="a"/><final id="b"/>'),
    ["2:1 Expected an element of SCXML in <scxml>, got <State>. Did you mean 'state'?"],
  ],
  [
    'an attribute in upper case',
    document('<state ID="a"/>'),
    ["2:8 Expected an attribute of <state> (id, initial), got 'ID', which is ignored. Did you mean 'id'?"],
  ],
  [
    'an attribute with the name that others use',
    document(`<state id="a"><transition event="x" to="b"/></state>${END}`),
    [
      "2:37 Expected an attribute of <transition> (event, cond, target, type), got 'to', which is ignored. Did you mean 'target'?",
    ],
  ],
  [
    'a missing end tag',
    document(`<state id="a"><transition event="x" target="b">\n</state>${END}`),
    ['3:1 Expected well-formed XML, got </state>, but <transition>, opened at 2:15, is not closed.'],
  ],
  [
    'a misspelt end tag',
    document(`<state id="a"></stat>${END}`),
    [
      '2:15 Expected well-formed XML, got </stat>, but <state>, opened at 2:1, is not closed. Did you mean </state>?',
    ],
  ],
  [
    'an end tag behind an empty element',
    document('<state id="a"/></state>'),
    ['2:16 Expected well-formed XML, got </state>, but no <state> is open here.'],
  ],
  [
    'a comment without its end',
    document(`<state id="a"/><!-- rest`),
    ['2:16 Expected well-formed XML, got a comment without its end -->.'],
  ],
  [
    'two states with one id',
    document('<state id="a"/>\n<state id="a"/>'),
    ["3:8 Expected one state 'a', got another; the first is at 2:8."],
  ],
  [
    'content outside of a block',
    document('<state id="a"><log expr="1"/></state>'),
    ['2:15 Expected no <log> inside <state>, got one. Put it into <onentry>, <onexit> or a <transition>.'],
  ],
  [
    'a transition outside of a state',
    document('<transition event="x" target="a"/><state id="a"/>'),
    ['2:1 Expected no <transition> inside <scxml>, got one. Put it into a state, which may hold all others.'],
  ],
  [
    'data outside of a data model',
    document('<data id="d"/><state id="a"/>'),
    ['2:1 Expected no <data> inside <scxml>, got one. Put it into <datamodel>.'],
  ],
  [
    '<initial> of the document',
    document('<initial><transition target="a"/></initial><state id="a"/>'),
    [
      '2:1 Expected no <initial> inside <scxml>, got one. Write initial="…" on <scxml>, or put the first state first (W3C 3.2).',
    ],
  ],
  [
    'a final state of a parallel',
    document('<parallel id="p"><state id="a"/><final id="b"/></parallel>'),
    ['2:33 Expected no <final> inside <parallel>, got one. Put it into a <state> of the <parallel>.'],
  ],
  [
    'targets in one region of a parallel',
    document(
      '<parallel id="p"><state id="r"><state id="a"><transition event="x" target="a b"/></state><state id="b"/></state></parallel>',
    ),
    ["2:68 Expected targets that can be active together, got 'b' and 'a' of 'r'."],
  ],
  [
    'two targets of the document',
    document('<state id="a"><transition event="x" target="a b"/></state><state id="b"/>'),
    ["2:37 Expected targets that can be active together, got 'b' and 'a' of <scxml>."],
  ],
  [
    'targets with a comma',
    document(
      '<parallel><state id="a"><transition event="x" target="a,b"/></state><state id="b"/></parallel>',
    ),
    ["2:47 Expected the id of a state, got 'a,b'. Write 'a b'."],
  ],
  [
    'a target as a fragment of a URL',
    document('<state id="a"><transition event="x" target="#a"/></state>'),
    ["2:37 Expected the id of a state, got '#a'. Write 'a'."],
  ],
  [
    'no namespace',
    `<scxml version="1.0"><state id="a"/></scxml>`,
    [
      `1:1 Expected xmlns="${NS}" on <scxml>, got no namespace. The dialect W3C was guessed by the absence of anything that is only in ORS; --dialect ors accepts this.`,
    ],
  ],
  [
    'a wrong namespace',
    `<scxml xmlns="${NS.replace('http:', 'https:')}"><state id="a"/></scxml>`,
    [
      `1:1 Expected <scxml xmlns="${NS}">, got <scxml xmlns="${NS.replace('http:', 'https:')}">. Did you mean '${NS}'?`,
    ],
  ],
  [
    'a prefix without its namespace',
    document('<state id="a"><onentry><queue:submit/></onentry></state>'),
    ["2:24 Expected well-formed XML, got the prefix 'queue' without xmlns:queue here or around."],
  ],
  [
    'another version',
    `<scxml xmlns="${NS}" version="2.0"><state id="a"/></scxml>`,
    ["1:48 Expected version '1.0' on <scxml>, got '2.0'."],
  ],
  [
    'another data model',
    `<scxml xmlns="${NS}" version="1.0" datamodel="javascript"><state id="a"/></scxml>`,
    ["1:62 Expected datamodel 'ecmascript' or 'null', got 'javascript'. Did you mean 'ecmascript'?"],
  ],
  [
    'history without a default',
    document('<state id="a"><history id="h"/><state id="q"/></state>'),
    ['2:15 Expected a default <transition> in <history>, got none.'],
  ],
  [
    'an initial state outside',
    document('<state id="a" initial="z"><state id="q"/></state><state id="z"/>'),
    ["2:15 Expected the initial target of 'a' to be inside it, got 'z'."],
  ],
  [
    'a type in upper case',
    document('<state id="a"><transition event="x" type="Internal" target="a"/></state>'),
    ["2:37 Expected type to be 'internal' or 'external', got 'Internal'. Did you mean 'internal'?"],
  ],
  [
    'the name of an event with spaces',
    document('<state id="a"><onentry><raise event="my event"/></onentry></state>'),
    ["2:24 Expected the name of an event without whitespace, got 'my event': only '*' can match it."],
  ],
  [
    'descriptors with commas',
    document('<state id="a"><transition event="a, b" target="a"/></state>'),
    [
      "2:15 Expected the descriptor of an event that can come, got 'a,': descriptors have spaces between them.",
    ],
  ],
  [
    'an attribute twice',
    document('<state id="a"><transition event="x" event="y" target="a"/></state>'),
    ["2:37 Expected well-formed XML, got the attribute 'event' twice."],
  ],
  [
    'an attribute without quotes before />',
    document('<state id=a/>'),
    ['2:11 Expected well-formed XML, got id=a without quotes: write id="a".'],
  ],
  [
    'typographic quotes',
    document('<state id=“a”/>'),
    ['2:11 Expected well-formed XML, got “ as quote: write id="a".'],
  ],
  [
    'a document type',
    `<!DOCTYPE scxml>\n${document('<state id="a"/>')}`,
    [
      '1:1 Expected a document without a document type, got <!DOCTYPE: remove it. Entities and external files are not read.',
    ],
  ],
  ['an empty file', '', ['1:1 Expected well-formed XML, got no element.']],
  [
    'a file that is no XML',
    '{"id": "a"}',
    ['1:11 Expected well-formed XML, got text outside of the root element.'],
  ],
  [
    'bytes that are no text',
    '<scxml>\u0000\u0001\u0002</scxml>',
    ['1:8 Expected well-formed XML, got the character U+0000, which XML does not allow.'],
  ],
  [
    'a name that is nearly right',
    document(
      '<datamodel><data id="customer"/></datamodel><state id="a"><onentry><log expr="custmer"/></onentry></state>',
    ),
    [
      "2:79 Expected 'custmer' to be declared by <data> or a script, got nothing of that name. Did you mean 'customer'?",
    ],
  ],
];

/** Code, and how the message goes on after "got". The location is that of the mistake. */
const CODE: readonly (readonly [code: string, got: string])[] = [
  ['<script>\nif (1) a = 2; b = 1;\nelse c = 3;</script>', "3:1 a script, got 'else'"],
  [
    '<script>\nfunction f() {\n  if (1) { return 2;\n}</script>',
    "4:2 a script, got the end of the script ('{' at 2:14 is not closed)",
  ],
  ['<script>\nfoo(1, 2</script>', "2:9 a script, got the end of the script ('(' at 2:4 is not closed)"],
  ['<script>var o = {a: 1 b: 2};</script>', "1:23 a script, got 'b'"],
  ["<script>var s = 'abc</script>", '1:17 a script, got a text without its closing quote'],
  ['<script>var class = 3;</script>', "1:13 a script, got the keyword 'class'"],
  ['<script>let a; let a;</script>', "1:20 a script, got a second declaration of 'a'"],
  ['<script>1 = 2</script>', '1:9 a script, got an assignment to something that is no variable or property'],
  ['<script>break;</script>', "1:9 a script, got 'break' outside of a loop"],
  ['<log expr="1 +"/>', '1:15 an expression, got the end of the expression'],
  ['<log expr="a b c"/>', "1:14 an expression, got 'b' after its end"],
  ['<if cond="a &amp;&amp; || b"/>', "1:24 a condition, got '||'"],
];

describe('the message about a mistake in a document', () => {
  for (const [what, xml, messages] of MISTAKES) {
    it(`says where it is and what to write: ${what}`, async () => {
      expect(await shown(xml)).to.deep.equal(messages);
    });
  }

  for (const [code, got] of CODE) {
    it(`names the token of code that does not parse: ${got}`, async () => {
      const begin = `<scxml ${SCXML}><state id="a"><onentry>`;
      const [first] = await shown(`${begin}\n${code}</onentry></state></scxml>`);
      const [, line, column, message] = /^(\d+):(\d+) Expected (.*): it fails when it is evaluated\.$/.exec(
        first!,
      )!;
      // The code begins at line 2 of the document; the messages above count from its own first line.
      const place = (text: string): string => text.replace(/at (\d+):/, (_, at) => `at ${Number(at) - 1}:`);
      expect(`${Number(line) - 1}:${column} ${place(message!)}`).to.equal(got);
    });
  }

  it('of a document in <content> has its own location in the file, also two documents deep', async () => {
    const inner = `<scxml ${SCXML}><state id="i"><transition event="e" target="nowhere"/></state></scxml>`;
    const middle = `<scxml ${SCXML}><state id="m">\n<invoke><content>\n${inner}</content></invoke>\n<transition event="e" cond="a b"/></state></scxml>`;
    const xml = `<scxml ${SCXML}>\n<state id="o"><invoke><content>\n${middle}</content></invoke></state></scxml>`;
    const { warnings } = await parseDocument(xml, { checkInvoked: true });
    expect(
      warnings.map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`),
    ).to.deep.equal([
      `5:${inner.indexOf('target') + 1} INVOKED_DOCUMENT In the <scxml> of <content>: TARGET_UNKNOWN: Expected the id of a state, got 'nowhere'.`,
      "6:31 INVOKED_DOCUMENT In the <scxml> of <content>: EXPRESSION_INVALID: Expected a condition, got 'b' after its end: it fails when it is evaluated.",
    ]);
  });

  it('of an include that failed is the only one: what may be in the file is not missed', async () => {
    const files = memoryFiles({
      'main.scxml': `<scxml ${SCXML} xmlns:xi="http://www.w3.org/2001/XInclude" initial="other">
<xi:include href="missing.xml"/>
<state id="a" initial="b"><xi:include href="missing.xml"/>
  <onentry><send><xi:include href="missing.xml"/></send></onentry></state>
<state id="c"><initial><xi:include href="missing.xml"/></initial><state id="d"/></state>
<state id="e"><history id="h"><xi:include href="missing.xml"/></history><xi:include href="missing.xml"/></state>
</scxml>`,
    });
    const error = await loadDocument(BASE, { fetchText: files }).catch((fault: unknown) => fault);
    expect(error).to.be.instanceOf(DocumentError);
    const { problems } = error as DocumentError;
    expect(problems.map(({ line, code }) => `${line} ${code}`)).to.deep.equal(
      [2, 3, 4, 5, 6, 6].map((line) => `${line} INCLUDE_FAILED`),
    );
  });
});
