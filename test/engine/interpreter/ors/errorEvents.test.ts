import { expect } from 'chai';
import { createSession, parseDocument } from '../../../../engine/index.ts';
import { createSimulatedClock } from '../../../support/simulatedClock.ts';
import { logsOf, play } from './play.ts';

interface Case {
  readonly is: string;
  /** Content of <onentry>, from line 3. */
  readonly content: string;
  readonly event: string;
  readonly element: string;
  readonly line: number;
  readonly target?: string;
  readonly sendid?: string;
}

/**
 * ors-dialect 2.6. The other events of its list cannot occur, because no part receives or sends typed data.
 */
const CASES: readonly Case[] = [
  {
    is: 'a condition of <if>',
    content: '<log/>\n<if cond="nobody.knows"><log/></if>',
    event: 'error.illegalcond',
    element: 'if',
    line: 4,
  },
  {
    is: 'a location that does not exist',
    content: '<assign location="nobody" expr="1"/>',
    event: 'error.illegalloc',
    element: 'assign',
    line: 3,
  },
  {
    is: 'a location inside what is not there',
    content: '<assign location="_data.x.y" expr="1"/>',
    event: 'error.illegalloc',
    element: 'assign',
    line: 3,
  },
  {
    is: 'a request id that nothing can hold',
    content: '<queue:submit requestid="f()"/>',
    event: 'error.illegalloc',
    element: 'queue:submit',
    line: 3,
  },
  {
    is: 'an assignment to a name of the platform',
    content: '\n<assign location="_sessionid" expr="1"/>',
    event: 'error.illegalassign',
    element: 'assign',
    line: 4,
  },
  {
    is: 'a value',
    content: '<log expr="nobody.knows"/>',
    event: 'error.illegalvalue',
    element: 'log',
    line: 3,
  },
  {
    is: 'a value that does not parse',
    content: '<log expr="caller: _event.x"/>',
    event: 'error.illegalvalue',
    element: 'log',
    line: 3,
  },
  {
    is: 'an attribute of a module element',
    content: '<queue:submit\n priority="nobody.knows"/>',
    event: 'error.illegalvalue',
    element: 'queue:submit',
    line: 3,
  },
  {
    is: 'a script',
    content: '<script>\n  nobody.knows();</script>',
    event: 'error.script',
    element: 'script',
    line: 3,
  },
  {
    is: 'an element that nothing executes',
    content: '<vibrate/>',
    event: 'error.unsupported.element',
    element: 'vibrate',
    line: 3,
  },
  {
    is: 'a send without an event',
    content: '<send target="_sessionid"/>',
    event: 'error.send.noeventspecified',
    element: 'send',
    line: 3,
    sendid: 'send1',
  },
  {
    is: 'a send of an unknown type',
    content: `<send id="i" event="'e'" type="'pigeon'"/>`,
    event: 'error.send.targettypeinvalid',
    element: 'send',
    line: 3,
    sendid: 'i',
  },
  {
    is: 'a send to a functional module',
    content: `<send id="i" event="'e'" type="'fm'" target="'www.genesyslab.com/modules/queue'"/>`,
    event: 'error.send.targetunavailable',
    element: 'send',
    line: 3,
    target: 'www.genesyslab.com/modules/queue',
    sendid: 'i',
  },
  {
    is: 'a send that cannot be made',
    content: `<send id="i" event="'e'" delay="'soon'"/>`,
    event: 'error.send.failed',
    element: 'send',
    line: 3,
    sendid: 'i',
  },
  {
    is: 'a cancel of nothing',
    content: `<cancel sendid="'nothing'"/>`,
    event: 'error.notallowed',
    element: 'cancel',
    line: 3,
    sendid: 'nothing',
  },
  {
    is: 'a send to a session that is not there',
    content: `<send id="i" event="'e'" target="'NOBODY'"/>`,
    event: 'error.send.nosuchsession',
    element: 'send',
    line: 3,
    target: 'NOBODY',
    sendid: 'i',
  },
  {
    is: 'an answer to no request',
    content: '<ws:response requestid="undefined"/>',
    event: 'error.ws.response',
    element: 'ws:response',
    line: 3,
  },
];

