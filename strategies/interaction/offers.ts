import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { Clock, Ids, Log } from '../../engine/ports/index.ts';
import type { AgentRecord, Agents, Routing } from '../routing/index.ts';
import { goneFacts, type InteractionEvents, presentFacts } from './interactionEvents.ts';
import {
  type InteractionRecord,
  interactionBatch,
  type Offer,
  readInteraction,
} from './interactionRecord.ts';
import type { InteractionObserver } from './interactions.ts';

const OVER_TASK = 'interaction.offerOver';

/** How long an agent is asked when nobody says. GMS option `_agent_reserve_timeout`. */
export const DEFAULT_OFFER_TIMEOUT_MS = 30_000;

/** Why an offer came to nothing; `error` of error.interaction.redirect. */
export type Refusal = 'rejected' | 'noanswer';

/**
 * Offers of interactions to agents.
 *
 * O1. An interaction is offered to one agent at a time; offer, agent slot and timer change in one commit.
 * O2. An offer ends once: accepted, refused (rejected, noanswer) or withdrawn; the asker hears of the first two.
 */
export interface Offers {
  /** The interaction must be queued. */
  offerBatch(
    interaction: InteractionRecord,
    request: {
      readonly agent: AgentRecord;
      readonly timeoutMs: number;
      readonly purpose: Offer['purpose'];
      readonly vq?: string;
    },
  ): Batch;
  acceptedBatch(interaction: InteractionRecord): { readonly batch: Batch; readonly after: InteractionRecord };
  refusedBatch(interaction: InteractionRecord, why: Refusal): Batch;
  /** Back in the queue, the asker not told. */
  withdrawBatch(interaction: InteractionRecord): Batch;
  /** The timer and the agent's slot, when the interaction ends. */
  dropBatch(interaction: InteractionRecord): Batch;
}

