import type { Document, Transition } from '../document/model.ts';
import { isDescendant } from './hierarchy.ts';
import { StateSet } from './stateSet.ts';
import { computeExitSet, type HistoryValue } from './transitionDomain.ts';

/**
 * W3C SCXML D, removeConflictingTransitions: of two transitions that leave a common state, the one of the
 * descendant preempts; otherwise the earlier one stays.
 */
export function removeConflictingTransitions(
  document: Document,
  configuration: StateSet,
  history: HistoryValue,
  enabled: readonly Transition[],
): readonly Transition[] {
  if (enabled.length < 2) return enabled;
  let kept: { readonly transition: Transition; readonly exits: StateSet }[] = [];
  for (const transition of enabled) {
    const exits = StateSet.of(
      document.states.length,
      computeExitSet(document, transition, configuration, history),
    );
    const conflicting = kept.filter((other) => other.exits.intersects(exits));
    const preempted = conflicting.some(
      (other) => !isDescendant(document, transition.source, other.transition.source),
    );
    if (preempted) continue;
    if (conflicting.length > 0) kept = kept.filter((other) => !conflicting.includes(other));
    kept.push({ transition, exits });
  }
  return kept.map(({ transition }) => transition);
}
