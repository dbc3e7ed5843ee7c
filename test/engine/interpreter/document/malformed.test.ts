import { expect } from 'chai';
import { DocumentError, loadDocument, parseDocument } from '../../../../engine/interpreter/index.ts';
import { caseUrl } from '../../../support/cases.ts';

async function problemsOf(load: () => Promise<unknown>): Promise<readonly string[]> {
  try {
    await load();
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return error.problems.map(
      ({ line, column, message }) => `${line}:${column} ${message.replace('Expected well-formed XML, ', '')}`,
    );
  }
  throw new Error('Expected a document with problems.');
}

/** A document with a mistake on line 2, and a target on line 3 that no state has: it is found as well. */
const around = (line: string): string =>
  `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">\n${line}\n` +
  '<state id="last"><transition event="e" target="typo"/></state></scxml>';

const SCRIPT = ', or put the script into <![CDATA[ ]]>';

const MISTAKES: readonly (readonly [name: string, line: string, problems: readonly string[]])[] = [
  [
    '& in a condition',
    `<state id="a"><transition cond="x & 1"/></state>`,
    [`2:35 got '&' that begins no entity: write &amp;.`],
  ],
  [
    '&& in a condition',
    `<state id="a"><transition cond="x && y"/></state>`,
    [`2:35 got '&' that begins no entity: write &amp;&amp; for &&.`],
  ],
  [
    '& at the end of a value',
    `<state id="a"><onentry><log expr="'a&'"/></onentry></state>`,
    [`2:37 got '&' that begins no entity: write &amp;.`],
  ],
  [
    'a URL with &',
    `<state id="a"><invoke src="x?a=1&b=2"/></state>`,
    [`2:33 got '&' that begins no entity: write &amp;.`],
  ],
  [
    '& in a script',
    `<state id="a"><onentry><script>x = 1 & 2;</script></onentry></state>`,
    [`2:38 got '&' that begins no entity: write &amp;${SCRIPT}.`],
  ],
  [
    '& in text',
    `<state id="a"><onentry><log label="a" expr="1"/> & </onentry></state>`,
    [
      '2:49 Expected elements only in <onentry>, got text, which is ignored.',
      `2:50 got '&' that begins no entity: write &amp;.`,
    ],
  ],
  [
    'an entity of HTML',
    `<state id="a"><onentry><log expr="'&nbsp;'"/></onentry></state>`,
    [`2:36 got '&nbsp;', which is none of the entities of XML: write &#160;.`],
  ],
  [
    '< in a condition',
    `<state id="a"><transition cond="x < 1"/></state>`,
    [`2:35 got '<' in the value of an attribute: write &lt;.`],
  ],
  [
    '<= without spaces',
    `<state id="a"><transition cond="x<=y"/></state>`,
    [`2:34 got '<' in the value of an attribute: write &lt;.`],
  ],
  [
    '< before a name in a script',
    `<state id="a"><onentry><script>for (var i=0;i<n;i++) {}</script></onentry></state>`,
    [`2:46 got '<' in text: write &lt;${SCRIPT}.`],
  ],
  [
    'no closing quote before an attribute',
    `<state id="a"><transition event="x target="last"/></state>`,
    [`2:33 got no closing " of the value of 'event'.`],
  ],
  [
    'no closing quote before the end of the tag',
    `<state id="a>  <transition event="x"/></state>`,
    [`2:11 got no closing " of the value of 'id'.`],
  ],
  [
    'no closing quote of a single quote',
    `<state id='a></state>`,
    [`2:11 got no closing ' of the value of 'id'.`],
  ],
  ['no quotes', `<state id=a></state>`, [`2:11 got id=a without quotes: write id="a".`]],
  [
    'quotes inside quotes',
    `<state id="a"><transition cond="x == "y"" target="last"/></state>`,
    [`2:38 got " inside the value of 'cond': write ' or &quot;.`],
  ],
  [
    'quotes inside quotes, at the end of the tag',
    `<state id="a"><transition cond="x == "y""/></state>`,
    [`2:38 got " inside the value of 'cond': write ' or &quot;.`],
  ],
  [
    'two mistakes',
    `<state id="a&b"><transition cond="x < 1"/></state>`,
    [
      `2:13 got '&' that begins no entity: write &amp;.`,
      `2:37 got '<' in the value of an attribute: write &lt;.`,
    ],
  ],
];

const RIGHT = ['a &amp; b', 'a &lt; b', '&quot;a&quot;', '&#38;', '&#x26;', "'a' > 'b'"];

describe('a document that is not well-formed', () => {
  for (const [name, line, expected] of MISTAKES) {
    it(`tells the mistake where it is, once, and checks the rest: ${name}`, async () => {
      expect(await problemsOf(() => parseDocument(around(line)))).to.deep.equal([
        ...expected,
        "3:40 Expected the id of a state, got 'typo'.",
      ]);
    });
  }

  it('tells the mistake of both examples', async () => {
    const amp = "4:37 got '&' that begins no entity: write &amp;&amp; for &&.";
    expect(await problemsOf(() => loadDocument(caseUrl('amp1')))).to.deep.equal([amp]);
    expect(await problemsOf(() => loadDocument(caseUrl('amp_far')))).to.deep.equal([
      amp,
      "5:28 Expected the id of a state, got 'bb'.",
    ]);
  });

  it('has no such mistake where entities are right, or in CDATA, comments and instructions', async () => {
    const values = RIGHT.map(
      (value, at) => `<state id="s${at}"><transition event="e${at}" cond="${value}" target="last"/></state>`,
    );
    const parts =
      '<?a b & c <?><!-- & < "x --><state id="c"><onentry><script><![CDATA[if (a && b < c) d();]]></script></onentry></state>';
    // The only fault is another one: the tag that is not closed.
    const found = await problemsOf(() => parseDocument(around(`${values.join('')}${parts}<state id="z">`)));
    expect(found.filter((problem) => problem.includes('write'))).to.deep.equal([]);
  });

  it('takes time in proportion to the text', async function () {
    this.timeout(20_000);
    const long = [
      ' '.repeat(200_000),
      '"a'.repeat(100_000),
      "a='x ".repeat(60_000),
      '&'.repeat(200_000),
      '<'.repeat(200_000),
      'x ='.repeat(70_000),
    ];
    for (const text of long) {
      await problemsOf(() => parseDocument(around(`<state id="a"><transition cond="${text}/></state>`)));
      await problemsOf(() =>
        parseDocument(around(`<state id="a"><onentry><script>a && ${text}</script></onentry></state>`)),
      );
    }
  });
});
