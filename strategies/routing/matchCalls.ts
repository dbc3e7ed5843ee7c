import type { AgentRecord } from './agentRecord.ts';
import type { ConnId } from './callIds.ts';
import { orderTargets, type SubmitOrder } from './submitOrder.ts';
import { matchesTarget, type Target } from './target.ts';
import type { TriedAgent } from './waitForTarget.ts';

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
 */
export function findMatch(
  call: Pick<RoutableCall, 'targets' | 'tried'> & Partial<RoutableCall>,
  agents: readonly AgentRecord[],
  now: number,
): Omit<Match, 'callId'> | undefined {
  const limits = { tried: call.tried, excluded: call.excluded };
  const allowed = agents.filter((agent) => mayTake(limits, agent, now));
  const fresh = allowed.filter((agent) => triedOf(limits, agent) === undefined);
  return pick(call, fresh, agents) ?? pick(call, allowed, agents);
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
export function isOpen(target: Target, free: readonly AgentRecord[]): boolean {
  const { threshold = 0 } = target;
  return threshold === 0 || free.filter((agent) => matchesTarget(target, agent)).length >= threshold;
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

function pick(
  call: Pick<RoutableCall, 'targets'> & Partial<RoutableCall>,
  candidates: readonly AgentRecord[],
  free: readonly AgentRecord[],
): Omit<Match, 'callId'> | undefined {
  const targets = orderTargets(call.targets, call).filter((target) => isOpen(target, free));
  if (call.order === undefined || call.order.type === 'percentage') {
    for (const target of targets) {
      const agent = candidates.find((candidate) => matchesTarget(target, candidate));
      if (agent !== undefined) return { agent, target };
    }
    return undefined;
  }
  // The statistic chooses among the agents of all targets.
  for (const agent of candidates) {
    const target = targets.find((one) => matchesTarget(one, agent));
    if (target !== undefined) return { agent, target };
  }
  return undefined;
}
