import type { AgentRecord, FreeAgent } from '../../strategies/routing/agentRecord.ts';
import type { Judge } from '../../strategies/routing/judge.ts';
import { findMatch, type Match, type RoutableCall } from '../../strategies/routing/matchCalls.ts';
import { orderAgents } from '../../strategies/routing/submitOrder.ts';

/**
 * The model of matching: every call in the order of the queue gets its agent of those who are free still.
 * `agents` has the longest ready agent first. `judgeOf` tells which conditions hold for a call.
 */
export function matchPlainly(
  calls: Iterable<RoutableCall>,
  agents: readonly FreeAgent[],
  now: number,
  judgeOf?: (call: RoutableCall, taken: readonly Match[]) => Judge,
): readonly Match[] {
  const left = agents.map((agent) => ({
    record: agent.record,
    room: agent.room,
    mediaRoom: { ...agent.mediaRoom } as Record<string, number>,
  }));
  const matches: Match[] = [];
  for (const call of calls) {
    const roomOf = ({ agentId }: AgentRecord): number => {
      const { room, mediaRoom } = left.find(({ record }) => record.agentId === agentId)!;
      return Math.min(room, mediaRoom[call.media] ?? room);
    };
    const open = left
      .map(({ record }) => record)
      .filter((agent) => agent.media.includes(call.media) && roomOf(agent) > 0);
    const judge = judgeOf?.(call, matches);
    const match = findMatch(call, orderAgents(open, call.order, { roomOf, ...judge }), now, judge);
    if (match === undefined) continue;
    const taken = left.find(({ record }) => record.agentId === match.agent.agentId)!;
    taken.room -= 1;
    if (taken.mediaRoom[call.media] !== undefined) taken.mediaRoom[call.media]! -= 1;
    matches.push({ callId: call.id, ...match });
  }
  return matches;
}
