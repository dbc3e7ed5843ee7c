import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { type Clock, type Ids, type Log, ownId } from '../../engine/ports/index.ts';
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
import { type BlockingRules, type CapacityVector, capacityOf, NO_BLOCKING, roomFor } from './agentRoom.ts';
import { changeAgent, stateEvent, viewAgent } from './agentSettings.ts';
import { changeState, changeStates, stateFor } from './agentState.ts';
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
  /** The media that keep agents from others. */
  readonly blocking: BlockingRules;
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
    /** Default: no medium keeps an agent from another one. */
    readonly blocking?: BlockingRules;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#capacity = deps.capacity ?? DEFAULT_AGENT_CAPACITY;
    this.blocking = deps.blocking ?? NO_BLOCKING;
    this.events = new AgentEvents(deps);
    this.events.onStored((...told) => this.#tellAll(...told));
    // Earlier versions stored such tasks, beside the events themselves.
    deps.durable.onTask('agent.tell', async () => {});
  }

  /**
   * The removal of an agent, with the batch that ends their work. Changes of the agent in that batch do not
   * count.
   */
  removeBatch(agentId: AgentId, work: Batch): Batch {
    const { put = [], ...rest } = work;
    const key = `${agentId}/`;
    const isOfAgent = (one: { readonly table: string; readonly key: string }): boolean =>
      (one.table === AGENT && one.key === agentId) || (one.table === SLOT && one.key.startsWith(key));
    const slots = this.slots(agentId).map(({ holder }) => ({ table: SLOT, key: `${key}${holder}` }));
    return joinBatches(
      { ...rest, put: put.filter((one) => !isOfAgent(one)) },
      { remove: [{ table: AGENT, key: agentId }, ...slots] },
    );
  }

  /** Creates or changes an agent, with the commit that the batch joins. Throws RoutingError AGENT_INVALID. */
  putBatch(agentId: AgentId, change: AgentChange): { readonly view: AgentView; readonly batch: Batch } {
    const after = this.afterChange(agentId, change);
    const view = viewAgent(after);
    const told = this.tellBatch(agentId, stateEvent(view));
    return { view, batch: joinBatches(recordBatch(after), told, matchBatch(this.#clock.now())) };
  }

  /** The agent as putBatch makes them. Throws RoutingError AGENT_INVALID. */
  afterChange(agentId: AgentId, change: AgentChange): AgentRecord {
    const before = this.record(agentId);
    if (before === undefined && change.state === undefined) {
      throw new RoutingError(
        'AGENT_INVALID',
        `Expected state (${Object.values(AgentState).join(', ')}) for the new agent '${agentId}', got none.`,
      );
    }
    return changeAgent(agentId, before, change, { now: this.#clock.now(), capacity: this.#capacity });
  }

  get(agentId: AgentId): AgentView | undefined {
    const found = this.record(agentId);
    return found && viewAgent(found);
  }

  /** Undefined: there is no such agent. */
  capacity(agentId: AgentId): CapacityVector | undefined {
    const found = this.record(agentId);
    return found && capacityOf(found, this.slots(agentId), this.blocking);
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

  /**
   * The server sets an agent not ready for a medium for which they are ready, and tells their desktops why.
   */
  notReadyForBatch(agentId: AgentId, media: string, reason: StateReason): Batch {
    const agent = this.record(agentId);
    if (agent === undefined || stateFor(agent, media).state !== AgentState.READY) return {};
    return this.#setStateBatch(agent, changeState(agent, media, { state: AgentState.NOT_READY, reason }));
  }

  /** The same, for all media for which they are ready. */
  notReadyBatch(agentId: AgentId, reason: StateReason): Batch {
    const agent = this.record(agentId);
    if (agent?.state !== AgentState.READY) return {};
    const mediaStates = Object.fromEntries(
      agent.media
        .filter((media) => stateFor(agent, media).state === AgentState.READY)
        .map((media) => [media, { state: AgentState.NOT_READY, reason }]),
    );
    return this.#setStateBatch(agent, changeStates(agent, { mediaStates }, agent.media));
  }

  /** The server logs an agent out, and tells their desktops why. Empty for one who is logged out. */
  logOutBatch(agentId: AgentId, reason: StateReason): Batch {
    const agent = this.record(agentId);
    if (agent === undefined || agent.state === AgentState.LOGGED_OUT) return {};
    return this.#setStateBatch(agent, { state: AgentState.LOGGED_OUT, reason });
  }

  #setStateBatch(agent: AgentRecord, states: Pick<AgentRecord, 'state' | 'reason' | 'mediaStates'>): Batch {
    const { state: _state, reason: _reason, mediaStates: _states, ...rest } = agent;
    const after: AgentRecord = { ...rest, ...states, setting: agent.setting + 1 };
    return joinBatches(recordBatch(after), this.tellBatch(agent.agentId, stateEvent(viewAgent(after))));
  }

  #roomOf(agent: AgentRecord, media: string): number {
    return roomFor(agent, this.slots(agent.agentId), media, this.blocking);
  }
}

function recordBatch(record: AgentRecord): Batch {
  return { put: [{ table: AGENT, key: record.agentId, value: record }] };
}

/** The id under which an agent is created or changed. Throws RoutingError AGENT_INVALID. */
export function parseNewAgentId(text: string): AgentId {
  if (/^[^/\s\p{Cc}]{1,128}$/u.test(text)) return ownId<AgentId>(text);
  throw new RoutingError(
    'AGENT_INVALID',
    `Expected the agent id to be 1 to 128 characters without '/' and blanks, got '${text}'.`,
  );
}
