import type { Document, Transition } from '../document/model.ts';
import { childStates, getProperAncestors, isDescendant, isInFinalState, stateAt } from './hierarchy.ts';
import { StateSet } from './stateSet.ts';
import {
  computeExitSet,
  defaultOf,
  getEffectiveTargetStates,
  getTransitionDomain,
  type HistoryValue,
} from './transitionDomain.ts';

/** What a microstep will do, computed before anything is executed. It depends on nothing but the arguments. */
export interface MicrostepPlan {
  /** In exit order: descendants first, reverse document order. */
  readonly exit: readonly number[];
  readonly transitions: readonly Transition[];
  /** In entry order: ancestors first, document order. */
  readonly entry: readonly EntryStep[];
  /** The configuration and the history values after it. */
  readonly configuration: StateSet;
  readonly history: HistoryValue;
  /** A top-level final state is entered: the session ends. */
  readonly ends: boolean;
}

export interface EntryStep {
  readonly state: number;
  /** <initial> whose content runs after onentry (the state is entered by default). */
  readonly initial?: Transition;
  /** Default transition of a history state, whose content runs after that. */
  readonly historyDefault?: Transition;
  /** For a final state: the states whose done.state event it raises, its parent first. */
  readonly done?: readonly number[];
}

export function planMicrostep(
  document: Document,
  configuration: StateSet,
  history: HistoryValue,
  transitions: readonly Transition[],
): MicrostepPlan {
  const exiting = new StateSet(document.states.length);
  for (const transition of transitions) {
    for (const state of computeExitSet(document, transition, configuration, history)) exiting.add(state);
  }
  const remembered = recordHistory(document, configuration, exiting);
  // W3C D exitStates records history before enterStates reads it.
  const historyAfter = remembered.length === 0 ? history : new Map([...history, ...remembered]);
  const after = configuration.copy();
  for (const state of exiting) after.delete(state);
  return {
    exit: exiting.toArray().reverse(),
    transitions,
    ...enter(document, after, transitions, { before: history, after: historyAfter }),
  };
}

/** The plan that enters the initial configuration: the <scxml> element's initial transition. */
export function planInitial(document: Document): MicrostepPlan {
  const initial = document.transitions[stateAt(document, 0).initial!]!;
  const nothing = new StateSet(document.states.length);
  return {
    exit: [],
    transitions: [initial],
    ...enter(document, nothing, [initial], { before: new Map(), after: new Map() }),
  };
}

/** History values before and after the states of the microstep are left. */
interface Histories {
  readonly before: HistoryValue;
  readonly after: HistoryValue;
}

/** W3C SCXML D, enterStates, but for what it executes: adds the entry set to the configuration. */
function enter(
  document: Document,
  configuration: StateSet,
  transitions: readonly Transition[],
  history: Histories,
): Pick<MicrostepPlan, 'entry' | 'configuration' | 'history' | 'ends'> {
  const entry: EntryStep[] = [];
  let ends = false;
  for (const step of computeEntrySet(document, transitions, history)) {
    const { kind, parent } = stateAt(document, step.state);
    configuration.add(step.state);
    if (kind !== 'final') {
      entry.push(step);
      continue;
    }
    if (parent === 0) ends = true;
    entry.push(parent === 0 ? step : { ...step, done: statesDone(document, step.state, configuration) });
  }
  return { entry, configuration, history: history.after, ends };
}

/** W3C SCXML D, enterStates: whose done event an entered final state raises, by what is active at that moment. */
function statesDone(document: Document, final: number, configuration: StateSet): number[] {
  const { parent } = stateAt(document, final);
  const grandparent = stateAt(document, parent).parent;
  if (grandparent === -1 || stateAt(document, grandparent).kind !== 'parallel') return [parent];
  return isInFinalState(document, grandparent, configuration) ? [parent, grandparent] : [parent];
}

