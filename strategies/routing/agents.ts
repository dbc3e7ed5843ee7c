import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { type Clock, defined, type Ids, type Log, ownId } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';
import { AgentEvents } from './agentEvents.ts';
import {
  type AgentChange,
  type AgentEvent,
  type AgentListener,
  type AgentRecord,
  type AgentSlot,
  AgentState,
  type AgentView,
  type FreeAgent,
  type StateReason,
} from './agentRecord.ts';
import { roomFor } from './agentRoom.ts';
import type { SlotHolder } from './callIds.ts';
import { RoutingError } from './errors.ts';
import { matchBatch } from './matchTask.ts';
import { handledBatch } from './virtualQueueStat.ts';

/** `agentId`: AgentRecord. */
export const AGENT = 'agent';
/** `agentId/holder`: AgentSlot. */
export const SLOT = 'agentSlot';

/** Capacity of agents whose settings name none. */
export const DEFAULT_AGENT_CAPACITY = 1;

/** Agents as records of the store. Their slots tell how busy they are. */
export class Agents {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #capacity: number;
  readonly #listeners = new Set<AgentListener>();
  /** The events of the desktops, for those who lost their stream. */
  readonly events: AgentEvents;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    /** Default: DEFAULT_AGENT_CAPACITY. */
    readonly capacity?: number;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#capacity = deps.capacity ?? DEFAULT_AGENT_CAPACITY;
    this.events = new AgentEvents(deps);
    this.events.onStored((...told) => this.#tellAll(...told));
    // Earlier versions stored such tasks, beside the events themselves.
    deps.durable.onTask('agent.tell', async () => {});
  }

