import type { Document, Transition } from '../document/model.ts';
import { EventMatcher } from './eventDescriptors.ts';
import { isAtomic, stateAt } from './hierarchy.ts';
import { type MicrostepPlan, planInitial, planMicrostep } from './planMicrostep.ts';
import { removeConflictingTransitions } from './selectTransitions.ts';
import { StateSet } from './stateSet.ts';
import type { HistoryValue } from './transitionDomain.ts';

/** Ids of active states in all remembered configurations of a document, in lists and texts; beyond it the table begins anew. */
export const MAX_REMEMBERED_STATES = 2_000_000;
/** Event names and sets of enabled transitions that one configuration remembers. */
export const MAX_REMEMBERED_CHOICES = 1_000;

/** A plan, and the node that it leads to. */
export interface PlannedMicrostep extends MicrostepPlan {
  readonly next: ConfigurationNode;
  /** No state or transition of it has anything to execute, and nothing ends. */
  readonly quiet: boolean;
}

/**
 * The transitions that an event (or no event) can enable in one configuration, in the order in which they are
 * tried: a list for each atomic state, its own first, then its ancestors' (W3C D, selectTransitions).
 */
export interface Candidates {
  readonly paths: readonly (readonly Transition[])[];
  /** Known when no condition has to be evaluated. */
  readonly fixed?: PlannedMicrostep;
}

/** A configuration with its history values: all that selection and planning depend on. Shared by all sessions. */
export class ConfigurationNode {
  readonly configuration: StateSet;
  readonly history: HistoryValue;
  /** Ids of the active states in document order. */
  readonly ids: readonly string[];
  /** Text of it in snapshots, once one was written (snapshot.ts). */
  written: string | undefined;
  readonly #table: ConfigurationTable;
  readonly #atomic: readonly number[];
  readonly #byEvent = new Map<string, Candidates | undefined>();
  readonly #plans = new Map<string | number, PlannedMicrostep>();
  #eventless: Candidates | undefined;
  #eventlessKnown = false;

  constructor(table: ConfigurationTable, configuration: StateSet, history: HistoryValue) {
    const states = configuration.toArray().map((state) => stateAt(table.document, state));
    this.#table = table;
    this.configuration = configuration;
    this.history = history;
    this.ids = states.map(({ id }) => id);
    this.#atomic = states.filter(isAtomic).map(({ index }) => index);
  }

  /** Candidates of an event; undefined when it can enable nothing here. */
  candidates(event: string): Candidates | undefined {
    const known = this.#byEvent.get(event);
    if (known !== undefined || this.#byEvent.has(event)) return known;
    const matching = this.#table.matcher.matching(event);
    const found = this.#find((transition) => matching[transition.index] === 1);
    if (this.#byEvent.size >= MAX_REMEMBERED_CHOICES) this.#byEvent.clear();
    this.#byEvent.set(event, found);
    return found;
  }

  /** Candidates without an event; undefined when no active state has an eventless transition. */
  eventless(): Candidates | undefined {
    if (this.#eventlessKnown) return this.#eventless;
    this.#eventlessKnown = true;
    this.#eventless = this.#find((transition) => transition.events === undefined);
    return this.#eventless;
  }

  /** The microstep of the enabled transitions, conflicts removed. */
  plan(enabled: readonly Transition[]): PlannedMicrostep {
    const key = enabled.length === 1 ? enabled[0]!.index : enabled.map(({ index }) => index).join();
    const known = this.#plans.get(key);
    if (known) return known;
    const planned = this.#table.plan(this, enabled);
    if (this.#plans.size >= MAX_REMEMBERED_CHOICES) this.#plans.clear();
    this.#plans.set(key, planned);
    return planned;
  }

  #find(matches: (transition: Transition) => boolean): Candidates | undefined {
    const { document } = this.#table;
    const paths: Transition[][] = [];
    for (const atomic of this.#atomic) {
      const path: Transition[] = [];
      for (let at = atomic; at !== -1; at = stateAt(document, at).parent) {
        for (const index of stateAt(document, at).transitions) {
          const transition = document.transitions[index]!;
          if (matches(transition)) path.push(transition);
        }
      }
      // What stands behind a transition without a condition is never reached.
      const certain = path.findIndex(({ cond }) => cond === undefined);
      if (path.length > 0) paths.push(certain === -1 ? path : path.slice(0, certain + 1));
    }
    if (paths.length === 0) return undefined;
    if (paths.some(([first]) => first!.cond !== undefined)) return { paths };
    const enabled = new Set(paths.map(([first]) => first!));
    return { paths, fixed: this.plan([...enabled]) };
  }
}

/** The configurations that the sessions of a document have been in, each once. */
export class ConfigurationTable {
  readonly document: Document;
  readonly matcher: EventMatcher;
  readonly #nodes = new Map<string, ConfigurationNode>();
  #states = 0;
  #initial: PlannedMicrostep | undefined;

  constructor(document: Document) {
    this.document = document;
    this.matcher = new EventMatcher(document);
  }

  /** Before the initial configuration is entered. */
  empty(): ConfigurationNode {
    return this.node(new StateSet(this.document.states.length), new Map());
  }

  initial(): PlannedMicrostep {
    this.#initial ??= this.#planned(planInitial(this.document));
    return this.#initial;
  }

  node(configuration: StateSet, history: HistoryValue): ConfigurationNode {
    const key = keyOf(configuration, history);
    const known = this.#nodes.get(key);
    if (known) return known;
    const node = new ConfigurationNode(this, configuration, history);
    // An id counts twice: it comes into the text of the node as well.
    this.#states += this.document.states.length / 32 + 2 * node.ids.length;
    if (this.#states > MAX_REMEMBERED_STATES) {
      // Sessions keep the nodes that they are in; the others go.
      this.#nodes.clear();
      this.#states = 0;
    }
    this.#nodes.set(key, node);
    return node;
  }

  plan(node: ConfigurationNode, enabled: readonly Transition[]): PlannedMicrostep {
    const { configuration, history } = node;
    const transitions = removeConflictingTransitions(this.document, configuration, history, enabled);
    return this.#planned(planMicrostep(this.document, configuration, history, transitions));
  }

  #planned(plan: MicrostepPlan): PlannedMicrostep {
    return { ...plan, next: this.node(plan.configuration, plan.history), quiet: this.#isQuiet(plan) };
  }

  #isQuiet(plan: MicrostepPlan): boolean {
    const { document } = this;
    if (plan.ends || document.dialect === 'ors' || document.binding === 'late') return false;
    return (
      plan.transitions.every(({ content }) => content.length === 0) &&
      plan.exit.every((state) => {
        const { onexit, invokes } = stateAt(document, state);
        return onexit.length === 0 && invokes.length === 0;
      }) &&
      plan.entry.every(({ state, initial, historyDefault, done }) => {
        const { onentry, invokes } = stateAt(document, state);
        const content = (initial?.content.length ?? 0) + (historyDefault?.content.length ?? 0);
        return onentry.length === 0 && invokes.length === 0 && content === 0 && done === undefined;
      })
    );
  }
}

function keyOf(configuration: StateSet, history: HistoryValue): string {
  let key = configuration.key();
  for (const state of [...history.keys()].sort((a, b) => a - b))
    key += `;${state}=${history.get(state)!.join()}`;
  return key;
}
