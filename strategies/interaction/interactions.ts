import { type Batch, type Durable, joinBatches, keyedBy, Once } from '../../engine/durable/index.ts';
import type { Sessions } from '../../engine/host/index.ts';
import {
  type Clock,
  defined,
  type Ids,
  type Json,
  type Log,
  type SessionId,
} from '../../engine/ports/index.ts';
import type { ChatEvent, ChatNotices, EndedBy } from '../chat/index.ts';
import type { AgentId, InteractionId } from '../ids/index.ts';
import type { AgentChange, Agents, AgentView, Routing } from '../routing/index.ts';
import { AgentState } from '../routing/index.ts';
import { AfterWork, type AfterWorkSettings } from './afterWork.ts';
import { AgentDepartures } from './agentDepartures.ts';
import { AgentDesktops } from './agentDesktops.ts';
import { InteractionError } from './errors.ts';
import { InteractionChanges } from './interactionChanges.ts';
import { InteractionEvents } from './interactionEvents.ts';
import { InteractionModules } from './interactionModules.ts';
import {
  type CreateInteraction,
  type HeldInteraction,
  type Interaction,
  type InteractionRecord,
  interactionsOfAgent,
  interactionsOfSession,
  isHeld,
  readInteraction,
  removeInteractionBatch,
  viewOf,
} from './interactionRecord.ts';
import { type AfterNoAnswer, OfferAnswers } from './offerAnswers.ts';
import type { Offers } from './offers.ts';
import { type QueueApplication, QueueEntry } from './queueEntry.ts';

/**
 * Interactions: the session that decides about each, and the agent who has it. Every change is one commit
 * with the events of sessions, agents and chats about it.
 */
export class Interactions {
  readonly #durable: Durable;
  readonly #agents: Agents;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #queues: (name: string) => QueueApplication | undefined;
  readonly #chats: Pick<ChatNotices, 'agentJoinedBatch' | 'agentLeftBatch' | 'endedBatch'>;
  readonly #once: Once;
  readonly #answers: OfferAnswers;
  readonly #changes: InteractionChanges;
  readonly #queueEntry: QueueEntry;
  readonly #departures: AgentDepartures;
  readonly afterWork: AfterWork;
  /** The event streams of agents. */
  readonly desktops: AgentDesktops;

