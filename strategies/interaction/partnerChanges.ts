import { type Batch, joinBatches } from '../../engine/durable/index.ts';
import { type Clock, defined, type Log } from '../../engine/ports/index.ts';
import { Visibility } from '../chat/index.ts';
import type { AgentId, InteractionId } from '../ids/index.ts';
import type { Agents } from '../routing/index.ts';
import { type InteractionEvents, presentFacts } from './interactionEvents.ts';
import {
  type HeldInteraction,
  type InteractionRecord,
  interactionBatch,
  isSeenAgent,
  type Partner,
} from './interactionRecord.ts';
import { NO_PARTIES, type OtherParties, withParties } from './otherParties.ts';

/** Changes of the agents in an interaction. MP1 to MP3 of Conferences apply. */
export class PartnerChanges {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #agents: Agents;
  readonly #events: InteractionEvents;
  readonly #parties: OtherParties;

  constructor(deps: {
    readonly clock: Clock;
    readonly log: Log;
    readonly agents: Agents;
    readonly events: InteractionEvents;
    readonly parties: OtherParties;
  }) {
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#agents = deps.agents;
    this.#events = deps.events;
    this.#parties = deps.parties;
  }

  /** An agent comes in. `after` has them as a partner already. */
  enteredBatch(before: InteractionRecord, after: InteractionRecord, partner: Partner): Batch {
    const { id } = after;
    const { agentId, visibility } = partner;
    return joinBatches(
      interactionBatch(before, after),
      this.#occupyBatch(after, agentId),
      this.#changedBatch(after, agentId),
      this.#parties.joinedBatch(after, partner),
      this.#agents.tellBatch(agentId, { type: 'accepted', interactionId: id }),
      this.#parties.tellBatch(before, joinedEvent(id, partner), visibility),
    );
  }

  /** The customer sees an agent whom they did not see before. */
  mergedBatch(interaction: HeldInteraction, partner: Partner): Batch {
    const { partners = [], invitations = [] } = interaction;
    const merged: Partner = { ...partner, visibility: Visibility.ALL };
    const changed = partners.map((one) => (one.agentId === partner.agentId ? merged : one));
    const after = withParties(interaction, { partners: changed, invitations });
    return joinBatches(
      interactionBatch(interaction, after),
      this.#parties.joinedBatch(after, merged),
      this.#changedBatch(after, partner.agentId),
      this.#parties.tellBatch(after, joinedEvent(interaction.id, merged)),
    );
  }

  /** A partner leaves, or is taken out. */
  partnerLeftBatch(interaction: InteractionRecord, partner: Partner, reason: string): Batch {
    const { id, partners = [], invitations = [] } = interaction;
    const others = partners.filter((one) => one.agentId !== partner.agentId);
    const after = withParties(interaction, { partners: others, invitations });
    this.#log.info({ interactionId: id, agentId: partner.agentId, reason }, 'An agent left the interaction.');
    return joinBatches(
      interactionBatch(interaction, after),
      this.#parties.leftBatch(interaction, partner),
      this.#parties.releasedBatch(interaction, partner, reason),
      partner.visibility === Visibility.ALL ? this.#changedBatch(after, partner.agentId) : {},
      this.#parties.tellBatch(
        after,
        { type: 'left', interactionId: id, agentId: partner.agentId, reason },
        partner.visibility,
      ),
    );
  }

  /** MP3. Undefined: no other agent can have it. */
  successorBatch(interaction: HeldInteraction, reason: string): Batch | undefined {
    const next = interaction.partners?.find(isSeenAgent);
    return next && this.ownerBatch(interaction, next.agentId, reason);
  }

  /** The interaction is with another agent from now on, who was invited or takes part. */
  ownerBatch(interaction: HeldInteraction, agentId: AgentId, reason: string): Batch {
    const { id, agentId: before, invitations = [] } = interaction;
    const after = ownedBy(interaction, agentId);
    const isNew = interaction.partners?.some((one) => one.agentId === agentId) !== true;
    const others = invitations.filter((one) => one.agentId !== agentId);
    this.#log.info(
      { interactionId: id, agentId, from: before, reason },
      'Interaction given to another agent.',
    );
    return joinBatches(
      interactionBatch(interaction, after),
      this.#agents.releaseBatch(before, id),
      this.#occupyBatch(interaction, agentId),
      others.map((one) => this.#parties.uninvitedBatch(interaction, one, 'cancelled')),
      this.#changedBatch(after, agentId),
      // The new agent comes first, so that the customer is never alone.
      this.#parties.joinedBatch(after, { agentId, visibility: Visibility.ALL }),
      this.#parties.leftBatch(interaction, { agentId: before, visibility: Visibility.ALL }),
      isNew ? this.#agents.tellBatch(agentId, { type: 'accepted', interactionId: id }) : {},
      this.#agents.tellBatch(before, { type: 'withdrawn', interactionId: id, reason }),
      this.#parties.tellBatch(after, { type: 'transferred', interactionId: id, from: before, to: agentId }),
    );
  }

  #occupyBatch({ id, media }: InteractionRecord, agentId: AgentId): Batch {
    return this.#agents.occupyBatch({ agentId, holder: id, kind: 'active', media, since: this.#clock.now() });
  }

  #changedBatch(after: InteractionRecord, agentId: AgentId): Batch {
    return this.#events.batch(after.sessionId, {
      name: 'interaction.partystatechanged',
      data: { interactionid: after.id, focusdeviceid: agentId },
      facts: presentFacts(after),
    });
  }
}

/** The record with another agent, and without invitations. */
export function ownedBy(interaction: InteractionRecord, agentId: AgentId): InteractionRecord {
  const partners = (interaction.partners ?? []).filter((one) => one.agentId !== agentId);
  return { ...withParties(interaction, { ...NO_PARTIES, partners }), agentId };
}

export function joinedEvent(
  interactionId: InteractionId,
  { agentId, visibility, isSupervisor }: Partner,
): { readonly type: 'joined'; readonly [field: string]: string | true } {
  return { type: 'joined', interactionId, agentId, visibility, ...defined({ isSupervisor }) };
}
