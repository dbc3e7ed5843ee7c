import type { Durable } from '../../engine/durable/index.ts';
import { defined } from '../../engine/ports/index.ts';
import { INTERACTION, type InteractionRecord } from '../interaction/index.ts';
import {
  AGENT,
  AGENT_EVENT,
  type AgentEvent,
  type AgentRecord,
  type AgentSlot,
  AgentState,
  CALL,
  SLOT,
  type VirtualInteraction,
} from '../routing/index.ts';
import type { ActionLog } from './actionLog.ts';
import type { Action } from './actions.ts';
import type { BatchChanges } from './batchChanges.ts';
import { agentObject } from './facts.ts';
import type { UserData } from './filters.ts';

export const ACTION_OF_SLOT: Readonly<Record<AgentSlot['kind'], Action>> = {
  reserved: 'Reserved',
  offered: 'InteractionDelivering',
  active: 'InteractionHandling',
  wrapup: 'AfterCallWork',
};

/** The states of agents that a commit begins and ends. */
export function agentFacts(changes: BatchChanges, log: ActionLog): void {
  for (const { before, after } of changes.of<AgentRecord>(AGENT)) {
    const agentId = (after ?? before)?.agentId;
    if (agentId === undefined) continue;
    const object = agentObject(agentId);
    const [ended, begun] = [actionsOfState(before?.state), actionsOfState(after?.state)];
    for (const action of ended) if (!begun.includes(action)) log.end({ object, action });
    for (const action of begun) if (!ended.includes(action)) log.begin({ object, action });
  }
}

const ACTION_OF_STATE: Readonly<Record<Exclude<AgentState, 'loggedOut'>, Action>> = {
  ready: 'WaitForNextCall',
  notReady: 'NotReadyForNextCall',
  afterWork: 'AfterCallWork',
};

export function actionsOfState(state: AgentState | undefined): readonly Action[] {
  if (state === undefined || state === AgentState.LOGGED_OUT) return [];
  return ['LoggedIn', ACTION_OF_STATE[state]];
}

/** The work of agents that a commit begins and ends. */
export function slotFacts(
  changes: BatchChanges,
  log: ActionLog,
  durable: Pick<Durable, 'get' | 'scan'>,
): void {
  const slots = changes.of<AgentSlot>(SLOT).filter(({ before, after }) => before?.kind !== after?.kind);
  for (const { before, after } of slots) {
    const data = dataOf(changes, (after ?? before)!);
    if (before !== undefined) endOfSlot(before, changes, { log, data });
    if (after !== undefined) {
      const { agentId, holder, kind } = after;
      log.begin({ object: agentObject(agentId), action: ACTION_OF_SLOT[kind], holder }, data);
    }
  }
  for (const agentId of new Set(slots.map(({ before, after }) => (after ?? before)!.agentId))) {
    const stored = [...durable.scan<AgentSlot>(SLOT, { prefix: `${agentId}/` })];
    const changed = slots.filter(({ before, after }) => (after ?? before)!.agentId === agentId);
    const kept = stored.filter(({ key }) => changes.after(SLOT, key) !== undefined).length;
    const added = changed.filter(({ before, after }) => before === undefined && after !== undefined).length;
    const busy = { object: agentObject(agentId), action: 'Busy' } as const;
    if (stored.length === 0 && added > 0) log.begin(busy);
    if (stored.length > 0 && kept + added === 0) log.end(busy);
  }
}

/** The slot ends, or becomes one of another kind; the end of an offer has a result. */
function endOfSlot(
  slot: AgentSlot,
  changes: BatchChanges,
  { log, data }: { readonly log: ActionLog; readonly data: UserData | undefined },
): void {
  const object = agentObject(slot.agentId);
  const ended = log.end({ object, action: ACTION_OF_SLOT[slot.kind], holder: slot.holder });
  if (slot.kind !== 'offered') return;
  const isActive = changes.after<AgentSlot>(SLOT, `${slot.agentId}/${slot.holder}`)?.kind === 'active';
  const result = isActive
    ? 'InteractionAccepted'
    : wasRejected(slot, changes)
      ? 'InteractionRejected'
      : 'InteractionRevoked';
  log.occur(object, result, defined({ ms: ended?.ms, data }));
}

/** The desktop is told that the agent rejected the offer. */
function wasRejected({ holder }: AgentSlot, changes: BatchChanges): boolean {
  return changes.put<AgentEvent>(AGENT_EVENT).some((event: Readonly<Record<string, unknown>>) => {
    return event.interactionId === holder && event.reason === 'rejected';
  });
}

/** The user data of the interaction, or of the call for which the agent is reserved. */
function dataOf(changes: BatchChanges, { holder }: AgentSlot): UserData | undefined {
  return (
    changes.after<InteractionRecord>(INTERACTION, holder)?.userData ??
    changes.after<VirtualInteraction>(CALL, holder)?.data
  );
}
