import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { ChatNotices } from '../chat/index.ts';
import type { AgentId } from '../ids/index.ts';
import type { AfterWork } from './afterWork.ts';
import type { Conferences } from './conferences.ts';
import type { InteractionChanges } from './interactionChanges.ts';
import { type InteractionRecord, interactionsOfAgent, isHeld } from './interactionRecord.ts';
import type { OfferAnswers } from './offerAnswers.ts';
import type { PartnerChanges } from './partnerChanges.ts';
import type { Requeue } from './requeue.ts';

/**
 * An agent who logs out keeps no interactions. Each goes on with an agent who takes part in it and whom the
 * customer sees. Without one it returns to its queue, with its transcript and its user data, and the customer
 * sees that the agent left. It ends when its customer has left before.
 */
export class AgentDepartures {
  readonly #durable: Durable;
  readonly #answers: OfferAnswers;
  readonly #conferences: Conferences;
  readonly #partnerChanges: PartnerChanges;
  readonly #requeue: Requeue;
  readonly #changes: InteractionChanges;
  readonly #chats: Pick<ChatNotices, 'hasCustomer'>;
  readonly #afterWork: AfterWork;

  constructor(deps: {
    readonly durable: Durable;
    readonly answers: OfferAnswers;
    readonly conferences: Conferences;
    readonly partnerChanges: PartnerChanges;
    readonly requeue: Requeue;
    readonly changes: InteractionChanges;
    readonly chats: Pick<ChatNotices, 'hasCustomer'>;
    readonly afterWork: AfterWork;
  }) {
    this.#durable = deps.durable;
    this.#answers = deps.answers;
    this.#conferences = deps.conferences;
    this.#partnerChanges = deps.partnerChanges;
    this.#requeue = deps.requeue;
    this.#changes = deps.changes;
    this.#chats = deps.chats;
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
      (this.#chats.hasCustomer(interaction.id)
        ? this.#requeue.batch(interaction, { reason: 'loggedout' })
        : this.#changes.abandonedBatch(interaction.id))
    );
  }
}
