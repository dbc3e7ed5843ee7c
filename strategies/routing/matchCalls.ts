import type { AgentRecord, FreeAgent } from './agents.ts';
import { matchesTarget, type Target } from './target.ts';
import type { TriedAgent } from './waitForTarget.ts';

/** A routable call as matching sees it. */
export interface WaitingCall {
  readonly id: string;
  readonly media: string;
  readonly targets: readonly Target[];
  readonly tried: readonly TriedAgent[];
}

export interface Match {
  readonly callId: string;
  readonly agent: AgentRecord;
  readonly target: Target;
}

/**
 * Gives free agents to calls. `calls`: next one first; `agents`: longest ready first. A call's targets are
 * looked at heaviest first, then as written; the threshold of a target is how many of its agents must be
 * free. An agent that the call tried already counts only when it set itself anew since, or when its time is
 * over and nobody else is there. Takes no call more once every agent is given out.
 */
export function matchCalls(
  calls: Iterable<WaitingCall>,
  agents: readonly FreeAgent[],
  now: number,
): readonly Match[] {
  const room = new Map(agents.map((agent) => [agent.record.agentId, agent.room]));
  const matches: Match[] = [];
  let left = agents.reduce((sum, agent) => sum + agent.room, 0);
  if (left <= 0) return matches;
  for (const call of calls) {
    const open = agents
      .map(({ record }) => record)
      .filter((agent) => (room.get(agent.agentId) ?? 0) > 0 && agent.media.includes(call.media));
    const match = findAgent(call, open, now);
    if (match === undefined) continue;
    room.set(match.agent.agentId, (room.get(match.agent.agentId) ?? 0) - 1);
    matches.push({ callId: call.id, ...match });
    left -= 1;
    if (left === 0) break;
  }
  return matches;
}

function findAgent(
  call: WaitingCall,
  agents: readonly AgentRecord[],
  now: number,
): Omit<Match, 'callId'> | undefined {
  const triedOf = (agent: AgentRecord) =>
    call.tried.find(({ agentId, setting }) => agentId === agent.agentId && setting === agent.setting);
  const fresh = agents.filter((agent) => triedOf(agent) === undefined);
  const again = agents.filter((agent) => (triedOf(agent)?.until ?? Number.POSITIVE_INFINITY) <= now);
  return pick(call.targets, fresh, agents) ?? pick(call.targets, again, agents);
}

function pick(
  targets: readonly Target[],
  candidates: readonly AgentRecord[],
  free: readonly AgentRecord[],
): Omit<Match, 'callId'> | undefined {
  const heaviestFirst = [...targets].sort((a, b) => (b.weight ?? 0) - (a.weight ?? 0));
  for (const target of heaviestFirst) {
    const agent = candidates.find((candidate) => matchesTarget(target, candidate));
    if (agent === undefined) continue;
    const freeOfTarget = free.filter((candidate) => matchesTarget(target, candidate)).length;
    if (freeOfTarget >= (target.threshold ?? 0)) return { agent, target };
  }
  return undefined;
}
