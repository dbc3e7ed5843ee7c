import type { AgentId } from '../ids/index.ts';
import { GroupStatistic, parseTargets, type TargetStep } from '../targets/index.ts';
import type { RouteContext } from './routeStrategy.ts';
import type { StrategyFactory } from './strategyKit.ts';

/** Time for which only the former agent may get the call. */
export const FORMER_AGENT_MS = 20_000;

/**
 * LastAgentFirst: the agent who had the last interaction of the customer is alone for FORMER_AGENT_MS, from
 * the moment at which the call becomes routable. Then the targets of the request count too. They count at
 * once when no former agent is known, when this agent is not logged in, or did not take the call.
 *
 * The former agent is step 0, before the steps of the request. While the call is held, they count together
 * with the first of these, because estimates and thresholds ask who could take the call.
 */
export const lastAgentFirst: StrategyFactory = ({
  enqueueActions,
  waitForTarget,
  planRoute,
  stepFrom,
  armTarget,
}) => ({
  plan: (call) => {
    const plan = planRoute(call);
    const former = formerStep(call.formerAgent());
    if (former === undefined) return plan;
    return {
      ...plan,
      steps: [former.step, ...plan.steps],
      active: [0, plan.first + 1],
      first: 0,
      own: { formerAgent: former.agentId },
    };
  },
  machine: waitForTarget.provide({
    actions: {
      enterRoutable: enqueueActions(({ context, event, enqueue }) => {
        if (context.own === undefined || context.step > 0) return;
        const now = 'now' in event ? event.now : context.enteredAt;
        const skips = ('skips' in event ? event.skips : undefined) ?? [];
        const isFirstTime = context.active.length > 1;
        if (isFirstTime && !skips.includes(0)) {
          enqueue.assign({ active: [0] });
          enqueue.emit({ type: 'arm', timer: 'target', dueAt: now + FORMER_AGENT_MS });
          return;
        }
        if (!isFirstTime && !wasTried(context)) return;
        const group = stepFrom(context.steps, 1, skips);
        enqueue.assign({ step: group, active: [0, group] });
        enqueue.emit(armTarget(context.steps, group, now));
      }),
    },
  }),
});

/** Undefined: nobody, or somebody whom no target can name. */
function formerStep(
  agentId: AgentId | undefined,
): { readonly agentId: AgentId; readonly step: TargetStep } | undefined {
  if (agentId === undefined) return undefined;
  const target = `${agentId}@.A`;
  if (!names(target, agentId)) return undefined;
  // The step is skipped when this agent is not logged in.
  const skipWhen = { stat: GroupStatistic.R_TOTAL, operator: '<', value: 1 } as const;
  return { agentId, step: { target, clear: false, skipWhen } };
}

function names(target: string, agentId: AgentId): boolean {
  try {
    const [only, ...others] = parseTargets(target);
    return others.length === 0 && only?.name === agentId && only.skills === undefined;
  } catch {
    // The id has signs that the grammar of targets uses.
    return false;
  }
}

function wasTried({ tried, own }: RouteContext): boolean {
  return tried.some(({ agentId }) => agentId === own?.formerAgent);
}
