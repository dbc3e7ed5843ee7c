import { type Batch, type Durable, joinBatches, keyedBy, Once } from '../../engine/durable/index.ts';
import type { Clock, Log } from '../../engine/ports/index.ts';
import type { Visibility } from '../chat/index.ts';
import type { InteractionId } from '../ids/index.ts';
import type { AgentRequest } from './conferences.ts';
import { InteractionError } from './errors.ts';
import {
  type InteractionRecord,
  interactionBatch,
  type Partner,
  readInteraction,
} from './interactionRecord.ts';
import { MAX_PARTNERS } from './invitations.ts';
import { type OtherParties, withParties } from './otherParties.ts';
import { joinedEvent } from './partnerChanges.ts';

/**
 * Supervisors in the interactions of agents: unseen (VIP), seen by the agents only (INT), or seen by
 * everybody (ALL). They have no slot.
 */
export class Supervision {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #parties: OtherParties;
  readonly #once: Once;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly log: Log;
    readonly parties: OtherParties;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#parties = deps.parties;
    this.#once = new Once(deps);
  }

  /** The supervisor comes in, or becomes seen by others. Rejects with InteractionError. */
  enter(
    {
      id,
      agentId,
      key,
    }: Required<Pick<AgentRequest, 'id'>> & {
      readonly agentId: Partner['agentId'];
      readonly key?: string | undefined;
    },
    visibility: Visibility,
  ): Promise<void> {
    return this.#once.commit(keyedBy(key, 'interaction.supervise', id, agentId, visibility), () => {
      const interaction = this.#require(id);
      const known = interaction.partners?.find((one) => one.agentId === agentId);
      this.#requireFree(interaction, known, agentId);
      if (known?.visibility === visibility) return { batch: {}, answer: undefined };
      const partner: Partner = { agentId, visibility, isSupervisor: true, since: this.#clock.now() };
      this.#log.info({ interactionId: id, agentId, visibility }, 'A supervisor entered the interaction.');
      return { batch: this.#enteredBatch(interaction, known, partner), answer: undefined };
    });
  }

  #enteredBatch(interaction: InteractionRecord, known: Partner | undefined, partner: Partner): Batch {
    const { id, partners = [], invitations = [] } = interaction;
    const others = partners.filter((one) => one !== known);
    const after = withParties(interaction, { partners: [...others, partner], invitations });
    return joinBatches(
      interactionBatch(interaction, after),
      // Those who saw them before see them leave; those who see them now see them come.
      known === undefined ? {} : this.#parties.leftBatch(interaction, known),
      this.#parties.joinedBatch(after, partner),
      this.#parties.tellBatch(after, joinedEvent(id, partner), partner.visibility),
    );
  }

  #require(id: InteractionId): InteractionRecord {
    const interaction = readInteraction(this.#durable, id);
    if (interaction === undefined) throw new InteractionError('INTERACTION_NOT_FOUND', id);
    if (interaction.state === 'active') return interaction;
    throw new InteractionError(
      'INTERACTION_STATE',
      `Expected interaction '${id}' to be active; it is ${interaction.state}.`,
    );
  }

  #requireFree(
    { agentId: owner, partners = [], invitations = [] }: InteractionRecord,
    known: Partner | undefined,
    agentId: Partner['agentId'],
  ): void {
    const isAgent =
      (known !== undefined && known.isSupervisor !== true) ||
      invitations.some((one) => one.agentId === agentId);
    if (owner === agentId || isAgent) {
      throw new InteractionError(
        'DESTINATION_INVALID',
        `Expected a supervisor who has no part in the interaction as an agent, got '${agentId}'.`,
      );
    }
    if (known === undefined && partners.length + invitations.length >= MAX_PARTNERS) {
      throw new InteractionError('INTERACTION_FULL', fullMessage());
    }
  }
}

function fullMessage(): string {
  return `Expected at most MAX_PARTNERS (${MAX_PARTNERS}) other parties in an interaction.`;
}
