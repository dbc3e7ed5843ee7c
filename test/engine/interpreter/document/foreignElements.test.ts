import { expect } from 'chai';
import { createSession, type Document, parseDocument } from '../../../../engine/index.ts';
import type { Json } from '../../../../engine/ports/index.ts';
import { readCase } from '../../../support/cases.ts';
import { brief, parse, SCXML } from './memoryFiles.ts';

/** An element as an editor writes it, with content that would fail or end the session. */
const NOTE = '<qt:note x="1"><final id="no"/><raise event="no"/>text</qt:note>';

/** Documents with NOTE at one position each. Each ends after the event `go` with all of its content. */
const POSITIONS: readonly (readonly [parent: string, states: string])[] = [
  ['scxml', `${NOTE}<state id="s"><transition event="go" target="end"/></state>`],
  ['state', `<state id="s">${NOTE}<transition event="go" target="end"/></state>`],
  ['parallel', `<parallel id="s">${NOTE}<state/><transition event="go" target="end"/></parallel>`],
  ['datamodel', `<state id="s"><datamodel>${NOTE}</datamodel><transition event="go" target="end"/></state>`],
  [
    'transition',
    `<state id="s"><transition event="go" target="end">${NOTE}<log expr="1"/></transition></state>`,
  ],
  [
    'onentry',
    `<state id="s"><onentry>${NOTE}<raise event="go"/></onentry><transition event="go" target="end"/></state>`,
  ],
  [
    'onexit',
    `<state id="s"><onexit>${NOTE}<log expr="1"/></onexit><transition event="go" target="end"/></state>`,
  ],
  [
    'initial',
    `<state id="s"><initial>${NOTE}<transition target="t"/></initial><state id="t"/><transition event="go" target="end"/></state>`,
  ],
  [
    'the transition of initial',
    `<state id="s"><initial><transition target="t">${NOTE}<raise event="go"/></transition></initial><state id="t"/><transition event="go" target="end"/></state>`,
  ],
  [
    'history',
    `<state id="s" initial="h"><history id="h">${NOTE}<transition target="t">${NOTE}<raise event="go"/></transition></history><state id="t"/><transition event="go" target="end"/></state>`,
  ],
  [
    'if',
    `<state id="s"><onentry><if cond="true">${NOTE}<raise event="go"/></if></onentry><transition event="go" target="end"/></state>`,
  ],
  [
    'a branch of if',
    `<state id="s"><onentry><if cond="false"><elseif cond="false"/>${NOTE}<else/>${NOTE}<raise event="go"/></if></onentry><transition event="go" target="end"/></state>`,
  ],
  [
    'else',
    `<state id="s"><onentry><if cond="false"><else>${NOTE}</else><raise event="go"/></if></onentry><transition event="go" target="end"/></state>`,
  ],
  [
    'foreach',
    `<state id="s"><onentry><foreach array="[1]" item="i">${NOTE}<raise event="go"/></foreach></onentry><transition event="go" target="end"/></state>`,
  ],
  [
    'send',
    `<state id="s"><onentry><send event="go">${NOTE}</send></onentry><transition event="go" target="end"/></state>`,
  ],
  [
    'raise',
    `<state id="s"><onentry><raise event="go">${NOTE}</raise></onentry><transition event="go" target="end"/></state>`,
  ],
  [
    'log and cancel',
    `<state id="s"><onentry><log label="x">${NOTE}</log><send id="late" eventexpr="'go'" delayexpr="'1s'"/><cancel sendidexpr="'late'">${NOTE}</cancel></onentry><transition event="go" target="end"/></state>`,
  ],
  [
    'param',
    `<state id="s"><onentry><send event="go"><param name="p" expr="1">${NOTE}</param></send></onentry><transition event="go" cond="_event.data.p === 1" target="end"/></state>`,
  ],
  [
    'donedata',
    `<state id="s"><state id="t"><transition event="go" target="u"/></state><final id="u"><donedata>${NOTE}<param name="p" expr="1"/></donedata></final><transition event="done.state.s" cond="_event.data.p === 1" target="end"/></state>`,
  ],
  [
    'final',
    `<state id="s"><transition event="go" target="end"/><transition event="x" target="other"/></state><final id="other">${NOTE}</final>`,
  ],
  [
    'invoke and finalize',
    `<state id="s"><invoke>${NOTE}<finalize>${NOTE}</finalize><content><scxml ${SCXML}><final>${NOTE}</final></scxml></content></invoke><transition event="go" target="end"/></state>`,
  ],
];

const DIALECTS = [
  ['w3c', 'datamodel="ecmascript"'],
  ['ors', 'profile="ecmascript" xmlns:ws="www.genesyslab.com/modules/ws"'],
] as const;

/** The configuration after `go`, and the problems that are no warning of an ignored element. */
function played(document: Document): readonly unknown[] {
  const session = createSession(document);
  session.start();
  session.send('go');
  const others = document.warnings.filter(
    ({ code }) => code !== 'ELEMENT_IGNORED' && code !== 'TEXT_IGNORED',
  );
  return [...session.configuration, session.status, ...others.map(brief)];
}

