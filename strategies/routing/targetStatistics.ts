import type { AgentId } from '../ids/index.ts';
import {
  AgentStatistic,
  GroupStatistic,
  matchesTarget,
  parseTargets,
  type TargetStep,
} from '../targets/index.ts';
import { type AgentRecord, AgentState } from './agentRecord.ts';
import type { Agents } from './agents.ts';

/** The things that statistics of targets are computed from. */
export interface StatisticSources {
  readonly agents: Agents;
  /** Percent; NaN: not known yet. */
  readonly occupancyOf: (agentId: AgentId) => number;
  readonly now: number;
}

/** Indexes of the steps that their statistic skips now. GMS option `_target`, stat_to_check. */
export function skippedSteps(steps: readonly TargetStep[], sources: StatisticSources): readonly number[] {
  return steps.flatMap((step, index) => (isSkipped(step, sources) ? [index] : []));
}

/** Value of a statistic for the agents of a target string; NaN: not known. */
export function targetStatistic(target: string, stat: string, sources: StatisticSources): number {
  const { agents, now } = sources;
  const targets = parseTargets(target);
  const members = agents.records().filter((agent) => targets.some((one) => matchesTarget(one, agent)));
  const loggedIn = members.filter(({ state }) => state !== AgentState.LOGGED_OUT);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  switch (stat) {
    case GroupStatistic.TOTAL:
    case GroupStatistic.LOGGED_IN:
    case GroupStatistic.R_TOTAL:
      return loggedIn.length;
    case GroupStatistic.AVAILABLE:
    case GroupStatistic.R_READY:
      return members.filter((agent) => isFree(agent, agents)).length;
    case GroupStatistic.R_READY_VOICE:
      return members.filter(({ agentId }) => agents.isFree(agentId, 'voice')).length;
    case GroupStatistic.BUSY:
      return loggedIn.filter(({ agentId }) => agents.slots(agentId).length > 0).length;
    case AgentStatistic.LOADING:
    case AgentStatistic.LOADING_MEDIA:
      return sum(members.map(({ agentId }) => agents.slots(agentId).length));
    case AgentStatistic.READY_TIME:
      return sum(
        members.map((agent) => (isFree(agent, agents) ? Math.floor((now - agent.readySince) / 1000) : 0)),
      );
    case GroupStatistic.OCCUPANCY:
      return sum(loggedIn.map(({ agentId }) => sources.occupancyOf(agentId))) / loggedIn.length;
    default:
      return Number.NaN;
  }
}

function isSkipped(step: TargetStep, sources: StatisticSources): boolean {
  if (step.skipWhen === undefined) return false;
  const { stat, operator, value } = step.skipWhen;
  const measured = targetStatistic(step.target, stat, sources);
  // A value that is not known skips nothing.
  return operator === '<' ? measured < value : measured > value;
}

function isFree(agent: AgentRecord, agents: Agents): boolean {
  return agent.media.some((media) => agents.isFree(agent.agentId, media));
}
