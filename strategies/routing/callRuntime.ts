import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';
import type { TargetStep } from '../targets/index.ts';
import type { Agents } from './agents.ts';
import type { ConnId } from './callIds.ts';
import { matchBatch } from './matchTask.ts';
import { type OutsideFigures, occupancyOf } from './outsideFigures.ts';
import type { RouteStrategies } from './routeStrategies.ts';
import {
  type RouteDecision,
  type RouteEvent,
  type RouteStep,
  type RouteTimer,
  viewRoute,
} from './routeStrategy.ts';
import { skippedSteps } from './targetStatistics.ts';
import { callBatch, readCall, type VirtualInteraction } from './virtualInteraction.ts';
import { distributedBatch } from './virtualQueueStat.ts';

const TIMER_TASK = 'routing.timer';

/** The strategy parameters of a new call. */
export interface RouteRequest {
  readonly steps: readonly TargetStep[];
  readonly reserveTimeoutMs: number;
  /** Route delay; null: infinite. */
  readonly delayMs: number | null;
  /** Default: none is known. */
  readonly formerAgent?: () => AgentId | undefined;
}

/** Gives events to the actors of virtual interactions, and turns the decisions of the actors into batches. */
export class CallRuntime {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #agents: Agents;
  readonly #outside: OutsideFigures;
  readonly #strategies: RouteStrategies;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly agents: Agents;
    readonly outside: OutsideFigures;
    readonly routeStrategies: RouteStrategies;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#agents = deps.agents;
    this.#outside = deps.outside;
    this.#strategies = deps.routeStrategies;
    deps.durable.onTask<{ id: ConnId; timer: RouteTimer }>(TIMER_TASK, async ({ id, timer }) => {
      const call = readCall(deps.durable, id);
      if (call !== undefined) await deps.durable.commit(this.#timerBatch(call, timer));
    });
  }

  /** Stores a new call in its queue. */
  startBatch(call: Omit<VirtualInteraction, 'snapshot'>, route: RouteRequest): Batch {
    const step = this.#strategies.start(
      call,
      { formerAgent: () => undefined, ...route, now: this.#clock.now(), data: call.data ?? {} },
      (steps) => this.#skipped(steps),
    );
    return this.#stepBatch({ ...call, snapshot: step.snapshot }, step);
  }

  /** The call after the event: its record, its position, its timers, the released agent, the statistics. */
  applyBatch(call: VirtualInteraction, event: RouteEvent): Batch {
    return this.#stepBatch(call, this.#strategies.step(call, call.snapshot, event));
  }

  /** SetRouteDelay; null: infinite. */
  routeDelayBatch(call: VirtualInteraction, delayMs: number | null): Batch {
    const now = this.#clock.now();
    return this.applyBatch(call, { type: 'setRouteDelay', delayMs, now, skips: this.#skipsOf(call) });
  }

  /** The decisions of a step alone: timers, released agent, statistics. */
  decisionsBatch(call: VirtualInteraction, step: RouteStep): Batch {
    // The last of several decisions about one timer counts.
    const last = new Map(step.decisions.map((decision) => [subjectOf(decision), decision]));
    return joinBatches(...[...last.values()].map((decision) => this.#decisionBatch(call, decision)));
  }

  /** Stops the timers of the call. */
  stopTimersBatch(call: VirtualInteraction): Batch {
    return { cancel: [timerKey(call.id, 'routeDelay'), timerKey(call.id, 'target')] };
  }

  #skipsOf(call: VirtualInteraction): readonly number[] {
    return this.#skipped(viewRoute(call.snapshot).context.steps);
  }

  #timerBatch(call: VirtualInteraction, timer: RouteTimer): Batch {
    const now = this.#clock.now();
    switch (timer) {
      case 'routeDelay':
        return this.applyBatch(call, { type: 'routeDelayOver', now, skips: this.#skipsOf(call) });
      case 'target':
        return this.applyBatch(call, { type: 'targetTimeout', now, skips: this.#skipsOf(call) });
      case 'retry':
        return matchBatch(now);
    }
  }

  #skipped(steps: readonly TargetStep[]): readonly number[] {
    return skippedSteps(steps, {
      agents: this.#agents,
      occupancyOf: (agentId) => this.#outside.statistic(occupancyOf(agentId)),
      now: this.#clock.now(),
    });
  }

  #stepBatch(call: VirtualInteraction, step: RouteStep): Batch {
    return joinBatches(
      callBatch({ ...call, snapshot: step.snapshot }, this.#clock.now()),
      this.decisionsBatch(call, step),
      step.state === 'routable' ? matchBatch(this.#clock.now()) : {},
      step.state === 'removed' ? this.stopTimersBatch(call) : {},
    );
  }

  #decisionBatch(call: VirtualInteraction, decision: RouteDecision): Batch {
    switch (decision.type) {
      case 'arm':
        return {
          schedule: [
            {
              key: timerKey(call.id, decision.timer, decision.agentId),
              kind: TIMER_TASK,
              payload: { id: call.id, timer: decision.timer },
              dueAt: decision.dueAt,
            },
          ],
        };
      case 'disarm':
        return { cancel: [timerKey(call.id, decision.timer)] };
      case 'release':
        return this.#agents.releaseBatch(decision.agentId, call.id);
      case 'count':
        return distributedBatch(this.#durable, call.vq, decision.at, decision.waitedMs);
      case 'announce':
        // Matching announces the agent in the commit that reserves them.
        return {};
    }
  }
}

function timerKey(id: ConnId, timer: RouteTimer, agentId?: AgentId): string {
  return agentId === undefined ? `${TIMER_TASK}/${timer}/${id}` : `${TIMER_TASK}/${timer}/${id}/${agentId}`;
}

function subjectOf(decision: RouteDecision): string {
  if (decision.type === 'arm' || decision.type === 'disarm') {
    return `timer ${decision.timer} ${decision.type === 'arm' ? (decision.agentId ?? '') : ''}`;
  }
  return decision.type;
}