describe('elements of foreign namespaces', () => {
  for (const [dialect, attributes] of DIALECTS) {
    for (const [parent, states] of POSITIONS) {
      // In ORS, the event of <send> is an expression.
      const written = dialect === 'ors' ? states.replace('<send event="go"', `<send event="'go'"`) : states;
      it(`are ignored with a warning in ${parent} (${dialect})`, async () => {
        const document = await parse(
          `<scxml ${SCXML} ${attributes} initial="s" xmlns:qt="http://www.qt.io/2015/02/scxml-ext">${written}<final id="end"/></scxml>`,
        );
        expect(document.dialect).to.equal(dialect);
        expect(played(document)).to.deep.equal(['end', 'completed']);
        const found = document.warnings.filter(({ code }) => code === 'ELEMENT_IGNORED');
        const count = states.split('<qt:note').length - 1;
        // The warnings of an inline document come when it is loaded.
        expect(found.length).to.equal(parent === 'invoke and finalize' ? count - 1 : count);
      });
    }
  }

  it('leave an unknown element of a module its error event', async () => {
    const document = await parse(
      `<scxml ${SCXML} profile="ecmascript" xmlns:q="www.genesyslab.com/modules/queue" initial="s"><state id="s"><onentry><q:nothing/></onentry><transition event="error.queue.nothing" target="end"/></state><final id="end"/></scxml>`,
    );
    const session = createSession(document);
    session.start();
    await Promise.resolve();
    expect([...session.configuration]).to.deep.equal(['end']);
  });

  it('leave the documents of Qt Creator their content: qt_places and qt2', async () => {
    const places = createSession(await readCase('qt_places'));
    const log: string[] = [];
    places.onEffect((effect) => effect.kind === 'log' && log.push(effect.text));
    places.start();
    places.send('go');
    await places.settled();
    expect(log).to.deep.equal(['action of the transition', 'entered b', 'tick']);
    expect([...places.configuration]).to.deep.equal(['b', 'b1']);

    const second = createSession(await readCase('qt2'));
    second.start();
    expect([...second.configuration]).to.deep.equal(['ok']);
  });
});

describe('empty conditions and expressions', () => {
  it('count as not written in the document emptyexpr', async () => {
    const document = await readCase('emptyexpr');
    expect(document.warnings.map(brief)).to.deep.equal([
      'emptyexpr.scxml:2:27 warning EXPRESSION_EMPTY',
      'emptyexpr.scxml:3:31 warning EXPRESSION_EMPTY',
      'emptyexpr.scxml:3:62 warning EXPRESSION_EMPTY',
    ]);
    const log: unknown[] = [];
    const session = createSession(document);
    session.onEffect((effect) => effect.kind === 'log' && log.push(effect));
    session.start();
    expect([[...session.configuration], session.status, log]).to.deep.equal([
      ['t'],
      'completed',
      [{ kind: 'log', text: '' }],
    ]);
  });

  const ATTRIBUTES: readonly (readonly [content: string, expected: Json])[] = [
    ['<raise event="done"/><assign location="v" expr=""/>', { v: '' }],
    ['<assign location="v" expr="">7</assign><raise event="done"/>', { v: 7 }],
    ['<send event="done" eventexpr=""><param name="p" expr=""/></send>', { data: {} }],
    ['<send event="done"><param name="p" location="" expr="5"/></send>', { data: { p: 5 } }],
    ['<send event="" eventexpr="\'done\'"/>', {}],
    ['<send event="done" target="" targetexpr="" type="" typeexpr="" delay="" delayexpr=""/>', {}],
    ['<send event="done" id="" idlocation="" namelist=""/>', {}],
    ['<send event="done"><content expr="">3</content></send>', { data: 3 }],
    ['<foreach array="[1]" item="v" index=""><send event="done"/></foreach>', { v: 1 }],
    ['<script src="">v = 4;</script><send event="done"/>', { v: 4 }],
    ['<cancel sendid=""/><send event="done"/>', {}],
  ];
  for (const [content, expected] of ATTRIBUTES) {
    it(`count as not written, with a warning: ${content}`, async () => {
      const xml = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
        <datamodel><data id="v" expr="1" src=""/></datamodel>
        <state id="a"><onentry>${content}</onentry><transition event="done" target="b"/>
          <transition event="error" target="failed"/></state>
        <final id="b"><donedata><content expr="({ v: v, data: _event.data })"/></donedata></final>
        <state id="failed"/></scxml>`;
      const document = await parseDocument(xml);
      expect(document.warnings.some(({ code }) => code === 'EXPRESSION_EMPTY')).to.equal(true);
      const session = createSession(document);
      session.start();
      await session.settled();
      expect(session.donedata).to.deep.equal({ v: 1, ...(expected as object) });
    });
  }

  it('stay faults where nothing else can be meant, with a warning', async () => {
    const fill = (content: string): string =>
      `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"><state id="a"><onentry>${content}</onentry></state></scxml>`;
    for (const content of [
      '<if cond=""/>',
      '<assign location="" expr="1"/>',
      '<foreach array="" item="v"/>',
    ]) {
      const { warnings } = await parseDocument(fill(content));
      const found = warnings.filter(({ code }) => code === 'EXPRESSION_INVALID');
      expect(found.map(({ message }) => message.replace(/^Expected an? \w+/, ''))).to.include(
        ', got nothing: it fails when it is evaluated.',
      );
    }
  });
});
