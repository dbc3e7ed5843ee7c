import { type Batch, type Durable, joinBatches, keyedBy, Once } from '../../engine/durable/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import { type ChatNotices, Visibility } from '../chat/index.ts';
import type { AgentId, InteractionId } from '../ids/index.ts';
import { MAX_NOTES_LENGTH } from './afterWork.ts';
import { InteractionError } from './errors.ts';
import {
  type HeldInteraction,
  type InteractionRecord,
  isHeld,
  readInteraction,
} from './interactionRecord.ts';
import { type Invitations, invalidDestination } from './invitations.ts';
import type { OtherParties } from './otherParties.ts';
import type { PartnerChanges } from './partnerChanges.ts';
import type { QueueEntry } from './queueEntry.ts';
import type { Requeue } from './requeue.ts';

/** The destination of a transfer. */
export type TransferTarget =
  | { readonly kind: 'agent'; readonly agentId: AgentId }
  | { readonly kind: 'queue'; readonly queue: string };

/** A request of the agent who has an interaction. */
export interface AgentRequest {
  readonly id: InteractionId;
  /** Undefined: the agent who has it. */
  readonly agentId: AgentId | undefined;
  readonly key?: string | undefined;
}

/**
 * Several agents in one interaction: transfer, conference and consultation.
 *
 * MP1. One agent has an active interaction; the partners take part in it. Each of them has one slot, and an
 *      agent has one part in an interaction: they have it, take part, or are invited.
 * MP2. A change of the parties is one commit with the slots, the chat, the session and the desktops.
 * MP3. When the agent who has it leaves, the earliest agent whom the customer sees gets it. If there is none,
 *      it ends, or returns to its queue when the agent was lost.
 */
