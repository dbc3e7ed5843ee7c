import { type Batch, joinBatches } from '../../engine/durable/index.ts';
import { defined } from '../../engine/ports/index.ts';
import { type ChatNotices, type EndedBy, isSeen, PartyType, Visibility } from '../chat/index.ts';
import type { AgentId } from '../ids/index.ts';
import type { AgentEvent, Agents } from '../routing/index.ts';
import type { InteractionRecord, Invitation, Partner } from './interactionRecord.ts';

/** Kind of the task that ends an invitation which nobody answered; Conferences performs it. */
export const INVITATION_TASK = 'interaction.invitationOver';

export type ChatParties = Pick<ChatNotices, 'agentJoinedBatch' | 'agentLeftBatch'>;

/** Tells and frees the agents and supervisors of an interaction, besides the one who has it. */
export class OtherParties {
  readonly #agents: Agents;
  readonly #chats: ChatParties;

  constructor(deps: { readonly agents: Agents; readonly chats: ChatParties }) {
    this.#agents = deps.agents;
    this.#chats = deps.chats;
  }

  /**
   * Tells the agent who has the interaction, and the partners, as far as they see things of this visibility.
   */
  tellBatch(
    interaction: InteractionRecord,
    event: AgentEvent,
    visibility: Visibility = Visibility.ALL,
  ): Batch {
    return joinBatches(
      readersOf(interaction, visibility).map((agentId) => this.#agents.tellBatch(agentId, event)),
    );
  }

  /** Tells the desktops that are connected now of a thing that everybody sees. */
  tell(interaction: InteractionRecord, event: AgentEvent): void {
    for (const agentId of readersOf(interaction, Visibility.ALL)) this.#agents.tell(agentId, event);
  }

  joinedBatch(
    { id }: InteractionRecord,
    partner: Pick<Partner, 'agentId' | 'visibility' | 'isSupervisor'>,
  ): Batch {
    return this.#chats.agentJoinedBatch(id, this.#chatAgent(partner));
  }

  leftBatch(
    { id }: InteractionRecord,
    partner: Pick<Partner, 'agentId' | 'visibility' | 'isSupervisor'>,
  ): Batch {
    return this.#chats.agentLeftBatch(id, this.#chatAgent(partner));
  }

  /** Frees a partner, who is told why they no longer have the interaction. */
  releasedBatch({ id }: InteractionRecord, { agentId, isSupervisor }: Partner, reason: string): Batch {
    return joinBatches(
      isSupervisor === true ? {} : this.#agents.releaseBatch(agentId, id),
      this.#agents.tellBatch(agentId, { type: 'withdrawn', interactionId: id, reason }),
    );
  }

  /** Frees an agent who was invited, and stops the timer. */
  uninvitedBatch({ id }: InteractionRecord, { agentId }: Invitation, reason: string): Batch {
    return joinBatches(
      this.#agents.releaseBatch(agentId, id),
      { cancel: [invitationKey(id, agentId)] },
      this.#agents.tellBatch(agentId, { type: 'withdrawn', interactionId: id, reason }),
    );
  }

  /** The interaction has ended, and the chat has told who was there. */
  endedBatch(interaction: InteractionRecord, by: EndedBy): Batch {
    const { id, partners = [], invitations = [] } = interaction;
    return joinBatches(
      partners.map(({ agentId, isSupervisor }) =>
        joinBatches(
          isSupervisor === true ? {} : this.#agents.releaseBatch(agentId, id),
          this.#agents.tellBatch(agentId, { type: 'ended', interactionId: id, by }),
        ),
      ),
      invitations.map((one) => this.uninvitedBatch(interaction, one, 'cancelled')),
    );
  }

  /** The interaction returns to a queue: it is without partners and invitations afterwards. */
  allGoneBatch(interaction: InteractionRecord, reason: string): Batch {
    const { partners = [], invitations = [] } = interaction;
    return joinBatches(
      partners.map((partner) => this.leftBatch(interaction, partner)),
      partners.map((partner) => this.releasedBatch(interaction, partner, reason)),
      invitations.map((one) => this.uninvitedBatch(interaction, one, reason)),
    );
  }

  nicknameOf(agentId: AgentId): string {
    return this.#agents.record(agentId)?.nickname ?? agentId;
  }

  #chatAgent({
    agentId,
    visibility,
    isSupervisor,
  }: Pick<Partner, 'agentId' | 'visibility' | 'isSupervisor'>): Parameters<
    ChatParties['agentJoinedBatch']
  >[1] {
    const type = isSupervisor === true ? PartyType.SUPERVISOR : undefined;
    return { nickname: this.nicknameOf(agentId), agentId, visibility, ...defined({ type }) };
  }
}

/** Those of an interaction who see things of a visibility. */
function readersOf(
  { agentId, partners = [] }: InteractionRecord,
  visibility: Visibility,
): readonly AgentId[] {
  const own = agentId === undefined || !isSeen(visibility, Visibility.INT) ? [] : [agentId];
  const others = partners.filter((one) => isSeen(visibility, readerOf(one))).map((one) => one.agentId);
  return [...own, ...others];
}

/** How much a partner reads: an agent as in a consultation, a supervisor everything. */
function readerOf({ isSupervisor }: Partner): Visibility {
  return isSupervisor === true ? Visibility.VIP : Visibility.INT;
}

export function invitationKey(id: string, agentId: AgentId): string {
  return `${INVITATION_TASK}/${id}/${agentId}`;
}

/** The record without those of its other parties that the predicates leave out. */
export function withParties(
  interaction: InteractionRecord,
  parties: { readonly partners: readonly Partner[]; readonly invitations: readonly Invitation[] },
): InteractionRecord {
  const { partners: _partners, invitations: _invitations, ...rest } = interaction;
  return {
    ...rest,
    ...defined({
      partners: parties.partners.length === 0 ? undefined : parties.partners,
      invitations: parties.invitations.length === 0 ? undefined : parties.invitations,
    }),
  };
}

export const NO_PARTIES = { partners: [], invitations: [] } as const;
