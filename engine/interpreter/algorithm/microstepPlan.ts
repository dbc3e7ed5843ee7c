import { defined } from '../../ports/index.ts';
import type { Document, Transition } from '../document/model.ts';
import { computeEntrySet, type StateEntry } from './entrySet.ts';
import { isInFinalState, stateAt } from './hierarchy.ts';
import { removeConflictingTransitions } from './removeConflictingTransitions.ts';
import { StateSet } from './stateSet.ts';
import { type Configuration, computeExitSet, type HistoryValue } from './transitionDomain.ts';

/** All actions of a microstep, computed before the first one is executed. Depends only on the arguments. */
export interface MicrostepPlan {
  readonly transitions: readonly Transition[];
  /** In exit order: descendants first, reverse document order. */
  readonly exitSet: readonly number[];
  /** In entry order: ancestors first, document order. */
  readonly entrySet: readonly PlannedEntry[];
  /** The configuration after the microstep. */
  readonly after: Configuration;
  /** True when a top-level final state is entered: the session ends. */
  readonly ends: boolean;
}

export interface PlannedEntry extends StateEntry {
  /** For a final state: the states whose done.state event it raises, its parent first. */
  readonly done?: readonly number[];
}

/** The microstep that takes these transitions, without those that conflict. */
export function planMicrostep(
  document: Document,
  enabledTransitions: readonly Transition[],
  configuration: Configuration,
): MicrostepPlan {
  const transitions = removeConflictingTransitions(document, enabledTransitions, configuration);
  const statesToExit = computeExitSet(document, transitions, configuration);
  const history = recordHistory(document, statesToExit, configuration);
  const states = configuration.states.copy();
  for (const state of statesToExit) states.delete(state);
  const entries = computeEntrySet(document, transitions, { before: configuration.history, after: history });
  return {
    transitions,
    exitSet: statesToExit.toArray().reverse(),
    ...planEntries(document, entries, states),
    after: { states, history },
  };
}

/** The plan that enters the initial configuration: the initial transition of the <scxml> element. */
export function planInitial(document: Document): MicrostepPlan {
  const initial = document.transitions[stateAt(document, 0).initial!]!;
  const nothing = { states: new StateSet(document.states.length), history: new Map() };
  return planMicrostep(document, [initial], nothing);
}

/** W3C SCXML D, procedure enterStates, without its content: adds the entered states to `configuration`. */
function planEntries(
  document: Document,
  entries: readonly StateEntry[],
  configuration: StateSet,
): Pick<MicrostepPlan, 'entrySet' | 'ends'> {
  let ends = false;
  const entrySet = entries.map((entry) => {
    configuration.add(entry.state);
    const { kind, parent } = stateAt(document, entry.state);
    if (kind === 'final' && parent === 0) ends = true;
    const done =
      kind === 'final' && parent !== 0 ? statesDone(document, entry.state, configuration) : undefined;
    return defined({ ...entry, done });
  });
  return { entrySet, ends };
}

/**
 * The states that the entered final state completes, at the moment of its entry. Differs from D, which looks
 * no higher than the grandparent: a parallel is done when all of its children are (W3C 3.4), also when the
 * last of them is itself a parallel.
 */
function statesDone(document: Document, final: number, configuration: StateSet): number[] {
  const done: number[] = [];
  let at = stateAt(document, final).parent;
  do {
    done.push(at);
    at = stateAt(document, at).parent;
  } while (
    at !== -1 &&
    stateAt(document, at).kind === 'parallel' &&
    isInFinalState(document, at, configuration)
  );
  return done;
}

/** W3C SCXML D, procedure exitStates: the history values after the states are exited. */
function recordHistory(
  document: Document,
  statesToExit: StateSet,
  { states, history }: Configuration,
): HistoryValue {
  const recorded: [number, number[]][] = [];
  for (const state of statesToExit) {
    const { children, lastDescendant } = stateAt(document, state);
    for (const child of children) {
      const node = stateAt(document, child);
      if (node.kind !== 'history') continue;
      const active = [...states.inRange(state + 1, lastDescendant)].filter((candidate) => {
        const { kind, parent } = stateAt(document, candidate);
        return node.history === 'shallow' ? parent === state : kind === 'atomic' || kind === 'final';
      });
      recorded.push([child, active]);
    }
  }
  return recorded.length === 0 ? history : new Map([...history, ...recorded]);
}
