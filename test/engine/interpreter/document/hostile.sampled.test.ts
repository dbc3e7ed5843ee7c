import { expect } from 'chai';
import fc from 'fast-check';
import { DocumentError } from '../../../../engine/interpreter/document/errors.ts';
import { DOCUMENT_LIMITS } from '../../../../engine/interpreter/document/limits.ts';
import { anyCharacter } from '../../../support/anyCharacter.ts';
import { runsOf } from '../../../support/runLength.ts';
import { brief, NS, parse, problemsOf, SCXML } from './memoryFiles.ts';

const XI = 'xmlns:xi="http://www.w3.org/2001/XInclude"';

const SOUND = `<?xml version="1.0"?>
<scxml ${SCXML} ${XI} xmlns:queue="www.genesyslab.com/modules/queue" profile="ecmascript" initial="a">
  <datamodel><data id="x" expr="1"/><data id="y"><q/></data></datamodel>
  <script><!-- c --><![CDATA[ a < b ]]><xi:include href="a.js" parse="text"/></script>
  <state id="a" initial="b">
    <onentry><if cond="x"><log/><elseif cond="y"/><raise event="e"/><else/><queue:submit requestid="r"/></if></onentry>
    <history id="h" type="deep"><transition target="b"/></history>
    <state id="b"><transition event="e.* f" cond="1 &lt; 2" target="p1 p2"/><invoke><content><scxml/></content></invoke></state>
    <parallel id="p"><state id="p1"/><state id="p2"/></parallel>
    <xi:include href="part.xml" resolveid="P" xpointer="t"><xi:fallback/></xi:include>
  </state>
  <final id="f"><donedata><param name="n" expr="1"/></donedata></final>
</scxml>`;

const FILES = {
  'a.js': 'a();',
  'part.xml': `<state ${NS} id="t"><transition event="g" target="$$_MY_PREFIX_$$.t"/></state>`,
};

/** True when the document loads. Any error except DocumentError fails the test. */
async function loads(xml: string, files: Readonly<Record<string, string>> = FILES): Promise<boolean> {
  try {
    await parse(xml, files);
    return true;
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    expect(error.problems.some(({ severity }) => severity === 'error')).to.equal(true);
    for (const { line, column } of error.problems) expect(Math.min(line, column)).to.be.at.least(1);
    return false;
  }
}

