import { LRUCache } from 'lru-cache';
import type { AgentId } from '../ids/index.ts';
import { GroupStatistic, matchesTarget, type Target } from '../targets/index.ts';
import type { AgentRecord } from './agentRecord.ts';

/** Targets whose agents are counted. Another one takes the place of the one that was unused for longest. */
export const MAX_COUNTED_GROUPS = 1_024;

/** The states of an agent that are counted, one bit each. */
export const AgentBit = { LOGGED_IN: 0, READY: 1, READY_FOR_VOICE: 2, BUSY: 3 } as const;

const BITS = 4;

/** The bit of each statistic that counts agents. */
const BIT_OF: ReadonlyMap<string, number> = new Map([
  [GroupStatistic.TOTAL, AgentBit.LOGGED_IN],
  [GroupStatistic.LOGGED_IN, AgentBit.LOGGED_IN],
  [GroupStatistic.R_TOTAL, AgentBit.LOGGED_IN],
  [GroupStatistic.AVAILABLE, AgentBit.READY],
  [GroupStatistic.R_READY, AgentBit.READY],
  [GroupStatistic.R_READY_VOICE, AgentBit.READY_FOR_VOICE],
  [GroupStatistic.BUSY, AgentBit.BUSY],
]);

/** An agent, and the states that hold for them. */
export interface CountedAgent {
  readonly agentId: AgentId;
  readonly record: AgentRecord | undefined;
  /** A bit of AgentBit each. */
  readonly states: number;
}

/** The agents of a target, and how many of them are in each state. */
export interface CountedGroup {
  /** Another one after each change of an agent of the group. */
  readonly version: number;
  readonly memberIds: Iterable<AgentId>;
  /** Undefined: the statistic does not count agents. */
  count(statistic: string): number | undefined;
}

class Group implements CountedGroup {
  readonly target: Target;
  version = 0;
  readonly #counts = new Int32Array(BITS);
  readonly #members = new Map<AgentId, number>();

  constructor(target: Target) {
    this.target = target;
  }

  get memberIds(): Iterable<AgentId> {
    return this.#members.keys();
  }

  count(statistic: string): number | undefined {
    const bit = BIT_OF.get(statistic);
    return bit === undefined ? undefined : this.#counts[bit];
  }

  /** Undefined: the agent is no member. */
  set(agentId: AgentId, states: number | undefined): void {
    const before = this.#members.get(agentId) ?? 0;
    // Also where no state differs: other statistics may.
    if (states !== undefined || this.#members.has(agentId)) this.version += 1;
    if (states === undefined) this.#members.delete(agentId);
    else this.#members.set(agentId, states);
    const after = states ?? 0;
    if (before === after) return;
    for (let bit = 0; bit < BITS; bit += 1) {
      this.#counts[bit]! += ((after >>> bit) & 1) - ((before >>> bit) & 1);
    }
  }
}

/** Counts the agents of targets whose statistics expressions ask for. A change of an agent costs no scan. */
export class GroupCounts {
  readonly #candidates: (target: Target) => Iterable<CountedAgent>;
  readonly #groups: LRUCache<string, Group>;
  readonly #groupsOf = new Map<AgentId, Set<Group>>();

  /** `candidates`: the agents who may match a target, at this moment. */
  constructor(candidates: (target: Target) => Iterable<CountedAgent>) {
    this.#candidates = candidates;
    this.#groups = new LRUCache<string, Group>({
      // As recentEntries(): the room is taken as it is needed.
      maxSize: MAX_COUNTED_GROUPS,
      sizeCalculation: () => 1,
      dispose: (group) => {
        // Nothing keeps it up to date any more.
        group.version += 1;
        for (const agentId of group.memberIds) this.#groupsOf.get(agentId)?.delete(group);
      },
    });
  }

  /** The agents of a target. Ask again after others were asked for: the group may have made room for them. */
  of(key: string, target: Target): CountedGroup {
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const group = new Group(target);
    this.#groups.set(key, group);
    for (const agent of this.#candidates(target)) this.#place(agent, group);
    return group;
  }

  /** The settings of an agent changed. */
  matched(agent: CountedAgent): void {
    if (agent.record === undefined) {
      for (const group of this.#groupsOf.get(agent.agentId) ?? []) group.set(agent.agentId, undefined);
      this.#groupsOf.delete(agent.agentId);
      return;
    }
    for (const group of this.#groups.values()) this.#place(agent, group);
  }

  /** The state or the work of an agent changed. */
  moved({ agentId, states }: CountedAgent): void {
    for (const group of this.#groupsOf.get(agentId) ?? []) group.set(agentId, states);
  }

  #place({ agentId, record, states }: CountedAgent, group: Group): void {
    const groups = this.#groupsOf.get(agentId) ?? new Set();
    const isMember = record !== undefined && matchesTarget(group.target, record);
    if (isMember) groups.add(group);
    else groups.delete(group);
    group.set(agentId, isMember ? states : undefined);
    if (groups.size > 0) this.#groupsOf.set(agentId, groups);
    else this.#groupsOf.delete(agentId);
  }
}
