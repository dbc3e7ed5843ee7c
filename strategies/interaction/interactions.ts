import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { Sessions } from '../../engine/host/index.ts';
import {
  type Clock,
  defined,
  type Ids,
  type Json,
  type Log,
  type SessionId,
} from '../../engine/ports/index.ts';
import { type ChatEvent, type ChatNotices, type EndedBy, Visibility } from '../chat/index.ts';
import type { AgentId, InteractionId } from '../ids/index.ts';
import type { AgentChange, AgentEvent, Agents, AgentView, Routing } from '../routing/index.ts';
import { isLoggedInFor, isLoggedInForAll } from '../routing/index.ts';
import { AfterWork, type AfterWorkSettings } from './afterWork.ts';
import { AgentActions } from './agentActions.ts';
import { AgentDepartures } from './agentDepartures.ts';
import { AgentDesktops, type DesktopLosses, type DesktopTimes } from './agentDesktops.ts';
import { AgentRemoval } from './agentRemoval.ts';
import { Conferences } from './conferences.ts';
import { InteractionError } from './errors.ts';
import { type EndedInteraction, InteractionChanges } from './interactionChanges.ts';
import { InteractionEvents } from './interactionEvents.ts';
import { InteractionModules } from './interactionModules.ts';
import {
  type CreateInteraction,
  type Interaction,
  type InteractionRecord,
  interactionsOfAgent,
  interactionsOfSession,
  liveInteractions,
  readInteraction,
  removeInteractionBatch,
  viewOf,
} from './interactionRecord.ts';
import { Invitations } from './invitations.ts';
import { type AfterNoAnswer, OfferAnswers } from './offerAnswers.ts';
import type { Offers } from './offers.ts';
import { OtherParties } from './otherParties.ts';
import { PartnerChanges } from './partnerChanges.ts';
import { type QueueApplication, QueueEntry } from './queueEntry.ts';
import { Requeue } from './requeue.ts';
import { Supervision } from './supervision.ts';

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
  readonly #parties: OtherParties;
  readonly #actions: AgentActions;
  readonly #changes: InteractionChanges;
  readonly #queueEntry: QueueEntry;
  readonly #departures: AgentDepartures;
  readonly afterWork: AfterWork;
  /** Several agents in one interaction. */
  readonly conferences: Conferences;
  readonly supervision: Supervision;
  /** The event streams of agents. */
  readonly desktops: AgentDesktops;
  readonly removal: AgentRemoval;

  constructor(deps: {
    readonly durable: Durable;
    readonly sessions: Sessions;
    readonly agents: Agents;
    readonly routing: Routing;
    readonly offers: Offers;
    /** Tells the customer of a chat. */
    readonly chats: Pick<
      ChatNotices,
      'agentJoinedBatch' | 'agentLeftBatch' | 'endedBatch' | 'hasCustomer' | 'noteBatch'
    >;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    /** The application of a queue; undefined: no such queue. */
    readonly queues: (name: string) => QueueApplication | undefined;
    readonly afterNoAnswer?: AfterNoAnswer;
    readonly desktopTimes?: DesktopTimes;
    readonly afterWork?: () => AfterWorkSettings;
  }) {
    this.#durable = deps.durable;
    this.#agents = deps.agents;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#queues = deps.queues;
    const events = new InteractionEvents(deps);
    this.afterWork = new AfterWork(deps);
    this.#parties = new OtherParties(deps);
    const below = { ...deps, events, afterWork: this.afterWork, parties: this.#parties };
    const answers = new OfferAnswers(below);
    this.#changes = new InteractionChanges({ ...below, answers });
    this.#queueEntry = new QueueEntry({ ...below, changes: this.#changes });
    const requeue = new Requeue({ ...below, queueEntry: this.#queueEntry });
    const partnerChanges = new PartnerChanges(below);
    const { ringMs } = deps.offers;
    const afterNoAnswer = deps.afterNoAnswer ?? 'notReady';
    const invitations = new Invitations({ ...below, partnerChanges, ringMs, afterNoAnswer });
    const within = { ...below, answers, changes: this.#changes, partnerChanges, invitations, requeue };
    this.conferences = new Conferences({ ...within, queueEntry: this.#queueEntry });
    this.supervision = new Supervision(below);
    this.#actions = new AgentActions(within);
    this.#departures = new AgentDepartures({ ...within, conferences: this.conferences });
    this.desktops = new AgentDesktops({
      ...deps,
      ...defined({ times: deps.desktopTimes }),
      exists: (agentId) => this.#agents.record(agentId) !== undefined,
      losses: this.#losses(),
    });
    this.removal = new AgentRemoval({ ...deps, departures: this.#departures, desktops: this.desktops });
    const modules = new InteractionModules({
      ...below,
      changes: this.#changes,
      answers,
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
  createBatch({ id, media, serviceId, userData, queue, keptMs }: CreateInteraction): Batch {
    if (this.#queues(queue) === undefined) throw new InteractionError('QUEUE_UNKNOWN', queue);
    this.#log.info({ interactionId: id, serviceId, queue }, 'Interaction created.');
    return this.#queueEntry.enterBatch(undefined, {
      id,
      media,
      ...defined({ serviceId, keptMs }),
      userData,
      queue,
      state: 'queued',
      createdAt: this.#clock.now(),
      entries: 0,
    });
  }

  /** True while an agent has it. */
  hasAgent(id: InteractionId): boolean {
    return readInteraction(this.#durable, id)?.state === 'active';
  }

  get(id: InteractionId): Interaction | undefined {
    const record = readInteraction(this.#durable, id);
    return record && this.#viewOf(record);
  }

  /** The interactions that the agent is offered or has; also those that they had, for a day after the end. */
  byAgent(agentId: AgentId): readonly Interaction[] {
    return interactionsOfAgent(this.#durable, agentId).map((record) => this.#viewOf(record));
  }

  /** The interactions that are not over, at most MAX_LISTED_INTERACTIONS after the id `after`. */
  async live(
    after?: string,
  ): Promise<{ readonly interactions: readonly Interaction[]; readonly next?: string }> {
    const { interactions, ...next } = await liveInteractions(this.#durable, after);
    return { interactions: interactions.map((record) => this.#viewOf(record)), ...next };
  }

  bySession(sessionId: SessionId): readonly Interaction[] {
    return interactionsOfSession(this.#durable, sessionId).map((record) => this.#viewOf(record));
  }

  /** InteractionChanges.endBatch. */
  endBatch(id: InteractionId, by: EndedBy): Batch {
    return this.#changes.endBatch(id, by);
  }

  /** The batch that a listener returns joins the commit that ends an interaction. */
  onEnded(listener: (ended: EndedInteraction) => Batch): void {
    this.#changes.onEnded(listener);
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

  /** InteractionChanges.setStatusBatch. */
  setStatusBatch(id: InteractionId, changes: Readonly<Record<string, Json>>): Batch {
    return this.#changes.setStatusBatch(id, changes);
  }

  /** InteractionChanges.setUserDataBatch. */
  setUserDataBatch(id: InteractionId, changes: Readonly<Record<string, Json>>): Batch {
    return this.#changes.setUserDataBatch(id, changes);
  }

  /**
   * Tells the desktops of those who have the interaction or take part in it of an action of a party, as far
   * as they see things of this visibility.
   */
  tellAgentBatch(id: InteractionId, event: ChatEvent, visibility: Visibility = Visibility.ALL): Batch {
    const interaction = readInteraction(this.#durable, id);
    if (interaction?.agentId === undefined || interaction.state !== 'active') return {};
    return this.#parties.tellBatch(interaction, eventOf(id, event, visibility), visibility);
  }

  /** Tells those of their desktops that are connected now. The event is not kept. */
  tellAgent(id: InteractionId, event: ChatEvent): void {
    const interaction = readInteraction(this.#durable, id);
    if (interaction?.agentId === undefined || interaction.state !== 'active') return;
    this.#parties.tell(interaction, eventOf(id, event, Visibility.ALL));
  }

  /** AgentActions.accept. */
  async accept(id: InteractionId, agentId: AgentId | undefined, key?: string): Promise<Interaction> {
    return viewOf(await this.#actions.accept(id, agentId, key));
  }

  /** AgentActions.reject. */
  reject(id: InteractionId, agentId: AgentId | undefined, key?: string): Promise<void> {
    return this.#actions.reject(id, agentId, key);
  }

  /** AgentActions.leave. */
  leave(id: InteractionId, agentId: AgentId | undefined, key?: string): Promise<void> {
    return this.#actions.leave(id, agentId, key);
  }

  /**
   * Creates or changes an agent, in one commit with `also`. One who logs out of a medium keeps none of its
   * interactions. Resolves when durable. Rejects with RoutingError AGENT_INVALID.
   */
  async setAgent(agentId: AgentId, change: AgentChange, also: Batch = {}): Promise<AgentView> {
    const after = this.#agents.afterChange(agentId, change);
    // Before the batch of the agent, because events reach desktops in the order in which they are computed.
    const left = isLoggedInForAll(after)
      ? {}
      : this.#departures.batch(agentId, (media) => !isLoggedInFor(after, media));
    const { view, batch } = this.#agents.putBatch(agentId, change);
    await this.#durable.commit(joinBatches(left, batch, also));
    return view;
  }

  #viewOf(record: InteractionRecord): Interaction {
    const { id, agentId } = record;
    return viewOf(record, agentId === undefined ? undefined : this.afterWork.until(agentId, id));
  }

  #losses(): DesktopLosses {
    return {
      notReadyBatch: (agentId) => {
        this.#log.info({ agentId }, 'The desktop of the agent is away.');
        return this.#agents.notReadyBatch(agentId, 'disconnected');
      },
      logOutBatch: (agentId) => {
        this.#log.info({ agentId }, 'The desktop of the agent is gone.');
        return joinBatches(
          this.#departures.goneBatch(agentId),
          this.#agents.logOutBatch(agentId, 'disconnected'),
        );
      },
      returnBatch: (agentId) => this.#departures.returnBatch(agentId),
    };
  }
}

function eventOf(
  interactionId: InteractionId,
  { type, party, ...rest }: ChatEvent,
  visibility: Visibility,
): AgentEvent {
  return {
    type,
    interactionId,
    party: { type: party.type, nickname: party.nickname },
    ...rest,
    ...defined({ visibility: visibility === Visibility.ALL ? undefined : visibility }),
  };
}
