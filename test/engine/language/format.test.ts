import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Document, parseDocument, readTextFile } from '../../../engine/interpreter/index.ts';
import { formatText } from '../../../engine/language/format.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const PLACES: ReadonlySet<string> = new Set([
  'at',
  'sources',
  'hash',
  'warnings',
  'line',
  'column',
  'offset',
]);
const TWO = { indent: '  ' };

/** A document without the places of its parts. */
function meaningOf(document: Document): unknown {
  return JSON.parse(
    JSON.stringify(document, (key, value: unknown) => {
      if (PLACES.has(key)) return undefined;
      // Empty lines before an inline document keep its lines.
      if (key === 'document' && typeof value === 'string') return value.trimStart();
      return value instanceof Map ? [...value] : value;
    }),
  );
}

async function documentOf(text: string, url = 'file:///order.scxml'): Promise<Document | undefined> {
  return parseDocument(text, { baseUrl: new URL(url), fetchText: readTextFile }).catch(() => undefined);
}

function filesBelow(folder: string): readonly string[] {
  return (readdirSync(join(ROOT, folder), { recursive: true }) as string[])
    .filter((name) => name.endsWith('.scxml'))
    .map((name) => join(ROOT, folder, name));
}

describe('the format of a document', () => {
  it('has an element on each line, by its depth, and keeps comments where they are', () => {
    const text = `<?xml version="1.0"?>
<!-- The order. -->
<scxml xmlns="http://www.w3.org/2005/07/scxml"   version="1.0"
  datamodel="ecmascript" ><state id="open"><!-- waits --><onentry><log expr="1"/></onentry>


<transition event="pay"
target="paid" > <log label="paid"/>
 </transition> <!-- to the end -->
    </state>
<script>
  var x =   1;
</script><state id="paid">
</state></scxml>`;
    expect(formatText(text, TWO)).to.equal(`<?xml version="1.0"?>
<!-- The order. -->
<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"
       datamodel="ecmascript">
  <state id="open"><!-- waits -->
    <onentry><log expr="1"/></onentry>

    <transition event="pay"
                target="paid">
      <log label="paid"/>
    </transition> <!-- to the end -->
  </state>
  <script>
  var x =   1;
</script>
  <state id="paid"></state>
</scxml>
`);
  });

  it('leaves alone what is text, code, CDATA or an entity, and all inside xml:space', () => {
    const kept = [
      '<data id="a">  <![CDATA[ <x> ]]>\n &lt; </data>',
      '<script> if (a &lt; 2)\n{ b() } </script>',
      '<onentry xml:space="preserve">\n\n   <log/>  </onentry>',
      '<transition event="e"> some text <log/>\n </transition>',
      '<content>\n  <a>  </a></content>',
    ];
    for (const element of kept) {
      const text = `<scxml>\n  ${element}\n</scxml>\n`;
      expect(formatText(text, TWO)).to.equal(text);
    }
  });

  it('keeps the line breaks of the file, and uses tabs where the editor does', () => {
    expect(formatText('<scxml>\r\n<state id="a"/></scxml>', { indent: '\t' })).to.equal(
      '<scxml>\r\n\t<state id="a"/>\r\n</scxml>\r\n',
    );
  });

  it('is not there for a text that is half written, or declares entities', () => {
    for (const text of [
      '<scxml><state></scxml>',
      '<scxml',
      '',
      'text',
      '<scxml a="1></scxml>',
      '<!DOCTYPE scxml [<!ENTITY e "x">]><scxml>&e;</scxml>',
    ]) {
      expect(formatText(text, TWO), text).to.equal(undefined);
    }
  });

  it('changes no document of the repository but its lines, and does nothing the second time', async () => {
    const files = [
      'scxml',
      'examples',
      'fixtures/workflows',
      'fixtures/engine',
      'fixtures/conformance',
    ].flatMap(filesBelow);
    let count = 0;
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      const before = await documentOf(text, pathToFileURL(file).href);
      if (before === undefined) continue;
      const formatted = formatText(text, TWO);
      expect(formatted, file).to.be.a('string');
      const after = await documentOf(formatted!, pathToFileURL(file).href);
      expect(meaningOf(after!), file).to.deep.equal(meaningOf(before));
      expect(formatText(formatted!, TWO), file).to.equal(formatted);
      count += 1;
    }
    expect(count).to.be.greaterThan(40);
  });

  it('changes no random document either', async () => {
    const gap = fc.constantFrom(
      '',
      ' ',
      '\n',
      '\n\n\n  ',
      '\t',
      '<!-- a comment -->',
      '\n<!-- two\n lines -->\n',
      '<?pi?>',
    );
    const action = fc.constantFrom(
      '<log expr="1"/>',
      '<raise event="e"/>',
      '<script>\n  x = 1 &lt; 2;\n</script>',
      '<script><![CDATA[ if (x < 1) { y(); } ]]></script>',
      '<send event="e"><content> a &amp; b </content></send>',
      '<assign location="x"> [1,  2] </assign>',
      '<if cond="x &gt; 1"><log/> <else/>\n<raise   event="f"/></if>',
    );
    const block = fc
      .tuple(
        fc.constantFrom('onentry', 'onexit', 'transition event="t"'),
        fc.array(fc.tuple(action, gap), { maxLength: 3 }),
        gap,
      )
      .map(([tag, parts, first]) => `<${tag}>${first}${parts.flat().join('')}</${tag.split(' ')[0]}>`);
    const state = fc
      .tuple(gap, fc.array(fc.tuple(block, gap), { maxLength: 3 }), fc.boolean())
      .map(([first, parts, isKept]) => `${first}${parts.flat().join('')}${isKept ? ' ' : ''}`);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(state, gap), { minLength: 1, maxLength: 3 }), async (states) => {
        const inner = states
          .map(([content, after], at) => `<state   id="s${at}">${content}</state>${after}`)
          .join('');
        const text = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"><datamodel><data id="x"> 1 </data></datamodel>${inner}</scxml>`;
        const formatted = formatText(text, TWO)!;
        const [before, after] = [await documentOf(text), await documentOf(formatted)];
        expect(before, text).not.to.equal(undefined);
        expect(meaningOf(after!)).to.deep.equal(meaningOf(before!));
        expect(formatText(formatted, TWO)).to.equal(formatted);
        expect(formatted.match(/<!--[\s\S]*?-->/g)).to.deep.equal(text.match(/<!--[\s\S]*?-->/g));
      }),
      { numRuns: 100 },
    );
  });
});
