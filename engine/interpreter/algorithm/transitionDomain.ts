import type { Document, Transition } from '../document/model.ts';
import { findLCCA, isDescendant, stateAt } from './hierarchy.ts';
import { StateSet } from './stateSet.ts';

/** The value of each history state that has one, by number of the history state: states in document order. */
export type HistoryValue = ReadonlyMap<number, readonly number[]>;

/** The input of selection and planning, besides the document. */
export interface Configuration {
  readonly states: StateSet;
  readonly history: HistoryValue;
}

/**
 * W3C SCXML D, function getEffectiveTargetStates: the targets; a history state is replaced by its value or
 * its default.
 */
export function getEffectiveTargetStates(
  document: Document,
  transition: Transition,
  history: HistoryValue,
): number[] {
  const targets = new Set<number>();
  for (const target of transition.targets) {
    if (stateAt(document, target).kind !== 'history') {
      targets.add(target);
      continue;
    }
    const value =
      history.get(target) ?? getEffectiveTargetStates(document, defaultTransition(document, target), history);
    for (const state of value) targets.add(state);
  }
  return [...targets];
}

/** The default transition of a history state. */
export function defaultTransition(document: Document, history: number): Transition {
  return document.transitions[stateAt(document, history).transitions[0]!]!;
}

/** W3C SCXML D, function getTransitionDomain; -1 for a transition without a target. */
export function getTransitionDomain(
  document: Document,
  transition: Transition,
  history: HistoryValue,
): number {
  const targets = getEffectiveTargetStates(document, transition, history);
  if (targets.length === 0) return -1;
  const source = stateAt(document, transition.source);
  if (
    transition.type === 'internal' &&
    source.kind === 'compound' &&
    targets.every((target) => isDescendant(document, target, transition.source))
  ) {
    return transition.source;
  }
  return findLCCA(document, [transition.source, ...targets]);
}

/** W3C SCXML D, procedure computeExitSet. Iterates in document order; exitStates reverses it. */
export function computeExitSet(
  document: Document,
  transitions: readonly Transition[],
  { states, history }: Configuration,
): StateSet {
  const statesToExit = new StateSet(document.states.length);
  for (const transition of transitions) {
    const domain = getTransitionDomain(document, transition, history);
    if (domain === -1) continue;
    for (const state of states.inRange(domain + 1, stateAt(document, domain).lastDescendant)) {
      statesToExit.add(state);
    }
  }
  return statesToExit;
}
