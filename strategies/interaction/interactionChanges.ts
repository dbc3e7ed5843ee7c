import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { type Clock, defined, type Json, type Log } from '../../engine/ports/index.ts';
import type { ChatNotices, EndedBy } from '../chat/index.ts';
import type { AgentId, InteractionId } from '../ids/index.ts';
import type { Agents, Routing } from '../routing/index.ts';
import type { AfterWork } from './afterWork.ts';
import { InteractionError } from './errors.ts';
import { goneFacts, type InteractionEvents, presentFacts } from './interactionEvents.ts';
import { type InteractionRecord, interactionBatch, keptMsOf, readInteraction } from './interactionRecord.ts';
import type { OfferAnswers } from './offerAnswers.ts';
import { NO_PARTIES, type OtherParties, withParties } from './otherParties.ts';

/** Characters of the user data of one interaction, as JSON. */
const MAX_INTERACTION_DATA_CHARS = 262_144;

/** An interaction that has ended, and the time until which it is kept, in ms since epoch. */
export interface EndedInteraction {
  readonly id: InteractionId;
  readonly expiresAt: number;
}

/** Changes of interactions that customers, agents and documents can all make. */
export class InteractionChanges {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #agents: Agents;
  readonly #routing: Pick<Routing, 'dropSubmitsBatch'>;
  readonly #events: InteractionEvents;
  readonly #answers: OfferAnswers;
  readonly #chats: Pick<ChatNotices, 'endedBatch'>;
  readonly #afterWork: AfterWork;
  readonly #parties: OtherParties;
  readonly #endListeners: ((ended: EndedInteraction) => Batch)[] = [];

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly log: Log;
    readonly agents: Agents;
    readonly routing: Pick<Routing, 'dropSubmitsBatch'>;
    readonly events: InteractionEvents;
    readonly answers: OfferAnswers;
    readonly chats: Pick<ChatNotices, 'endedBatch'>;
    readonly afterWork: AfterWork;
    readonly parties: OtherParties;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#agents = deps.agents;
    this.#routing = deps.routing;
    this.#events = deps.events;
    this.#answers = deps.answers;
    this.#chats = deps.chats;
    this.#afterWork = deps.afterWork;
    this.#parties = deps.parties;
  }

  /** The batch that a listener returns joins the commit that ends an interaction. */
  onEnded(listener: (ended: EndedInteraction) => Batch): void {
    this.#endListeners.push(listener);
  }

  /**
   * Ends the interaction, with its offer, its submits and its chat. The session learns that a customer left
   * before an agent came. The customer reads the `reason` of a document. Empty when it is unknown or has
   * ended.
   */
  endBatch(id: InteractionId, by: EndedBy, reason?: string): Batch {
    const before = readInteraction(this.#durable, id);
    const { batch, agentId } = this.#ended(id, by, reason);
    if (before === undefined || agentId === undefined) return batch;
    // After the batch that frees the agent: the work keeps their slot.
    return joinBatches(batch, this.#afterWork.beginBatch(before, agentId));
  }

  /** Ends an interaction that has neither a customer nor an agent any more. No work follows. */
  abandonedBatch(id: InteractionId): Batch {
    return this.#ended(id, 'timeout').batch;
  }

  /** `agentId`: the agent who had it. */
  #ended(
    id: InteractionId,
    by: EndedBy,
    reason?: string,
  ): { readonly batch: Batch; readonly agentId?: AgentId } {
    const before = readInteraction(this.#durable, id);
    if (before === undefined || before.state === 'ended') return { batch: {} };
    const { offer: _offer, agentId, ...rest } = withParties(before, NO_PARTIES);
    const hasLeft = by === 'customer' || by === 'timeout' || by === 'idle';
    const endedAt = this.#clock.now();
    const after: InteractionRecord = {
      ...rest,
      state: 'ended',
      endedAt,
      endReason: by,
      ...defined({ endText: before.media === 'chat' ? undefined : reason }),
      // An agent to whom it was only offered never had it.
      ...defined({ agentId: before.state === 'active' ? agentId : undefined }),
    };
    this.#log.info({ interactionId: id, serviceId: before.serviceId, by }, 'Interaction ended.');
    const batch = joinBatches(
      interactionBatch(before, after),
      this.#answers.endedBatch(before),
      this.#routing.dropSubmitsBatch(id),
      hasLeft && before.state !== 'active'
        ? this.#events.batch(before.sessionId, { name: 'interaction.abandoned', data: { interactionid: id } })
        : {},
      this.#events.batch(before.sessionId, {
        name: 'interaction.deleted',
        data: { interactionid: id, resultof: 'deletion' },
        facts: goneFacts(id),
      }),
      this.#chats.endedBatch(id, by, reason),
      agentId === undefined ? {} : this.#agents.tellBatch(agentId, { type: 'ended', interactionId: id, by }),
      this.#parties.endedBatch(before, by),
      this.#endListeners.map((listener) => listener({ id, expiresAt: endedAt + keptMsOf(before) })),
    );
    return { batch, ...defined({ agentId: after.agentId }) };
  }

  /**
   * Changes user data (null removes a key), and tells the controlling session and the desktops. Empty when
   * the interaction is unknown or has ended. Throws InteractionError INTERACTION_FULL.
   */
  setUserDataBatch(id: InteractionId, changes: Readonly<Record<string, Json>>): Batch {
    const before = readInteraction(this.#durable, id);
    if (before === undefined || before.state === 'ended') return {};
    requireRoom(before.userData, merge(before.userData, changes));
    return this.setStatusBatch(id, changes);
  }

  /** The same for the few short keys that the server itself sets: they have room in full user data, too. */
  setStatusBatch(id: InteractionId, changes: Readonly<Record<string, Json>>): Batch {
    const before = readInteraction(this.#durable, id);
    if (before === undefined || before.state === 'ended') return {};
    const after = { ...before, userData: merge(before.userData, changes) };
    return joinBatches(
      interactionBatch(before, after),
      this.#events.batch(before.sessionId, {
        name: 'interaction.udata.changed',
        data: { interactionid: id, udata: changes },
        facts: presentFacts(after),
      }),
      // Also the desktop of an agent to whom it is only offered, who sees the data before they accept.
      this.#parties.tellBatch(after, { type: 'userData', interactionId: id, changes }),
    );
  }
}

/** null removes a key. */
function merge(
  userData: Readonly<Record<string, Json>>,
  changes: Readonly<Record<string, Json>>,
): Record<string, Json> {
  return Object.fromEntries(
    Object.entries({ ...userData, ...changes }).filter(([, value]) => value !== null),
  );
}

/** A customer may change their user data again and again. Every change writes all of it. */
function requireRoom(before: Readonly<Record<string, Json>>, after: Readonly<Record<string, Json>>): void {
  const [had, has] = [before, after].map((data) => JSON.stringify(data).length) as [number, number];
  if (has <= MAX_INTERACTION_DATA_CHARS || has <= had) return;
  throw new InteractionError(
    'INTERACTION_FULL',
    `Expected user data of at most ${MAX_INTERACTION_DATA_CHARS} characters (MAX_INTERACTION_DATA_CHARS), got ${has}.`,
  );
}
