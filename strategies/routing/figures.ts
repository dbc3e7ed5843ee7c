import type { AgentId } from '../ids/index.ts';
import {
  AgentStatistic,
  type ConditionValues,
  QueueStatistic,
  type StatisticObject,
  TargetType,
  targetLabel,
} from '../targets/index.ts';
import { AgentState } from './agentRecord.ts';
import type { Reads } from './look.ts';
import { type OutsideFigures, occupancyOf } from './outsideFigures.ts';
import { PLAIN_RULE, type QueuePosition } from './priority.ts';
import type { Staff } from './staff.ts';
import type { WaitingCall } from './waitingCall.ts';
import type { WaitingQueue, WaitingQueues } from './waitingQueue.ts';

/** The call whose targets are looked at. */
export interface JudgedCall extends QueuePosition {
  /** Key of its queue. */
  readonly vq: string;
}

/** A figure of agents or of a queue. */
interface AskedFigure {
  readonly name: string;
  readonly tenant: string;
  readonly now: number;
  readonly reads: Reads | undefined;
}

/** The values that thresholds and skill expressions ask for, at one moment. */
export class Figures {
  readonly #staff: Staff;
  readonly #queues: WaitingQueues<WaitingCall>;
  readonly #outside: OutsideFigures;

  constructor(deps: {
    readonly staff: Staff;
    readonly queues: WaitingQueues<WaitingCall>;
    readonly outside: OutsideFigures;
  }) {
    this.#staff = deps.staff;
    this.#queues = deps.queues;
    this.#outside = deps.outside;
  }

  /** NaN: not known. */
  ofAgent(agentId: AgentId, statistic: AgentStatistic, now: number): number {
    switch (statistic) {
      case AgentStatistic.LOGGED_IN:
        return this.#staff.stateOf(agentId) === AgentState.LOGGED_OUT ? 0 : 1;
      case AgentStatistic.LOADING:
      case AgentStatistic.LOADING_MEDIA:
        return this.#staff.holdersOf(agentId).length;
      case AgentStatistic.READY_TIME: {
        const since = this.#staff.readySinceOf(agentId);
        return since === undefined ? 0 : Math.max(0, Math.floor((now - since) / 1000));
      }
      case AgentStatistic.OCCUPANCY:
        return this.#outside.statistic(occupancyOf(agentId));
    }
  }

  /** The values for the conditions of a class of calls, or of one call. `reads`: gets what they depend on. */
  values(
    tenant: string,
    now: number,
    { call, reads }: { readonly call?: JudgedCall; readonly reads?: Reads } = {},
  ): ConditionValues {
    return {
      age: () => (call === undefined ? Number.NaN : ageOf(call, now)),
      setting: (source, path) => this.#outside.setting(source, path),
      statistic: (object, name) =>
        object.kind === 'agents'
          ? this.#ofAgents(object, { name, tenant, now, reads })
          : this.#ofQueue(object.name, { name, tenant, now, call, reads }),
    };
  }

  #ofAgents(
    { target, key }: Extract<StatisticObject, { kind: 'agents' }>,
    { name, tenant, now, reads }: AskedFigure,
  ): number {
    const group = this.#staff.counts.of(key, target);
    reads?.add(group);
    const counted = group.count(name);
    if (counted !== undefined) return counted;
    if (name !== AgentStatistic.OCCUPANCY) {
      let sum = 0;
      for (const agentId of group.memberIds) sum += this.ofAgent(agentId, name as AgentStatistic, now);
      return sum;
    }
    const isAgent = target.type === TargetType.AGENT;
    const objectType = isAgent ? 'Agent' : target.type === TargetType.PLACE ? 'Place' : 'GroupAgents';
    return this.#outside.statistic({ statistic: name, objectType, objectId: targetLabel(target), tenant });
  }

  #ofQueue(
    queue: string,
    { name, tenant, now, reads, call }: AskedFigure & { readonly call: JudgedCall | undefined },
  ): number {
    const keys = this.#outside.queueKeys(queue, tenant);
    const queues = keys.flatMap((key) => this.#queues.get(key) ?? []);
    for (const one of queues) reads?.add(one);
    // A queue without calls, and an estimate, may change with any call or agent.
    if (queues.length < keys.length || name === QueueStatistic.EXPECTED_WAIT) reads?.add(this.#queues);
    if (name === QueueStatistic.EXPECTED_WAIT) reads?.add(this.#staff);
    // An unknown group of queues has no values.
    if (keys.length === 0) return Number.NaN;
    const calls = queues.reduce((sum, one) => sum + one.calls, 0);
    // In another queue than its own, the call would be the last.
    const own = call !== undefined && keys.includes(call.vq) ? call : undefined;
    const ahead = own === undefined ? calls : countAhead(queues, own, now);
    switch (name) {
      case QueueStatistic.POSITION:
        return ahead + 1;
      case QueueStatistic.WAIT_OF_CALL:
      case QueueStatistic.EXPECTED_WAIT:
        return this.#outside.expectedWait(keys, {
          ahead: name === QueueStatistic.WAIT_OF_CALL ? ahead : calls,
          rule: own?.priority ?? PLAIN_RULE,
          ageMs: own === undefined ? 0 : now - own.enteredAt,
          now,
          agents: () => this.#staff.countLoggedIn(queues.flatMap(({ demands }) => [...demands.keys()])),
        });
      case QueueStatistic.ANSWERED: {
        const objectType = queue.endsWith('.GQ') ? 'GroupQueues' : 'Queue';
        return this.#outside.statistic({ statistic: name, objectType, objectId: queue, tenant });
      }
      default:
        return calls;
    }
  }
}

/** Whole seconds. */
export function ageOf({ enteredAt }: { readonly enteredAt: number }, now: number): number {
  return Math.max(0, Math.floor((now - enteredAt) / 1000));
}

function countAhead(queues: readonly WaitingQueue<WaitingCall>[], call: QueuePosition, now: number): number {
  return queues.reduce((sum, queue) => sum + queue.countAhead(call, now).calls, 0);
}
