import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { type Clock, defined, type Log } from '../../engine/ports/index.ts';
import type { ChatNotices } from '../chat/index.ts';
import type { InteractionId } from '../ids/index.ts';
import type { Agents, Routing } from '../routing/index.ts';
import { goneFacts, type InteractionEvents, presentFacts } from './interactionEvents.ts';
import {
  type HeldInteraction,
  type InteractionRecord,
  interactionBatch,
  isHeld,
  type Offer,
  readInteraction,
} from './interactionRecord.ts';
import type { Fault } from './moduleFault.ts';
import { type Offers, OVER_TASK } from './offers.ts';

/** The state of an agent for the medium of an offer that they did not answer: not ready, or unchanged. */
export type AfterNoAnswer = 'notReady' | 'none';

/** Reason for which an agent did not take an offer; `error` of error.interaction.redirect. */
export type Refusal = 'rejected' | 'noanswer' | 'loggedout';

const REFUSALS: Readonly<Record<Refusal, string>> = {
  rejected: 'rejected the interaction',
  noanswer: 'did not answer in time',
  loggedout: 'logged out',
};

/** Handles the answers of agents to offers. OF1 and OF2 of Offers apply. */
export class OfferAnswers {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #agents: Agents;
  readonly #offers: Offers;
  readonly #routing: Pick<Routing, 'offerAcceptedBatch' | 'offerRefusedBatch'>;
  readonly #events: InteractionEvents;
  readonly #chats: Pick<ChatNotices, 'agentJoinedBatch'>;
  readonly #afterNoAnswer: AfterNoAnswer;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly log: Log;
    readonly agents: Agents;
    readonly offers: Offers;
    readonly routing: Pick<Routing, 'offerAcceptedBatch' | 'offerRefusedBatch'>;
    readonly events: InteractionEvents;
    readonly chats: Pick<ChatNotices, 'agentJoinedBatch'>;
    /** Default: 'notReady'. */
    readonly afterNoAnswer?: AfterNoAnswer;
  }) {
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#agents = deps.agents;
    this.#offers = deps.offers;
    this.#routing = deps.routing;
    this.#events = deps.events;
    this.#chats = deps.chats;
    this.#afterNoAnswer = deps.afterNoAnswer ?? 'notReady';
    deps.durable.onTask<{ id: InteractionId; key: string }>(OVER_TASK, async ({ id, key }) => {
      const interaction = readInteraction(deps.durable, id);
      if (!isHeld(interaction) || interaction.offer?.key !== key) return;
      this.#log.info(
        { interactionId: id, agentId: interaction.agentId },
        'The agent did not answer the offer.',
      );
      await deps.durable.commit(this.refusedBatch(interaction, 'noanswer'));
    });
  }

  /**
   * The agent has the interaction now: tells the element that asked, the session, the customer and the
   * desktops.
   */
  acceptedBatch(interaction: HeldInteraction): {
    readonly batch: Batch;
    readonly after: InteractionRecord;
  } {
    const { offer, returnedAt: _returned, ...rest } = interaction;
    const { id, agentId, serviceId } = interaction;
    const { sessionId, ...uncontrolled } = rest;
    const isDetached = offer?.purpose.kind === 'redirect' && offer.purpose.detach;
    const after: InteractionRecord = { ...(isDetached ? uncontrolled : rest), state: 'active' };
    const nickname = this.#agents.record(agentId)?.nickname ?? agentId;
    this.#log.info({ interactionId: id, agentId, serviceId }, 'Interaction accepted.');
    const batch = joinBatches(
      interactionBatch(interaction, after),
      this.#agents.occupyBatch({
        agentId,
        holder: id,
        kind: 'active',
        media: interaction.media,
        since: this.#clock.now(),
        ...defined({ vq: offer?.vq }),
      }),
      { cancel: [`${OVER_TASK}/${id}`] },
      offer === undefined ? {} : this.#askerBatch(after, offer),
      // After the result of the redirect: documents wait for the party only then.
      this.#events.batch(isDetached ? undefined : sessionId, {
        name: 'interaction.partystatechanged',
        data: { interactionid: id, focusdeviceid: agentId },
        facts: presentFacts(after),
      }),
      this.#chats.agentJoinedBatch(id, { nickname, agentId }),
      this.#agents.tellBatch(agentId, { type: 'accepted', interactionId: id }),
    );
    return { batch, after };
  }

  /** The interaction is queued again, and the element that asked learns of the refusal. */
  refusedBatch(interaction: HeldInteraction, why: Refusal): Batch {
    const { agentId, offer } = interaction;
    const now = this.#clock.now();
    const description = `The agent '${agentId}' ${REFUSALS[why]}.`;
    return joinBatches(
      this.#offers.takeBackBatch(interaction, why),
      // Otherwise the next offer would be lost on that desktop too.
      why === 'noanswer' && this.#afterNoAnswer === 'notReady'
        ? this.#agents.notReadyForBatch(agentId, interaction.media, why)
        : {},
      offer?.purpose.kind === 'submit'
        ? this.#routing.offerRefusedBatch(offer.purpose.submitId, {
            why,
            askedMs: now - (offer.since ?? now),
          })
        : {},
      this.#redirectFailedBatch(interaction, { error: why === 'rejected' ? why : 'noanswer', description }),
    );
  }

  /** The interaction ends while it is offered, or with an agent: frees the agent; a redirect fails. */
  endedBatch(interaction: InteractionRecord): Batch {
    return joinBatches(
      this.#offers.dropBatch(interaction),
      this.#redirectFailedBatch(interaction, {
        error: 'invalidstate.ended',
        description: `The interaction '${interaction.id}' ended before the agent answered.`,
      }),
    );
  }

  /** The result of an accepted offer, for the element that asked for it. */
  #askerBatch(after: InteractionRecord, { purpose }: Offer): Batch {
    if (purpose.kind === 'submit') return this.#routing.offerAcceptedBatch(purpose.submitId);
    return this.#events.batch(purpose.sessionId, {
      name: 'interaction.redirect.done',
      data: { requestid: purpose.requestId, interactionid: after.id },
      facts: purpose.detach ? goneFacts(after.id) : presentFacts(after),
    });
  }

  #redirectFailedBatch({ id, offer }: InteractionRecord, fault: Fault): Batch {
    if (offer?.purpose.kind !== 'redirect') return {};
    const { sessionId, requestId } = offer.purpose;
    const data = { requestid: requestId, interactionid: id, ...fault };
    return this.#events.batch(sessionId, { name: 'error.interaction.redirect', data });
  }
}
