import { asksForStatistic, matchesTarget, type Target } from '../targets/index.ts';
import type { AgentRecord } from './agentRecord.ts';
import type { Lane, LaneCall } from './lane.ts';
import { LaneSet } from './laneSet.ts';
import type { PriorityRule } from './priority.ts';
import { growsSince, priorityOf } from './priority.ts';

/** The content of a class: the medium, and the targets without their weights. */
export interface Demand {
  readonly media: string;
  /** It counts where a threshold asks for a queue. */
  readonly tenant: string;
  /** Each once, in canonical order. */
  readonly targets: readonly Target[];
}

/** Characters of a condition that count for one more target: about one function. */
const CHARS_OF_EFFORT = 32;

/** Whether the agent, in whatever state, may take a call of the class. */
export function matchesDemand(
  { media, targets }: Pick<Demand, 'media' | 'targets'>,
  agent: AgentRecord,
): boolean {
  return agent.media.includes(media) && targets.some((target) => matchesTarget(target, agent));
}

/** The next call of a class. */
export interface Head<C extends LaneCall> {
  readonly call: C;
  readonly lane: Lane<C>;
  readonly priority: number;
}

/** The numbers of a lane's oldest call in the table of heads: its serial, and since when it grows. */
const NUMBERS = 2;

/**
 * The routable calls that the same agents may take, in one lane for each rule and medium. The numbers of the
 * oldest call of each lane are in one flat array: a look for the best call follows no pointers.
 */
export class DemandClass<C extends LaneCall> implements Demand {
  /** Among the classes that exist. */
  readonly id: number;
  readonly key: string;
  readonly media: string;
  readonly tenant: string;
  readonly targets: readonly Target[];
  /** Whether a target asks for a number of free agents. */
  readonly hasThreshold: boolean;
  /** Whether it also depends on other things than the settings and the room of agents, who may match. */
  readonly isConditional: boolean;
  /** Whether time or statistics may change that too. */
  readonly isWatched: boolean;
  /** Whether a target depends on the call itself. */
  readonly isOfCall: boolean;
  /** Targets, of which one with a long condition counts for several. */
  readonly effort: number;
  /** Calls that wait, routable or not. */
  calls = 0;
  /** Another one after each change of an agent who matches or matched. */
  version = 0;
  /** Agents who match, whatever their state. */
  agents = 0;
  /** Agents who match and have room for one more call. */
  freeAgents = 0;
  readonly #lanes = new LaneSet<C>('none');
  #heads = new Float64Array(4 * NUMBERS);

  constructor(id: number, key: string, { media, tenant, targets }: Demand) {
    this.id = id;
    this.key = key;
    this.media = media;
    this.tenant = tenant;
    this.targets = targets;
    this.hasThreshold = targets.some(({ threshold }) => threshold !== undefined);
    this.isWatched = targets.some((target) => target.condition !== undefined || asksForStatistic(target));
    this.isConditional = this.hasThreshold || this.isWatched;
    this.isOfCall = targets.some(({ condition }) => condition?.parts.some(({ isOfCall }) => isOfCall));
    this.effort = targets.reduce((sum, target) => sum + effortOf(target), 1);
  }

  /** Whether a call is routable. */
  get isWanted(): boolean {
    return this.#lanes.lanes.length > 0;
  }

  add(call: C, rule: PriorityRule): Lane<C> {
    const lane = this.#lanes.add(call, rule);
    if (lane.oldest === call) this.#noteHead(this.#lanes.lanes.indexOf(lane));
    return lane;
  }

  remove(call: C, lane: Lane<C>): void {
    const wasOldest = lane.oldest === call;
    const { lanes } = this.#lanes;
    const at = wasOldest ? lanes.indexOf(lane) : -1;
    this.#lanes.remove(call, lane);
    // If the lane is empty now, the last lane may have taken its place.
    if (at >= 0 && at < lanes.length) this.#noteHead(at);
  }

  /**
   * The best of the next calls of all lanes that comes before `best`. `skipped`: the number of calls of a
   * lane that are passed over.
   */
  better(best: Head<C> | undefined, now: number, skipped: ReadonlyMap<Lane<C>, number>): Head<C> | undefined {
    let found = best;
    const { lanes } = this.#lanes;
    const heads = this.#heads;
    for (let at = 0; at < lanes.length; at += 1) {
      const lane = lanes[at]!;
      let serial = heads[NUMBERS * at]!;
      let since = heads[NUMBERS * at + 1]!;
      let call: C | undefined;
      const passed = skipped.size === 0 ? 0 : (skipped.get(lane) ?? 0);
      if (passed > 0 || lane.falls) {
        call = lane.nth(passed, now);
        if (call === undefined) continue;
        serial = call.serial;
        since = growsSince(call);
      }
      const priority = priorityOf(lane.rule, since, now);
      const isLater =
        found !== undefined &&
        (priority < found.priority || (priority === found.priority && serial > found.call.serial));
      if (!isLater) found = { call: call ?? lane.oldest!, lane, priority };
    }
    return found;
  }

  #noteHead(at: number): void {
    const oldest = this.#lanes.lanes[at]!.oldest!;
    if (NUMBERS * (at + 1) > this.#heads.length) {
      const grown = new Float64Array(2 * this.#heads.length);
      grown.set(this.#heads);
      this.#heads = grown;
    }
    this.#heads[NUMBERS * at] = oldest.serial;
    this.#heads[NUMBERS * at + 1] = growsSince(oldest);
  }
}

function effortOf({ condition }: Target): number {
  return 1 + Math.floor((condition?.text.length ?? 0) / CHARS_OF_EFFORT);
}
