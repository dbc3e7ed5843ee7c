import { type Batch, type Durable, joinBatches, keyedBy, Once } from '../../engine/durable/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import type { ChatNotices } from '../chat/index.ts';
import type { AgentId, InteractionId } from '../ids/index.ts';
import { InteractionError } from './errors.ts';
import type { InteractionChanges } from './interactionChanges.ts';
import {
  type HeldInteraction,
  type InteractionRecord,
  type Invitation,
  isHeld,
  type Partner,
  readInteraction,
} from './interactionRecord.ts';
import type { Invitations } from './invitations.ts';
import type { OfferAnswers } from './offerAnswers.ts';
import type { OtherParties } from './otherParties.ts';
import type { PartnerChanges } from './partnerChanges.ts';

/** The answers of agents to offers and invitations, and their leave. */
export class AgentActions {
  readonly #durable: Durable;
  readonly #answers: OfferAnswers;
  readonly #changes: InteractionChanges;
  readonly #invitations: Invitations;
  readonly #partnerChanges: PartnerChanges;
  readonly #parties: OtherParties;
  readonly #chats: Pick<ChatNotices, 'agentLeftBatch'>;
  readonly #once: Once;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly answers: OfferAnswers;
    readonly changes: InteractionChanges;
    readonly invitations: Invitations;
    readonly partnerChanges: PartnerChanges;
    readonly parties: OtherParties;
    readonly chats: Pick<ChatNotices, 'agentLeftBatch'>;
  }) {
    this.#durable = deps.durable;
    this.#answers = deps.answers;
    this.#changes = deps.changes;
    this.#invitations = deps.invitations;
    this.#partnerChanges = deps.partnerChanges;
    this.#parties = deps.parties;
    this.#chats = deps.chats;
    this.#once = new Once(deps);
  }

  /**
   * The agent takes the interaction that they are offered, or follows an invitation. `agentId` is the agent
   * who acts; undefined: the agent who is asked. A repeated key of the same agent and interaction changes
   * nothing and gets the same answer. Rejects with InteractionError INTERACTION_NOT_FOUND or
   * INTERACTION_STATE.
   */
  accept(id: InteractionId, agentId: AgentId | undefined, key?: string): Promise<InteractionRecord> {
    return this.#once.commit(keyedBy(key, 'interaction.accept', id, agentId ?? ''), () => {
      const before = this.#require(id);
      const invited = invitationOf(before, agentId);
      if (isHeld(before) && invited !== undefined) {
        const { batch, after } = this.#invitations.acceptedBatch(before, invited);
        return { batch, answer: after };
      }
      const hasIt = isWith(before, agentId) || partnerOf(before, agentId) !== undefined;
      if (before.state === 'active' && hasIt) return { batch: {}, answer: before };
      const { batch, after } = this.#answers.acceptedBatch(requireHeld(before, agentId, 'offered'));
      return { batch, answer: after };
    });
  }

  /** The agent refuses the offer or the invitation. Parameters and errors of accept. */
  reject(id: InteractionId, agentId: AgentId | undefined, key?: string): Promise<void> {
    return this.#once.commit(keyedBy(key, 'interaction.reject', id, agentId ?? ''), () => {
      const before = this.#require(id);
      const invited = invitationOf(before, agentId);
      const batch =
        invited === undefined
          ? this.#answers.refusedBatch(requireHeld(before, agentId, 'offered'), 'rejected')
          : this.#invitations.refusedBatch(before, invited, 'rejected');
      return { batch, answer: undefined };
    });
  }

  /**
   * The agent or the supervisor leaves. The interaction goes on with another agent whom the customer sees,
   * and otherwise ends. Parameters and errors of accept.
   */
  leave(id: InteractionId, agentId: AgentId | undefined, key?: string): Promise<void> {
    return this.#once.commit(keyedBy(key, 'interaction.leave', id, agentId ?? ''), () => {
      const before = this.#require(id);
      const partner = partnerOf(before, agentId);
      const batch =
        partner !== undefined && before.state === 'active'
          ? this.#partnerChanges.partnerLeftBatch(before, partner, 'left')
          : this.#ownerLeftBatch(requireHeld(before, agentId, 'active'));
      return { batch, answer: undefined };
    });
  }

  #ownerLeftBatch(interaction: HeldInteraction): Batch {
    const { id, agentId } = interaction;
    const given = this.#partnerChanges.successorBatch(interaction, 'left');
    if (given !== undefined) return given;
    const nickname = this.#parties.nicknameOf(agentId);
    return joinBatches(
      this.#chats.agentLeftBatch(id, { nickname, agentId }),
      this.#changes.endBatch(id, 'agent'),
    );
  }

  #require(id: InteractionId): InteractionRecord {
    const interaction = readInteraction(this.#durable, id);
    if (interaction === undefined) throw new InteractionError('INTERACTION_NOT_FOUND', id);
    return interaction;
  }
}

/** Undefined for `agentId`: the only one who is invited. */
function invitationOf(
  { invitations = [] }: InteractionRecord,
  agentId: AgentId | undefined,
): Invitation | undefined {
  if (agentId !== undefined) return invitations.find((one) => one.agentId === agentId);
  return invitations.length === 1 ? invitations[0] : undefined;
}

function partnerOf({ partners = [] }: InteractionRecord, agentId: AgentId | undefined): Partner | undefined {
  return partners.find((one) => one.agentId === agentId);
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
