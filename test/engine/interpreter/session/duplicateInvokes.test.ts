import { expect } from 'chai';
import {
  createSession,
  createSessionDirectory,
  type Document,
  parseDocument,
  restoreSession,
  type Session,
} from '../../../../engine/index.ts';
import { VirtualClock } from '../../../../engine/interpreter/session/virtualClock.ts';
import { readCase } from '../../../support/cases.ts';

const NS = 'xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"';

/** An invoked session that sends `name` every second; with `endsAfter` (s) it ends then. */
function ticking(name: string, endsAfter = 100): string {
  return `<content><scxml ${NS}><state id="s"><onentry><send event="t" delay="1s"/><send event="end" delay="${endsAfter}s"/></onentry>
    <transition event="t"><send target="#_parent" event="${name}"/><send event="t" delay="1s"/></transition>
    <transition event="end" target="f"/><transition event="hello"><send target="#_parent" event="${name}.hello"/></transition></state><final id="f"/></scxml></content>`;
}

const invoke = (id: string, content: string): string => `<invoke id="${id}">${content}</invoke>`;
const region = (id: string, invokes: string): string =>
  `<state id="${id}"><state id="${id}1">${invokes}<transition event="leave.${id}" target="${id}2"/></state><state id="${id}2"/></state>`;

/** Logs each event, `call` says hello to `#_c`. Event `out` leaves everything. */
const documentOf = (inside: string): string => `<scxml ${NS}>
  <state id="all">${inside}
    <transition event="call"><send target="#_c" event="hello"/></transition>
    <transition event="out" target="z"/>
    <transition event="*" cond="!_event.name.startsWith('leave')"><log expr="_event.name"/></transition>
  </state>
  <state id="z"><transition event="*"><log expr="'too late: ' + _event.name"/></transition></state>
</scxml>`;

const TWO_REGIONS = `<parallel id="p">${region('a', invoke('c', ticking('one')))}${region('b', invoke('c', ticking('two')))}</parallel>`;
const FIRST_ENDS = `<parallel id="p">${region('a', invoke('c', ticking('one', 1.5)))}${region('b', invoke('c', ticking('two')))}</parallel>`;

interface Row {
  readonly is: string;
  readonly inside: string;
  /** Events and seconds that pass. */
  readonly plays: readonly (string | number)[];
  readonly log: readonly string[];
}

const NEIGHBOURS: readonly Row[] = [
  {
    is: 'in two regions',
    inside: TWO_REGIONS,
    plays: [1, 'out', 10],
    log: ['one', 'two'],
  },
  {
    is: 'in one state',
    inside: region('a', invoke('c', ticking('one')) + invoke('c', ticking('two'))),
    plays: [1, 'out', 10],
    log: ['one', 'two'],
  },
  {
    is: 'three times',
    inside: region(
      'a',
      invoke('c', ticking('one')) + invoke('c', ticking('two')) + invoke('c', ticking('three')),
    ),
    plays: [1, 'leave.a', 10],
    log: ['one', 'two', 'three'],
  },
  {
    is: 'in two regions, of which one is left',
    inside: TWO_REGIONS,
    plays: [1, 'leave.a', 1, 'leave.b', 10],
    log: ['one', 'two', 'two'],
  },
  {
    is: 'in two regions, of which the newer is left',
    inside: TWO_REGIONS,
    plays: [1, 'leave.b', 1, 'call', 'leave.a', 10],
    log: ['one', 'two', 'one', 'one.hello'],
  },
  {
    is: 'when the first ends by itself',
    inside: FIRST_ENDS,
    plays: [2, 'out', 10],
    log: ['one', 'two', 'done.invoke.c', 'two'],
  },
  {
    is: 'when the first ends by itself and the region of the second is left',
    inside: FIRST_ENDS,
    plays: [2, 'leave.b', 10],
    log: ['one', 'two', 'done.invoke.c', 'two'],
  },
  {
    is: 'when an event goes to the id, which the newer one gets',
    inside: TWO_REGIONS,
    plays: ['call', 'out', 10],
    log: ['two.hello'],
  },
  {
    is: 'with the id __proto__',
    inside: region('a', invoke('__proto__', ticking('one'))),
    plays: [1, 'leave.a', 10],
    log: ['one'],
  },
];

async function play(document: Document, { plays }: Row, restores: boolean): Promise<string[]> {
  const clock = new VirtualClock(0);
  const options = { clock, ports: { sessions: createSessionDirectory() }, seed: 1 };
  const log: string[] = [];
  const hear = (session: Session): Session => {
    session.onEffect((effect) => effect.kind === 'log' && log.push(effect.text));
    return session;
  };
  let session = hear(createSession(document, options));
  session.start();
  await session.settled();
  for (const what of plays) {
    if (typeof what === 'string') session.send(what);
    else {
      const until = clock.now() + what * 1000;
      while (clock.fireNext(until)) await session.settled();
      clock.moveTo(until);
    }
    await session.settled();
    if (!restores) continue;
    const snapshot = JSON.parse(JSON.stringify(session.snapshot())) as ReturnType<Session['snapshot']>;
    session.terminate();
    session = hear(restoreSession(document, snapshot, options));
    await session.settled();
  }
  return log;
}

describe('running invokes with the same id', () => {
  for (const row of NEIGHBOURS) {
    for (const restores of [false, true]) {
      it(`all are cancelled with their states ${row.is}${restores ? ', also after restores' : ''}`, async () => {
        expect(await play(await parseDocument(documentOf(row.inside)), row, restores)).to.deep.equal(row.log);
      });
    }
  }

  it('are a warning of the document dup_invoke, whose invoked sessions end with their states', async () => {
    const document = await readCase('dup_invoke');
    const found = document.warnings.filter(({ code }) => code === 'INVOKE_ID_DUPLICATE');
    expect(found.map(({ line, column, message }) => [line, column, message])).to.deep.equal([
      [
        4,
        25,
        `Expected one <invoke> 'c', got another; the first is at 3:17. While both run, '#_c' reaches the newer one.`,
      ],
    ]);
    const row = { is: '', inside: '', plays: [1, 'out', 10], log: [] };
    expect(await play(document, row, false)).to.deep.equal([]);
  });
});
