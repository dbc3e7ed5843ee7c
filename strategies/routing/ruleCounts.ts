import { RoutingError } from './errors.ts';
import { type PriorityRule, ruleKey } from './priority.ts';

/** Priority rules of waiting calls, above which a call with another one is refused. */
export const MAX_PRIORITY_RULES = 10_000;

/** How many calls wait with each priority rule. */
export class RuleCounts {
  readonly #calls = new Map<string, number>();

  /** A call came (1) or left (-1). */
  count(rule: PriorityRule, change: 1 | -1): void {
    const key = ruleKey(rule);
    const left = (this.#calls.get(key) ?? 0) + change;
    if (left === 0) this.#calls.delete(key);
    else this.#calls.set(key, left);
  }

  /** Throws RoutingError ROUTING_LIMITED when a new rule would be one too many. */
  admit(rule: PriorityRule): void {
    if (this.#calls.size < MAX_PRIORITY_RULES || this.#calls.has(ruleKey(rule))) return;
    const expected = `Expected a priority of calls that wait, because calls with ${MAX_PRIORITY_RULES} different priorities and increments wait (MAX_PRIORITY_RULES)`;
    throw new RoutingError('ROUTING_LIMITED', `${expected}, got ${JSON.stringify(rule)}.`);
  }
}
