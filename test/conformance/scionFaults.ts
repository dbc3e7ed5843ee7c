/** A document, what is sent to it, and what it logs by Appendix D; SCION logs something else. */
interface Witness {
  /** Children of <scxml>. */
  readonly states: string;
  readonly events: readonly string[];
  readonly log: readonly string[];
}

export interface ScionFault {
  readonly how: 'leftOut' | 'normalised' | 'cut' | 'option';
  readonly reason: string;
  readonly witness: Witness;
}

const log = (expr: string): string => `<log expr="${expr}"/>`;
const enters = (id: string): string => `<onentry>${log(`'enter ${id}'`)}</onentry>`;
const exits = (id: string): string => `<onexit>${log(`'exit ${id}'`)}</onexit>`;

/**
 * Where SCION leaves Appendix D, by name, and what the differential test does about it: `leftOut` is not
 * generated for it (generateDocument, `peer`), `normalised` is taken out of both logs alike, `cut` ends the
 * comparison.
 */
export const SCION_FAULTS: Readonly<Record<string, ScionFault>> = {
  'the domain may be a parallel': {
    how: 'option',
    reason: 'findLCCA takes compound states and <scxml> only: SCION does with its option legacySemantics',
    witness: {
      states: `<parallel id="p">${exits('p')}<state id="a"><transition event="x" target="a"/></state><state id="b"/></parallel>`,
      events: ['x'],
      log: ['exit p'],
    },
  },
  'entry and exit by depth': {
    how: 'normalised',
    reason:
      'enterStates and exitStates sort by (reverse) document order; SCION by depth first, so regions interleave. ' +
      'Within a run of entries or of exits the logs are put in document order, and in documents with several ' +
      'regions onentry, onexit, <initial> and history content only log and add: their order has no effect',
    witness: {
      states: `<parallel id="p"><state id="r"><state id="a">${enters('a')}</state></state><state id="b">${enters('b')}</state></parallel>`,
      events: [],
      log: ['enter a', 'enter b'],
    },
  },
  'done events come after all entries': {
    how: 'leftOut',
    reason:
      'enterStates raises done.state.* with each final state, when the parallel is done at that moment; SCION after ' +
      'the last entry, done.state of the parallel once for every final. No transitions on those of parallels ' +
      'and inside parallels, nor on * beside them',
    witness: {
      states: `<parallel id="p"><transition event="done.state.r i">${log('_event.name')}</transition><state id="r"><final id="f"/></state><state id="b"><onentry><raise event="i"/></onentry></state></parallel>`,
      events: [],
      log: ['done.state.r', 'i'],
    },
  },
  'a session of nested finals ends': {
    how: 'cut',
    reason:
      'only a final child of <scxml> ends a session; SCION leaves all states when all atomic ones are final',
    witness: { states: `<state id="s">${exits('s')}<final id="f"/></state>`, events: [], log: [] },
  },
  'the domain looks at the first target only': {
    how: 'leftOut',
    reason: 'findLCCA is that of all targets: several targets come from outside of their parallel only',
    witness: {
      states: `<parallel id="p">${exits('p')}<state id="r"><state id="a"><transition event="x" target="b d"/></state><state id="b"/></state><state id="q"><state id="c"/><state id="d"/></state></parallel>`,
      events: ['x'],
      log: ['exit p'],
    },
  },
  'the domain looks at the history, not at what it stands for': {
    how: 'leftOut',
    reason: 'getTransitionDomain uses effective targets: no transition to a history from below its parent',
    witness: {
      states: `<state id="s"><state id="c">${exits('c')}<state id="a">${exits('a')}<transition event="x" target="h"/></state><state id="b"/></state><history id="h" type="deep"><transition target="b"/></history></state>`,
      events: ['x'],
      log: ['exit a'],
    },
  },
  'content of transitions in document order': {
    how: 'leftOut',
    reason:
      'enabled transitions run in the order of the atomic states that selected them: targetless transitions, which ' +
      'conflict with nothing, stand in atomic states outside of parallels only',
    witness: {
      states: `<parallel id="p"><transition event="x">${log("'p'")}</transition><state id="a"><transition event="x">${log("'a'")}</transition></state><state id="b"/></parallel>`,
      events: ['x'],
      log: ['a', 'p'],
    },
  },
  'deep history forgets final states': {
    how: 'leftOut',
    reason: 'isAtomicState holds for final states: none below the parent of a deep history',
    witness: {
      states: `<parallel id="p"><transition event="out" target="o"/><state id="r"><state id="a"><transition event="x" target="f"/></state><final id="f">${enters('f')}</final><history id="h" type="deep"><transition target="a"/></history></state><state id="b"/></parallel><state id="o"><transition event="back" target="h"/></state>`,
      events: ['x', 'out', 'back'],
      log: ['enter f', 'enter f'],
    },
  },
  'In() while states come and go': {
    how: 'leftOut',
    reason:
      'SCION derives ancestors from atomic states, which leave first: In() stands in conditions of transitions only',
    witness: {
      states: `<state id="s"><transition event="x" target="t"/><state id="a"><onexit>${log("In('s')")}</onexit></state></state><state id="t"/>`,
      events: ['x'],
      log: ['true'],
    },
  },
};
