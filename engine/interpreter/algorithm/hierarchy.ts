import type { Document, StateNode } from '../document/model.ts';
import type { StateSet } from './stateSet.ts';

/** Questions about the tree of states. States are numbered in document order, so a subtree is a range. */

export function stateAt(document: Document, index: number): StateNode {
  return document.states[index]!;
}

/** W3C SCXML D, isDescendant(state1, state2): state1 lies below state2. */
export function isDescendant(document: Document, state: number, ancestor: number): boolean {
  return state > ancestor && state <= stateAt(document, ancestor).lastDescendant;
}

export function isCompoundOrScxml(state: StateNode): boolean {
  return state.kind === 'compound' || state.kind === 'scxml';
}

/** W3C SCXML D, getProperAncestors(state1, state2): from the parent upwards, up to but not including state2 (-1: all). */
export function getProperAncestors(document: Document, state: number, upTo: number): number[] {
  const ancestors: number[] = [];
  for (
    let at = stateAt(document, state).parent;
    at !== -1 && at !== upTo;
    at = stateAt(document, at).parent
  ) {
    ancestors.push(at);
  }
  return ancestors;
}

/** W3C SCXML D, findLCCA: the deepest compound (or <scxml>) that is an ancestor of the first and contains all others. */
export function findLCCA(document: Document, states: readonly number[]): number {
  const [head, ...tail] = states;
  for (const ancestor of getProperAncestors(document, head!, -1)) {
    if (!isCompoundOrScxml(stateAt(document, ancestor))) continue;
    if (tail.every((state) => isDescendant(document, state, ancestor))) return ancestor;
  }
  return 0;
}

/** W3C SCXML D, isInFinalState. */
export function isInFinalState(document: Document, state: number, configuration: StateSet): boolean {
  const node = stateAt(document, state);
  if (node.kind === 'compound') {
    return node.children.some(
      (child) => stateAt(document, child).kind === 'final' && configuration.has(child),
    );
  }
  if (node.kind === 'parallel') {
    return childStates(document, state).every((child) => isInFinalState(document, child, configuration));
  }
  return false;
}

/** W3C SCXML D, getChildStates: children that are states (history is not one). */
export function childStates(document: Document, state: number): number[] {
  return stateAt(document, state).children.filter((child) => stateAt(document, child).kind !== 'history');
}

export function isAtomic(state: StateNode): boolean {
  return state.kind === 'atomic' || state.kind === 'final';
}
