import type { AgentRecord, AgentSlot } from '../../strategies/routing/agentRecord.ts';
import type { BlockingRules } from '../../strategies/routing/agentRoom.ts';
import type { Judge } from '../../strategies/routing/judge.ts';
import { findMatch, type Match, type RoutableCall } from '../../strategies/routing/matchCalls.ts';
import { orderAgents } from '../../strategies/routing/submitOrder.ts';

/** An agent, and the slots that keep them busy. */
export interface PlainAgent {
  readonly record: AgentRecord;
  readonly slots: readonly Pick<AgentSlot, 'media'>[];
}

/** The number of further interactions of a medium that an agent can take: the documented rules. */
export function plainRoom({ record, slots }: PlainAgent, media: string, blocking: BlockingRules): number {
  const state = record.mediaStates?.[media]?.state ?? record.state;
  if (!record.media.includes(media) || state !== 'ready') return 0;
  const handled = (medium: string): number =>
    medium === '*' ? slots.length : slots.filter((slot) => slot.media === medium).length;
  for (const alternative of blocking[media] ?? blocking['*'] ?? []) {
    const reached = Object.keys(alternative).filter((medium) => handled(medium) >= alternative[medium]!);
    if (reached.length === Object.keys(alternative).length) return 0;
  }
  const most = record.mediaCapacity?.[media] ?? Number.POSITIVE_INFINITY;
  return Math.max(0, Math.min(record.capacity - slots.length, most - handled(media)));
}

/**
 * The model of matching: every call in the order of the queue gets its agent of those who are free still.
 * The longest ready agent is first. `judgeOf` tells which conditions hold for a call.
 */
export function matchPlainly(
  calls: Iterable<RoutableCall>,
  agents: readonly PlainAgent[],
  { now, blocking }: { readonly now: number; readonly blocking: BlockingRules },
  judgeOf?: (call: RoutableCall, taken: readonly Match[]) => Judge,
): readonly Match[] {
  const left = agents
    .map(({ record, slots }) => ({ record, slots: [...slots] }))
    .sort(
      (a, b) => a.record.readySince - b.record.readySince || (a.record.agentId < b.record.agentId ? -1 : 1),
    );
  const matches: Match[] = [];
  for (const call of calls) {
    const roomOf = ({ agentId }: AgentRecord): number =>
      plainRoom(left.find(({ record }) => record.agentId === agentId)!, call.media, blocking);
    const open = left.map(({ record }) => record).filter((agent) => roomOf(agent) > 0);
    const judge = judgeOf?.(call, matches);
    const match = findMatch(call, orderAgents(open, call.order, { roomOf, ...judge }), now, judge);
    if (match === undefined) continue;
    left.find(({ record }) => record.agentId === match.agent.agentId)!.slots.push({ media: call.media });
    matches.push({ callId: call.id, ...match });
  }
  return matches;
}
