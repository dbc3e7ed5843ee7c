import type { Document, Transition } from '../document/model.ts';
import { findLCCA, isDescendant, stateAt } from './hierarchy.ts';
import type { StateSet } from './stateSet.ts';

/** Remembered configurations of history states, by number of the history state. */
export type HistoryValue = ReadonlyMap<number, readonly number[]>;

/** W3C SCXML D, getEffectiveTargetStates: targets with history states replaced by what they stand for. */
export function getEffectiveTargetStates(
  document: Document,
  transition: Transition,
  history: HistoryValue,
): number[] {
  const targets = new Set<number>();
  for (const target of transition.targets) {
    const node = stateAt(document, target);
    if (node.kind !== 'history') {
      targets.add(target);
      continue;
    }
    const remembered = history.get(target);
    const stands = remembered ?? getEffectiveTargetStates(document, defaultOf(document, target), history);
    for (const state of stands) targets.add(state);
  }
  return [...targets];
}

/** The default transition of a history state. */
export function defaultOf(document: Document, history: number): Transition {
  return document.transitions[stateAt(document, history).transitions[0]!]!;
}

/** W3C SCXML D, getTransitionDomain; -1 for a targetless transition. */
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

/** W3C SCXML D, computeExitSet for one transition. Differs: returns document order; callers reverse it. */
export function computeExitSet(
  document: Document,
  transition: Transition,
  configuration: StateSet,
  history: HistoryValue,
): number[] {
  const domain = getTransitionDomain(document, transition, history);
  if (domain === -1) return [];
  return [...configuration.inRange(domain + 1, stateAt(document, domain).lastDescendant)];
}
