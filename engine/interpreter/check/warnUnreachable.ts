import { pushAll } from '../../ports/index.ts';
import { type Draft, stateName } from '../document/draft.ts';

/**
 * Warns of states that no path of transitions enters. In a subtree that is never entered, only of its top.
 */
export function warnUnreachable(draft: Draft): void {
  const reached = findReached(draft);
  for (const state of draft.states) {
    // A history state is only a target; an unused one does no harm.
    if (state.parent === -1 || state.kind === 'history') continue;
    if (reached[state.index] || !reached[state.parent]) continue;
    const message = `Expected a transition that leads to ${stateName(state)}, got none: it is never entered.`;
    draft.report('STATE_UNREACHABLE', state.at, message);
  }
}

/** W3C D, addDescendantStatesToEnter and addAncestorStatesToEnter, over every transition at once. */
function findReached({ states, transitions }: Draft): boolean[] {
  const reached: boolean[] = new Array(states.length).fill(false);
  const entered: boolean[] = new Array(states.length).fill(false);
  const pending: number[] = [0];

  const follow = (transition: number | undefined): void => {
    if (transition !== undefined) pushAll(pending, transitions[transition]!.targets);
  };
  /** Records that the state can be active, itself or through a descendant. */
  const reach = (index: number): void => {
    if (reached[index]) return;
    reached[index] = true;
    const state = states[index]!;
    for (const transition of state.transitions) follow(transition);
    if (state.kind === 'parallel') {
      for (const child of state.children) if (states[child]!.kind !== 'history') pending.push(child);
    }
    if (state.parent !== -1) reach(state.parent);
  };
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    if (entered[index]) continue;
    entered[index] = true;
    reach(index);
    follow(states[index]!.initial);
  }
  return reached;
}
