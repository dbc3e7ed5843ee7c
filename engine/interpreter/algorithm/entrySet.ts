import { defined } from '../../ports/index.ts';
import type { Document, Transition } from '../document/model.ts';
import { getChildStates, getProperAncestors, isDescendant, stateAt } from './hierarchy.ts';
import { StateSet } from './stateSet.ts';
import {
  defaultTransition,
  getEffectiveTargetStates,
  getTransitionDomain,
  type HistoryValue,
} from './transitionDomain.ts';

/** A state to enter, with the content that its entry executes after its onentry. */
export interface StateEntry {
  readonly state: number;
  /** The transition of <initial>: the state is entered by default. */
  readonly initial?: Transition;
  /** The default transition of a history state of this state. */
  readonly historyDefault?: Transition;
}

/** History values before and after the microstep exits its states. */
export interface Histories {
  readonly before: HistoryValue;
  readonly after: HistoryValue;
}

/** W3C SCXML D, procedure computeEntrySet, in entry order. The <scxml> element itself is never entered. */
export function computeEntrySet(
  document: Document,
  transitions: readonly Transition[],
  history: Histories,
): StateEntry[] {
  const entrySet = new EntrySet(document, history.after);
  for (const transition of transitions) {
    // Differs from D: the domain is the one that was exited, even if the exit changed the value of a history
    // state.
    entrySet.domain = Math.max(0, getTransitionDomain(document, transition, history.before));
    for (const target of transition.targets) entrySet.addDescendantStatesToEnter(target);
    for (const target of getEffectiveTargetStates(document, transition, history.after)) {
      entrySet.addAncestorStatesToEnter(target, entrySet.domain);
    }
  }
  return entrySet.entries();
}

/**
 * The three sets that computeEntrySet of D fills: statesToEnter, statesForDefaultEntry,
 * defaultHistoryContent.
 */
class EntrySet {
  /** Domain of the transition whose targets are added now. It stays active, and so do its ancestors. */
  domain = 0;
  readonly #document: Document;
  readonly #history: HistoryValue;
  readonly #statesToEnter: StateSet;
  readonly #statesForDefaultEntry: StateSet;
  readonly #defaultHistoryContent = new Map<number, Transition>();

  constructor(document: Document, history: HistoryValue) {
    this.#document = document;
    this.#history = history;
    this.#statesToEnter = new StateSet(document.states.length);
    this.#statesForDefaultEntry = new StateSet(document.states.length);
  }

  /** W3C SCXML D, procedure addDescendantStatesToEnter. */
  addDescendantStatesToEnter(state: number): void {
    const { kind, initial } = stateAt(this.#document, state);
    if (kind === 'history') {
      this.#addHistory(state);
      return;
    }
    this.#statesToEnter.add(state);
    if (kind === 'compound') {
      this.#statesForDefaultEntry.add(state);
      this.#addTargets(this.#document.transitions[initial!]!.targets, state);
    }
    if (kind === 'parallel') this.#addRegions(state);
  }

  /** W3C SCXML D, procedure addAncestorStatesToEnter. */
  addAncestorStatesToEnter(state: number, ancestor: number): void {
    for (const above of getProperAncestors(this.#document, state, ancestor)) {
      this.#statesToEnter.add(above);
      if (stateAt(this.#document, above).kind === 'parallel') this.#addRegions(above);
    }
  }

  entries(): StateEntry[] {
    const { states, transitions } = this.#document;
    return [...this.#statesToEnter]
      .filter((state) => state !== 0)
      .map((state) => {
        const initial = states[state]!.initial;
        const isDefault = this.#statesForDefaultEntry.has(state) && initial !== undefined;
        return defined({
          state,
          initial: isDefault ? transitions[initial] : undefined,
          historyDefault: this.#defaultHistoryContent.get(state),
        });
      });
  }

  /**
   * Differs from D where the domain is below the parent of the history state. D then adds the ancestors up to
   * that parent, which were not exited. Their parallels would be entered a second time with other children:
   * not a legal configuration (W3C 3.11).
   */
  #addHistory(history: number): void {
    const { parent } = stateAt(this.#document, history);
    const upTo = isDescendant(this.#document, this.domain, parent) ? this.domain : parent;
    const value = this.#history.get(history);
    if (value !== undefined) {
      this.#addTargets(value, upTo);
      return;
    }
    const transition = defaultTransition(this.#document, history);
    this.#defaultHistoryContent.set(parent, transition);
    this.#addTargets(transition.targets, upTo);
  }

  #addTargets(targets: readonly number[], ancestor: number): void {
    for (const target of targets) this.addDescendantStatesToEnter(target);
    for (const target of targets) this.addAncestorStatesToEnter(target, ancestor);
  }

  /** Adds the children of a parallel state that have no state to enter yet. */
  #addRegions(parallel: number): void {
    for (const child of getChildStates(this.#document, parallel)) {
      const { lastDescendant } = stateAt(this.#document, child);
      if (!this.#statesToEnter.hasAnyIn(child, lastDescendant)) this.addDescendantStatesToEnter(child);
    }
  }
}
