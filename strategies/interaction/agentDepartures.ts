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
 * customer sees. Without one it returns to the head of its queue, with its transcript and its user data, and
 * the customer sees that the agent left. It ends when its customer has left before.
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
   * Joins the commit that logs the agent out of these media. Put the agent's record after it: it changes that
   * record too.
   */
  batch(agentId: AgentId, isLeft: (media: string) => boolean): Batch {
    return joinBatches(
      ...interactionsOfAgent(this.#durable, agentId)
        .filter(({ media }) => isLeft(media))
        .map((interaction) => this.#leftBatch(interaction, agentId)),
      this.#afterWork.endAllBatch(agentId, isLeft),
    );
  }

  /**
   * Joins the commit that logs out an agent whose desktop is gone: offers and invitations go to others, the
   * work after interactions ends. The interactions that the agent has wait for the handling timeout.
   */
  goneBatch(agentId: AgentId): Batch {
    return joinBatches(
      ...interactionsOfAgent(this.#durable, agentId)
        .filter((interaction) => isAsked(interaction, agentId))
        .map((interaction) => this.#leftBatch(interaction, agentId)),
      this.#afterWork.endAllBatch(agentId, () => true),
    );
  }

  /** Returns the interactions of an agent who has been gone for the handling timeout. */
  returnBatch(agentId: AgentId): Batch {
    return this.batch(agentId, () => true);
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

/** True if the agent is offered the interaction, or invited to it. */
function isAsked({ state, agentId, invitations = [] }: InteractionRecord, asked: AgentId): boolean {
  if (agentId === asked) return state === 'offered';
  return invitations.some((one) => one.agentId === asked);
}
