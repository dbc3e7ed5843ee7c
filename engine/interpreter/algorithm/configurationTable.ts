import type { Document, Transition } from '../document/model.ts';
import { EventMatcher } from './eventDescriptors.ts';
import { isAtomic, stateAt } from './hierarchy.ts';
import { type MicrostepPlan, planInitial, planMicrostep } from './microstepPlan.ts';
import { StateSet } from './stateSet.ts';
import type { Configuration, HistoryValue } from './transitionDomain.ts';

/**
 * Ids of active states in all remembered configurations of a document. Beyond it the table starts again,
 * empty.
 */
export const MAX_REMEMBERED_STATES = 2_000_000;
/** Event names, and sets of enabled transitions, that one configuration remembers. */
export const MAX_REMEMBERED_CHOICES = 1_000;

/** The transitions of one microstep, without conflicts, and everything that follows from them. */
export interface EnabledTransitions extends Omit<MicrostepPlan, 'after'> {
  readonly next: KnownConfiguration;
  /** No state or transition of it has content, data or invokes. An unobserved step only goes to `next`. */
  readonly isQuiet: boolean;
}

/**
 * The transitions that an event (or no event) can enable in one configuration, in the order in which
 * selection tries them: a list for each atomic state, its own transitions first, then those of its ancestors.
 */
export interface Candidates {
  readonly lists: readonly (readonly Transition[])[];
  /** The answer of the selection, when it does not depend on a condition. */
  readonly unconditional?: EnabledTransitions;
}

/**
 * A configuration with its history values, shared by all sessions of the document that are in it. It
 * remembers the candidates of event names and the plans of microsteps: they depend on nothing else.
 */
export class KnownConfiguration implements Configuration {
  readonly states: StateSet;
  readonly history: HistoryValue;
  /** Ids of the active states in document order. */
  readonly ids: readonly string[];
  readonly #table: ConfigurationTable;
  readonly #atomicStates: readonly number[];
  readonly #candidates = new Map<string, Candidates | undefined>();
  readonly #enabled = new Map<string | number, EnabledTransitions>();
  #eventless: { readonly candidates: Candidates | undefined } | undefined;

  constructor(table: ConfigurationTable, { states, history }: Configuration) {
    const nodes = states.toArray().map((state) => stateAt(table.document, state));
    this.#table = table;
    this.states = states;
    this.history = history;
    this.ids = nodes.map(({ id }) => id);
    this.#atomicStates = nodes.filter(isAtomic).map(({ index }) => index);
  }

  /** The transitions that an event can enable. Undefined when there are none. */
  candidates(eventName: string): Candidates | undefined {
    const known = this.#candidates.get(eventName);
    if (known !== undefined || this.#candidates.has(eventName)) return known;
    const matching = this.#table.matcher.matching(eventName);
    const found = this.#find(({ index }) => matching[index] === 1);
    if (this.#candidates.size >= MAX_REMEMBERED_CHOICES) this.#candidates.clear();
    this.#candidates.set(eventName, found);
    return found;
  }

  /** The eventless transitions. Undefined when there are none. */
  eventlessCandidates(): Candidates | undefined {
    this.#eventless ??= { candidates: this.#find(({ events }) => events === undefined) };
    return this.#eventless.candidates;
  }

  /** The microstep that takes these transitions. */
  enabled(transitions: readonly Transition[]): EnabledTransitions {
    const [first] = transitions;
    const key = transitions.length === 1 ? first!.index : transitions.map(({ index }) => index).join();
    const known = this.#enabled.get(key);
    if (known !== undefined) return known;
    const enabled = this.#table.enabled(planMicrostep(this.#table.document, transitions, this));
    if (this.#enabled.size >= MAX_REMEMBERED_CHOICES) this.#enabled.clear();
    this.#enabled.set(key, enabled);
    return enabled;
  }

  #find(matches: (transition: Transition) => boolean): Candidates | undefined {
    const lists = this.#atomicStates
      .map((state) => untilUnconditional(this.#transitionsFrom(state).filter(matches)))
      .filter(({ length }) => length > 0);
    if (lists.length === 0) return undefined;
    const first = lists.map(([transition]) => transition!);
    if (first.some(({ cond }) => cond !== undefined)) return { lists };
    return { lists, unconditional: this.enabled([...new Set(first)]) };
  }

  /** The transitions of an atomic state and of its ancestors. */
  #transitionsFrom(atomic: number): Transition[] {
    const { document } = this.#table;
    const found: Transition[] = [];
    for (let at = atomic; at !== -1; at = stateAt(document, at).parent) {
      for (const index of stateAt(document, at).transitions) found.push(document.transitions[index]!);
    }
    return found;
  }
}

/** Selection never gets past a transition without a condition. */
function untilUnconditional(transitions: readonly Transition[]): readonly Transition[] {
  const certain = transitions.findIndex(({ cond }) => cond === undefined);
  return certain === -1 ? transitions : transitions.slice(0, certain + 1);
}

/**
 * The configurations that sessions of a document have been in, each once.
 *
 * This memory makes the cost of an event depend on the content that the event executes, and not on the size
 * of the document. Without it, each event computes its exit set and entry set again: a document of 200 states
 * then handles some 10,000 events a second instead of millions (bench/README.md, document c).
 */
export class ConfigurationTable {
  readonly document: Document;
  readonly matcher: EventMatcher;
  readonly #known = new Map<string, KnownConfiguration>();
  #states = 0;
  #initial: EnabledTransitions | undefined;

  constructor(document: Document) {
    this.document = document;
    this.matcher = new EventMatcher(document);
  }

  /** The configuration of a session that has not started. */
  empty(): KnownConfiguration {
    return this.configuration({ states: new StateSet(this.document.states.length), history: new Map() });
  }

  /** The microstep that enters the initial configuration. */
  initial(): EnabledTransitions {
    this.#initial ??= this.enabled(planInitial(this.document));
    return this.#initial;
  }

  configuration(configuration: Configuration): KnownConfiguration {
    const key = keyOf(configuration);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const added = new KnownConfiguration(this, configuration);
    this.#states += this.document.states.length / 32 + added.ids.length;
    if (this.#states > MAX_REMEMBERED_STATES) {
      // Sessions keep the configurations that they are in; the others are released.
      this.#known.clear();
      this.#states = 0;
    }
    this.#known.set(key, added);
    return added;
  }

  enabled({ after, ...plan }: MicrostepPlan): EnabledTransitions {
    return { ...plan, next: this.configuration(after), isQuiet: this.#isQuiet(plan) };
  }

  #isQuiet({ transitions, exitSet, entrySet, ends }: Omit<MicrostepPlan, 'after'>): boolean {
    const { document } = this;
    if (ends || document.dialect === 'ors' || document.binding === 'late') return false;
    return (
      transitions.every(({ content }) => content.length === 0) &&
      exitSet.every((state) => {
        const { onexit, invokes } = stateAt(document, state);
        return onexit.length === 0 && invokes.length === 0;
      }) &&
      entrySet.every(({ state, initial, historyDefault, done }) => {
        const { onentry, invokes } = stateAt(document, state);
        const content = (initial?.content.length ?? 0) + (historyDefault?.content.length ?? 0);
        return onentry.length === 0 && invokes.length === 0 && content === 0 && done === undefined;
      })
    );
  }
}

/** Equal for equal configurations with equal history values. */
function keyOf({ states, history }: Configuration): string {
  const values = [...history].sort(([a], [b]) => a - b).map(([state, value]) => `;${state}=${value.join()}`);
  return states.key() + values.join('');
}
