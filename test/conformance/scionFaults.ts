/**
 * Where SCION leaves Appendix D, by name, and what the differential test does about it: `leftOut` is not generated
 * for it (generateDocument, `peer`), `normalised` is taken out of both logs alike, `cut` ends the comparison.
 */
export const SCION_FAULTS: Readonly<
  Record<string, { readonly how: 'leftOut' | 'normalised' | 'cut' | 'option'; readonly reason: string }>
> = {
  'the domain may be a parallel': {
    how: 'option',
    reason: 'findLCCA takes compound states and <scxml> only: SCION does with its option legacySemantics',
  },
  'entry and exit by depth': {
    how: 'normalised',
    reason:
      'enterStates and exitStates sort by (reverse) document order; SCION by depth first, so regions interleave. ' +
      'Within a run of entries or of exits the logs are put in document order, and in documents with several ' +
      'regions onentry, onexit, <initial> and history content only log and add: their order has no effect',
  },
  'done events come after all entries': {
    how: 'leftOut',
    reason:
      'enterStates raises done.state.* with each final state, when the parallel is done at that moment; SCION after ' +
      'the last entry, done.state of the parallel once for every final. No transitions on those of parallels ' +
      'and inside parallels, nor on * beside them',
  },
  'a session of nested finals ends': {
    how: 'cut',
    reason: 'only a final child of <scxml> ends a session; SCION ends when all atomic states are final',
  },
  'the domain looks at the first target only': {
    how: 'leftOut',
    reason: 'findLCCA is that of all targets: several targets come from outside of their parallel only',
  },
  'the domain looks at the history, not at what it stands for': {
    how: 'leftOut',
    reason: 'getTransitionDomain uses effective targets: no transition to a history from below its parent',
  },
  'content of transitions in document order': {
    how: 'leftOut',
    reason:
      'enabled transitions run in the order of the atomic states that selected them: targetless transitions, which ' +
      'conflict with nothing, stand in atomic states outside of parallels only',
  },
  'deep history forgets final states': {
    how: 'leftOut',
    reason: 'isAtomicState holds for final states: none below the parent of a deep history',
  },
  'In() while states come and go': {
    how: 'leftOut',
    reason:
      'SCION derives ancestors from atomic states, which leave first: In() stands in conditions of transitions only',
  },
};