describe('a hostile document', () => {
  it('expands no entity', async () => {
    const laughs = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join(
      '\n',
    );
    const xml = `<?xml version="1.0"?>\n<!DOCTYPE scxml [<!ENTITY l0 "lol">${laughs}]>\n<scxml ${SCXML}>&l9;</scxml>`;
    expect((await problemsOf(xml)).map(brief)).to.deep.equal(['main.scxml:2:1 error XML_DOCTYPE']);
  });

  it('reads no external entity', async () => {
    let reads = 0;
    const fetchText = async () => {
      reads += 1;
      return 'secret';
    };
    const xml = `<!DOCTYPE scxml [<!ENTITY x SYSTEM "file:///etc/passwd">]><scxml ${SCXML}>&x;</scxml>`;
    const problems = await problemsOf(xml, {}, { fetchText });
    expect(problems.map(brief)).to.deep.equal(['main.scxml:1:1 error XML_DOCTYPE']);
    expect(reads).to.equal(0);
  });

  for (const name of [
    'constructor',
    'toString',
    'valueOf',
    'hasOwnProperty',
    '__proto__',
    '__defineGetter__',
  ]) {
    it(`gives problems, and no other error, when it uses the name '${name}' everywhere`, async () => {
      const inside = [
        `<${name} ${name}="1"/>`,
        `<state ${name}="1" id="${name}"><${name}/><transition event="${name}" target="${name}"/></state>`,
        `<state><onentry><${name}/><log level="${name}"/><send event="${name}" ${name}="1"/></onentry></state>`,
        `<datamodel><data id="${name}" expr="1"/><${name}/></datamodel>`,
        `<state><invoke ${name}="1"><${name}/></invoke></state>`,
        `<state xmlns:queue="www.genesyslab.com/modules/queue"><onentry><queue:${name}/><queue:submit ${name}="1"/></onentry></state>`,
        `<x:${name} xmlns:x="urn:${name}"/>`,
      ];
      for (const content of [...inside, inside.join('')]) {
        for (const root of [SCXML, `${NS} version="1.0" profile="ecmascript" ${name}="1"`]) {
          await loads(`<scxml ${root}>${content}</scxml>`);
          await loads(`<scxml ${root} ${name}="2" datamodel="${name}" profile="${name}">${content}</scxml>`);
        }
      }
    });
  }

  const MANY = runsOf({ sample: 40_000, all: 150_000 });
  for (const [what, content] of [
    ['targets of a transition', `<state id="a"><transition target="${'a '.repeat(MANY)}"/></state>`],
    ['pieces of data', `<datamodel>${'<data/>'.repeat(MANY)}</datamodel><state/>`],
  ] as const) {
    it(`loads or gives problems with ${MANY} ${what}`, async () => {
      await loads(`<scxml ${SCXML}>${content}</scxml>`);
    }).timeout(60_000);
  }

  it('is refused when it nests 100,000 elements', async () => {
    const problems = await problemsOf(`<scxml ${SCXML}>${'<state>'.repeat(100_000)}`);
    expect(problems.map(({ code }) => code)).to.deep.equal(['XML_TOO_DEEP']);
  });

  it('is refused when its includes nest elements too deeply', async () => {
    const nest = (inner: string) =>
      `<state ${NS} ${XI}>${'<state>'.repeat(600)}${inner}${'</state>'.repeat(601)}`;
    const problems = await problemsOf(`<scxml ${SCXML} ${XI}><xi:include href="a.xml"/></scxml>`, {
      'a.xml': nest('<xi:include href="b.xml"/>'),
      'b.xml': nest(''),
    });
    expect(problems.map(brief)).to.deep.equal(['a.xml:1:4291 error XML_TOO_DEEP']);
  });

  it('is refused when its includes double themselves', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 14 }, (_, i) => [
        `${i}.xml`,
        `<state ${NS} ${XI}><xi:include href="${i + 1}.xml"/><xi:include href="${i + 1}.xml"/></state>`,
      ]),
    );
    const xml = `<scxml ${SCXML} ${XI}><xi:include href="0.xml"/></scxml>`;
    const problems = await problemsOf(xml, { ...files, '14.xml': `<state ${NS}/>` });
    expect(
      new Set(problems.filter(({ severity }) => severity === 'error').map(({ code }) => code)),
    ).to.deep.equal(new Set(['INCLUDE_TOO_MANY']));
  });

  it('is refused when its files are too large together', async () => {
    const half = ' '.repeat(DOCUMENT_LIMITS.MAX_DOCUMENT_SIZE);
    const includes = Array.from({ length: 5 }, (_, i) => `<xi:include href="${i}.js" parse="text"/>`).join(
      '\n',
    );
    const files = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`${i}.js`, half]));
    const problems = await problemsOf(
      `<scxml ${SCXML} ${XI}><script>\n${includes}</script><final/></scxml>`,
      files,
    );
    expect(problems.map(brief)).to.deep.equal([
      'main.scxml:5:13 error INCLUDE_FAILED',
      'main.scxml:6:13 error INCLUDE_FAILED',
    ]);
    expect(problems[0]!.message).to.contain('MAX_TOTAL_SIZE');
  });

  it('loads as fast with many targets as with few', async () => {
    const regions = Array.from({ length: 20_000 }, (_, i) => `<state id="r${i}"/>`).join('');
    const targets = Array.from({ length: 20_000 }, (_, i) => `r${i}`).join(' ');
    expect(
      await loads(`<scxml ${SCXML} initial="${targets}"><parallel>${regions}</parallel></scxml>`),
    ).to.equal(true);
  });

  it('may use names of Object.prototype', async () => {
    const ids = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const states = ids
      .map((id) => `<state id="${id}"><transition event="${id}" target="${id}"/></state>`)
      .join('');
    const document = await parse(`<scxml ${SCXML} initial="__proto__">${states}</scxml>`);
    expect(document.transitions.map(({ targets }) => targets)).to.deep.equal([[1], [1], [2], [3], [4]]);
    expect(
      (await problemsOf(`<scxml ${SCXML}><constructor/></scxml>`)).map(({ code }) => code),
    ).to.deep.equal(['ELEMENT_UNKNOWN']);
  });

  it('throws only DocumentError for any text', async () => {
    expect(await loads(SOUND)).to.equal(true);
    const text = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 200 }),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => new TextDecoder().decode(bytes)),
      fc.string({ unit: fc.constantFrom(...'<>/!?-[]&;="\' \n\ras:x', '\uFEFF', '\uD800'), maxLength: 200 }),
    );
    await fc.assert(
      fc.asyncProperty(text, async (xml) => void (await loads(xml))),
      { numRuns: 300 },
    );
  });

  it('throws only DocumentError for any change of a correct document', async () => {
    const pieces = [
      ...'<>/&"\'=\n ',
      '<state>',
      '</state>',
      '<scxml>',
      '<xi:include href="part.xml"/>',
      '<xi:include xpointer="a"/>',
      '<transition target="a p1"/>',
      '<history/>',
      '<initial/>',
      '<else/>',
      '<data id="x" src="part.xml"/>',
      '<!--',
      ']]>',
      '<![CDATA[',
      '$$_MY_PREFIX_$$.',
      'xmlns="" ',
      'id="a" ',
      'datamodel="null" ',
    ];
    const change = fc.record({
      at: fc.nat(SOUND.length),
      cut: fc.nat(30),
      put: fc.oneof(fc.constantFrom(...pieces), fc.constant('')),
    });
    const mutate = (changes: readonly { at: number; cut: number; put: string }[]) =>
      changes.reduce((xml, { at, cut, put }) => xml.slice(0, at) + put + xml.slice(at + cut), SOUND);
    const property = fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      const xml = mutate(changes);
      await loads(xml);
      await loads(SOUND, { ...FILES, 'part.xml': xml });
    });
    await fc.assert(property, { numRuns: runsOf({ sample: 100, all: 400 }) });
  });

  it('throws only DocumentError for any combination of elements', async () => {
    const names =
      'scxml state parallel final history initial transition onentry onexit datamodel data donedata content param script raise if elseif else foreach log assign send cancel invoke finalize event xi:include xi:fallback queue:submit';
    const attributes =
      'id initial target event cond type expr location src name namelist href xpointer resolveid parse sendid';
    const attribute = fc.tuple(
      fc.constantFrom(...attributes.split(' ')),
      fc.constantFrom('a', 'b', 'a b', '', '1', 'part.xml', '#x', 'deep'),
    );
    const { element } = fc.letrec<{ element: string }>((tie) => ({
      element: fc
        .record({
          name: fc.constantFrom(...names.split(' ')),
          attributes: fc.uniqueArray(attribute, { selector: ([name]) => name, maxLength: 3 }),
          children: fc.oneof(
            { depthSize: 'small' },
            fc.constant([]),
            fc.array(tie('element'), { maxLength: 4 }),
          ),
        })
        .map(
          ({ name, attributes: written, children }) =>
            `<${name}${written.map(([key, value]) => ` ${key}="${value}"`).join('')}>${children.join('')}</${name}>`,
        ),
    }));
    const heads = ['profile="ecmascript"', 'datamodel="ecmascript"', 'datamodel="null" binding="late"'];
    const property = fc.asyncProperty(
      fc.constantFrom(...heads),
      fc.array(element, { maxLength: 6 }),
      async (head, children) => {
        await loads(
          `<scxml ${SCXML} ${XI} xmlns:queue="www.genesyslab.com/modules/queue" ${head}>${children.join('')}</scxml>`,
        );
      },
    );
    await fc.assert(property, { numRuns: runsOf({ sample: 100, all: 400 }) });
  });
});
