import type { Batch, Durable } from '../../engine/durable/index.ts';
import type { InteractionId } from '../ids/index.ts';

/** Table `excludedAgents`, key: the interaction. Ids of agents. */
const EXCLUDED = 'excludedAgents';
/** Far longer than an interaction waits. The end of the interaction removes the record. */
const KEPT_MS = 7 * 86_400_000;

/** `_genesys.queue.excludeAgents`: agents whom no submit of the interaction selects. */
export function readExcluded(durable: Durable, id: InteractionId): readonly string[] | undefined {
  return durable.get<readonly string[]>(EXCLUDED, id);
}

export function excludeBatch(id: InteractionId, agents: readonly string[], now: number): Batch {
  if (agents.length === 0) return forgetExcludedBatch(id);
  return { put: [{ table: EXCLUDED, key: id, value: agents, expiresAt: now + KEPT_MS }] };
}

export function forgetExcludedBatch(id: InteractionId): Batch {
  return { remove: [{ table: EXCLUDED, key: id }] };
}
