import { expect } from 'chai';
import { createSession, parseDocument, restoreSession, type Session } from '../../../../engine/index.ts';

const LIBRARY = `<library xmlns="" xmlns:x="urn:x"><book id="b1" title="A &amp; B"/><book id="b2" x:lang="en">text<em>!</em></book></library>`;

async function sessionOf(body: string, datamodel = ''): Promise<{ session: Session; log: string[] }> {
  const document = await parseDocument(
    `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
       <datamodel>${datamodel}</datamodel><state id="s">${body}</state>
     </scxml>`,
  );
  return begin((options) => createSession(document, options));
}

function begin(make: (options: { id: string; seed: number }) => Session): {
  session: Session;
  log: string[];
} {
  const log: string[] = [];
  const session = make({ id: 'SESSION', seed: 1 });
  session.onEffect((effect) => effect.kind === 'log' && log.push(effect.text));
  return { session, log };
}

/** The values of the expressions as text. `v` is the library. */
async function read(...expressions: string[]): Promise<string[]> {
  const logs = expressions.map(
    (expression) =>
      `<log expr="${expression.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')}"/>`,
  );
  const { session, log } = await sessionOf(
    `<onentry>${logs.join('')}</onentry><transition event="error"><log expr="_event.data.description"/></transition>`,
    `<data id="v">${LIBRARY}</data>`,
  );
  session.start();
  return log;
}

describe('XML data', () => {
  it('is a DOM document with its element', async () => {
    expect(
      await read('v.nodeType', 'v.documentElement.tagName', 'v.childNodes.length', 'typeof v.parentNode'),
    ).to.deep.equal(['9', 'library', '1', 'object']);
  });

  it('gives elements, attributes and text by name, namespace and position', async () => {
    expect(
      await read(
        "v.getElementsByTagName('book').length",
        "v.getElementsByTagName('*').item(3).localName",
        "v.getElementById('b1').getAttribute('title')",
        "v.getElementById('b2').getAttributeNS('urn:x', 'lang')",
        "v.getElementById('b2').getAttribute('none') === null",
        "v.getElementById('b2').textContent",
        'v.documentElement.firstChild.nextSibling.firstChild.nodeValue',
        'v.documentElement.lastChild.previousSibling.parentNode === v.documentElement',
        "v.getElementsByTagNameNS('', 'em')[0].ownerDocument === v",
      ),
    ).to.deep.equal(['2', 'em', 'A & B', 'en', 'true', 'text!', 'text', 'true', 'true']);
  });

  it('is its XML as text and in JSON', async () => {
    const xml = '<book id="b1" title="A &amp; B"/>';
    expect(
      await read("v.getElementById('b1')", "JSON.stringify({ b: v.getElementById('b1') })"),
    ).to.deep.equal([xml, JSON.stringify({ b: xml })]);
  });

  it('cannot be changed', async () => {
    const attempt = (code: string) =>
      `(function () { try { ${code}; return 'changed'; } catch (error) { return error.name; } })()`;
    expect(
      await read(
        attempt("'use strict'; v.documentElement.tagName = 'other'"),
        attempt('v.childNodes.push(1)'),
        attempt("'use strict'; Object.getPrototypeOf(v).getElementById = null"),
        'Object.isFrozen(v) && Object.isFrozen(v.childNodes)',
      ),
    ).to.deep.equal(['TypeError', 'TypeError', 'TypeError', 'true']);
  });

  it('is made from inline content of an event and by assign; text that is not well-formed stays text', async () => {
    const { session, log } = await sessionOf(
      `<onentry>
         <send event="e"><content>${LIBRARY}</content></send>
         <assign location="w"><a xmlns=""><b/></a></assign>
         <log expr="w.documentElement.firstChild.tagName"/>
         <log expr="broken"/>
       </onentry>
       <transition event="e"><log expr="_event.data.getElementsByTagName('book')[1].getAttribute('id')"/></transition>`,
      '<data id="w"/><data id="broken">&lt;a>&lt;b>&lt;/a></data>',
    );
    session.start();
    expect(log).to.deep.equal(['b', '<a><b></a>', 'b2']);
  });

  it('survives a snapshot', async () => {
    const { session } = await sessionOf(
      `<onentry><script>second = v.getElementsByTagName('book')[1];</script></onentry>
       <transition event="ask">
         <log expr="second.parentNode === v.documentElement"/>
         <log expr="second.getAttribute('id') + Object.isFrozen(second) + second.childNodes.item(0).data"/>
         <log expr="v"/>
       </transition>`,
      `<data id="v">${LIBRARY}</data><data id="second"/>`,
    );
    session.start();
    const snapshot = JSON.parse(JSON.stringify(session.snapshot())) as ReturnType<Session['snapshot']>;
    const { session: restored, log } = begin((options) =>
      restoreSession(session.document, snapshot, options),
    );
    restored.send('ask');
    expect(log.slice(0, 2)).to.deep.equal(['true', 'b2truetext']);
    expect(log[2])
      .to.contain('<book id="b1" title="A &amp; B"/>')
      .and.to.match(/^<library .*<\/library>$/);
  });
});