function recordHistory(document: Document, configuration: StateSet, exiting: StateSet): [number, number[]][] {
  const values: [number, number[]][] = [];
  for (const state of exiting) {
    for (const child of stateAt(document, state).children) {
      const node = stateAt(document, child);
      if (node.kind !== 'history') continue;
      const below = [...configuration.inRange(state + 1, stateAt(document, state).lastDescendant)];
      const active = below.filter((candidate) => {
        const { kind, parent } = stateAt(document, candidate);
        return node.history === 'shallow' ? parent === state : kind === 'atomic' || kind === 'final';
      });
      values.push([child, active]);
    }
  }
  return values;
}

/** The three sets that W3C D's computeEntrySet fills. */
class EntrySet {
  readonly document: Document;
  readonly history: HistoryValue;
  readonly statesToEnter: StateSet;
  readonly statesForDefaultEntry: StateSet;
  readonly defaultHistoryContent = new Map<number, Transition>();
  /** Of the transition whose targets are being added: it stays active, and so does all above it. */
  domain = 0;

  constructor(document: Document, history: HistoryValue) {
    this.document = document;
    this.history = history;
    this.statesToEnter = new StateSet(document.states.length);
    this.statesForDefaultEntry = new StateSet(document.states.length);
  }

  /** W3C SCXML D, addDescendantStatesToEnter. */
  addDescendants(state: number): void {
    const node = stateAt(this.document, state);
    if (node.kind === 'history') {
      this.#addHistory(state, node.parent);
      return;
    }
    this.statesToEnter.add(state);
    if (node.kind === 'compound') {
      this.statesForDefaultEntry.add(state);
      this.#addTargets(this.document.transitions[node.initial!]!.targets, state);
      return;
    }
    if (node.kind === 'parallel') this.#addRegions(state);
  }

  /**
   * Differs: where the domain lies below the parent of the history, D adds the ancestors up to that parent, which
   * were not left. Entered a second time, their parallels would make other children active beside those that
   * are: no legal configuration (3.11).
   */
  #addHistory(history: number, parent: number): void {
    const upTo = isDescendant(this.document, this.domain, parent) ? this.domain : parent;
    const remembered = this.history.get(history);
    if (remembered) {
      this.#addTargets(remembered, upTo);
      return;
    }
    const transition = defaultOf(this.document, history);
    this.defaultHistoryContent.set(parent, transition);
    this.#addTargets(transition.targets, upTo);
  }

  #addTargets(targets: readonly number[], ancestor: number): void {
    for (const target of targets) this.addDescendants(target);
    for (const target of targets) this.addAncestors(target, ancestor);
  }

  /** Children of a parallel that nothing below them has been entered of yet. */
  #addRegions(parallel: number): void {
    for (const child of childStates(this.document, parallel)) {
      const { lastDescendant } = stateAt(this.document, child);
      if (!this.statesToEnter.hasAnyIn(child, lastDescendant)) this.addDescendants(child);
    }
  }

  /** W3C SCXML D, addAncestorStatesToEnter. */
  addAncestors(state: number, ancestor: number): void {
    for (const above of getProperAncestors(this.document, state, ancestor)) {
      this.statesToEnter.add(above);
      if (stateAt(this.document, above).kind === 'parallel') this.#addRegions(above);
    }
  }
}

/** W3C SCXML D, computeEntrySet. The <scxml> element itself is never entered. */
function computeEntrySet(
  document: Document,
  transitions: readonly Transition[],
  history: Histories,
): EntryStep[] {
  const set = new EntrySet(document, history.after);
  for (const transition of transitions) {
    // Differs: the domain that was left, also where leaving it changed what a history stands for.
    set.domain = Math.max(0, getTransitionDomain(document, transition, history.before));
    for (const target of transition.targets) set.addDescendants(target);
    for (const target of getEffectiveTargetStates(document, transition, history.after))
      set.addAncestors(target, set.domain);
  }
  const entry: EntryStep[] = [];
  for (const state of set.statesToEnter) {
    if (state === 0) continue;
    const historyDefault = set.defaultHistoryContent.get(state);
    const initial = set.statesForDefaultEntry.has(state) ? stateAt(document, state).initial : undefined;
    entry.push({
      state,
      ...(initial !== undefined && { initial: document.transitions[initial]! }),
      ...(historyDefault && { historyDefault }),
    });
  }
  return entry;
}
