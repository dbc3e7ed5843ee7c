import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { Clock, Ids, Log } from '../../engine/ports/index.ts';
import {
  type AgentChange,
  type AgentEvent,
  type AgentListener,
  type AgentRecord,
  type AgentSlot,
  AgentState,
  type Agents,
  type AgentView,
} from './agents.ts';
import { RoutingError } from './errors.ts';
import { matchBatch } from './matchTask.ts';
import { handledBatch } from './virtualQueueStat.ts';

const AGENT = 'agent';
const SLOT = 'agentSlot';
const TELL_TASK = 'agent.tell';

/** One chat at a time, unless the agent's settings say more. */
export const DEFAULT_AGENT_CAPACITY = 1;

export interface AgentsDeps {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Capacity of agents that do not set one. */
  readonly capacity?: number;
}

/** Agents as records of the store; being busy is derived from their slots. */
export function createAgents(deps: AgentsDeps): Agents {
  const { durable, clock, ids, log } = deps;
  const listeners = new Set<AgentListener>();

  durable.onTask<{ agentId: string; event: AgentEvent }>(TELL_TASK, async ({ agentId, event }) => {
    tell(agentId, event);
  });

  function tell(agentId: string, event: AgentEvent): void {
    for (const listener of listeners) {
      try {
        listener(agentId, event);
      } catch (error) {
        // One broken desktop connection must not keep the others from hearing.
        log.error({ agentId, err: error }, 'A listener of agent events failed.');
      }
    }
  }

  function tellBatch(agentId: string, event: AgentEvent): Batch {
    return {
      schedule: [
        {
          key: `${TELL_TASK}/${ids.uuid()}`,
          kind: TELL_TASK,
          payload: { agentId, event },
          dueAt: clock.now(),
          lane: `${TELL_TASK}/${agentId}`,
        },
      ],
    };
  }

  function recordBatch(record: AgentRecord): Batch {
    return { put: [{ table: AGENT, key: record.agentId, value: record }] };
  }

  const record = (agentId: string) => durable.get<AgentRecord>(AGENT, agentId);
  const records = () => [...durable.scan<AgentRecord>(AGENT)].map(({ value }) => value);
  const slots = (agentId: string) =>
    [...durable.scan<AgentSlot>(SLOT, { prefix: `${agentId}/` })].map(({ value }) => value);
  const roomOf = (agent: AgentRecord, media: string) =>
    agent.state === AgentState.READY && agent.media.includes(media)
      ? Math.max(0, agent.capacity - slots(agent.agentId).length)
      : 0;

  return {
    async put(agentId, change) {
      if (!/^[^/\s\p{Cc}]{1,128}$/u.test(agentId)) {
        throw new RoutingError(
          'AGENT_INVALID',
          `Expected the agent id to be 1 to 128 characters without '/' and blanks, got '${agentId}'.`,
        );
      }
      const before = record(agentId);
      if (before === undefined && change.state === undefined) {
        throw new RoutingError(
          'AGENT_INVALID',
          `Expected state (ready, notReady or loggedOut) for the new agent '${agentId}', got none.`,
        );
      }
      const now = clock.now();
      const after = changeAgent(agentId, before, change, { now, capacity: deps.capacity });
      const view = viewAgent(after);
      await durable.commit(
        joinBatches(recordBatch(after), tellBatch(agentId, stateEvent(view)), matchBatch(now)),
      );
      return view;
    },

    get: (agentId) => {
      const found = record(agentId);
      return found === undefined ? undefined : viewAgent(found);
    },
    list: () => records().map(viewAgent),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell,
    tellBatch,
    record,
    records,
    slots,

    free: (media) =>
      records()
        .map((agent) => ({ record: agent, room: roomOf(agent, media) }))
        .filter(({ room }) => room > 0)
        .sort((a, b) => a.record.readySince - b.record.readySince),
    isFree(agentId, media) {
      const agent = record(agentId);
      return agent !== undefined && roomOf(agent, media) > 0;
    },

    occupyBatch: (slot) => ({
      put: [{ table: SLOT, key: `${slot.agentId}/${slot.holder}`, value: slot }],
    }),

    releaseBatch(agentId, holder) {
      const key = `${agentId}/${holder}`;
      const slot = durable.get<AgentSlot>(SLOT, key);
      if (slot === undefined) return {};
      const now = clock.now();
      const freed = joinBatches({ remove: [{ table: SLOT, key }] }, matchBatch(now));
      const agent = record(agentId);
      if (slot.kind !== 'active' || agent === undefined) return freed;
      return joinBatches(
        freed,
        recordBatch({ ...agent, readySince: now }),
        slot.vq === undefined ? {} : handledBatch(durable, slot.vq, now, now - slot.since),
      );
    },

    notReadyBatch(agentId, reason) {
      const agent = record(agentId);
      if (agent?.state !== AgentState.READY) return {};
      const after: AgentRecord = {
        ...agent,
        state: AgentState.NOT_READY,
        reason,
        setting: agent.setting + 1,
      };
      return joinBatches(recordBatch(after), tellBatch(agentId, stateEvent(viewAgent(after))));
    },
  };
}

function changeAgent(
  agentId: string,
  before: AgentRecord | undefined,
  change: AgentChange,
  { now, capacity }: { readonly now: number; readonly capacity: number | undefined },
): AgentRecord {
  const state = change.state ?? before?.state ?? AgentState.NOT_READY;
  const place = change.place ?? before?.place;
  const nickname = change.nickname ?? before?.nickname;
  const dn = change.dn ?? before?.dn;
  const switchName = change.switchName ?? before?.switchName;
  return {
    agentId,
    state,
    groups: change.groups ?? before?.groups ?? [],
    skills: change.skills ?? before?.skills ?? {},
    media: change.media ?? before?.media ?? ['chat'],
    capacity: change.capacity ?? before?.capacity ?? capacity ?? DEFAULT_AGENT_CAPACITY,
    setting: (before?.setting ?? 0) + 1,
    readySince: before?.state === AgentState.READY && state === AgentState.READY ? before.readySince : now,
    ...(place === undefined ? {} : { place }),
    ...(nickname === undefined ? {} : { nickname }),
    ...(dn === undefined ? {} : { dn }),
    ...(switchName === undefined ? {} : { switchName }),
  };
}

function viewAgent(record: AgentRecord): AgentView {
  const { dn: _dn, switchName: _switch, setting: _setting, readySince: _since, ...view } = record;
  return view;
}

function stateEvent({ state, reason }: AgentView): AgentEvent {
  return reason === undefined ? { type: 'state', state } : { type: 'state', state, reason };
}
