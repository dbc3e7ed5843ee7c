import type { Document, StateNode } from '../document/model.ts';
import type { StateSet } from './stateSet.ts';

/**
 * Questions about the tree of states. States are numbered in document order, so a subtree is a range of
 * numbers.
 */

export function stateAt(document: Document, index: number): StateNode {
  return document.states[index]!;
}

/** W3C SCXML D, function isDescendant(state1, state2): true when `state` is below `ancestor`. */
export function isDescendant(document: Document, state: number, ancestor: number): boolean {
  return state > ancestor && state <= stateAt(document, ancestor).lastDescendant;
}

export function isCompoundOrScxml(state: StateNode): boolean {
  return state.kind === 'compound' || state.kind === 'scxml';
}

/**
 * W3C SCXML D, function getProperAncestors(state1, state2): from the parent upwards, without `upTo`. -1: all
 * of them.
 */
export function getProperAncestors(document: Document, state: number, upTo: number): number[] {
  const ancestors: number[] = [];
  let at = stateAt(document, state).parent;
  while (at !== -1 && at !== upTo) {
    ancestors.push(at);
    at = stateAt(document, at).parent;
  }
  return ancestors;
}

/**
 * W3C SCXML D, function findLCCA: the deepest compound state (or <scxml>) above the first state that contains
 * all others.
 */
export function findLCCA(document: Document, states: readonly number[]): number {
  const [head, ...tail] = states;
  for (const ancestor of getProperAncestors(document, head!, -1)) {
    if (!isCompoundOrScxml(stateAt(document, ancestor))) continue;
    if (tail.every((state) => isDescendant(document, state, ancestor))) return ancestor;
  }
  return 0;
}

/** W3C SCXML D, function isInFinalState. */
export function isInFinalState(document: Document, state: number, configuration: StateSet): boolean {
  const { kind, children } = stateAt(document, state);
  switch (kind) {
    case 'compound':
      return children.some((child) => stateAt(document, child).kind === 'final' && configuration.has(child));
    case 'parallel':
      return getChildStates(document, state).every((child) => isInFinalState(document, child, configuration));
    default:
      return false;
  }
}

/** W3C SCXML D, function getChildStates: the children without history states. */
export function getChildStates(document: Document, state: number): number[] {
  return stateAt(document, state).children.filter((child) => stateAt(document, child).kind !== 'history');
}

export function isAtomic(state: StateNode): boolean {
  return state.kind === 'atomic' || state.kind === 'final';
}