const TELL = `<transition event="error"><log expr="JSON.stringify([_event.name, _event.data.document, _event.data.element, _event.data.linenumber, _event.data.target, _event.sendid])"/></transition>`;

describe('error events of the ORS dialect', () => {
  for (const { is, content, event, element, line, target, sendid } of CASES) {
    it(`are raised for ${is}: ${event}`, async () => {
      const player = await play(
        `<datamodel><data id="x"/></datamodel><state id="s"><onentry>\n${content}</onentry>${TELL}</state>`,
      );
      const [told] = logsOf(player).filter((text) => text.startsWith('['));
      expect(JSON.parse(told ?? 'null')).to.deep.equal([
        event,
        'http://docs.test/app/main.scxml',
        element,
        line,
        target ?? null,
        sendid ?? null,
      ]);
    });
  }

  it('are raised for a condition of a transition, and only once for an eventless transition', async () => {
    const player = await play(
      `<state id="s"><transition cond="nobody.knows"/>\n<transition event="e" cond="nobody.knows"/>${TELL}</state>`,
    );
    player.send('e');
    const told = player.takeTrace().filter((line) => line.startsWith('log '));
    expect(told.map((line) => JSON.parse(line.slice(4)).slice(2, 4))).to.deep.equal([
      ['transition', 2],
      ['transition', 3],
      ['transition', 2],
    ]);
  });

  it('are raised for data that cannot be evaluated, and for data whose file cannot be read', async () => {
    const player = await play(
      `<datamodel><data id="a" expr="nobody.knows"/>\n<data id="b" src="http://other.test/b.json"/></datamodel><state id="s">${TELL}</state>`,
      { files: {} },
    );
    expect(logsOf(player).map((text) => JSON.parse(text))).to.deep.equal([
      ['error.illegaldata', 'http://docs.test/app/main.scxml', 'data', 2, null, null],
      [
        'error.badfetch.http.unreadable',
        'http://docs.test/app/main.scxml',
        'data',
        3,
        'http://other.test/b.json',
        null,
      ],
    ]);
  });

  it('have the code with which a file was refused', async () => {
    const fetchText = () => Promise.reject(Object.assign(new Error('gone'), { code: 404 }));
    const document = await parseDocument(
      `<scxml version="1.0" xmlns="http://www.w3.org/2005/07/scxml" profile="ecmascript"><datamodel><data id="b" src="http://other.test/b.json"/></datamodel><state><transition event="error.badfetch.http.404" target="end"/></state><final id="end"/></scxml>`,
      { fetchText },
    );
    const session = createSession(document, { clock: createSimulatedClock() });
    session.start();
    expect([...session.configuration]).to.deep.equal(['end']);
  });

  it('name the included file and the line of the fault in it', async () => {
    const part = `<state xmlns="http://www.w3.org/2005/07/scxml" id="part">\n<onentry><log expr="nobody"/></onentry></state>`;
    const player = await play(`<state id="s"><xi:include href="parts/part.xml"/>${TELL}</state>`, {
      files: { 'parts/part.xml': part },
    });
    const [told] = logsOf(player);
    expect(JSON.parse(told!).slice(0, 4)).to.deep.equal([
      'error.illegalvalue',
      'http://docs.test/app/parts/part.xml',
      'log',
      2,
    ]);
  });

  it('end their block, but not the session', async () => {
    const player = await play(
      '<state id="s"><onentry><log expr="nobody"/><log expr="\'not reached\'"/></onentry><onentry><log expr="\'next block\'"/></onentry><transition event="error"/></state>',
    );
    expect(logsOf(player)).to.deep.equal(['next block']);
    expect(player.execution.status).to.equal('running');
  });
});
