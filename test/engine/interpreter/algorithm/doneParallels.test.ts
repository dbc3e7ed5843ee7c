import { expect } from 'chai';
import { createSession, parseDocument } from '../../../../engine/index.ts';
import { readCase } from '../../../support/cases.ts';

const NS = 'xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"';

/** A region that is done when it gets `event`, or at once. */
const region = (id: string, event?: string): string =>
  event === undefined
    ? `<state id="${id}"><final id="${id}f"/></state>`
    : `<state id="${id}"><state id="${id}1"><transition event="${event}" target="${id}f"/></state><final id="${id}f"/></state>`;
const parallel = (id: string, ...children: string[]): string =>
  `<parallel id="${id}">${children.join('')}</parallel>`;

/** Each document, the events it gets, and the done events that it then has, in their order. */
const NEIGHBOURS: readonly { is: string; states: string; events: string[]; done: string[] }[] = [
  {
    is: 'a parallel as the last child of a parallel',
    states: parallel('o', region('a'), parallel('i', region('b', 'go'))),
    events: ['go'],
    done: ['a', 'b', 'i', 'o'],
  },
  {
    is: 'a parallel as the first child of a parallel, done last',
    states: parallel('o', parallel('i', region('b', 'go')), region('a')),
    events: ['go'],
    done: ['a', 'b', 'i', 'o'],
  },
  {
    is: 'three parallels, one in the other',
    states: parallel('o', region('a'), parallel('m', parallel('i', region('b', 'go')))),
    events: ['go'],
    done: ['a', 'b', 'i', 'm', 'o'],
  },
  {
    is: 'a parallel of two parallels that are done one after the other',
    states: parallel('o', parallel('i', region('a', 'x')), parallel('j', region('b', 'y'))),
    events: ['x', 'y'],
    done: ['a', 'i', 'b', 'j', 'o'],
  },
  {
    is: 'a parallel of two parallels that one event completes',
    states: parallel('o', parallel('i', region('a', 'x')), parallel('j', region('b', 'x'))),
    events: ['x'],
    done: ['a', 'i', 'b', 'j', 'o'],
  },
  {
    is: 'nested parallels that are done when they are entered',
    states: parallel('o', region('a'), parallel('i', region('b'))),
    events: [],
    done: ['a', 'b', 'i', 'o'],
  },
  {
    is: 'an outer parallel with another region that is not done',
    states: parallel('o', region('a', 'x'), parallel('m', parallel('i', region('b', 'go')))),
    events: ['go'],
    done: ['b', 'i', 'm'],
  },
  {
    is: 'a parallel in a region: the region is done by its own final state only',
    states: parallel(
      'o',
      region('a'),
      `<state id="r">${parallel('i', region('b', 'go'))}<final id="rf"/></state>`,
    ),
    events: ['go'],
    done: ['a', 'b', 'i'],
  },
  {
    is: 'a parallel with an atomic child, which is never done',
    states: parallel('o', region('a'), '<state id="c"/>', parallel('i', region('b', 'go'))),
    events: ['go'],
    done: ['a', 'b', 'i'],
  },
];

describe('done events of parallel states (W3C 3.4)', () => {
  for (const { is, states, events, done } of NEIGHBOURS) {
    it(`go upwards as far as completion holds: ${is}`, async () => {
      const xml = `<scxml ${NS}><state id="all">${states}<transition event="done.state.*"><log expr="_event.name.slice(11)"/></transition></state></scxml>`;
      const session = createSession(await parseDocument(xml));
      const found: string[] = [];
      session.onEffect((effect) => effect.kind === 'log' && found.push(effect.text));
      session.start();
      for (const event of events) session.send(event);
      expect(found).to.deep.equal(done);
    });
  }

  it('end the document par2', async () => {
    const session = createSession(await readCase('par2'));
    session.start();
    session.send('go');
    expect([session.status, ...session.configuration]).to.deep.equal(['completed', 'end']);
  });

  it('reach the outer states of the document nested-done', async () => {
    for (const event of ['one', 'two']) {
      const session = createSession(await readCase('nested-done'));
      const found: string[] = [];
      session.onEffect((effect) => effect.kind === 'log' && found.push(effect.text));
      session.start();
      session.send(event);
      expect([...session.configuration]).to.deep.equal(['w']);
      expect(found).to.deep.equal(event === 'one' ? ['done p2', 'done p1'] : ['done q2', 'done q1']);
    }
  });
});