export function createOffers(deps: {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly agents: Agents;
  readonly routing: Pick<Routing, 'offerAcceptedBatch' | 'offerRefusedBatch'>;
  readonly events: InteractionEvents;
  readonly observers: readonly InteractionObserver[];
}): Offers {
  const { durable, clock, ids, log, agents, routing, events, observers } = deps;

  durable.onTask<{ id: string; key: string }>(OVER_TASK, async ({ id, key }) => {
    const interaction = readInteraction(durable, id);
    if (interaction?.offer?.key !== key) return;
    log.info({ interactionId: id, agentId: interaction.agentId }, 'The agent did not answer the offer.');
    await durable.commit(refusedBatch(interaction, 'noanswer'));
  });

  /** The interaction as it was before the offer. */
  function requeued({ offer: _offer, agentId: _agent, ...rest }: InteractionRecord): InteractionRecord {
    return { ...rest, state: 'queued' };
  }

  function dropBatch(interaction: InteractionRecord): Batch {
    const { id, agentId } = interaction;
    if (agentId === undefined) return {};
    return joinBatches(agents.releaseBatch(agentId, id), { cancel: [`${OVER_TASK}/${id}`] });
  }

  function takeBackBatch(interaction: InteractionRecord, reason: string): Batch {
    const told = { type: 'withdrawn', interactionId: interaction.id, reason };
    return joinBatches(
      interactionBatch(interaction, requeued(interaction)),
      dropBatch(interaction),
      agents.tellBatch(interaction.agentId ?? '', told),
    );
  }

  function refusedBatch(interaction: InteractionRecord, why: Refusal): Batch {
    const { id, agentId = '', offer } = interaction;
    // A desktop whose agent does not answer is set not ready, or the next offer would be lost there too.
    const silenced = why === 'noanswer' ? agents.notReadyBatch(agentId, why) : {};
    return joinBatches(
      takeBackBatch(interaction, why),
      silenced,
      offer?.purpose.kind === 'submit'
        ? routing.offerRefusedBatch(offer.purpose.submitId)
        : redirectFailedBatch(id, offer, {
            error: why,
            description: `The agent '${agentId}' ${why === 'rejected' ? 'rejected the interaction' : 'did not answer in time'}.`,
          }),
    );
  }

  function redirectFailedBatch(
    id: string,
    offer: Offer | undefined,
    fault: { readonly error: string; readonly description: string },
  ): Batch {
    if (offer?.purpose.kind !== 'redirect') return {};
    const { sessionId, requestId } = offer.purpose;
    const data = { requestid: requestId, interactionid: id, ...fault };
    return events.batch(sessionId, { name: 'error.interaction.redirect', data });
  }

  /** What the asker hears of an accepted offer. */
  function askerBatch(after: InteractionRecord, offer: Offer): Batch {
    if (offer.purpose.kind === 'submit') return routing.offerAcceptedBatch(offer.purpose.submitId);
    const { sessionId, requestId, detach } = offer.purpose;
    return events.batch(sessionId, {
      name: 'interaction.redirect.done',
      data: { requestid: requestId, interactionid: after.id },
      facts: detach ? goneFacts(after.id) : presentFacts(after),
    });
  }

  return {
    offerBatch(interaction, { agent, timeoutMs, purpose, vq }) {
      const { id, media, serviceId, userData } = interaction;
      const { agentId } = agent;
      const now = clock.now();
      const offer: Offer = {
        key: ids.uuid(),
        until: now + timeoutMs,
        purpose,
        ...(vq === undefined ? {} : { vq }),
      };
      const slot = {
        agentId,
        holder: id,
        kind: 'offered' as const,
        since: now,
        ...(vq === undefined ? {} : { vq }),
      };
      const told = {
        type: 'offered',
        interactionId: id,
        media,
        userData,
        expiresAt: offer.until,
        ...(serviceId === undefined ? {} : { serviceId }),
      };
      log.info({ interactionId: id, agentId, serviceId }, 'Interaction offered.');
      return joinBatches(
        interactionBatch(interaction, { ...interaction, state: 'offered', agentId, offer }),
        agents.occupyBatch(slot),
        agents.tellBatch(agentId, told),
        {
          schedule: [
            {
              key: `${OVER_TASK}/${id}`,
              kind: OVER_TASK,
              payload: { id, key: offer.key },
              dueAt: offer.until,
            },
          ],
        },
      );
    },

    acceptedBatch(interaction) {
      const { offer, ...rest } = interaction;
      const { id, agentId = '', serviceId } = interaction;
      const detached = offer?.purpose.kind === 'redirect' && offer.purpose.detach;
      const active: InteractionRecord = { ...rest, state: 'active' };
      const { sessionId, ...uncontrolled } = active;
      const after = detached ? uncontrolled : active;
      const nickname = agents.record(agentId)?.nickname ?? agentId;
      const slot = {
        agentId,
        holder: id,
        kind: 'active' as const,
        since: clock.now(),
        ...(offer?.vq === undefined ? {} : { vq: offer.vq }),
      };
      log.info({ interactionId: id, agentId, serviceId }, 'Interaction accepted.');
      const batch = joinBatches(
        interactionBatch(interaction, after),
        agents.occupyBatch(slot),
        { cancel: [`${OVER_TASK}/${id}`] },
        offer === undefined ? {} : askerBatch(after, offer),
        // After the result of the redirect: documents wait for the party only then.
        events.batch(detached ? undefined : sessionId, {
          name: 'interaction.partystatechanged',
          data: { interactionid: id, focusdeviceid: agentId },
          facts: presentFacts(after),
        }),
        ...observers.map((observer) => observer.agentJoined(after, { id: agentId, nickname })),
        agents.tellBatch(agentId, { type: 'accepted', interactionId: id }),
      );
      return { batch, after };
    },

    refusedBatch,
    withdrawBatch: (interaction) => takeBackBatch(interaction, 'cancelled'),

    dropBatch(interaction) {
      const { id, offer } = interaction;
      return joinBatches(
        dropBatch(interaction),
        redirectFailedBatch(id, offer, {
          error: 'invalidstate.ended',
          description: `The interaction '${id}' ended before the agent answered.`,
        }),
      );
    },
  };
}