  constructor(deps: {
    readonly durable: Durable;
    readonly sessions: Sessions;
    readonly agents: Agents;
    readonly routing: Routing;
    readonly offers: Offers;
    /** Tells the customer of a chat. */
    readonly chats: Pick<ChatNotices, 'agentJoinedBatch' | 'agentLeftBatch' | 'endedBatch'>;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    /** The application of a queue; undefined: no such queue. */
    readonly queues: (name: string) => QueueApplication | undefined;
    readonly afterNoAnswer?: AfterNoAnswer;
    readonly reconnectMs?: number;
    readonly afterWork?: () => AfterWorkSettings;
  }) {
    this.#durable = deps.durable;
    this.#agents = deps.agents;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#queues = deps.queues;
    this.#chats = deps.chats;
    this.#once = new Once(deps);
    const events = new InteractionEvents(deps);
    this.afterWork = new AfterWork(deps);
    const { afterWork } = this;
    this.#answers = new OfferAnswers({ ...deps, events });
    this.#changes = new InteractionChanges({ ...deps, events, answers: this.#answers, afterWork });
    this.#queueEntry = new QueueEntry({ ...deps, changes: this.#changes });
    this.#departures = new AgentDepartures({
      ...deps,
      events,
      answers: this.#answers,
      queueEntry: this.#queueEntry,
      afterWork,
    });
    this.desktops = new AgentDesktops({ ...deps, leaveBatch: (agentId) => this.#goneBatch(agentId) });
    const modules = new InteractionModules({
      ...deps,
      events,
      changes: this.#changes,
      answers: this.#answers,
      queueEntry: this.#queueEntry,
    });
    for (const [action, perform] of modules.performers()) {
      deps.sessions.onModule(`interaction.${action}`, perform);
    }
  }

  /**
   * The record, and the task that starts the application of the queue as a session which controls the
   * interaction. Throws InteractionError QUEUE_UNKNOWN.
   */
  createBatch({ id, media, serviceId, userData, queue }: CreateInteraction): Batch {
    if (this.#queues(queue) === undefined) throw new InteractionError('QUEUE_UNKNOWN', queue);
    this.#log.info({ interactionId: id, serviceId, queue }, 'Interaction created.');
    return this.#queueEntry.enterBatch(undefined, {
      id,
      media,
      ...defined({ serviceId }),
      userData,
      queue,
      state: 'queued',
      createdAt: this.#clock.now(),
      entries: 0,
    });
  }

  get(id: InteractionId): Interaction | undefined {
    const record = readInteraction(this.#durable, id);
    return record && this.#viewOf(record);
  }

  /** The interactions that the agent is offered or has; also those that they had, for a day after the end. */
  byAgent(agentId: AgentId): readonly Interaction[] {
    return interactionsOfAgent(this.#durable, agentId).map((record) => this.#viewOf(record));
  }

  bySession(sessionId: SessionId): readonly Interaction[] {
    return interactionsOfSession(this.#durable, sessionId).map((record) => this.#viewOf(record));
  }

  /** InteractionChanges.endBatch. */
  endBatch(id: InteractionId, by: EndedBy): Batch {
    return this.#changes.endBatch(id, by);
  }

  /** Removes an interaction that has ended; nothing when it is unknown. */
  removeBatch(id: InteractionId): Batch {
    const interaction = readInteraction(this.#durable, id);
    if (interaction === undefined) return {};
    const { agentId } = interaction;
    return joinBatches(
      agentId === undefined ? {} : this.afterWork.endBatch(agentId, id, 'removed'),
      removeInteractionBatch(interaction),
    );
  }

  /** The removal of the events for desktops that name one of these ids. */
  forgetEventsBatch(ids: ReadonlySet<string>): Promise<Batch> {
    return this.#agents.events.forgetBatch(ids);
  }

  /** InteractionChanges.setUserDataBatch. */
  setUserDataBatch(id: InteractionId, changes: Readonly<Record<string, Json>>): Batch {
    return this.#changes.setUserDataBatch(id, changes);
  }

  /** Tells the desktops of the agent who has the interaction what a party does in its chat. */
  tellAgent(id: InteractionId, { type, party, ...rest }: ChatEvent): void {
    const interaction = readInteraction(this.#durable, id);
    if (interaction?.agentId === undefined || interaction.state !== 'active') return;
    const { nickname } = party;
    const told = { type, interactionId: id, party: { type: party.type, nickname }, ...rest };
    this.#durable.commit(this.#agents.tellBatch(interaction.agentId, told)).catch((error: unknown) => {
      // The entry itself is durable: the desktop reads it with the transcript.
      this.#log.error({ interactionId: id, err: error }, 'The desktop of the agent was not told.');
    });
  }

  /**
   * The agent takes the interaction that they are offered. `agentId` is the agent who acts; undefined: the
   * agent to whom it is offered. A repeated key of the same agent and interaction changes nothing and gets
   * the same answer. Rejects with InteractionError INTERACTION_NOT_FOUND or INTERACTION_STATE.
   */
  accept(id: InteractionId, agentId: AgentId | undefined, key?: string): Promise<Interaction> {
    return this.#once.commit(keyedBy(key, 'interaction.accept', id, agentId ?? ''), () => {
      const before = this.#require(id);
      if (before.state === 'active' && isWith(before, agentId)) return { batch: {}, answer: viewOf(before) };
      const { batch, after } = this.#answers.acceptedBatch(requireHeld(before, agentId, 'offered'));
      return { batch, answer: viewOf(after) };
    });
  }

  /** The agent refuses the interaction that they are offered. Parameters and errors of accept. */
  reject(id: InteractionId, agentId: AgentId | undefined, key?: string): Promise<void> {
    return this.#once.commit(keyedBy(key, 'interaction.reject', id, agentId ?? ''), () => {
      const offered = requireHeld(this.#require(id), agentId, 'offered');
      return { batch: this.#answers.refusedBatch(offered, 'rejected'), answer: undefined };
    });
  }

  /** The agent leaves, which ends the interaction. Parameters and errors of accept. */
  leave(id: InteractionId, agentId: AgentId | undefined, key?: string): Promise<void> {
    return this.#once.commit(keyedBy(key, 'interaction.leave', id, agentId ?? ''), () => {
      const { agentId: holder } = requireHeld(this.#require(id), agentId, 'active');
      const nickname = this.#agents.record(holder)?.nickname ?? holder;
      const left = this.#chats.agentLeftBatch(id, { nickname, agentId: holder });
      return { batch: joinBatches(left, this.endBatch(id, 'agent')), answer: undefined };
    });
  }

  /**
   * Creates or changes an agent. One who logs out keeps no interactions. Resolves when durable. Rejects with
   * RoutingError AGENT_INVALID.
   */
  async setAgent(agentId: AgentId, change: AgentChange): Promise<AgentView> {
    const state = change.state ?? this.#agents.get(agentId)?.state;
    // Before the batch of the agent, because events reach desktops in the order in which they are computed.
    const left = state === AgentState.LOGGED_OUT ? this.#departures.batch(agentId) : {};
    const { view, batch } = this.#agents.putBatch(agentId, change);
    await this.#durable.commit(joinBatches(left, batch));
    return view;
  }

  #viewOf(record: InteractionRecord): Interaction {
    const { id, agentId } = record;
    return viewOf(record, agentId === undefined ? undefined : this.afterWork.until(agentId, id));
  }

  #goneBatch(agentId: AgentId): Batch {
    this.#log.info({ agentId }, 'The desktop of the agent is gone.');
    return joinBatches(this.#departures.batch(agentId), this.#agents.logOutBatch(agentId, 'disconnected'));
  }

  #require(id: InteractionId): InteractionRecord {
    const interaction = readInteraction(this.#durable, id);
    if (interaction === undefined) throw new InteractionError('INTERACTION_NOT_FOUND', id);
    return interaction;
  }
}

/** The interaction, if it is in the state with that agent; without an agent, with any. */
function requireHeld(
  interaction: InteractionRecord,
  agentId: AgentId | undefined,
  state: 'offered' | 'active',
): HeldInteraction {
  if (interaction.state === state && isWith(interaction, agentId)) return interaction;
  const wanted = agentId === undefined ? 'an agent' : `agent '${agentId}'`;
  const holder = interaction.agentId === undefined ? '' : ` with agent '${interaction.agentId}'`;
  throw new InteractionError(
    'INTERACTION_STATE',
    `Expected interaction '${interaction.id}' to be ${state} with ${wanted}; it is ${interaction.state}${holder}.`,
  );
}

function isWith(
  interaction: InteractionRecord,
  agentId: AgentId | undefined,
): interaction is HeldInteraction {
  return isHeld(interaction) && (agentId ?? interaction.agentId) === interaction.agentId;
}