export class Conferences {
  readonly #durable: Durable;
  readonly #chats: Pick<ChatNotices, 'hasCustomer' | 'noteBatch'>;
  readonly #parties: OtherParties;
  readonly #changes: PartnerChanges;
  readonly #invitations: Invitations;
  readonly #queueEntry: QueueEntry;
  readonly #requeue: Requeue;
  readonly #once: Once;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly chats: Pick<ChatNotices, 'hasCustomer' | 'noteBatch'>;
    readonly parties: OtherParties;
    readonly partnerChanges: PartnerChanges;
    readonly invitations: Invitations;
    readonly queueEntry: QueueEntry;
    readonly requeue: Requeue;
  }) {
    this.#durable = deps.durable;
    this.#chats = deps.chats;
    this.#parties = deps.parties;
    this.#changes = deps.partnerChanges;
    this.#invitations = deps.invitations;
    this.#queueEntry = deps.queueEntry;
    this.#requeue = deps.requeue;
    this.#once = new Once(deps);
  }

  /**
   * Gives the interaction to a queue, or to an agent: at once to one who takes part in it, and otherwise when
   * they accept. `text` is a note for the next agent. Rejects with InteractionError, also for a queue
   * when the customer has left.
   */
  transfer(request: AgentRequest, target: TransferTarget, text?: string): Promise<void> {
    return this.#act('transfer', request, (before) => {
      const { interaction, note } = this.#noted(before, text);
      if (target.kind === 'queue') return joinBatches(note, this.#queueBatch(interaction, target.queue));
      const partner = interaction.partners?.find((one) => one.agentId === target.agentId);
      if (partner === undefined) {
        return joinBatches(note, this.#invitations.batch(interaction, target.agentId, 'transfer'));
      }
      if (partner.isSupervisor === true) {
        throw invalidDestination(`an agent, got the supervisor '${target.agentId}'`);
      }
      return joinBatches(note, this.#changes.ownerBatch(interaction, partner.agentId, 'transferred'));
    });
  }

  /** Invites an agent, or shows one who was consulted to the customer. Rejects with InteractionError. */
  invite(
    request: AgentRequest,
    invited: {
      readonly agentId: AgentId;
      readonly kind: 'conference' | 'consult';
      readonly text?: string | undefined;
    },
  ): Promise<void> {
    return this.#act(invited.kind, request, (before) => {
      const { interaction, note } = this.#noted(before, invited.text);
      const partner = interaction.partners?.find((one) => one.agentId === invited.agentId);
      if (partner !== undefined && partner.visibility !== Visibility.ALL && invited.kind === 'conference') {
        return joinBatches(note, this.#changes.mergedBatch(interaction, partner));
      }
      return joinBatches(note, this.#invitations.batch(interaction, invited.agentId, invited.kind));
    });
  }

  /** Takes a partner out, or takes an invitation back. Rejects with InteractionError. */
  remove(request: AgentRequest, agentId: AgentId): Promise<void> {
    return this.#act('remove', request, (interaction) => {
      const invitation = interaction.invitations?.find((one) => one.agentId === agentId);
      if (invitation !== undefined) {
        return this.#invitations.refusedBatch(interaction, invitation, 'cancelled');
      }
      const partner = interaction.partners?.find((one) => one.agentId === agentId);
      // An agent does not even learn that a supervisor watches.
      if (partner === undefined || partner.isSupervisor === true) {
        throw invalidDestination(`an agent who takes part or is invited, got '${agentId}'`);
      }
      return this.#changes.partnerLeftBatch(interaction, partner, 'removed');
    });
  }

  /** An agent who takes part or is invited is logged out. */
  departedBatch(interaction: InteractionRecord, agentId: AgentId): Batch {
    const invitation = interaction.invitations?.find((one) => one.agentId === agentId);
    if (invitation !== undefined) return this.#invitations.refusedBatch(interaction, invitation, 'loggedout');
    const partner = interaction.partners?.find((one) => one.agentId === agentId);
    return partner === undefined ? {} : this.#changes.partnerLeftBatch(interaction, partner, 'loggedout');
  }

  #act(
    action: string,
    { id, agentId, key }: AgentRequest,
    perform: (interaction: HeldInteraction) => Batch,
  ): Promise<void> {
    return this.#once.commit(keyedBy(key, `interaction.${action}`, id, agentId ?? ''), () => {
      const interaction = readInteraction(this.#durable, id);
      if (interaction === undefined) throw new InteractionError('INTERACTION_NOT_FOUND', id);
      const isTheirs = agentId === undefined || interaction.agentId === agentId;
      if (!isHeld(interaction) || interaction.state !== 'active' || !isTheirs) {
        throw new InteractionError(
          'INTERACTION_STATE',
          `Expected interaction '${id}' to be active with ${agentId === undefined ? 'an agent' : `agent '${agentId}'`}; it is ${interaction.state}${interaction.agentId === undefined ? '' : ` with agent '${interaction.agentId}'`}.`,
        );
      }
      return { batch: perform(interaction), answer: undefined };
    });
  }

  #queueBatch(interaction: HeldInteraction, queue: string): Batch {
    if (!this.#queueEntry.isQueue(queue)) {
      throw invalidDestination(`a configured interaction queue, got '${queue}'`);
    }
    const { id } = interaction;
    const isWaiting = this.#chats.hasCustomer(id);
    if (isWaiting) return this.#requeue.batch(interaction, { reason: 'transferred', queue });
    throw new InteractionError(
      'INTERACTION_STATE',
      `Expected interaction '${id}' to have its customer, who has left: nobody waits in a queue for an agent.`,
    );
  }

  /** A chat has the note in its transcript, by the batch `note`; another interaction has it in its notes. */
  #noted(
    interaction: HeldInteraction,
    text: string | undefined,
  ): { readonly interaction: HeldInteraction; readonly note: Batch } {
    if (text === undefined) return { interaction, note: {} };
    const { id, agentId, media, notes: earlier } = interaction;
    const nickname = this.#parties.nicknameOf(agentId);
    if (media === 'chat') {
      return { interaction, note: this.#chats.noteBatch(id, { nickname, agentId }, text) };
    }
    const notes = [earlier, `${nickname}: ${text}`].filter((one) => one !== undefined).join('\n');
    if (notes.length <= MAX_NOTES_LENGTH) return { interaction: { ...interaction, notes }, note: {} };
    throw new InteractionError(
      'INTERACTION_FULL',
      `Expected notes of at most ${MAX_NOTES_LENGTH} characters (MAX_NOTES_LENGTH) with the new one, got ${notes.length}.`,
    );
  }
}
