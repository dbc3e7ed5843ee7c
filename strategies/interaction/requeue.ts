import { type Batch, joinBatches } from '../../engine/durable/index.ts';
import { type Clock, defined, type Log } from '../../engine/ports/index.ts';
import type { Agents } from '../routing/index.ts';
import { goneFacts, type InteractionEvents } from './interactionEvents.ts';
import type { HeldInteraction } from './interactionRecord.ts';
import { type ChatParties, NO_PARTIES, type OtherParties, withParties } from './otherParties.ts';
import type { QueueEntry } from './queueEntry.ts';

/**
 * Takes an interaction from its agent, and gives it to a queue, with its transcript and its user data. A new
 * session of the queue's application decides about it; its present session loses it.
 */
export class Requeue {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #agents: Agents;
  readonly #chats: Pick<ChatParties, 'agentLeftBatch'>;
  readonly #events: InteractionEvents;
  readonly #parties: OtherParties;
  readonly #queueEntry: QueueEntry;

  constructor(deps: {
    readonly clock: Clock;
    readonly log: Log;
    readonly agents: Agents;
    readonly chats: Pick<ChatParties, 'agentLeftBatch'>;
    readonly events: InteractionEvents;
    readonly parties: OtherParties;
    readonly queueEntry: QueueEntry;
  }) {
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#agents = deps.agents;
    this.#chats = deps.chats;
    this.#events = deps.events;
    this.#parties = deps.parties;
    this.#queueEntry = deps.queueEntry;
  }

  /** `queue`: default the present one. The customer sees that the agents left. */
  batch(
    interaction: HeldInteraction,
    { reason, queue = interaction.queue }: { readonly reason: string; readonly queue?: string },
  ): Batch {
    const { id, agentId, sessionId, serviceId } = interaction;
    const { agentId: _agent, ...rest } = withParties(interaction, NO_PARTIES);
    const data = { interactionid: id };
    const nickname = this.#parties.nicknameOf(agentId);
    this.#log.info(
      { interactionId: id, agentId, serviceId, queue, reason },
      'Interaction returned to a queue.',
    );
    return joinBatches(
      this.#parties.allGoneBatch(interaction, reason === 'loggedout' ? 'cancelled' : reason),
      this.#chats.agentLeftBatch(id, { nickname, agentId }),
      this.#agents.releaseBatch(agentId, id),
      this.#agents.tellBatch(agentId, { type: 'withdrawn', interactionId: id, reason }),
      this.#events.batch(sessionId, {
        name: 'interaction.deleted',
        data: { ...data, resultof: 'requeue' },
        facts: goneFacts(id),
      }),
      this.#events.batch(sessionId, { name: 'interaction.notcontrolled', data }),
      this.#queueEntry.enterBatch(interaction, {
        ...rest,
        queue,
        state: 'queued',
        entries: 0,
        // An interaction that an agent gave to a queue waits behind the others.
        ...defined({ returnedAt: reason === 'loggedout' ? this.#clock.now() : undefined }),
      }),
    );
  }
}
