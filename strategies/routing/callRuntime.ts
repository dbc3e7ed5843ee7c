import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import type { Agents } from './agents.ts';
import { matchBatch } from './matchTask.ts';
import type { TargetStep } from './targetList.ts';
import { skippedSteps } from './targetStatistics.ts';
import { callBatch, readCall, type VirtualInteraction } from './virtualInteraction.ts';
import type { VirtualQueueIndex } from './virtualQueueIndex.ts';
import { distributedBatch } from './virtualQueueStat.ts';
import {
  type RouteDecision,
  type RouteEvent,
  type RouteStep,
  type RouteTimer,
  startRoute,
  stepRoute,
  viewRoute,
} from './waitForTarget.ts';

const TIMER_TASK = 'routing.timer';

/** Plays events to virtual interactions and turns the decisions of their actors into batches. */
export interface CallRuntime {
  start(
    call: Omit<VirtualInteraction, 'snapshot'>,
    route: {
      readonly steps: readonly TargetStep[];
      readonly reserveTimeoutMs: number;
      readonly delayMs: number | null;
    },
  ): Batch;
  /** The call after the event: record, places, timers, released agent, statistics. */
  applyBatch(call: VirtualInteraction, event: RouteEvent): Batch;
  /** All of that but the record. */
  decisionsBatch(call: VirtualInteraction, step: RouteStep): Batch;
  /** Its timers stop. */
  quietBatch(call: VirtualInteraction): Batch;
}

export function createCallRuntime(deps: {
  readonly durable: Durable;
  readonly index: VirtualQueueIndex;
  readonly clock: Clock;
  readonly agents: Agents;
}): CallRuntime {
  const { durable, index, clock, agents } = deps;

  durable.onTask<{ id: string; timer: RouteTimer }>(TIMER_TASK, async ({ id, timer }) => {
    const call = readCall(durable, id);
    if (call === undefined) return;
    const now = clock.now();
    switch (timer) {
      case 'routeDelay':
        return durable.commit(applyBatch(call, { type: 'routeDelayOver' }));
      case 'target': {
        const skips = skippedSteps(viewRoute(call.snapshot).context.steps, agents);
        return durable.commit(applyBatch(call, { type: 'targetTimeout', now, skips }));
      }
      case 'retry':
        return durable.commit(matchBatch(now));
    }
  });

  function applyBatch(call: VirtualInteraction, event: RouteEvent): Batch {
    return stepBatch(call, stepRoute(call.snapshot, event));
  }

  function stepBatch(call: VirtualInteraction, step: RouteStep): Batch {
    return joinBatches(
      callBatch(index, { ...call, snapshot: step.snapshot }),
      decisionsBatch(call, step),
      step.state === 'routable' ? matchBatch(clock.now()) : {},
      step.state === 'removed' ? quietBatch(call) : {},
    );
  }

  function decisionsBatch(call: VirtualInteraction, step: RouteStep): Batch {
    // Of several decisions on one timer the last holds.
    const last = new Map(step.decisions.map((decision) => [subjectOf(decision), decision]));
    return joinBatches(...[...last.values()].map((decision) => decisionBatch(call, decision)));
  }

  function decisionBatch(call: VirtualInteraction, decision: RouteDecision): Batch {
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
        return agents.releaseBatch(decision.agentId, call.id);
      case 'count':
        return distributedBatch(durable, call.vq, decision.at, decision.waitedMs);
      case 'announce':
        // Told by whoever reserved the agent, in the same commit.
        return {};
    }
  }

  function quietBatch(call: VirtualInteraction): Batch {
    return { cancel: [timerKey(call.id, 'routeDelay'), timerKey(call.id, 'target')] };
  }

  return {
    start(call, route) {
      const step = startRoute({
        ...route,
        now: clock.now(),
        skips: skippedSteps(route.steps, agents),
      });
      return stepBatch({ ...call, snapshot: step.snapshot }, step);
    },
    applyBatch,
    decisionsBatch,
    quietBatch,
  };
}

function timerKey(id: string, timer: RouteTimer, agentId?: string): string {
  return agentId === undefined ? `${TIMER_TASK}/${timer}/${id}` : `${TIMER_TASK}/${timer}/${id}/${agentId}`;
}

function subjectOf(decision: RouteDecision): string {
  if (decision.type === 'arm' || decision.type === 'disarm') {
    return `timer ${decision.timer} ${decision.type === 'arm' ? (decision.agentId ?? '') : ''}`;
  }
  return decision.type;
}
