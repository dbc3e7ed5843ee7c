import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { type Clock, defined, type Ids, type Log } from '../../engine/ports/index.ts';
import { Visibility } from '../chat/index.ts';
import type { AgentId, InteractionId } from '../ids/index.ts';
import { AgentState, type Agents, stateFor } from '../routing/index.ts';
import { InteractionError } from './errors.ts';
import {
  type HeldInteraction,
  type InteractionRecord,
  type Invitation,
  type InvitationKind,
  interactionBatch,
  type Partner,
  readInteraction,
} from './interactionRecord.ts';
import type { AfterNoAnswer } from './offerAnswers.ts';
import { INVITATION_TASK, invitationKey, type OtherParties, withParties } from './otherParties.ts';
import { ownedBy, type PartnerChanges } from './partnerChanges.ts';

/** Agents and supervisors in one interaction, besides the agent who has it; invitations count. */
export const MAX_PARTNERS = 20;

/** Why an agent did not follow an invitation. */
type Refusal = 'rejected' | 'noanswer' | 'loggedout' | 'cancelled';

/** Questions to agents whether they take or join an interaction of another agent, and their answers. */
export class Invitations {
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #log: Log;
  readonly #agents: Agents;
  readonly #parties: OtherParties;
  readonly #changes: PartnerChanges;
  readonly #ringMs: number;
  readonly #afterNoAnswer: AfterNoAnswer;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    readonly agents: Agents;
    readonly parties: OtherParties;
    readonly partnerChanges: PartnerChanges;
    readonly ringMs: number;
    readonly afterNoAnswer: AfterNoAnswer;
  }) {
    this.#clock = deps.clock;
    this.#ids = deps.ids;
    this.#log = deps.log;
    this.#agents = deps.agents;
    this.#parties = deps.parties;
    this.#changes = deps.partnerChanges;
    this.#ringMs = deps.ringMs;
    this.#afterNoAnswer = deps.afterNoAnswer;
    deps.durable.onTask<{ id: InteractionId; agentId: AgentId; key: string }>(
      INVITATION_TASK,
      async ({ id, agentId, key }) => {
        const interaction = readInteraction(deps.durable, id);
        const invitation = interaction?.invitations?.find((one) => one.agentId === agentId);
        if (interaction === undefined || invitation?.key !== key) return;
        await deps.durable.commit(this.refusedBatch(interaction, invitation, 'noanswer'));
      },
    );
  }

  /** Throws InteractionError DESTINATION_INVALID, AGENT_NOT_FREE or INTERACTION_FULL. */
  batch(interaction: HeldInteraction, agentId: AgentId, kind: InvitationKind): Batch {
    const { id, media, serviceId, userData, agentId: from, partners = [], invitations = [] } = interaction;
    this.#requireInvitable(interaction, agentId);
    const now = this.#clock.now();
    const until = now + this.#ringMs;
    const invitation: Invitation = { key: this.#ids.uuid(), agentId, kind, from, until };
    const payload = { id, agentId, key: invitation.key };
    this.#log.info({ interactionId: id, agentId, from, kind }, 'Agent invited.');
    return joinBatches(
      interactionBatch(
        interaction,
        withParties(interaction, { partners, invitations: [...invitations, invitation] }),
      ),
      this.#agents.occupyBatch({ agentId, holder: id, kind: 'offered', media, since: now }),
      this.#agents.tellBatch(agentId, {
        type: 'offered',
        interactionId: id,
        media,
        userData,
        expiresAt: until,
        invitation: { kind, from },
        ...defined({ serviceId }),
      }),
      { schedule: [{ key: invitationKey(id, agentId), kind: INVITATION_TASK, payload, dueAt: until }] },
    );
  }

  /** The invited agent comes in, or gets the interaction. */
  acceptedBatch(
    interaction: HeldInteraction,
    invitation: Invitation,
  ): { readonly batch: Batch; readonly after: InteractionRecord } {
    const { id, agentId: owner, partners = [], invitations = [] } = interaction;
    const { agentId, kind } = invitation;
    const told = this.#toldBatch(interaction, invitation, 'accepted');
    const cancel = { cancel: [invitationKey(id, agentId)] };
    this.#log.info({ interactionId: id, agentId, from: owner, kind }, 'Invitation accepted.');
    const others = invitations.filter((one) => one.agentId !== agentId);
    if (kind === 'transfer') {
      const without = withParties(interaction, { partners, invitations: others });
      const after = ownedBy(without, agentId);
      return {
        batch: joinBatches(told, cancel, this.#changes.ownerBatch(interaction, agentId, 'transferred')),
        after,
      };
    }
    const visibility = kind === 'conference' ? Visibility.ALL : Visibility.INT;
    const partner: Partner = { agentId, visibility, since: this.#clock.now() };
    const after = withParties(interaction, { partners: [...partners, partner], invitations: others });
    const batch = joinBatches(told, cancel, this.#changes.enteredBatch(interaction, after, partner));
    return { batch, after };
  }

  /** The invited agent does not come. */
  refusedBatch(interaction: InteractionRecord, invitation: Invitation, why: Refusal): Batch {
    const { partners = [], invitations = [] } = interaction;
    const others = invitations.filter((one) => one.agentId !== invitation.agentId);
    return joinBatches(
      interactionBatch(interaction, withParties(interaction, { partners, invitations: others })),
      this.#parties.uninvitedBatch(interaction, invitation, why),
      this.#toldBatch(interaction, invitation, why),
      why === 'noanswer' && this.#afterNoAnswer === 'notReady'
        ? this.#agents.notReadyForBatch(invitation.agentId, interaction.media, why)
        : {},
    );
  }

  #requireInvitable(
    { agentId: owner, media, partners = [], invitations = [] }: HeldInteraction,
    agentId: AgentId,
  ): void {
    const parties = [...partners, ...invitations];
    if (owner === agentId || parties.some((one) => one.agentId === agentId)) {
      throw invalidDestination(`an agent who has no part in the interaction, got '${agentId}'`);
    }
    if (parties.length >= MAX_PARTNERS) {
      throw new InteractionError(
        'INTERACTION_FULL',
        `Expected at most MAX_PARTNERS (${MAX_PARTNERS}) other parties in an interaction.`,
      );
    }
    const agent = this.#agents.record(agentId);
    if (agent === undefined) throw invalidDestination(`an agent, got '${agentId}'`);
    if (this.#agents.isFree(agentId, media)) return;
    const own = stateFor(agent, media).state;
    const state = own === AgentState.READY ? 'busy' : own;
    throw new InteractionError(
      'AGENT_NOT_FREE',
      `Expected the agent '${agentId}' to be ready and free; it is ${state}.`,
    );
  }

  /** The result of an invitation, for the agent who has the interaction. */
  #toldBatch(
    { id, agentId }: InteractionRecord,
    invitation: Invitation,
    result: Refusal | 'accepted',
  ): Batch {
    if (agentId === undefined) return {};
    const { kind } = invitation;
    const event = { interactionId: id, agentId: invitation.agentId, kind, result };
    return this.#agents.tellBatch(agentId, { type: 'invitation', ...event });
  }
}

export function invalidDestination(expected: string): InteractionError {
  return new InteractionError('DESTINATION_INVALID', `Expected ${expected}.`);
}
