import { INSTANCES, type ServiceInstance } from '../instances/index.ts';
import {
  AGENT,
  type AgentRecord,
  type AgentSlot,
  CALL,
  SLOT,
  type VirtualInteraction,
  viewWait,
} from '../routing/index.ts';
import type { ActionLog, ActionOf } from './actionLog.ts';
import { ACTION_OF_SLOT, actionsOfState } from './agentFacts.ts';
import { ACTION_OF_CALLBACK } from './callbackFacts.ts';
import { agentObject, queueObject, serviceObject } from './facts.ts';

/** The tables with records whose actions go on. */
export const ADOPTED_TABLES = [AGENT, SLOT, CALL, INSTANCES] as const;

/**
 * The actions of a stored record go on from now: an earlier version stored it without a history. Those that
 * are known to go on are left alone.
 */
export function adoptRecord(table: (typeof ADOPTED_TABLES)[number], value: unknown, log: ActionLog): void {
  for (const action of actionsOf(table, value)) {
    if (!log.goesOn(action)) log.begin(action);
  }
}

function actionsOf(table: (typeof ADOPTED_TABLES)[number], value: unknown): readonly ActionOf[] {
  switch (table) {
    case AGENT: {
      const { agentId, state } = value as AgentRecord;
      return actionsOfState(state).map((action) => ({ object: agentObject(agentId), action }));
    }
    case SLOT: {
      const { agentId, kind, holder } = value as AgentSlot;
      const object = agentObject(agentId);
      return [
        { object, action: ACTION_OF_SLOT[kind], holder },
        { object, action: 'Busy' },
      ];
    }
    case CALL: {
      const call = value as VirtualInteraction;
      const wait = { object: queueObject(call.vq), action: 'CallWait', holder: call.id } as const;
      return viewWait(call).waits ? [wait] : [];
    }
    case INSTANCES: {
      const { id, name, kind, state } = value as ServiceInstance;
      const action = kind === 'callback' ? ACTION_OF_CALLBACK[state] : undefined;
      return action === undefined ? [] : [{ object: serviceObject(name), action, holder: id }];
    }
  }
}
