import { type Clock, defined } from '../../engine/ports/index.ts';
import type { AccuracyView } from '../estimates/index.ts';
import type { AgentState } from './agentRecord.ts';
import { isTargetQueue, queueNameOf } from './queueNames.ts';
import type { RoutingIndex } from './routingIndex.ts';
import type { WaitEstimates } from './waitEstimates.ts';
import type { WaitingCalls } from './waitingCalls.ts';

/** A virtual queue, as operators watch it. */
export interface SurveyedQueue {
  /** Undefined: the calls that named no queue and wait for the same target. */
  readonly name: string | undefined;
  /** Calls that wait. */
  readonly waiting: number;
  /** ms that the oldest of them has waited; 0 without one. */
  readonly oldestMs: number;
  /** Agents who are logged in and could take one of them, and those of these who are free. */
  readonly agents: { readonly loggedIn: number; readonly free: number };
  /** The estimates of the last served calls, compared with their waits. Absent: there are none. */
  readonly accuracy?: AccuracyView;
}

export interface Survey {
  readonly queues: readonly SurveyedQueue[];
  /** Agents by their state for all media. */
  readonly agents: Readonly<Record<AgentState, number>>;
  /** Agents who have an interaction, an offer or a reservation. */
  readonly busyAgents: number;
}

/** All queues in which calls wait, or whose estimates are in memory. */
export class QueueSurvey {
  readonly #clock: Clock;
  readonly #index: RoutingIndex;
  readonly #estimates: WaitEstimates;

  constructor(deps: {
    readonly clock: Clock;
    readonly index: RoutingIndex;
    readonly estimates: WaitEstimates;
  }) {
    this.#clock = deps.clock;
    this.#index = deps.index;
    this.#estimates = deps.estimates;
  }

  /** Rejects when the store cannot be read. */
  async take(): Promise<Survey> {
    const calls = await this.#index.ready();
    const { staff } = calls;
    const agents = { ready: 0, notReady: 0, afterWork: 0, loggedOut: 0 };
    for (const { state } of staff.records) agents[state]++;
    const busyAgents = staff.records.filter(({ agentId }) => staff.holdersOf(agentId).length > 0).length;
    return { queues: this.#queuesOf(calls), agents, busyAgents };
  }

  #queuesOf(calls: WaitingCalls): readonly SurveyedQueue[] {
    const now = this.#clock.now();
    const keys = new Set([...calls.queueKeys(now), ...this.#estimates.keys]);
    return [...keys].sort().map((key) => {
      const queue = calls.queue(key, now);
      const classes = [...(queue?.demands.keys() ?? [])];
      const enteredAt = Math.min(
        ...(queue?.lanes.lanes ?? []).flatMap(({ oldest }) => oldest?.enteredAt ?? []),
      );
      return {
        name: isTargetQueue(key) ? undefined : queueNameOf(key),
        waiting: queue?.calls ?? 0,
        oldestMs: Number.isFinite(enteredAt) ? Math.max(0, now - enteredAt) : 0,
        agents: { loggedIn: calls.staff.countLoggedIn(classes), free: calls.staff.countReady(classes) },
        ...defined({ accuracy: this.#estimates.accuracy([key]) }),
      };
    });
  }
}
