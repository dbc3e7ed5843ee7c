import type { Document, StateNode, Transition } from '../document/model.ts';
import { isAtomic, isDescendant, stateAt } from './hierarchy.ts';
import { StateSet } from './stateSet.ts';
import { computeExitSet, type HistoryValue } from './transitionDomain.ts';

export interface Selection {
  readonly document: Document;
  readonly configuration: StateSet;
  readonly history: HistoryValue;
  /** The event matches, or the transition is eventless and no event is looked for. */
  matches(transition: Transition): boolean;
  /** Evaluates `cond`; a transition without one is always enabled. */
  conditionHolds(transition: Transition): boolean;
}

/**
 * W3C SCXML D, selectTransitions and selectEventlessTransitions: for each atomic state, the first enabled
 * transition of it or its ancestors, in document order; then conflicts are removed.
 */
export function selectTransitions(selection: Selection): Transition[] {
  const { document, configuration } = selection;
  const enabled = new Map<number, Transition>();
  const refused = new Set<number>();
  for (const index of configuration) {
    const state = stateAt(document, index);
    if (!isAtomic(state)) continue;
    const found = firstEnabled(selection, state, enabled, refused);
    if (found) enabled.set(found.index, found);
  }
  return removeConflictingTransitions(selection, [...enabled.values()]);
}

/** A condition is evaluated once per selection, also where several atomic states share the ancestor. */
function firstEnabled(
  selection: Selection,
  state: StateNode,
  enabled: ReadonlyMap<number, Transition>,
  refused: Set<number>,
): Transition | undefined {
  for (let at: StateNode | undefined = state; at; at = selection.document.states[at.parent]) {
    for (const number of at.transitions) {
      const transition = selection.document.transitions[number]!;
      if (!selection.matches(transition) || refused.has(number)) continue;
      if (enabled.has(number) || selection.conditionHolds(transition)) return transition;
      refused.add(number);
    }
  }
  return undefined;
}

/** W3C SCXML D, removeConflictingTransitions: a descendant's transition preempts; otherwise the earlier one stays. */
export function removeConflictingTransitions(
  selection: Pick<Selection, 'document' | 'configuration' | 'history'>,
  enabled: readonly Transition[],
): Transition[] {
  if (enabled.length < 2) return [...enabled];
  const { document, configuration, history } = selection;
  let kept: { transition: Transition; exits: StateSet }[] = [];
  for (const transition of enabled) {
    const exits = new StateSet(document.states.length);
    for (const state of computeExitSet(document, transition, configuration, history)) exits.add(state);
    const conflicting = kept.filter((other) => other.exits.intersects(exits));
    const preempted = conflicting.some(
      (other) => !isDescendant(document, transition.source, other.transition.source),
    );
    if (preempted) continue;
    kept = kept.filter((other) => !conflicting.includes(other));
    kept.push({ transition, exits });
  }
  return kept.map(({ transition }) => transition);
}
