import { expect } from 'chai';
import type { Document } from '../../../../engine/index.ts';
import { parseDocument } from '../../../../engine/index.ts';
import {
  ConfigurationTable,
  MAX_REMEMBERED_STATES,
} from '../../../../engine/interpreter/algorithm/configurationTable.ts';
import { planInitial, planMicrostep } from '../../../../engine/interpreter/algorithm/microstepPlan.ts';
import { StateSet } from '../../../../engine/interpreter/algorithm/stateSet.ts';

const scxml = (body: string): string =>
  `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">${body}</scxml>`;

const PARALLEL = scxml(`
  <parallel id="p">
    <transition event="done.state.p" target="end"/>
    <state id="a"><state id="a1"><transition event="t" target="af"/></state><final id="af"/></state>
    <state id="b"><state id="b1"><transition event="t" target="bf"/></state><final id="bf"/></state>
  </parallel>
  <final id="end"/>`);

function ids(document: Document, states: Iterable<number>): string[] {
  return [...states].map((state) => document.states[state]!.id);
}

describe('planning a microstep', () => {
  it('computes exits, entries and done events before any content runs', async () => {
    const document = await parseDocument(PARALLEL);
    const initial = planInitial(document);
    expect(ids(document, initial.after.states)).to.deep.equal(['p', 'a', 'a1', 'b', 'b1']);
    const both = document.transitions.filter(({ events }) => events?.[0]?.segments[0] === 't');
    const plan = planMicrostep(document, both, initial.after);
    expect(ids(document, plan.exitSet)).to.deep.equal(['b1', 'a1']);
    expect(
      plan.entrySet.map(({ state, done }) => [document.states[state]!.id, ids(document, done ?? [])]),
    ).to.deep.equal([
      ['af', ['a']],
      // The parallel is complete only when the second final state is active.
      ['bf', ['b', 'p']],
    ]);
    expect(ids(document, plan.after.states)).to.deep.equal(['p', 'a', 'af', 'b', 'bf']);
    expect(plan.ends).to.equal(false);
  });

  it('changes none of its arguments', async () => {
    const document = await parseDocument(PARALLEL);
    const { after } = planInitial(document);
    const before = after.states.key();
    planMicrostep(document, document.transitions.slice(0, 1), after);
    expect(after.states.key()).to.equal(before);
  });
});

describe('the table of configurations', () => {
  it('gives the same object for the same configuration and history, and the same candidates again', async () => {
    const document = await parseDocument(PARALLEL);
    const table = new ConfigurationTable(document);
    const { next } = table.initial();
    expect(table.configuration({ states: next.states.copy(), history: new Map() })).to.equal(next);
    const candidates = next.candidates('t')!;
    expect(candidates.unconditional).to.not.equal(undefined);
    expect(next.candidates('t')).to.equal(candidates);
    expect(next.candidates('unknown')).to.equal(undefined);
    expect(next.eventlessCandidates()).to.equal(undefined);
  });

  it('is emptied when it has too many entries', async () => {
    const size = 4_000;
    const body = Array.from(
      { length: size },
      (_, n) => `<state id="r${n}"><state id="x${n}"/><state id="y${n}"/></state>`,
    );
    const document = await parseDocument(scxml(`<parallel id="p">${body.join('')}</parallel>`));
    const table = new ConfigurationTable(document);
    const { next } = table.initial();
    const count = Math.ceil(MAX_REMEMBERED_STATES / (size * 2)) + 1;
    for (let n = 0; n < count; n++) {
      const other = next.states.copy();
      other.add(document.stateById.get(`y${n}`)!);
      table.configuration({ states: other, history: new Map() });
    }
    const again = table.configuration({
      states: StateSet.of(document.states.length, next.states),
      history: new Map(),
    });
    expect(again).to.not.equal(next);
    expect(again.ids).to.deep.equal(next.ids);
  });
});
