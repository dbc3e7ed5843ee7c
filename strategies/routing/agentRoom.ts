import { type AgentRecord, type AgentSlot, AgentState, type FreeAgent } from './agentRecord.ts';

/** The number of further interactions that an agent can take, of all media and of single ones. */
export function roomsOf(
  { capacity, mediaCapacity = {} }: AgentRecord,
  slots: readonly AgentSlot[],
): Required<Omit<FreeAgent, 'record'>> {
  const mediaRoom = Object.entries(mediaCapacity).map(([media, most]): [string, number] => [
    media,
    most - slots.filter((slot) => (slot.media ?? media) === media).length,
  ]);
  return { room: capacity - slots.length, mediaRoom: Object.fromEntries(mediaRoom) };
}

/** The number of further interactions of a medium that an agent can take now; 0 for one who is not ready. */
export function roomFor(agent: AgentRecord, slots: readonly AgentSlot[], media: string): number {
  if (agent.state !== AgentState.READY || !agent.media.includes(media)) return 0;
  const { room, mediaRoom } = roomsOf(agent, slots);
  return Math.max(0, Math.min(room, mediaRoom[media] ?? room));
}
