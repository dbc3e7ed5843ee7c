import type { EstimatedRule } from './estimates.ts';
import { RuleArrivals } from './ruleArrivals.ts';
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
  /** The calls of all further rules, which count as calls of the first of these. */
  #others: Lane | undefined;

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
    for (const { calls } of this.#all()) calls.waiting = 0;
  }

  /** The calls ahead of one that comes now. */
  ahead(rule: EstimatedRule, now: number): number {
    let ahead = 0;
    for (const { rule: other, calls } of this.#all()) {
      const headStartMs = headStart(rule, other, 0);
      ahead += headStartMs <= 0 ? calls.waiting : calls.waitingBefore(now - headStartMs);
    }
    return ahead;
  }

  /** Calls of which rules will overtake a call of this rule that has waited for `ageMs`. */
  overtaking(rule: EstimatedRule, ageMs: number, now: number): readonly Overtaking[] {
    const found: Overtaking[] = [];
    for (const { rule: other, calls } of this.#all()) {
      if (other.base <= rule.base) continue;
      const withinMs = headStart(other, rule, ageMs);
      const rate = calls.rate(now);
      if (withinMs > 0 && rate > 0) found.push({ rate, withinMs });
    }
    return found;
  }

  /**
   * The lane in which a call of the rule is, or begins to be. While calls of further rules wait, no rule gets
   * a lane of its own: a call leaves the lane that it came to.
   */
  #laneOf(rule: EstimatedRule): Lane {
    const key = `${rule.base} ${rule.increment} ${rule.everyMs}`;
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    if (this.#others !== undefined && this.#others.calls.waiting > 0) return this.#others;
    if (this.#lanes.size >= MAX_KNOWN_RULES) this.#dropEmpty();
    const lane = { rule, calls: new RuleArrivals() };
    if (this.#lanes.size >= MAX_KNOWN_RULES) this.#others = lane;
    else this.#lanes.set(key, lane);
    return lane;
  }

  *#all(): Iterable<Lane> {
    yield* this.#lanes.values();
    if (this.#others !== undefined) yield this.#others;
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
