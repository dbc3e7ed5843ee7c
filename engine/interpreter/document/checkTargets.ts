import type { BuildContext } from './buildContext.ts';
import type { DraftState, DraftTransition } from './drafts.ts';

/** Each transition leads where its place allows, and its targets can be active together. */
export function checkTargets(context: BuildContext): void {
  for (const transition of context.transitions) {
    if (transition.role === 'initial') checkInitial(context, transition);
    if (transition.role === 'history') checkHistory(context, transition);
    if (transition.targets.length > 1) checkTogether(context, transition);
  }
}

/** W3C 3.6: descendants of the state. */
function checkInitial(context: BuildContext, transition: DraftTransition): void {
  const state = context.states[transition.source]!;
  for (const target of transition.targets) {
    if (isDescendant(target, state)) continue;
    const got = `'${context.states[target]!.id}'`;
    const message = `Expected the initial target of '${state.id}' to be inside it, got ${got}.`;
    context.report('INITIAL_NOT_DESCENDANT', transition.targetsAt, message);
  }
}

/** W3C 3.10.2: children of the state around a shallow history, descendants for a deep one. */
function checkHistory(context: BuildContext, transition: DraftTransition): void {
  const history = context.states[transition.source]!;
  const parent = context.states[history.parent]!;
  for (const target of transition.targets) {
    const isDeep = history.history === 'deep';
    const isInside = isDeep ? isDescendant(target, parent) : context.states[target]!.parent === parent.index;
    if (isInside && target !== history.index) continue;
    const expected = isDeep ? 'a descendant' : 'a child';
    const message = `Expected the default of history '${history.id}' to be ${expected} of '${parent.id}', got '${context.states[target]!.id}'.`;
    context.report('HISTORY_TARGET', transition.targetsAt, message);
  }
}

/**
 * W3C 3.11: targets belong to one legal configuration when no compound state around them has to have two
 * children active at once.
 */
function checkTogether(context: BuildContext, transition: DraftTransition): void {
  const childOf = new Map<number, number>();
  for (const target of transition.targets) {
    const other = findConflict(context, childOf, target);
    if (other === undefined) continue;
    const [a, b] = [context.states[other.child]!.id, context.states[other.taken]!.id];
    const message = `Expected targets that can be active together, got '${a}' and '${b}' of '${context.states[other.parent]!.id}'.`;
    context.report('TARGETS_CONFLICT', transition.targetsAt, message);
    return;
  }
}

function findConflict(
  { states }: BuildContext,
  childOf: Map<number, number>,
  target: number,
): { parent: number; child: number; taken: number } | undefined {
  for (let child = target, parent = states[child]!.parent; parent !== -1; parent = states[child]!.parent) {
    if (states[parent]!.kind !== 'parallel') {
      const taken = childOf.get(parent);
      if (taken === child) return undefined;
      if (taken !== undefined) return { parent, child, taken };
      childOf.set(parent, child);
    }
    child = parent;
  }
  return undefined;
}

function isDescendant(index: number, ancestor: DraftState): boolean {
  return index > ancestor.index && index <= ancestor.lastDescendant;
}
