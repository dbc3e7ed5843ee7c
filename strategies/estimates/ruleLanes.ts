import { RuleArrivals } from './arrivals.ts';
import type { EstimatedRule } from './estimates.ts';
import type { Overtaking } from './waitFormulas.ts';

/** Priority rules of a queue whose arrivals are known one by one; requests may bring any rule. */
export const MAX_KNOWN_RULES = 32;

interface Lane {
  readonly rule: EstimatedRule;
  readonly calls: RuleArrivals;
}

/** The waiting calls of a queue by their priority rules, and how fast calls of each rule come. */
export class RuleLanes {
  readonly #lanes = new Map<string, Lane>();

  /** A call that comes now. */
  enter(rule: EstimatedRule, at: number): void {
    const lane = this.#laneOf(rule);
    lane.calls.waiting += 1;
    lane.calls.add(at);
  }

  /** A call that came before. */
  add(rule: EstimatedRule): void {
    this.#laneOf(rule).calls.waiting += 1;
  }

  remove(rule: EstimatedRule): void {
    const { calls } = this.#laneOf(rule);
    calls.waiting = Math.max(0, calls.waiting - 1);
  }

  clear(): void {
    for (const { calls } of this.#lanes.values()) calls.waiting = 0;
  }

  /** The calls ahead of one that comes now. */
  ahead(rule: EstimatedRule, now: number): number {
    let ahead = 0;
    for (const { rule: other, calls } of this.#lanes.values()) {
      const headStartMs = headStart(rule, other, 0);
      ahead += headStartMs <= 0 ? calls.waiting : calls.waitingBefore(now - headStartMs);
    }
    return ahead;
  }

  /** Calls of which rules will overtake a call of this rule that has waited for `ageMs`. */
  overtaking(rule: EstimatedRule, ageMs: number, now: number): readonly Overtaking[] {
    const found: Overtaking[] = [];
    for (const { rule: other, calls } of this.#lanes.values()) {
      if (other.base <= rule.base) continue;
      const withinMs = headStart(other, rule, ageMs);
      const rate = calls.rate(now);
      if (withinMs > 0 && rate > 0) found.push({ rate, withinMs });
    }
    return found;
  }

  #laneOf(rule: EstimatedRule): Lane {
    const key = `${rule.base} ${rule.increment} ${rule.everyMs}`;
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    if (this.#lanes.size >= MAX_KNOWN_RULES) this.#dropEmpty();
    // Too many rules at once: the call counts with the first of them.
    const [first] = this.#lanes.values();
    if (this.#lanes.size >= MAX_KNOWN_RULES) return first!;
    const lane = { rule, calls: new RuleArrivals() };
    this.#lanes.set(key, lane);
    return lane;
  }

  #dropEmpty(): void {
    for (const [key, { calls }] of this.#lanes) {
      if (calls.waiting > 0) continue;
      this.#lanes.delete(key);
      return;
    }
  }
}

/**
 * The ms by which a call of the important rule may come later than one of the other rule and still be ahead
 * of it, if that one has waited for `ageMs` now. Negative or 0: it would not be ahead.
 */
function headStart(important: EstimatedRule, other: EstimatedRule, ageMs: number): number {
  const difference = important.base - other.base;
  const growth = other.everyMs <= 0 ? 0 : other.increment / other.everyMs;
  if (growth <= 0) return difference > 0 ? Number.POSITIVE_INFINITY : difference;
  return difference / growth - ageMs;
}
