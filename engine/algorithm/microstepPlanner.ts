import type { Document, Transition } from '../document/model.ts';
import { type MicrostepPlan, planMicrostep } from './planMicrostep.ts';
import type { StateSet } from './stateSet.ts';
import type { HistoryValue } from './transitionDomain.ts';

/** How many plans a document remembers; then it begins anew. */
export const MAX_REMEMBERED_PLANS = 10_000;

/**
 * A plan depends on the configuration, the history and the transitions alone, so it is computed once for all
 * sessions of a document: the cost of an event then follows the content that it runs, not the document's size.
 */
export class MicrostepPlanner {
  readonly #document: Document;
  readonly #hasHistory: boolean;
  readonly #plans = new Map<string, MicrostepPlan>();

  constructor(document: Document) {
    this.#document = document;
    this.#hasHistory = document.states.some(({ kind }) => kind === 'history');
  }

  plan(configuration: StateSet, history: HistoryValue, transitions: readonly Transition[]): MicrostepPlan {
    const key = this.#key(configuration, history, transitions);
    const known = this.#plans.get(key);
    if (known) return known;
    const plan = planMicrostep(this.#document, configuration, history, transitions);
    if (this.#plans.size >= MAX_REMEMBERED_PLANS) this.#plans.clear();
    this.#plans.set(key, plan);
    return plan;
  }

  #key(configuration: StateSet, history: HistoryValue, transitions: readonly Transition[]): string {
    let key = configuration.key();
    for (const { index } of transitions) key += `:${index}`;
    if (this.#hasHistory) for (const [state, values] of history) key += `;${state}=${values.join()}`;
    return key;
  }
}
