import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { Log } from '../../engine/ports/index.ts';
import type { ChatNotices } from '../chat/index.ts';
import type { AgentId } from '../ids/index.ts';
import type { Agents } from '../routing/index.ts';
import type { AfterWork } from './afterWork.ts';
import { goneFacts, type InteractionEvents } from './interactionEvents.ts';
import { type HeldInteraction, interactionsOfAgent, isHeld } from './interactionRecord.ts';
import type { OfferAnswers } from './offerAnswers.ts';
import type { QueueEntry } from './queueEntry.ts';

/**
 * An agent who logs out keeps no interactions. Each returns to its queue, with its transcript and its user
 * data, and the customer sees that the agent left.
 */
export class AgentDepartures {
  readonly #durable: Durable;
  readonly #log: Log;
  readonly #agents: Agents;
  readonly #chats: Pick<ChatNotices, 'agentLeftBatch'>;
  readonly #events: InteractionEvents;
  readonly #answers: OfferAnswers;
  readonly #queueEntry: QueueEntry;
  readonly #afterWork: AfterWork;

  constructor(deps: {
    readonly durable: Durable;
    readonly log: Log;
    readonly agents: Agents;
    readonly chats: Pick<ChatNotices, 'agentLeftBatch'>;
    readonly events: InteractionEvents;
    readonly answers: OfferAnswers;
    readonly queueEntry: QueueEntry;
    readonly afterWork: AfterWork;
  }) {
    this.#durable = deps.durable;
    this.#log = deps.log;
    this.#agents = deps.agents;
    this.#chats = deps.chats;
    this.#events = deps.events;
    this.#answers = deps.answers;
    this.#queueEntry = deps.queueEntry;
    this.#afterWork = deps.afterWork;
  }

  /**
   * Joins the commit that logs the agent out. Put the agent's record after it: it changes that record too.
   */
  batch(agentId: AgentId): Batch {
    return joinBatches(
      ...interactionsOfAgent(this.#durable, agentId)
        .filter(isHeld)
        .map((interaction) => this.#leftBatch(interaction)),
      this.#afterWork.endAllBatch(agentId),
    );
  }

  #leftBatch(interaction: HeldInteraction): Batch {
    if (interaction.state === 'offered') return this.#answers.refusedBatch(interaction, 'loggedout');
    return interaction.state === 'active' ? this.#requeuedBatch(interaction) : {};
  }

  /** A new session of the queue's application decides about the interaction; its present session loses it. */
  #requeuedBatch(interaction: HeldInteraction): Batch {
    const { id, agentId, sessionId, serviceId } = interaction;
    const { agentId: _agent, ...rest } = interaction;
    const data = { interactionid: id };
    this.#log.info({ interactionId: id, agentId, serviceId }, 'Interaction returned to its queue.');
    return joinBatches(
      this.#chats.agentLeftBatch(id, {
        nickname: this.#agents.record(agentId)?.nickname ?? agentId,
        agentId,
      }),
      this.#agents.releaseBatch(agentId, id),
      this.#agents.tellBatch(agentId, { type: 'withdrawn', interactionId: id, reason: 'loggedout' }),
      this.#events.batch(sessionId, {
        name: 'interaction.deleted',
        data: { ...data, resultof: 'requeue' },
        facts: goneFacts(id),
      }),
      this.#events.batch(sessionId, { name: 'interaction.notcontrolled', data }),
      this.#queueEntry.enterBatch(interaction, { ...rest, state: 'queued', entries: 0 }),
    );
  }
}
