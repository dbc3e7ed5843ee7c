import { defined } from '../../engine/ports/index.ts';
import { INTERACTION, type InteractionRecord } from '../interaction/index.ts';
import { type AgentSlot, CALL, SLOT, type VirtualInteraction, viewWait } from '../routing/index.ts';
import type { ActionLog } from './actionLog.ts';
import type { Action } from './actions.ts';
import type { BatchChanges } from './batchChanges.ts';
import { queueObject } from './facts.ts';
import type { UserData } from './filters.ts';

/** The calls that a commit brings into queues and takes out of them. */
export function queueFacts(changes: BatchChanges, log: ActionLog): void {
  for (const { before, after } of changes.of<VirtualInteraction>(CALL)) {
    const call = (after ?? before)!;
    const object = queueObject(call.vq);
    const data = dataOf(changes, call);
    const wait = { object, action: 'CallWait', holder: call.id } as const;
    const [was, is] = [before && viewWait(before), after && viewWait(after)];
    if (before === undefined) log.occur(object, 'CallEntered', defined({ data }));
    if (was?.waits !== true && is?.waits === true) log.begin(wait, data);
    if (was?.waits === true && is?.waits !== true) log.end(wait);
    const left = wayOut({ before, after }, changes);
    if (left !== undefined) {
      log.occur(object, left, { ms: Math.max(0, log.now - call.enteredAt), ...defined({ data }) });
    }
  }
}

interface WayOfCall {
  readonly before: VirtualInteraction | undefined;
  readonly after: VirtualInteraction | undefined;
}

/**
 * How a call leaves its queue for the first time. An agent took it: distributed. Its customer or its session
 * ended: abandoned. A submit that was cancelled, or found nobody in time: cleared.
 */
export function wayOut({ before, after }: WayOfCall, changes: BatchChanges): Action | undefined {
  if (before !== undefined && viewWait(before).isDistributed) return undefined;
  if (after !== undefined && viewWait(after).isDistributed) return 'CallDistributed';
  if (before === undefined || after !== undefined) return undefined;
  const { owner } = before;
  if (owner.kind === 'call') return 'CallAbandoned';
  const interaction = changes.after<InteractionRecord>(INTERACTION, owner.interactionId);
  if (owner.route ? interaction?.state === 'active' : isReserved(before, changes)) return 'CallDistributed';
  return interaction === undefined || interaction.state === 'ended' ? 'CallAbandoned' : 'CallCleared';
}

/** The commit reserves an agent for the submit, which only selects one. */
function isReserved({ id }: VirtualInteraction, changes: BatchChanges): boolean {
  return changes
    .of<AgentSlot>(SLOT)
    .some(({ before, after }) => before === undefined && after?.holder === id);
}

function dataOf(changes: BatchChanges, { owner, data }: VirtualInteraction): UserData | undefined {
  if (owner.kind === 'call') return data ?? {};
  return changes.after<InteractionRecord>(INTERACTION, owner.interactionId)?.userData;
}
