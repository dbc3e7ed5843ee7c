import type { Document, Transition } from '../document/model.ts';
import { isDescendant } from './hierarchy.ts';
import type { StateSet } from './stateSet.ts';
import { type Configuration, computeExitSet } from './transitionDomain.ts';

/**
 * W3C SCXML D, function removeConflictingTransitions. Two transitions conflict when both exit the same state.
 * The one whose source is a descendant of the other's source preempts; otherwise the earlier one stays.
 */
export function removeConflictingTransitions(
  document: Document,
  enabledTransitions: readonly Transition[],
  configuration: Configuration,
): readonly Transition[] {
  if (enabledTransitions.length < 2) return enabledTransitions;
  let filtered: { readonly transition: Transition; readonly exitSet: StateSet }[] = [];
  for (const transition of enabledTransitions) {
    const exitSet = computeExitSet(document, [transition], configuration);
    const conflicting = filtered.filter((other) => other.exitSet.intersects(exitSet));
    const isPreempted = conflicting.some(
      (other) => !isDescendant(document, transition.source, other.transition.source),
    );
    if (isPreempted) continue;
    filtered = filtered.filter((other) => !conflicting.includes(other));
    filtered.push({ transition, exitSet });
  }
  return filtered.map(({ transition }) => transition);
}
