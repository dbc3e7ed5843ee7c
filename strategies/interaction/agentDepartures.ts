import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { AgentId } from '../ids/index.ts';
import type { AfterWork } from './afterWork.ts';
import type { Conferences } from './conferences.ts';
import { type InteractionRecord, interactionsOfAgent, isHeld } from './interactionRecord.ts';
import type { OfferAnswers } from './offerAnswers.ts';
import type { PartnerChanges } from './partnerChanges.ts';
import type { Requeue } from './requeue.ts';

/**
 * An agent who logs out keeps no interactions. Each goes on with an agent who takes part in it and whom the
 * customer sees. Without one it returns to its queue, with its transcript and its user data. The customer
 * sees that the agent left.
 */
export class AgentDepartures {
  readonly #durable: Durable;
  readonly #answers: OfferAnswers;
  readonly #conferences: Conferences;
  readonly #partnerChanges: PartnerChanges;
  readonly #requeue: Requeue;
  readonly #afterWork: AfterWork;

  constructor(deps: {
    readonly durable: Durable;
    readonly answers: OfferAnswers;
    readonly conferences: Conferences;
    readonly partnerChanges: PartnerChanges;
    readonly requeue: Requeue;
    readonly afterWork: AfterWork;
  }) {
    this.#durable = deps.durable;
    this.#answers = deps.answers;
    this.#conferences = deps.conferences;
    this.#partnerChanges = deps.partnerChanges;
    this.#requeue = deps.requeue;
    this.#afterWork = deps.afterWork;
  }

  /**
   * Joins the commit that logs the agent out. Put the agent's record after it: it changes that record too.
   */
  batch(agentId: AgentId): Batch {
    return joinBatches(
      ...interactionsOfAgent(this.#durable, agentId).map((interaction) =>
        this.#leftBatch(interaction, agentId),
      ),
      this.#afterWork.endAllBatch(agentId),
    );
  }

  #leftBatch(interaction: InteractionRecord, agentId: AgentId): Batch {
    if (interaction.agentId !== agentId) return this.#conferences.departedBatch(interaction, agentId);
    if (!isHeld(interaction)) return {};
    if (interaction.state === 'offered') return this.#answers.refusedBatch(interaction, 'loggedout');
    if (interaction.state !== 'active') return {};
    return (
      this.#partnerChanges.successorBatch(interaction, 'loggedout') ??
      this.#requeue.batch(interaction, { reason: 'loggedout' })
    );
  }
}
