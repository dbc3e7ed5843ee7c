import { type AgentRecord, AgentState } from './agentRecord.ts';
import type { Agents } from './agents.ts';
import { matchesTarget, parseTargets } from './target.ts';
import { TargetStatistic, type TargetStep } from './targetList.ts';

/** Indexes of the steps that their statistic skips now. GMS option `_target`, stat_to_check. */
export function skippedSteps(steps: readonly TargetStep[], agents: Agents): readonly number[] {
  return steps.flatMap((step, index) => (isSkipped(step, agents) ? [index] : []));
}

/** Value of a statistic for the agents of a target string; undefined for an unknown statistic. */
export function targetStatistic(target: string, stat: string, agents: Agents): number | undefined {
  const targets = parseTargets(target);
  const isMember = (agent: AgentRecord) => targets.some((one) => matchesTarget(one, agent));
  switch (stat) {
    case TargetStatistic.TOTAL:
      return agents.records().filter((agent) => agent.state !== AgentState.LOGGED_OUT && isMember(agent))
        .length;
    case TargetStatistic.READY_VOICE:
      return agents.free('voice').filter(({ record }) => isMember(record)).length;
    case TargetStatistic.READY:
      return agents.records().filter((agent) => isMember(agent) && isFreeForAny(agent, agents)).length;
    default:
      return undefined;
  }
}

function isSkipped(step: TargetStep, agents: Agents): boolean {
  if (step.skipWhen === undefined) return false;
  const { stat, operator, value } = step.skipWhen;
  const measured = targetStatistic(step.target, stat, agents);
  // A statistic that is not measured here skips nothing.
  if (measured === undefined) return false;
  return operator === '<' ? measured < value : measured > value;
}

function isFreeForAny(agent: AgentRecord, agents: Agents): boolean {
  return agent.media.some((media) => agents.isFree(agent.agentId, media));
}