  /** Creates or changes an agent, with the commit that the batch joins. Throws RoutingError AGENT_INVALID. */
  putBatch(agentId: AgentId, change: AgentChange): { readonly view: AgentView; readonly batch: Batch } {
    const before = this.record(agentId);
    if (before === undefined && change.state === undefined) {
      throw new RoutingError(
        'AGENT_INVALID',
        `Expected state (ready, notReady or loggedOut) for the new agent '${agentId}', got none.`,
      );
    }
    const now = this.#clock.now();
    const after = changeAgent(agentId, before, change, { now, capacity: this.#capacity });
    const view = viewAgent(after);
    return {
      view,
      batch: joinBatches(recordBatch(after), this.tellBatch(agentId, stateEvent(view)), matchBatch(now)),
    };
  }

  get(agentId: AgentId): AgentView | undefined {
    const found = this.record(agentId);
    return found && viewAgent(found);
  }

  list(): readonly AgentView[] {
    return this.records().map(viewAgent);
  }

  /** Calls the listener for every event of every agent, until the returned function is called. */
  onChange(listener: AgentListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Tells the desktops of the agent that are connected now. A desktop that reconnects does not get the event.
   */
  tell(agentId: AgentId, event: AgentEvent): void {
    this.#tellAll(agentId, event);
  }

  /**
   * Tells the desktops after the commit that this batch joins; events of one agent arrive in the order in
   * which they were computed.
   */
  tellBatch(agentId: AgentId, event: AgentEvent): Batch {
    return this.events.appendBatch(agentId, event);
  }

  #tellAll(agentId: AgentId, event: AgentEvent, position?: number): void {
    for (const listener of this.#listeners) {
      try {
        listener(agentId, event, position);
      } catch (error) {
        // The failure of one desktop's connection must not keep the event from the others.
        this.#log.error({ agentId, err: error }, 'A listener of agent events failed.');
      }
    }
  }

  record(agentId: AgentId): AgentRecord | undefined {
    return this.#durable.get<AgentRecord>(AGENT, agentId);
  }

  records(): readonly AgentRecord[] {
    return [...this.#durable.scan<AgentRecord>(AGENT)].map(({ value }) => value);
  }

  slots(agentId: AgentId): readonly AgentSlot[] {
    return [...this.#durable.scan<AgentSlot>(SLOT, { prefix: `${agentId}/` })].map(({ value }) => value);
  }

  /** Ready agents for a medium who can take at least one more interaction; the longest ready agent first. */
  free(media: string): readonly FreeAgent[] {
    return this.records()
      .map((agent) => ({ record: agent, room: this.#roomOf(agent, media) }))
      .filter(({ room }) => room > 0)
      .sort((a, b) => a.record.readySince - b.record.readySince);
  }

  /** True if the agent is ready and can take one more interaction. */
  isFree(agentId: AgentId, media: string): boolean {
    const agent = this.record(agentId);
    return agent !== undefined && this.#roomOf(agent, media) > 0;
  }

  occupyBatch(slot: AgentSlot): Batch {
    return { put: [{ table: SLOT, key: `${slot.agentId}/${slot.holder}`, value: slot }] };
  }

  /** Frees the slot and matches again. After an interaction, the agent is ready since now. */
  releaseBatch(agentId: AgentId, holder: SlotHolder): Batch {
    const key = `${agentId}/${holder}`;
    const slot = this.#durable.get<AgentSlot>(SLOT, key);
    if (slot === undefined) return {};
    const now = this.#clock.now();
    const freed = joinBatches({ remove: [{ table: SLOT, key }] }, matchBatch(now));
    const agent = this.record(agentId);
    const wasAtWork = slot.kind === 'active' || slot.kind === 'wrapup';
    if (!wasAtWork || agent === undefined) return freed;
    return joinBatches(
      freed,
      recordBatch({ ...agent, readySince: now }),
      slot.vq === undefined ? {} : handledBatch(this.#durable, slot.vq, now, now - slot.since),
    );
  }

  /** The server sets a ready agent not ready, and tells their desktops why. */
  notReadyBatch(agentId: AgentId, reason: StateReason): Batch {
    const agent = this.record(agentId);
    if (agent?.state !== AgentState.READY) return {};
    return this.#setStateBatch(agent, AgentState.NOT_READY, reason);
  }

  /** The server logs an agent out, and tells their desktops why. Empty for one who is logged out. */
  logOutBatch(agentId: AgentId, reason: StateReason): Batch {
    const agent = this.record(agentId);
    if (agent === undefined || agent.state === AgentState.LOGGED_OUT) return {};
    return this.#setStateBatch(agent, AgentState.LOGGED_OUT, reason);
  }

  #setStateBatch(agent: AgentRecord, state: AgentState, reason: StateReason): Batch {
    const after: AgentRecord = { ...agent, state, reason, setting: agent.setting + 1 };
    return joinBatches(recordBatch(after), this.tellBatch(agent.agentId, stateEvent(viewAgent(after))));
  }

  #roomOf(agent: AgentRecord, media: string): number {
    return roomFor(agent, this.slots(agent.agentId), media);
  }
}

function recordBatch(record: AgentRecord): Batch {
  return { put: [{ table: AGENT, key: record.agentId, value: record }] };
}

function changeAgent(
  agentId: AgentId,
  before: AgentRecord | undefined,
  change: AgentChange,
  { now, capacity }: { readonly now: number; readonly capacity: number },
): AgentRecord {
  const state = change.state ?? before?.state ?? AgentState.NOT_READY;
  const place = change.place ?? before?.place;
  const nickname = change.nickname ?? before?.nickname;
  const dn = change.dn ?? before?.dn;
  const switchName = change.switchName ?? before?.switchName;
  const mediaCapacity = change.mediaCapacity ?? before?.mediaCapacity;
  const earlierReason = change.state === undefined ? before?.reason : undefined;
  const reason = state === AgentState.READY ? undefined : (change.reason ?? earlierReason);
  return {
    agentId,
    state,
    groups: change.groups ?? before?.groups ?? [],
    skills: change.skills ?? before?.skills ?? {},
    media: change.media ?? before?.media ?? ['chat'],
    capacity: change.capacity ?? before?.capacity ?? capacity,
    setting: (before?.setting ?? 0) + 1,
    readySince: before?.state === AgentState.READY && state === AgentState.READY ? before.readySince : now,
    ...defined({ place, nickname, dn, switchName, mediaCapacity, reason }),
  };
}

function viewAgent(record: AgentRecord): AgentView {
  const {
    dn: _dn,
    switchName: _switch,
    setting: _setting,
    readySince: _since,
    login: _login,
    ...view
  } = record;
  return view;
}

function stateEvent({ state, reason }: AgentView): AgentEvent {
  return { type: 'state', state, ...defined({ reason }) };
}

/** The id under which an agent is created or changed. Throws RoutingError AGENT_INVALID. */
export function parseNewAgentId(text: string): AgentId {
  if (/^[^/\s\p{Cc}]{1,128}$/u.test(text)) return ownId<AgentId>(text);
  throw new RoutingError(
    'AGENT_INVALID',
    `Expected the agent id to be 1 to 128 characters without '/' and blanks, got '${text}'.`,
  );
}
