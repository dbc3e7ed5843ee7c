import { expect } from 'chai';
import { parse, problemsOf, SCXML } from './memoryFiles.ts';

const XI = 'xmlns:xi="http://www.w3.org/2001/XInclude"';
const state = (lines: string): string => `<state id="s">${lines}</state>`;
const entry = (lines: string): string => state(`<onentry>${lines}</onentry>`);

/** Content of a document whose root has profile="ecmascript" and no module namespace. */
const SIGNS: readonly (readonly [content: string, dialect: 'ors' | 'w3c'])[] = [
  ['<final/>', 'w3c'],
  [
    entry(
      '<send event="go"/><send event="a.b" delay="1s" target="#_parent" type="scxml"/><cancel sendid="x"/>',
    ),
    'w3c',
  ],
  [entry('<send eventexpr="\'e\'" delayexpr="2000"/><log label="l" expr="\'a\' + 1"/>'), 'w3c'],
  [entry('<script type="text/javascript">var a = 1;</script><raise event="e"/>'), 'w3c'],
  [state('<initial><transition target="t"/></initial><state id="t"/>'), 'w3c'],
  [state('<transition event="error.execution error.communication done.state.s" target="s"/>'), 'w3c'],
  [state('<invoke type="http://www.w3.org/TR/scxml/" src="a.scxml"/>'), 'w3c'],
  [entry('<q:x xmlns:q="urn:q" _a="\'1\'"/>'), 'w3c'],
  [
    state(
      '<invoke><content><scxml xmlns:q="www.genesyslab.com/modules/queue" version="1.0"><final/></scxml></content></invoke>',
    ),
    'ors',
  ],
  [entry('<send event="\'go\'"/>'), 'ors'],
  [entry('<send event="name + 1"/>'), 'ors'],
  [entry('<send event="go" target="_event.origin"/>'), 'ors'],
  [entry('<send event="go" target="_internal"/>'), 'ors'],
  [entry('<send event="go" delay="2000"/>'), 'ors'],
  [entry('<send event="go" type="\'scxml\'"/>'), 'ors'],
  [entry('<send event="go" targettype="scxml"/>'), 'ors'],
  [entry('<send event="go" hints="h"/>'), 'ors'],
  [entry('<send eventexpr="\'go\'"><param name="a"/></send>'), 'ors'],
  [entry('<cancel sendid="\'x\'"/>'), 'ors'],
  [entry('<cancel id="x"/>'), 'ors'],
  [entry('<log level="2" expr="1"/>'), 'ors'],
  [entry('<event name="e"/>'), 'ors'],
  [entry('<raise event="e"><param name="a" expr="1"/></raise>'), 'ors'],
  [entry('<log xmlns="" expr="1"/>'), 'ors'],
  [entry('<log expr="_data.a"/>'), 'ors'],
  [entry('<script>__Log(1)</script>'), 'ors'],
  [entry('<if cond="_genesys.ixn"/>'), 'ors'],
  [state('<transition event="e" target="$$_MY_PREFIX_$$.s"/>'), 'ors'],
  [state('<transition event="interaction.added" target="s"/>'), 'ors'],
  [state('<transition event="a error.illegalcond" target="s"/>'), 'ors'],
  ['<initial><transition target="f"/></initial><final id="f"/>', 'ors'],
  ['<state id="s" _persist="Never"/>', 'ors'],
  ['<datamodel schema="x"/><final/>', 'ors'],
  ['<xi:include href="words.xml"/>', 'ors'],
  ['<xi:include href="module.xml"/>', 'ors'],
  ['<xi:include href="plain.xml"/>', 'w3c'],
  ['<xi:include href="plain.xml" resolveid="p"/>', 'ors'],
  ['<script src="words.js"/><final/>', 'ors'],
];

const FILES = {
  'words.xml': `<state ${SCXML.replace(' version="1.0"', '')}><onentry><log expr="_data.a"/></onentry></state>`,
  'module.xml': `<state ${SCXML.replace(' version="1.0"', '')} xmlns:ws="www.genesyslab.com/modules/ws"/>`,
  'plain.xml': `<state ${SCXML.replace(' version="1.0"', '')} id="p"/>`,
  'words.js': 'var a = _genesys.ixn;',
};

describe('the dialect of a document with a profile attribute', () => {
  for (const [content, dialect] of SIGNS) {
    it(`is ${dialect} for ${content}`, async () => {
      const document = await parse(`<scxml ${SCXML} ${XI} profile="ecmascript">${content}</scxml>`, FILES);
      expect(document.dialect).to.equal(dialect);
    });
  }

  const messages = async (attributes: string, content: string, options = {}): Promise<readonly string[]> =>
    (await problemsOf(`<scxml ${SCXML} ${attributes}>${content}</scxml>`, {}, options))
      .filter(({ code }) => code !== 'STATE_UNREACHABLE')
      .map(({ message }) => message);

  it('is named by messages that depend on it, with the option that chooses the other', async () => {
    const text = entry('<send event="go.there"/><log level="1"/>');
    expect(await messages('profile="ecmascript"', text)).to.deep.equal([
      "Expected 'go' to be declared by <data> or a script, got nothing of that name. The dialect ORS was guessed by 'profile' and 'level' of <log>; --dialect w3c reads this as text.",
    ]);
    const code = entry('<send event="a b"/>');
    expect(await messages('xmlns:q="www.genesyslab.com/modules/queue"', code)).to.deep.equal([
      "Expected an expression, got 'b' after its end: it fails when it is evaluated. The dialect ORS was guessed by the namespace www.genesyslab.com/modules/queue; --dialect w3c reads this as text.",
    ]);
    const strict = entry('<send/>');
    expect(await messages('profile="ecmascript"', strict)).to.deep.equal([
      "Expected 'event', 'eventexpr' or <content> on <send>, got none of them. The dialect W3C was guessed by 'profile' without anything that is only in ORS; --dialect ors accepts this.",
    ]);
  });

  it('is not named when it was chosen', async () => {
    const plain = ["Expected 'event', 'eventexpr' or <content> on <send>, got none of them."];
    expect(await messages('datamodel="ecmascript"', entry('<send/>'))).to.deep.equal(plain);
    expect(await messages('profile="ecmascript"', entry('<send/>'), { dialect: 'w3c' })).to.deep.equal(plain);
    expect(
      await messages('profile="ecmascript"', entry('<send event="go"/>'), { dialect: 'ors' }),
    ).to.deep.equal(["Expected 'go' to be declared by <data> or a script, got nothing of that name."]);
  });
});
