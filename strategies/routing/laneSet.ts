import { Lane, type LaneCall } from './lane.ts';
import { type PriorityRule, ruleKey } from './priority.ts';

/** Lanes by priority rule, each with at least one call. */
export class LaneSet<C extends LaneCall> {
  /** In no special order. */
  readonly lanes: Lane<C>[] = [];
  readonly #sums: 'sums' | 'none';
  readonly #byRule = new Map<string, Lane<C>[]>();

  constructor(sums: 'sums' | 'none') {
    this.#sums = sums;
  }

  /** The lane that took the call. */
  add(call: C, rule: PriorityRule): Lane<C> {
    const key = ruleKey(rule);
    const ofRule = this.#byRule.get(key) ?? [];
    const taker = ofRule.find((lane) => lane.add(call));
    if (taker !== undefined) return taker;
    const lane = new Lane<C>(rule, this.#sums);
    lane.add(call);
    this.lanes.push(lane);
    this.#byRule.set(key, [...ofRule, lane]);
    return lane;
  }

  remove(call: C, lane: Lane<C>): void {
    lane.remove(call);
    if (lane.size > 0) return;
    // The last lane takes the place of the empty one.
    const last = this.lanes.pop()!;
    if (last !== lane) this.lanes[this.lanes.indexOf(lane)] = last;
    const key = ruleKey(lane.rule);
    const left = this.#byRule.get(key)!.filter((one) => one !== lane);
    if (left.length === 0) this.#byRule.delete(key);
    else this.#byRule.set(key, left);
  }
}
