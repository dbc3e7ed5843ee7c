import { matchesTarget, type StatisticOfAgent, type Target } from '../targets/index.ts';
import type { AgentRecord } from './agentRecord.ts';
import type { ConnId } from './callIds.ts';
import type { Judge } from './judge.ts';
import type { TriedAgent } from './routeStrategy.ts';
import { ordersTargets, orderTargets, type SubmitOrder } from './submitOrder.ts';

/** A routable call as matching sees it. */
export interface RoutableCall {
  readonly id: ConnId;
  readonly media: string;
  readonly targets: readonly Target[];
  readonly tried: readonly TriedAgent[];
  readonly order?: SubmitOrder | undefined;
  /** Agents whom the document excluded. */
  readonly excluded?: readonly string[] | undefined;
}

export interface Match {
  readonly callId: ConnId;
  readonly agent: AgentRecord;
  readonly target: Target;
}

/**
 * The agent of `agents` who takes the call, with the target that matched. The targets of a call are tried by
 * descending weight, then as written, unless its submit has another order. The threshold of a target is the
 * number of its agents that must be free. An agent whom the call tried before counts again after a change of
 * their settings, or after a time if no other agent matches; one who did not answer only after the time.
 * Without `judge`, all conditions count as true.
 */
export function findMatch(
  call: Pick<RoutableCall, 'targets' | 'tried'> & Partial<RoutableCall>,
  agents: readonly AgentRecord[],
  now: number,
  judge?: Judge,
): Omit<Match, 'callId'> | undefined {
  const limits = { tried: call.tried, excluded: call.excluded };
  const allowed = agents.filter((agent) => mayTake(limits, agent, now));
  const fresh = allowed.filter((agent) => triedOf(limits, agent) === undefined);
  const open = openTargets(call, agents, judge);
  return pick(call, fresh, open) ?? pick(call, allowed, open);
}

/**
 * Whether a call may get the agent: the document did not exclude them, and the call did not try them before.
 * Someone who was tried counts again after a change of their settings, or after a time; someone who did not
 * answer only after the time.
 */
export function mayTake(limits: Limits, agent: AgentRecord, now: number): boolean {
  const tried = triedOf(limits, agent);
  return limits.excluded?.includes(agent.agentId) !== true && (tried === undefined || tried.until <= now);
}

/** Whether enough of the free agents match the target. */
export function isOpen(
  target: Target,
  free: readonly AgentRecord[],
  statisticOf?: StatisticOfAgent,
): boolean {
  const { threshold = 0 } = target;
  if (threshold === 0) return true;
  return free.filter((agent) => matchesTarget(target, agent, statisticOf)).length >= threshold;
}

/** The agents whom a call may not get, or gets only if no other agent matches. */
interface Limits {
  readonly tried: readonly TriedAgent[];
  readonly excluded?: readonly string[] | undefined;
}

function triedOf({ tried }: Limits, agent: AgentRecord): TriedAgent | undefined {
  return tried.find(
    ({ agentId, setting, noAnswer }) =>
      agentId === agent.agentId && (noAnswer === true || setting === agent.setting),
  );
}

/** A target whose threshold holds, and whom it matches now. */
interface OpenTarget {
  readonly target: Target;
  readonly matches: (agent: AgentRecord) => boolean;
}

/** The targets whose thresholds hold, in the order in which they are tried. */
function openTargets(
  call: Pick<RoutableCall, 'targets'> & Partial<RoutableCall>,
  free: readonly AgentRecord[],
  judge: Judge | undefined,
): readonly OpenTarget[] {
  const statisticOf = judge?.statisticOf;
  return orderTargets(call.targets, call, judge?.statisticOfTarget)
    .filter(({ condition }) => condition === undefined || judge === undefined || judge.holds(condition))
    .filter((target) => isOpen(target, free, statisticOf))
    .map((target) => ({ target, matches: (agent) => matchesTarget(target, agent, statisticOf) }));
}

function pick(
  { order }: Partial<RoutableCall>,
  candidates: readonly AgentRecord[],
  targets: readonly OpenTarget[],
): Omit<Match, 'callId'> | undefined {
  if (order === undefined || order.type === 'percentage' || ordersTargets(order)) {
    for (const { target, matches } of targets) {
      const agent = candidates.find(matches);
      if (agent !== undefined) return { agent, target };
    }
    return undefined;
  }
  // The statistic chooses among the agents of all targets.
  for (const agent of candidates) {
    const found = targets.find(({ matches }) => matches(agent));
    if (found !== undefined) return { agent, target: found.target };
  }
  return undefined;
}
