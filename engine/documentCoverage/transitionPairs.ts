import type { Document, Transition } from '../interpreter/index.ts';

/** Pairs of one document. More are not counted, so that a huge document costs no memory. */
const MAX_PAIRS = 100_000;

/**
 * The pairs of transitions of which the second can follow the first: its source is active when the first has
 * been taken, because the first entered it or it is around a state that the first entered.
 */
export function transitionPairs(
  document: Document,
  counted: readonly Transition[],
): {
  readonly pairs: readonly (readonly [number, number])[];
  /** By transition: the states that it makes active, and those around them. */
  readonly activeAfter: ReadonlyMap<number, ReadonlySet<number>>;
} {
  const activeAfter = new Map<number, ReadonlySet<number>>();
  const pairs: (readonly [number, number])[] = [];
  for (const transition of counted) {
    const active = statesAfter(document, transition);
    activeAfter.set(transition.index, active);
    for (const state of active) {
      for (const next of document.states[state]!.transitions) {
        if (pairs.length < MAX_PAIRS) pairs.push([transition.index, next]);
      }
    }
  }
  return { pairs, activeAfter };
}

function statesAfter(document: Document, { source, targets }: Transition): ReadonlySet<number> {
  const found = new Set<number>();
  // Without a target, no state is left.
  for (const target of targets.length === 0 ? [source] : targets) {
    if (targets.length > 0) addEntered(document, target, found);
    for (let state = target; state >= 0; state = document.states[state]!.parent) {
      if (document.states[state]!.kind !== 'history') found.add(state);
    }
  }
  return found;
}

/** The states that the entry of a state enters by default. */
function addEntered(document: Document, index: number, found: Set<number>): void {
  if (found.has(index)) return;
  const { kind, children, initial, transitions } = document.states[index]!;
  if (kind !== 'history') found.add(index);
  const defaults =
    kind === 'parallel'
      ? children.filter((child) => document.states[child]!.kind !== 'history')
      : targetsOf(document, kind === 'history' ? transitions[0] : initial);
  for (const state of defaults) addEntered(document, state, found);
}

function targetsOf({ transitions }: Document, index: number | undefined): readonly number[] {
  return index === undefined ? [] : transitions[index]!.targets;
}
