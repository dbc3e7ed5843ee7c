import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import {
  type Clock,
  defined,
  type Ids,
  type Json,
  type Log,
  type SessionId,
} from '../../engine/ports/index.ts';
import type { InteractionId } from '../ids/index.ts';
import type { AgentRecord, Agents, ConnId, InteractionOffers } from '../routing/index.ts';
import {
  type InteractionRecord,
  interactionBatch,
  interactionsOfSession,
  type Offer,
  readInteraction,
} from './interactionRecord.ts';

/** Kind of the task that ends an offer which nobody answered; OfferAnswers performs it. */
export const OVER_TASK = 'interaction.offerOver';
/** Time for which an agent is asked. */
export const DEFAULT_RING_MS = 30_000;

/**
 * Makes offers of interactions to agents and takes them back. OfferAnswers handles the answers.
 *
 * OF1. An interaction is offered to one agent at a time; the offer, the slot of the agent and the timer
 *      change in one commit.
 * OF2. An offer ends once: it is accepted, refused (rejected, noanswer) or withdrawn. The element that asked
 *      for it gets the result of an offer that is accepted or refused.
 */
export class Offers implements InteractionOffers {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #log: Log;
  readonly #agents: Agents;
  /** Time for which an agent is asked, if the element does not say it. */
  readonly ringMs: number;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    readonly agents: Agents;
    /** Default: DEFAULT_RING_MS. */
    readonly ringMs?: number;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#ids = deps.ids;
    this.#log = deps.log;
    this.#agents = deps.agents;
    this.ringMs = deps.ringMs ?? DEFAULT_RING_MS;
  }

  find(
    sessionId: SessionId,
    interactionId: InteractionId | undefined,
  ): ReturnType<InteractionOffers['find']> {
    const own = interactionsOfSession(this.#durable, sessionId);
    const found = interactionId === undefined ? own[0] : own.find(({ id }) => id === interactionId);
    if (found !== undefined) {
      const { id, media, createdAt, returnedAt } = found;
      return { id, media, ...defined({ waitsSince: returnedAt === undefined ? undefined : createdAt }) };
    }
    const description = `Expected interactionid to be an interaction that session '${sessionId}' controls, got '${interactionId ?? 'none'}'.`;
    return { error: 'unknown', description };
  }

  submitOfferBatch(offer: Parameters<InteractionOffers['submitOfferBatch']>[0]): Batch | undefined {
    const { interactionId, agent, vq, submitId } = offer;
    const interaction = readInteraction(this.#durable, interactionId);
    if (interaction?.state !== 'queued') return undefined;
    const purpose = { kind: 'submit', submitId } as const;
    return this.offerBatch(interaction, { agent, vq, timeoutMs: this.ringMs, purpose });
  }

  withdrawSubmitBatch(interactionId: InteractionId, submitId: ConnId): Batch {
    const interaction = readInteraction(this.#durable, interactionId);
    const purpose = interaction?.offer?.purpose;
    if (interaction === undefined || purpose?.kind !== 'submit' || purpose.submitId !== submitId) return {};
    return this.takeBackBatch(interaction, 'cancelled');
  }

  /** Offers a queued interaction to an agent. */
  offerBatch(
    interaction: InteractionRecord,
    request: {
      readonly agent: AgentRecord;
      readonly timeoutMs: number;
      readonly purpose: Offer['purpose'];
      readonly vq?: string | undefined;
      /** For the desktop. */
      readonly hints?: Json | undefined;
    },
  ): Batch {
    const { id, media, serviceId, userData } = interaction;
    const { agent, timeoutMs, purpose, vq, hints } = request;
    const { agentId } = agent;
    const now = this.#clock.now();
    const offer: Offer = {
      key: this.#ids.uuid(),
      since: now,
      until: now + timeoutMs,
      purpose,
      ...defined({ vq }),
    };
    const told = {
      interactionId: id,
      media,
      userData,
      expiresAt: offer.until,
      ...defined({ serviceId, hints }),
    };
    const over = {
      key: `${OVER_TASK}/${id}`,
      kind: OVER_TASK,
      payload: { id, key: offer.key },
      dueAt: offer.until,
    };
    this.#log.info({ interactionId: id, agentId, serviceId }, 'Interaction offered.');
    return joinBatches(
      interactionBatch(interaction, { ...interaction, state: 'offered', agentId, offer }),
      this.#agents.occupyBatch({
        agentId,
        holder: id,
        kind: 'offered',
        media,
        since: now,
        ...defined({ vq }),
      }),
      this.#agents.tellBatch(agentId, { type: 'offered', ...told }),
      { schedule: [over] },
    );
  }

  /** Puts an offered interaction back into its queue, and tells the agent why. */
  takeBackBatch(
    interaction: InteractionRecord,
    reason: 'rejected' | 'noanswer' | 'cancelled' | 'loggedout',
  ): Batch {
    const { offer: _offer, agentId, ...rest } = interaction;
    return joinBatches(
      interactionBatch(interaction, { ...rest, state: 'queued' }),
      this.dropBatch(interaction),
      agentId === undefined
        ? {}
        : this.#agents.tellBatch(agentId, { type: 'withdrawn', interactionId: interaction.id, reason }),
    );
  }

  /** Frees the agent of the interaction and stops the timer of its offer. */
  dropBatch({ id, agentId }: InteractionRecord): Batch {
    if (agentId === undefined) return {};
    return joinBatches(this.#agents.releaseBatch(agentId, id), { cancel: [`${OVER_TASK}/${id}`] });
  }
}
